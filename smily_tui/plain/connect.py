"""Connection of an account, line by line: the four steps of the wizard."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError, UsageError
from smily_tui.messages import connect as words
from smily_tui.oauth import credentials
from smily_tui.oauth.errors import ClientRefused
from smily_tui.oauth.scope_search import search
from smily_tui.oauth.scopes import CATALOGUE, PRESETS, Scope, arrange, find, included, is_valid_name
from smily_tui.plain.console import Back, Console, sentences, wait_for
from smily_tui.plain.details import facts
from smily_tui.plain.exchange import agrees, exchange, identify, place
from smily_tui.plain.link import Link, ask_account_number, ask_for_code, owner_of
from smily_tui.secret import Secret
from smily_tui.text import Untrusted, clean
from smily_tui.tokens.errors import NoCredentials
from smily_tui.vault.drafts import Draft, Unfinished

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant
    from smily_tui.oauth.credentials import FieldCheck, KnownCredentials
    from smily_tui.origin import Origin
    from smily_tui.plain.session import Session
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.model import Account, Address, Application


CREDENTIALS_PLACE: Final = (
    words.CREDENTIALS_PLACE_TITLE,
    *(sentence for line in words.CREDENTIALS_PLACE for sentence in sentences(line)),
)
MY_APP: Final = "My app"
ACCOUNT_NAME: Final = "Name of the account"
ACCOUNT_NAME_HINT: Final = ("Only you see it. The account's address is made from it.",)


@dataclass(frozen=True)
class Entered:
    """Application as it was typed."""

    name: str
    client_id: str
    client_secret: Secret


@dataclass(frozen=True)
class Answers:
    """Answers about the application that are known beforehand; empty ones are asked for.

    Attributes:
        origin: the server it is registered at; None: where new applications are registered.
    """

    name: str = ""
    client_id: Untrusted | None = None
    client_secret: Untrusted | None = None
    scopes: tuple[str, ...] = ()
    origin: Origin | None = None


def ask_application(session: Session, answers: Answers, name: str = "", client_id: str = "") -> Entered:
    """Return name, Client ID and Client Secret; `name` and `client_id` are offered as defaults.

    Raises:
        Back, Leave: the person does not want to.
    """
    console, demo = session.console, session.demo
    console.guide(words.APPLICATION_QUESTION)
    if demo is not None and console.confirmed("Use the demo app?", default=True):
        return Entered(demo.name, demo.client_id, demo.client_secret)
    console.guide(words.CREDENTIALS_NEEDED, words.NOT_SENT, f"{words.CREDENTIALS_PLACE_TITLE} Type ?.")
    stored_values = session.stored.apps.known_credentials()
    name = answers.name or console.ask(words.NAME_LABEL, default=name or MY_APP, explain=(words.NAME_HINT,))
    client_id = _client_id(console, stored_values, client_id, answers.client_id)
    registered = session.stored.apps.registered(client_id)
    if registered is not None and name == MY_APP:
        name = registered.name  # that nobody typed another name does not rename it
    return Entered(name, client_id, _client_secret(console, client_id, stored_values, answers.client_secret))


def _client_id(console: Console, stored: KnownCredentials, default: str, typed: Untrusted | None) -> str:
    if typed is None:
        console.guide(words.CLIENT_ID_HINT)
    while True:
        if typed is None:
            typed = console.ask_unchanged(credentials.ID, default=default, explain=CREDENTIALS_PLACE)
        if _fits(console, credentials.check_client_id(typed, stored=stored), credentials.ID):
            return credentials.read_client_id(typed)
        typed = None


def _client_secret(
    console: Console, client_id: str, stored: KnownCredentials, typed: Untrusted | None
) -> Secret:
    if typed is None:
        console.guide(words.STORAGE_HINT)
    while True:
        if typed is None:
            typed = console.ask_hidden(credentials.SECRET, explain=CREDENTIALS_PLACE)
        finding = credentials.check_client_secret(Secret(typed.for_parsing()), client_id, stored)
        if _fits(console, finding, credentials.SECRET):
            return credentials.read_client_secret(typed)
        typed = None


def _fits(console: Console, finding: FieldCheck, name: str) -> bool:
    """Say what speaks against a value, or what is unusual; return whether it can be meant."""
    if finding.problem and not console.interactive:
        raise UsageError(finding.problem, next=f"Copy the {name} again from Smily's partner panel.")
    if finding.problem:
        console.say(finding.problem)
    elif finding.remark:
        console.say(f"Note: {finding.remark}")
    return not finding.problem


DONE: Final = "done"
LIST: Final = "list"
PRESET: Final = "preset"
SCOPE_CHOICES: Final = (
    "Type a number or name to add a permission.",
    "Type it again to remove it.",
    "Type a task to search, such as create bookings or GET /rentals.",
    "Type + and a name to add any scope.",
    f"Type preset and one of: {', '.join(PRESETS)}, last.",
    f"list: show all {len(CATALOGUE)}.",
    f"{DONE}: continue.",
)


NOTHING_FOUND: Final = "No match. Type ? for help."


def choose_permissions(console: Console, before: Sequence[str], last: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the scopes to ask for, beginning with those chosen `before`; `last` were asked for last time.

    Raises:
        Back, Leave: the person does not want to.
    """
    chosen = arrange(before)
    console.guide(words.SCOPES_QUESTION, words.SCOPES_HINT, *SCOPE_CHOICES)
    _say_chosen(console, chosen)
    while True:
        typed = console.ask("Permission", default=DONE, explain=SCOPE_CHOICES)
        if typed.casefold() == DONE:
            return chosen
        names, preset = _names(typed, chosen), _preset(typed, last)
        if preset:
            chosen = arrange(preset)
        elif names:
            chosen = _toggle(console, chosen, names)
        else:
            chosen = _search(console, chosen, typed)
            continue
        _say_chosen(console, chosen)


