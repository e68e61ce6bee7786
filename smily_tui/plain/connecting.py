"""Connecting an account: the four steps of the wizard, one question after the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.oauth.errors import ClientRefused
from smily_tui.oauth.pasted_code import read_pasted_code
from smily_tui.oauth.server import host_of
from smily_tui.plain import application as application_step
from smily_tui.plain import permissions
from smily_tui.plain.console import Back, sentences
from smily_tui.plain.details import facts
from smily_tui.plain.waiting import wait_for
from smily_tui.secret import Secret
from smily_tui.text import Untrusted
from smily_tui.words import connecting as words

if TYPE_CHECKING:
    from smily_tui.plain.application import Entered
    from smily_tui.plain.session import Session
    from smily_tui.vault.account import Account, Address
    from smily_tui.vault.application import Application

OPEN, COPY, LINK = "open", "copy", "link"
HOW: Final = (
    "open: a browser opens the link.",
    "copy: copies the link.",
    "link: says it again.",
)
PASTE_HELP: Final = (words.OPEN, words.PASTE, words.FINE, *HOW)


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
        self._name = ""
        self._entered: Entered | None = None

    def run(self) -> Account | None:
        """Ask, step by step; None where the person left before an account was connected.

        Raises:
            Leave: the person leaves the program.
        """
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
                self._entered = application_step.ask(self._session, self._name)
            entered, self._name = self._entered, self._entered.name
            self._step(2)
            try:
                scopes = permissions.choose(self._console, scopes)
                self._stored.check_writable()
                saved = self._stored.save_application(
                    entered.name, entered.client_id, entered.client_secret, scopes
                )
            except Back:
                self._entered = None
            except SmilyError as error:
                self._console.error(error)
            else:
                return saved, scopes

    def _step(self, number: int) -> None:
        self._console.say(f"Step {number} of {len(words.STEPS)}: {words.STEPS[number - 1]}.")

    # -- step 3 ----------------------------------------------------------------------------------------

    def _authorize(self, application: Application, scopes: tuple[str, ...]) -> Account | None:
        """Until a code becomes an account; None where the server does not know the application."""
        link = self._stored.authorize_link(application, scopes, self._start.account_id)
        self._session.heard.link = link
        self._step(3)
        self._console.say(words.OPEN, link, words.PASTE, words.FINE, "Or type open, copy or link.")
        while True:
            try:
                code = self._code(application, link)
                address = self._exchange(application, code, scopes)
                account = self._identified(address)
            except ClientRefused as error:
                self._console.error(error)
                return None
            except SmilyError as error:
                self._console.error(error)
                continue
            if self._is_right(account):
                return account
            self._console.say(words.OPEN, link)

    def _code(self, application: Application, link: str) -> Secret:
        """The code that was pasted; the link is opened, copied or said as often as it is asked for."""
        while True:
            found = self._console.secret_or_word("Code", (OPEN, COPY, LINK), explain=PASTE_HELP)
            if isinstance(found, Secret):
                code = read_pasted_code(Untrusted(found.reveal()), self._stored.paste_context(application))
                self._stored.check_writable()
                return code
            outside = self._session.outside
            self._console.say(
                {OPEN: outside.open, COPY: outside.copy}[found](link) if found != LINK else link
            )

    def _exchange(self, application: Application, code: Secret, scopes: tuple[str, ...]) -> Address:
        doing = f"Checking the code with {host_of(application.server)}"
        return self._session.end_of(self._stored.exchange(application, code, scopes), doing).address

    # -- step 4 ----------------------------------------------------------------------------------------

    def _identified(self, address: Address) -> Account:
        """Ask whose it is, and give it its place: that of its twin if the person agrees."""
        remark = ""
        try:
            found = self._session.end_of(self._stored.identify(address), "Asking whose account it is")
            if found.identity is not None and found.identity.remark:
                remark = words.NAMELESS.format(remark=found.identity.remark)
        except Back:
            remark = "It is not known whose account it is."
        except SmilyError as error:
            remark = words.NOT_IDENTIFIED.format(what=error.what)
        account = self._placed(address)
        self._step(4)
        self._console.say(f"{words.connected(account)}.")
        if remark:
            self._console.say(remark)
        return account

    def _placed(self, address: Address) -> Account:
        account = self._stored.account(address)
        label = account.label if account else ""
        twin = self._stored.twin(account) if account else None
        place = None
        if twin is not None:
            question = words.TWIN.format(label=twin.label, address=twin.address)
            if self._agrees(f"{question}\nUpdate its tokens?"):
                place = twin.address
        try:
            return wait_for(self._console, partial(self._stored.name, address, label, replace=place))
        except SmilyError as error:
            if account is None:
                raise
            self._console.error(error)  # it is stored all the same, at a provisional address
            return account

    def _agrees(self, question: str) -> bool:
        """A question whose safe answer is yes, so that leaving it is one, too."""
        try:
            return self._console.confirmed(question, default=True)
        except Back:
            return True

    def _is_right(self, account: Account) -> bool:
        """Whether the account may stay; else it is forgotten and the link is asked for again."""
        console = self._console
        console.say(words.SIGNED_IN)
        if not self._agrees(words.RIGHT):
            console.say(*sentences(words.SIGN_OUT))
            if console.confirmed(words.TRY_AGAIN.format(label=account.label)):
                wait_for(console, lambda: self._stored.forget(account.address))
                return False
        return True
