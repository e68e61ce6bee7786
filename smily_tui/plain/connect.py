"""Connection of an account, line by line: the four steps of the wizard."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.messages import connect as words
from smily_tui.oauth import credentials
from smily_tui.oauth.diagnosis import clock_warning
from smily_tui.oauth.errors import ClientRefused
from smily_tui.oauth.scope_search import search
from smily_tui.oauth.scopes import CATALOGUE, PRESETS, arrange, find, is_valid_name
from smily_tui.origin import host_of
from smily_tui.plain.console import Back, sentences, wait_for
from smily_tui.plain.details import facts
from smily_tui.plain.link import Link, ask_for_code, owner_of
from smily_tui.plain.session import AGAIN
from smily_tui.text import Untrusted, clean
from smily_tui.tokens.errors import NoCredentials
from smily_tui.vault.drafts import Draft, Unfinished
from smily_tui.vault.model import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant
    from smily_tui.oauth.credentials import FieldCheck, KnownCredentials
    from smily_tui.oauth.scopes import Scope
    from smily_tui.plain.console import Console
    from smily_tui.plain.session import Session
    from smily_tui.secret import Secret
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.model import Account, Address, Application


WHERE = (words.WHERE_TITLE, *sentences(words.WHERE))


@dataclass(frozen=True)
class Entered:
    """An application as it was typed."""

    name: str
    client_id: str
    client_secret: Secret


def ask_application(session: Session, name: str = "", client_id: str = "") -> Entered:
    """Name, Client ID and Client Secret; name and Client ID may have been typed already.

    Raises:
        Back, Leave: the person does not want to.
    """
    console, demo = session.console, session.demo
    console.say(words.WHICH)
    if demo is not None and console.confirmed("Use the demo's own application?", default=True):
        return Entered(demo.name, demo.client_id, demo.client_secret)
    console.say(words.NEEDED, words.NOT_SENT, f"{words.WHERE_TITLE} Type ?")
    known = session.stored.apps.known_credentials()
    name = clean(console.ask(words.NAME, default=name or "My app", explain=(words.NAME_WHY,)))
    client_id = _client_id(console, known, client_id)
    return Entered(name, client_id, _client_secret(console, client_id, known))


def _client_id(console: Console, known: KnownCredentials, before: str) -> str:
    console.say(words.ID_WHY)
    while True:
        typed = console.ask(credentials.ID, default=before, explain=WHERE)
        if _fits(console, credentials.check_client_id(typed, stored=known)):
            return credentials.read_client_id(typed)


def _client_secret(console: Console, client_id: str, known: KnownCredentials) -> Secret:
    console.say(f"{words.KEPT_HERE}.")
    while True:
        typed = console.secret(credentials.SECRET, explain=WHERE)
        if _fits(console, credentials.check_client_secret(typed, client_id, known)):
            return credentials.read_client_secret(Untrusted(typed.reveal()))


def _fits(console: Console, finding: FieldCheck) -> bool:
    """Say what speaks against it, or what is unusual; whether it can be meant."""
    if finding.problem:
        console.say(finding.problem)
    elif finding.remark:
        console.say(f"Careful: {finding.remark}")
    return not finding.problem


DONE: Final = "done"
LIST: Final = "list"
PRESET: Final = "preset"
HOW: Final = (
    "A number or a name chooses it.",
    "Once more takes it away.",
    f"list says all {len(CATALOGUE)}.",
    "A wish finds some, such as create bookings.",
    "A request does, too, such as GET /rentals.",
    "A plus before a name adds it as it is.",
    "preset and one of its names takes a ready choice:",
    f"{', '.join(PRESETS)}, or last for the last one.",
    "done goes on.",
)


NOTHING_FOUND: Final = "Nothing found. Type ? to hear what can be typed."


def choose_permissions(console: Console, before: Sequence[str], last: Sequence[str] = ()) -> tuple[str, ...]:
    """What to ask for, beginning with what was chosen `before`; `last` is what was asked for last time.

    Raises:
        Back, Leave: the person does not want to.
    """
    chosen = arrange(before)
    console.say(words.WHAT, words.LITTLE, *HOW)
    _tell(console, chosen)
    while True:
        typed = console.ask("Permission", default=DONE, explain=HOW).for_parsing()
        if typed.casefold() == DONE:
            return chosen
        named, preset = _named(typed, chosen), _preset(typed, last)
        if preset:
            chosen = arrange(preset)
            _tell(console, chosen)
        elif named:
            chosen = _changed(console, chosen, named)
            _tell(console, chosen)
        else:
            chosen = _found(console, chosen, typed)


def _named(typed: str, chosen: Sequence[str]) -> list[str]:
    """The permissions that are named by number or name; none where anything else is among the words."""
    named = []
    for word in typed.replace(",", " ").split():
        if word.isdecimal() and 0 < int(word) <= len(CATALOGUE):
            named.append(CATALOGUE[int(word) - 1].name)
        elif find(word) or word in chosen:
            named.append(word)
        else:
            return []
    return named


def _preset(typed: str, last: Sequence[str]) -> Sequence[str]:
    """The choice of that name; none where it is not the name of one."""
    word, _, name = typed.casefold().partition(" ")
    return ({**PRESETS, "last": tuple(last)}).get(name.strip(), ()) if word == PRESET else ()


def _changed(console: Console, chosen: tuple[str, ...], named: Sequence[str]) -> tuple[str, ...]:
    names = set(chosen)
    for name in named:
        scope = find(name)
        if name in names:
            console.say(f"Taken away: {clean(name)}.")
        else:
            console.say(f"Added: {clean(name)}. {scope.summary if scope else ''}".strip())
        names ^= {name}
    return arrange(name for name in (*chosen, *named) if name in names)


def _found(console: Console, chosen: tuple[str, ...], typed: str) -> tuple[str, ...]:
    """Say what a word finds; what it does not find may be asked for all the same."""
    everything = typed.casefold() == LIST
    meant = typed.startswith("+")
    name = typed.removeprefix("+").strip()
    found = () if meant else search("" if everything else typed)
    numbers = {scope.name: number for number, scope in enumerate(CATALOGUE, 1)}
    lines = [_line(numbers[scope.name], scope, scope.name in chosen, named=not everything) for scope in found]
    is_name = is_valid_name(name) and "/" not in name
    if lines or not is_name or not (meant or "_" in name):
        console.say(*(lines or [NOTHING_FOUND]))
        return chosen
    if not meant and not console.confirmed(f"{NOTHING_FOUND}\nAsk for {clean(name, 60)} all the same?"):
        return chosen
    chosen = arrange((*chosen, name))
    _tell(console, chosen)
    return chosen


def _line(number: int, scope: Scope, chosen: bool, *, named: bool) -> str:
    """What it allows, in plain words; its name where there are few of them."""
    name = f"{scope.name}: " if named else ""
    state = ", chosen" if chosen else ""
    return f"{number} {name}{scope.summary}{', recommended' if scope.recommended else ''}{state}"


def _tell(console: Console, chosen: Sequence[str]) -> None:
    console.say(f"Chosen: {' '.join(map(clean, chosen)) or 'none'}.")
    if remark := words.advice(chosen):
        console.say(f"Careful: {remark}")


NONE: Final = "none"


@dataclass(frozen=True)
class Start:
    """Where connecting begins.

    Attributes:
        application: a stored one; then the link comes first.
        scopes: what to ask for.
        account_id: the account that the page should have chosen.
    """

    application: Application | None = None
    scopes: tuple[str, ...] = ("public",)
    account_id: int | None = None


class Connecting:
    """One account is connected.

    Args:
        session: the dialogue.
        start: where it begins.
    """

    def __init__(self, session: Session, start: Start) -> None:
        self._session = session
        self._console = session.console
        self._stored = session.stored
        self._start = start
        self._name = start.application.name if start.application else ""
        self._client_id = ""  # what was typed before the person left off
        self._entered: Entered | None = None
        self._registration: Registration | None = None  # what was entered, until it is proven
        self._origin = start.application.server if start.application else None
        self._made: Instant | None = None
        self._unfinished = Unfinished(None if session.demo else session.stored.drafts)

    def run(self) -> Account | None:
        """Ask, step by step; None where the person left before an account was connected.

        Raises:
            Leave: the person leaves the program.
        """
        self._start = self._where_left_off()
        application, scopes = self._start.application, self._start.scopes
        while True:
            try:
                if application is None:
                    application, scopes = self._application(scopes)
                found = self._authorize(application, scopes)
            except Back:
                if application is None or self._entered is None:
                    return None
                application = None  # from the link to the permissions; what was entered stays
                continue
            if found is not None:
                self._tell(found)
                return found
            application = self._entered = None  # the server does not know it: its credentials again

    def _where_left_off(self) -> Start:
        """Where to begin: where the person left off, if that is wanted."""
        draft = None if self._session.demo else self._stored.unfinished()
        if draft is None:
            return self._start
        if not self._console.confirmed(f"{words.was_at(draft)}\n{words.LEFT_OFF}", default=True):
            self._unfinished.drop()
            return self._start
        known = self._stored.entered_in(draft)
        secret = self._stored.apps.client_secret(known.key) if known else None
        self._name, self._client_id = draft.name, draft.client_id
        self._origin = known.server if known else draft.server
        if known is None or secret is None:
            if draft.step != "application":
                self._console.say(*sentences(words.PASTE_AGAIN))
            return Start(None, draft.scopes, draft.account_id)
        self._entered = Entered(known.name, known.client_id, secret)
        self._made = draft.link_made
        return Start(known if draft.step == "authorize" else None, draft.scopes, draft.account_id)

    def _keep(self, step: str, scopes: tuple[str, ...], application: Application | None = None) -> None:
        """What is entered so far is what a later start would go on with."""
        entered, server = self._entered, self._stored.server
        name, client_id, key = (
            (entered.name, entered.client_id, "") if entered else (self._name, self._client_id, "")
        )
        if application is not None:
            name, client_id, key = application.name, application.client_id, application.key
        made = self._made if step == "authorize" else None
        at_home = application is not None or self._origin in (None, server)  # a draft knows no other server
        if name and at_home:
            number = self._start.account_id
            self._unfinished.note(Draft(step, server, name, client_id, key, scopes, made, number))
            self._unfinished.keep()

    def _tell(self, account: Account) -> None:
        """All about the account; that something of it cannot be read does not undo the connection."""
        try:
            self._console.say(*facts(self._session, account))
        except SmilyError as error:
            self._console.error(error)

    # -- steps 1 and 2 ---------------------------------------------------------------------------------

    def _application(self, scopes: tuple[str, ...]) -> tuple[Application, tuple[str, ...]]:
        """The application and its permissions; one step back where the person goes back from step 2."""
        while True:
            if self._entered is None:
                self._step(1)
                self._entered = ask_application(self._session, self._name, self._client_id)
            entered, self._name = self._entered, self._entered.name
            self._step(2)
            self._made = None
            self._keep("permissions", scopes)
            try:
                last = self._stored.last_asked(entered.client_id)
                scopes = choose_permissions(self._console, scopes, last)
                self._stored.check_writable()
                self._registration = self._stored.apps.enter(
                    entered.name, entered.client_id, entered.client_secret, scopes, self._origin
                )
            except Back:
                self._entered = None
            except SmilyError as error:
                self._console.error(error)
            else:
                return self._registration.application, scopes

    def _step(self, number: int) -> None:
        self._console.say(f"Step {number} of {len(words.STEPS)}: {words.STEPS[number - 1]}.")

    # -- step 3 ----------------------------------------------------------------------------------------

    def _authorize(self, application: Application, scopes: tuple[str, ...]) -> Account | None:
        """Until a code becomes an account; None where the server does not know the application."""
        self._step(3)
        link = self._new_link(application, scopes)
        if any(each.address.application == application.key for each in self._stored.accounts()):
            self._console.say(*sentences(words.PRIVATE))
        self._console.say(words.PASTE, words.FINE, "Or type open, copy, link or ? for more.")
        if owner_of(self._session) is not None:
            self._console.say("No browser? Type owner: the page is asked here.")
        while True:
            try:
                code = ask_for_code(self._session, link)
                if code is None:
                    link = self._new_link(application, scopes) if self._choose_account() else link
                    continue
                address = self._exchange(link, code)
                self._unfinished.drop()
                account = self._identified(address)
            except (ClientRefused, NoCredentials) as error:
                self._console.error(error)
                return None
            except SmilyError as error:
                self._console.error(error)
                continue
            if self._is_right(account):
                return account
            self._console.say(words.OPEN, link.address)

    def _new_link(self, application: Application, scopes: tuple[str, ...]) -> Link:
        """Say the link; one that the person goes on with has its age said, too."""
        now = self._stored.clock.now()
        address = self._stored.authorization_url(application, scopes, self._start.account_id)
        self._session.heard.link = address
        self._console.say(words.OPEN, address)
        if self._made is not None:
            self._console.say(words.link_made(self._made, now))
        self._made = self._made or now
        self._keep("authorize", scopes, application)
        return Link(address, application, scopes, self._start.account_id, self._made, self._registration)

    def _choose_account(self) -> bool:
        """Ask which account the page should have chosen; whether that takes another link."""
        try:
            said = self._console.ask(words.NUMBER_TITLE, default=NONE, explain=(words.NUMBER_WHY,))
        except Back:
            return False
        typed = said.for_parsing()
        if typed != NONE and not (typed.isascii() and typed.isdecimal()):
            self._console.say(words.NUMBER_WRONG)
            return False
        self._start = replace(self._start, account_id=None if typed == NONE else int(typed))
        self._made = None
        return True

    def _exchange(self, link: Link, code: Secret) -> Address:
        doing = words.CHECKING.format(host=host_of(link.application.server))
        shown = self._stored.link_shown(link.application, link.made)
        running = self._stored.exchange(link.application, code, link.scopes, shown, link.registration)
        return self._session.end_of(running, doing).address

    # -- step 4 ----------------------------------------------------------------------------------------

    def _identified(self, address: Address) -> Account:
        """Ask whose it is, and give it its place: that of its twin if the person agrees."""
        remark = clock = ""
        try:
            found = self._session.end_of(self._stored.identify(address), words.ASKING).identity
            if found is not None:
                clock = clock_warning(found.clock_off)
                remark = words.NAMELESS.format(remark=found.remark) if found.remark else ""
        except Back:
            remark = "It is not known whose account it is."
        except SmilyError as error:
            remark = words.NOT_IDENTIFIED.format(what=error.what)
        account = self._placed(address)
        self._step(4)
        self._console.say(f"{words.connected(account)}.")
        once = words.not_renewable(account, self._stored.clock.now())
        remarks = (remark, words.less_given(account, AGAIN), once, clock)
        self._console.say(*(each for each in remarks if each))
        return account

    def _placed(self, address: Address) -> Account:
        account = self._stored.account(address)
        label = account.label if account else ""
        duplicate = self._stored.duplicate(account) if account else None
        if account is not None and duplicate is None and label == UNNAMED:
            return account  # provisional, until the API tells whose it is or a person names it
        place = None
        if duplicate is not None:
            question = words.TWIN.format(label=duplicate.label, address=duplicate.address)
            if self._agrees(f"{question}\nUpdate its tokens?"):
                place = duplicate.address
        try:
            placed = wait_for(self._console, partial(self._stored.name, address, label, replace=place))
        except SmilyError as error:
            if account is None:
                raise
            self._console.error(error)  # it is stored all the same, at a provisional address
            return account
        if placed.is_identified:
            self._ask_again(placed)
        return placed

    def _ask_again(self, connected: Account) -> None:
        """Ask whose the application's other accounts are, where that is not known; it may be this one's."""
        for other in self._stored.unidentified(connected.address.application):
            with contextlib.suppress(SmilyError, Back):
                self._session.end_of(self._stored.identify(other.address), words.ASKING)
                wait_for(self._console, partial(self._stored.settle, other.address))

    def _agrees(self, question: str, *, safe: bool = True) -> bool:
        """A question with a safe answer, which leaving it gives, too: what is connected stays and is told."""
        try:
            return self._console.confirmed(question, default=safe)
        except Back:
            return safe

    def _is_right(self, account: Account) -> bool:
        """Whether the account may stay; else it is forgotten and the link is asked for again."""
        console = self._console
        console.say(words.SIGNED_IN)
        if not self._agrees(words.RIGHT):
            console.say(*sentences(words.SIGN_OUT))
            if self._agrees(words.TRY_AGAIN.format(label=account.label), safe=False):
                wait_for(console, lambda: self._stored.forget(account.address))
                return False
        return True
