"""Account menu of the plain mode: refresh, show, copy, rename, hand over, remove."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.api_call import as_curl, endpoints, first_path, send
from smily_tui.batch import BatchRefresh, due
from smily_tui.clock import in_words
from smily_tui.errors import SmilyError, UsageError
from smily_tui.export import access_of
from smily_tui.messages import accounts
from smily_tui.messages import api_call as say
from smily_tui.messages.accounts import ACTION_TEXTS, day_and_time, fail_alike, none_due, summary
from smily_tui.messages.connect import DUPLICATE
from smily_tui.oauth.api import ROOT, api_path
from smily_tui.oauth.scopes import arrange
from smily_tui.plain.connect import Start, connect
from smily_tui.plain.console import UNKNOWN, Back, Choice, explained, find, sentences, short, wait_for
from smily_tui.plain.details import facts, headline
from smily_tui.plain.session import AGAIN, REFRESH, Session
from smily_tui.secret import Secret
from smily_tui.system import command
from smily_tui.text import Clean, clean, counted
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.model import SOON, Account, Address

if TYPE_CHECKING:
    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.vault.trash import Forgotten


def refresh_due(session: Session) -> None:
    """Refresh every account with little time left."""
    console, stored = session.console, session.stored
    every, now = stored.accounts(), stored.clock.now()
    batch = BatchRefresh(stored, due(every, now, SOON))
    if not batch.accounts:
        console.say(none_due(every, now, SOON))
        return
    _run(session, batch, f"Refreshing {len(batch.accounts)}")
    while batch.held_back and console.confirmed(fail_alike(batch).replace("\n\n", "\n")):
        count = len(batch.held_back)
        batch.go_on()
        _run(session, batch, f"Refreshing {count}")
    for account, result in batch.by_account():
        if result is not None and result.error is not None:
            console.say(f"{account.label}: not refreshed.")
            console.error(result.error)
        elif result is not None:
            console.say(refreshed(session, account))
            settle(session, account)
    if len(batch.accounts) > 1:
        failed = len(batch.failures)
        console.say(summary(len(batch.results) - failed, failed, batch.not_begun))


def _run(session: Session, batch: BatchRefresh, doing: str) -> None:
    """Refresh in a thread with an event loop of its own, so that this one gets Ctrl-C."""

    def stop() -> bool:
        batch.stop()
        return True

    def run() -> None:
        batch.run_in_loop(lambda _, running: running.tell(session.heard))

    wait_for(session.console, run, doing, stop)


EMPTY: Final = "empty"
UNDO: Final = "Type undo to undo."
TRASH_CHOICES: Final = ("Type a number to restore that account.", "empty: delete all of them for good.")


def show_trash(session: Session) -> None:
    """Say what is in the trash, newest first, and ask what to do about it."""
    console, forgotten = session.console, session.stored.forgotten()
    if not forgotten:
        console.say("The trash is empty.")
        return
    now = session.stored.clock.now().wall
    names = {}
    for number, account in enumerate(forgotten, 1):
        console.say(f"{number} {account.address}, forgotten {day_and_time(account.at, now)}")
        names[str(number)] = account
        names.setdefault(str(account.address), account)
    typed = console.ask("Number to restore, or empty", explain=TRASH_CHOICES)
    if typed in names:
        _restore(session, names[typed])
    elif typed.casefold() == EMPTY:
        _empty(session)
    else:
        console.say(UNKNOWN)


def _restore(session: Session, forgotten: Forgotten) -> None:
    account = wait_for(session.console, lambda: session.changes.restore(forgotten))
    session.console.say(f"Restored {account.label} as {account.address}.", UNDO)


def undo(session: Session) -> None:
    """Take the last change back."""
    session.console.say(wait_for(session.console, session.changes.undo))


def _empty(session: Session) -> None:
    if session.console.confirmed("You can't restore them afterwards.\nDelete them for good?"):
        count = wait_for(session.console, session.stored.empty_trash)
        session.console.say(f"Deleted {counted(count, 'account')} for good.")


STAYS: Final = "The token will stay in this terminal's scrollback."
HERE: Final = "shown here and stay in the scrollback"


def refresh(session: Session, account: Account) -> None:
    """Get new tokens now; asks first where another computer may use the old ones."""
    console, stored = session.console, session.stored
    elsewhere = stored.is_elsewhere(account)
    question = accounts.ELSEWHERE_QUESTION.format(label=account.label, machine=account.machine.name)
    if elsewhere and not console.confirmed(question):
        return
    need = TokenRequirement(force=True, seen=account.generation, here=elsewhere)
    session.end_of(stored.refresh(account.address, need), f"Refreshing {account.label}")
    console.say(refreshed(session, account))
    settle(session, account)


def settle(session: Session, before: Account) -> None:
    """Give an account its place where it became known whose it is; asked first where it has a duplicate."""
    stored = session.stored
    account = stored.account(before.address)
    if before.is_identified or account is None or account.account_id is None:
        return
    duplicate = stored.duplicate(account)
    if duplicate is not None:
        question = DUPLICATE.format(label=duplicate.label, address=duplicate.address)
        if not session.console.confirmed(f"{question}\nUpdate its tokens?", default=True):
            wait_for(session.console, lambda: stored.name(account.address, account.label))
            return
    settled = wait_for(session.console, lambda: stored.settle(account.address))
    if settled.address != before.address:
        session.console.say(f"This is {settled.label}. Its address is now {settled.address}.")


def refreshed(session: Session, account: Account) -> str:
    """Say that an account was refreshed, and how long its token is valid."""
    now = session.stored.account(account.address) or account
    return f"Refreshed {now.label}, valid for {in_words(now.left(session.stored.clock.now()))}."


def show(session: Session, account: Account) -> None:
    """Show the access token, alone on its line."""
    token = access_of(session.stored, account)
    if session.console.confirmed(f"{STAYS}\nShow the access token?"):
        session.console.say(token.reveal())


def copy(session: Session, account: Account) -> None:
    """Copy the access token to a clipboard that can be cleared again."""
    token = access_of(session.stored, account)
    if _may_copy(session):
        session.console.say(f"Access token: {session.copy(token)}")


def _may_copy(session: Session) -> bool:
    if session.copies_agreed:
        return True
    question, *why = sentences(accounts.COPY_QUESTION)
    return session.console.confirmed("\n".join((*why, question)))


def export(session: Session, account: Account) -> None:
    """Give the access token to another program: the form, then a file or the clipboard."""
    from smily_tui.desktop.files import save_text
    from smily_tui.export import as_text, export_of, file_name

    console, stored, need = session.console, session.stored, TokenRequirement()
    console.say(
        *sentences(accounts.EXPORT_HINT), *(f"{name}: {use}" for name, use in accounts.FORMATS.items())
    )
    name = _format(console.ask("Format", default=next(iter(accounts.FORMATS))))
    folder = console.ask_unchanged(
        "Folder, or copy", default="~", explain=("Only you can read the new file.",)
    )
    to_clipboard = folder.for_parsing().casefold() == "copy"
    if to_clipboard and not _may_copy(session):
        return
    if not stored.suffices(account.address, need):
        session.end_of(stored.refresh(account.address, need), f"Refreshing {account.label} first")
    export = export_of(stored, account.address)
    text = as_text(export, name)
    if to_clipboard:
        console.say(f"Export: {session.copy(Secret(text))}")
    else:
        console.say(f"Saved to {save_text(folder, file_name(export, name), text)}")
    console.say(*sentences(accounts.advice(export)))


def _format(typed: Clean) -> str:
    """Return the format that is meant; raise UsageError where none is."""
    name = typed.casefold().strip(" .")
    if name not in accounts.FORMATS:
        raise UsageError(
            f"There is no format “{clean(typed, 40)}”.", next=f"Type {', '.join(accounts.FORMATS)}."
        )
    return name


PATH: Final = "Path"
LIST: Final = "list"
MOST_LINES: Final = 40
ALLOWED: Final = "With these permissions:"
NOT_ALLOWED: Final = "With another permission:"
PATH_CHOICES: Final = (
    "Type the part after /api/v3/, such as bookings.",
    f"{LIST}: show all of them, and what they need.",
    "back: go back.",
)


def try_it(session: Session, account: Account) -> None:
    """Call the API with the account's token, as often as the person likes."""
    console, default = session.console, first_path(account.granted_scopes)
    while True:
        typed = console.ask_unchanged(PATH, default=default, explain=PATH_CHOICES)
        if typed.for_parsing().strip().casefold() == LIST:
            console.say(*_endpoint_lines(account))
            continue
        path = api_path(typed).removeprefix(ROOT)
        console.say(as_curl(session.stored, account, path).line)
        answer = _answer(session, account, path)
        scope = _say_answer(session, account, path, answer)
        if scope and console.confirmed(say.ASK_QUESTION.format(scope=scope)):
            authorize_again(session, account, scope)
            return