def _names(typed: str, chosen: Sequence[str]) -> list[str]:
    """Return the scopes that are named or numbered; none where anything else is among the words."""
    names = []
    for word in typed.replace(",", " ").split():
        if word.isdecimal() and 0 < int(word) <= len(CATALOGUE):
            names.append(CATALOGUE[int(word) - 1].name)
        elif find(word) or word in chosen:
            names.append(word)
        else:
            return []
    return names


def _preset(typed: str, last: Sequence[str]) -> Sequence[str]:
    """Return the scopes of the preset that is named; empty without one."""
    word, _, name = typed.casefold().partition(" ")
    return ({**PRESETS, "last": tuple(last)}).get(name.strip(), ()) if word == PRESET else ()


def _toggle(console: Console, chosen: tuple[str, ...], names: Sequence[str]) -> tuple[str, ...]:
    now = set(chosen)
    for name in names:
        scope = find(name)
        if name in now:
            console.say(f"Removed: {clean(name)}.")
        else:
            console.say(f"Added: {clean(name)}. {scope.summary if scope else ''}".strip())
        now ^= {name}
    return arrange(name for name in (*chosen, *names) if name in now)


def _search(console: Console, chosen: tuple[str, ...], typed: str) -> tuple[str, ...]:
    """List the scopes that a wish matches; offer to ask for an unknown name all the same."""
    everything, plus = typed.casefold() == LIST, typed.startswith("+")
    name = typed.removeprefix("+").strip()
    matches = () if plus else search("" if everything else typed)
    numbers = {scope.name: number for number, scope in enumerate(CATALOGUE, 1)}
    lines = [
        f"{_scope_line(numbers[scope.name], scope, named=not everything)}{_state(scope.name, chosen)}"
        for scope in matches
    ]
    is_name = is_valid_name(name) and "/" not in name
    if lines or not is_name or not (plus or "_" in name):
        console.say(*(lines or [NOTHING_FOUND]))
        return chosen
    if not plus and not console.confirmed(f"{words.unknown(clean(name, 60))}\nAdd {clean(name, 60)} anyway?"):
        return chosen
    chosen = arrange((*chosen, name))
    _say_chosen(console, chosen)
    return chosen


def _scope_line(number: int, scope: Scope, *, named: bool) -> str:
    """Return number and summary of a scope, with its name where there are few of them."""
    name = f"{scope.name}: " if named else ""
    return f"{number} {name}{scope.summary}{', recommended' if scope.recommended else ''}"


def _state(name: str, chosen: Sequence[str]) -> str:
    """Return that a scope is selected, or which selected one includes it."""
    wider = included(chosen).get(name)
    return ", selected" if name in chosen else f", included in {wider}" if wider else ""


def _say_chosen(console: Console, chosen: Sequence[str]) -> None:
    console.say(f"Selected: {' '.join(map(clean, chosen)) or 'none'}.")
    if remark := words.advice(chosen):
        console.say(f"Note: {remark}")