def _endpoint_lines(account: Account) -> Iterator[str]:
    allowed = [endpoint for endpoint in endpoints(account.granted_scopes) if not endpoint.needs]
    yield ALLOWED
    yield from (endpoint.path for endpoint in allowed)
    yield NOT_ALLOWED
    for endpoint in endpoints(account.granted_scopes)[len(allowed) :]:
        yield f"{endpoint.path}: {say.NEEDS.format(scope=endpoint.needs)}"


def _answer(session: Session, account: Account, path: str) -> ApiAnswer:
    """Send the request; Ctrl-C stops it."""
    steps = send(session.stored, account.address, path)
    try:
        doing, running = next(steps)
        while True:
            doing, running = steps.send(session.end_of(running, doing))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def _say_answer(session: Session, account: Account, path: str, answer: ApiAnswer) -> str:
    """Say status and body; return the permission that is missing, if one is."""
    console = session.console
    console.say(say.status(answer), *answer.lines[:MOST_LINES])
    if answer.is_cut or len(answer.lines) > MOST_LINES:
        whole = command("smily-tui", "api", path, account.address)
        console.say(*sentences(say.CUT.format(size=say.size(answer), command=whole)))
    if answer.failure is not None:
        console.error(answer.failure)
    return say.scope_to_ask_for(answer, None)


def rename(session: Session, account: Account) -> None:
    """Give the account another name; its address stays."""
    console = session.console
    console.say("The account's address stays the same.")
    name = clean(console.ask("New name", default=account.label), 120)
    if name and name != account.label:
        wait_for(console, lambda: session.changes.rename(account, name))
        console.say(f"Renamed to {name}.", UNDO)
    else:
        console.say("The name is unchanged.")


def history(session: Session, account: Account) -> None:
    """List each use of the account's refresh token, newest first."""
    uses = session.stored.history(account.address)
    session.console.say(accounts.HISTORY.format(label=account.label))
    now = session.stored.clock.now().wall
    for use in reversed(uses):
        line = f"{day_and_time(use.at, now)}: {use.outcome}, {use.why}."
        session.console.say(line, f"By {use.host}: {use.process}.", f"Token: {accounts.change(use)}.")
    session.console.say(accounts.FINGERPRINT_HINT if uses else accounts.NO_HISTORY)


def hand_over(session: Session, account: Account) -> None:
    """Show the refresh token, once, after it was noted that this program uses it no more."""
    question = accounts.HAND_OVER_QUESTION.format(label=account.label, shown=HERE)
    if session.console.confirmed(question):
        token = wait_for(session.console, lambda: session.stored.hand_over(account.address))
        session.console.say(token.reveal())


def take_back(session: Session, account: Account) -> None:
    """Let this program refresh the account again."""
    if session.console.confirmed(accounts.TAKE_BACK_QUESTION.format(label=account.label)):
        wait_for(session.console, lambda: session.stored.take_back(account.address))
        session.console.say(f"smily-tui refreshes {account.label} again.")