@dataclass(frozen=True)
class Start:
    """Beginning of a connection.

    Attributes:
        application: a stored one; then the link comes first.
        scopes: what to ask for; empty: what the application asked for before, else `public`.
        account_id: the account that the page should have chosen.
        answers: about an application that is not stored as it is.
    """

    application: Application | None = None
    scopes: tuple[str, ...] = ("public",)
    account_id: int | None = None
    answers: Answers = Answers()


class Connecting:
    """Steps from an application to a connected account.

    Args:
        session: the dialogue.
        start: where it begins.

    Attributes:
        code_used: a code was sent to the server.
    """

    def __init__(self, session: Session, start: Start) -> None:
        self.code_used = False
        self._session = session
        self._console = session.console
        self._stored = session.stored
        self._start = start
        self._answers = start.answers
        self._name = start.application.name if start.application else ""
        self._client_id = ""  # what was typed before the person left off
        self._entered: Entered | None = None
        self._registration: Registration | None = None  # what was entered, until it is proven
        self._origin = start.application.server if start.application else start.answers.origin
        self._made: Instant | None = None
        self._keeps_draft = session.demo is None and not session.is_command
        self._unfinished = Unfinished(session.stored.drafts if self._keeps_draft else None)

    def run(self) -> Account | None:
        """Ask, step by step; return None where the person left before an account was connected.

        Raises:
            Leave: the person leaves the program.
            SmilyError: nobody can correct an answer.
        """
        self._start = self._where_left_off()
        application, scopes = self._start.application, self._start.scopes
        while True:
            try:
                if application is None:
                    application, scopes = self._application(scopes)
                account = self._authorize(application, scopes)
            except Back:
                if application is None or self._entered is None:
                    return None
                application = None  # from the link to the permissions; what was entered stays
                continue
            if account is not None:
                return account
            application = self._entered = None  # the server does not know it: its credentials again

    def _where_left_off(self) -> Start:
        """Return where the person left off, if that is wanted; else the beginning."""
        draft = self._stored.unfinished() if self._keeps_draft else None
        if draft is None:
            return self._start
        if not self._console.confirmed(f"{words.was_at(draft)}\n{words.LEFT_OFF}", default=True):
            self._unfinished.drop()
            return self._start
        application = self._stored.entered_in(draft)
        secret = self._stored.apps.client_secret(application.key) if application else None
        self._name, self._client_id = draft.name, draft.client_id
        self._origin = application.server if application else draft.server
        if application is None or secret is None:
            if draft.step != "application":
                self._console.say(*sentences(words.PASTE_AGAIN))
            return Start(None, draft.scopes, draft.account_id)
        self._entered = Entered(application.name, application.client_id, secret)
        self._made = draft.link_made
        return Start(application if draft.step == "authorize" else None, draft.scopes, draft.account_id)

    def _keep_draft(self, step: str, scopes: tuple[str, ...], application: Application | None = None) -> None:
        """Store what is entered so far for a later start."""
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

    # -- steps 1 and 2 ---------------------------------------------------------------------------------

    def _application(self, scopes: tuple[str, ...]) -> tuple[Application, tuple[str, ...]]:
        """Ask for the application and its scopes; from step 2 the person can go back to step 1."""
        while True:
            if self._entered is None:
                self._say_step(1)
                answers, self._answers = self._answers, Answers()  # what is refused is asked for
                self._entered = ask_application(self._session, answers, self._name, self._client_id)
                scopes = answers.scopes or scopes or self._scopes_before(self._entered)
            else:
                answers = Answers()
            entered, self._name = self._entered, self._entered.name
            self._made = None
            self._keep_draft("permissions", scopes)
            try:
                if not answers.scopes:
                    self._say_step(2)
                    last = self._stored.last_asked(entered.client_id)
                    scopes = choose_permissions(self._console, scopes, last)
                self._stored.check_writable()
                self._registration = self._stored.apps.enter(
                    entered.name, entered.client_id, entered.client_secret, scopes, self._origin
                )
            except Back:
                self._entered = None
            except SmilyError as error:
                self._console.refuse(error)
            else:
                return self._registration.application, scopes

    def _scopes_before(self, entered: Entered) -> tuple[str, ...]:
        registered = self._stored.apps.registered(entered.client_id, self._origin)
        return registered.scopes if registered and registered.scopes else ("public",)

    def _say_step(self, number: int) -> None:
        self._console.guide(f"Step {number} of {len(words.STEPS)}: {words.STEPS[number - 1]}.")

    # -- step 3 ----------------------------------------------------------------------------------------

    def _authorize(self, application: Application, scopes: tuple[str, ...]) -> Account | None:
        """Ask until a code becomes an account; return None where the server does not know the application."""
        self._say_step(3)
        link = self._new_link(application, scopes)
        if any(account.address.application == application.key for account in self._stored.accounts()):
            self._console.guide(*sentences(words.PRIVATE_WINDOW_HINT))
        self._console.say(words.PASTE_CODE, words.CODE_HINT)
        self._console.guide("Or type open, copy or link. Type ? for more.")
        if owner_of(self._session) is not None:
            self._console.say("No browser? Type owner to answer as the owner.")
        while True:
            try:
                code = ask_for_code(self._session, link)
                if isinstance(code, str):
                    link = self._new_link(application, scopes) if self._choose_account() else link
                    continue
                self.code_used = True
                address = exchange(self._session, link, code)
                self._unfinished.drop()
                account = self._identified(address)
            except (ClientRefused, NoCredentials) as error:
                self._console.refuse(error)
                return None
            except SmilyError as error:
                self._console.refuse(error)
                continue
            if self._is_right(account):
                return account
            self._console.say(words.OPEN_LINK)
            self._console.hand_out(link.address)

    def _new_link(self, application: Application, scopes: tuple[str, ...]) -> Link:
        """Write the link, with its age where the person goes on with one."""
        now = self._stored.clock.now()
        address = self._stored.authorization_url(application, scopes, self._start.account_id)
        self._session.heard.link = address
        self._console.say(words.OPEN_LINK)
        self._console.hand_out(address)
        if self._made is not None:
            self._console.say(words.link_made(self._made, now))
        self._made = self._made or now
        self._keep_draft("authorize", scopes, application)
        return Link(address, application, scopes, self._start.account_id, self._made, self._registration)

    def _choose_account(self) -> bool:
        """Ask which account the page should have chosen; return whether that takes another link."""
        answer = ask_account_number(self._console)
        if answer is not None:
            self._start = replace(self._start, account_id=answer.account_id)
            self._made = None
        return answer is not None

    # -- step 4 ----------------------------------------------------------------------------------------

    def _identified(self, address: Address) -> Account:
        """Ask whose account it is, and give it its place: that of its duplicate if the person agrees."""
        owner = identify(self._session, address)
        account = owner.account
        self._say_step(4)
        self._console.say(f"{words.connected(account)}.")
        less = words.less_granted(account, self._session.again)
        once = words.not_refreshable(account, self._stored.clock.now())
        remarks = (owner.remark, self._another_account(account), less, once, owner.clock)
        self._console.say(*(line for line in remarks if line))
        return place(self._session, account, self._label(account))

    def _another_account(self, account: Account) -> str:
        number = self._start.account_id
        if number is None or account.account_id in (None, number):
            return ""
        return f"Note: you asked for account {number}. This is account {account.account_id}."

    def _label(self, account: Account) -> str:
        """Return the account's name; asked for only where no menu follows, in which it can be renamed."""
        if not self._session.is_command:
            return account.label
        try:
            return self._console.ask(ACCOUNT_NAME, default=account.label, explain=ACCOUNT_NAME_HINT)
        except Back:
            return account.label

    def _is_right(self, account: Account) -> bool:
        """Return whether the account may stay; if not, it is forgotten and the link is asked for again."""
        console = self._console
        console.guide(words.SIGNED_IN_HINT)
        if not agrees(console, words.ACCOUNT_QUESTION):
            console.say(*sentences(words.SIGN_OUT_HINT))
            if agrees(console, words.FORGET_QUESTION.format(label=account.label), safe=False):
                wait_for(console, lambda: self._stored.forget(account.address))
                return False
        return True


def connect(session: Session, start: Start) -> None:
    """Connect an account, then list all about it; a fact that cannot be read does not undo the connection."""
    account = Connecting(session, start).run()
    if account is None:
        return
    try:
        session.console.say(*facts(session, account))
    except SmilyError as error:
        session.console.error(error)
    if session.demo is not None:
        session.console.say(words.DEMO_ENDS[0])