def forget(session: Session, account: Account) -> None:
    """Move what is stored for the account to the trash; asks first."""
    session.console.say(
        "Its tokens stay in the trash for a month.", "Type trash in the list of accounts to restore them."
    )
    if session.console.confirmed(f"{accounts.NOT_REVOKED}\nForget {account.label}?"):
        session.console.say(wait_for(session.console, lambda: session.changes.forget([account])), UNDO)


Act = Callable[["Session", "Account"], object]
SHORT: Final = 24
DETAILS: Final = "Show everything about this account, except its secrets."
SHOW: Final = "Show the access token. It stays in the scrollback."
HAND_OVER: Final = "Hand its refresh token over to another program."
TAKE_BACK: Final = "Let smily-tui refresh it again."


@dataclass(frozen=True)
class Offer:
    """What can be done with one thing now.

    Attributes:
        name: of the thing.
        facts: lines about it, which are said once.
    """

    name: str
    facts: Sequence[str]
    choices: Sequence[Choice]


def open_account(session: Session, address: Address) -> None:
    """Say how the account is, then do what is asked for, until the person goes back; raises as `serve`."""

    def offer() -> Offer | None:
        account = session.stored.account(address)
        if account is None:
            return None
        now = session.stored.clock.now()
        return Offer(clean(account.label, SHORT), [headline(account, now)], _choices(session, account))

    serve(session, offer)


def serve(session: Session, offered: Callable[[], Offer | None]) -> None:
    """Do what is asked for with one thing, until the person goes back or it is gone.

    Raises:
        Leave: the person leaves the program.
    """
    console = session.console
    is_first = True
    while (offer := offered()) is not None:
        if is_first:
            console.say(*offer.facts, *short(offer.choices))
            is_first = False
        try:
            typed = console.ask(f"{offer.name}, action", explain=explained(offer.choices))
        except Back:
            return
        choice = find(offer.choices, typed)
        if choice is None:
            console.say(UNKNOWN)
        else:
            perform(session, choice.act)


def perform(session: Session, act: Callable[[], object]) -> None:
    """Do one thing; an error is told, and leaving a question leaves that thing.

    Raises:
        Leave: the person leaves the program.
    """
    try:
        act()
    except Back:
        session.console.say("Back.")
    except SmilyError as error:
        session.console.error(error)
    except KeyboardInterrupt:
        session.console.say("", "Back.")


def _tell(session: Session, account: Account) -> None:
    session.console.say(*facts(session, account))


def authorize_again(session: Session, account: Account, scope: str = "") -> None:
    """Ask the owner of this account once more, with the same permissions and, if named, one besides."""
    application = session.stored.apps.with_key(account.address.application)
    if application is None:
        session.console.say(
            "Its app is no longer stored here.", "Type new in the list of accounts to connect it again."
        )
        return
    scopes = arrange(filter(None, (*account.requested_scopes, scope))) or ("public",)
    connect(session, Start(application, scopes, account.account_id))


def _choices(session: Session, account: Account) -> list[Choice]:
    def job(name: str, word: str, act: Act, help: str = "") -> Choice:  # noqa: A002
        return Choice(
            ACTION_TEXTS[name].key, word, help or ACTION_TEXTS[name].help, lambda: act(session, account)
        )

    details = Choice("i", "details", DETAILS, lambda: _tell(session, account))
    remove = job("forget", "forget", forget)
    if account.unreadable:
        return [details, remove]
    hand = Choice("o", "hand over", HAND_OVER, lambda: hand_over(session, account))
    take = Choice("o", "take back", TAKE_BACK, lambda: take_back(session, account))
    return [
        details,
        job("refresh", REFRESH, refresh),
        job("reveal", "show", show, SHOW),
        job("copy", "copy", copy),
        job("try_it", "try it", try_it),
        job("export", "export", export),
        job("again", AGAIN, authorize_again),
        job("rename", "rename", rename),
        job("history", "history", history),
        job("undo", "undo", lambda session, _: undo(session)),
        hand if account.handed_over is None else take,
        remove,
    ]
