"""Authorization flow: from a URL that leaves the terminal to an account."""

from __future__ import annotations

import contextlib
from asyncio import to_thread
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeVar

from textual import on, work
from textual.events import Key, Paste

from smily_tui.demo import NOT_GIVEN, SAYS_NO
from smily_tui.errors import SmilyError
from smily_tui.messages import connect as say
from smily_tui.messages.connect import NO_BROWSER, NONE_HERE
from smily_tui.oauth.diagnosis import clock_warning
from smily_tui.oauth.errors import (
    ClientRefused,
    GrantRefused,
    NotTrusted,
    OAuthFailure,
    Offline,
    PasteRefused,
    ServerRefused,
)
from smily_tui.oauth.paste import read_pasted_code
from smily_tui.origin import host_of
from smily_tui.text import Clean, clean
from smily_tui.tokens.errors import Cancelled, InDoubt, NoCredentials
from smily_tui.tui.pages.authorize import LINK_ACTIONS as OF_BUTTON
from smily_tui.tui.pages.authorize import AuthorizePage
from smily_tui.tui.screens.base import StatusScreen, once
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.screens.link_dialogs import ask_owner
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.vault.errors import VaultError
from smily_tui.vault.model import UNNAMED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.accounts import Accounts
    from smily_tui.oauth.requests import IssuedUrl
    from smily_tui.sandbox.owner import Owner
    from smily_tui.secret import Secret
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.registration import Registration
    from smily_tui.tokens.running import Running
    from smily_tui.tui.actions import Action
    from smily_tui.vault.model import Account, Address, Application


_Result = TypeVar("_Result")
PLAIN = "Open this link in a browser, then press Enter here to go back:"


class LinkScreen(StatusScreen[_Result]):
    """What can be done with the link of step 3."""

    _link = ""

    def message_names(self) -> tuple[Clean, Clean]:
        """What the message to the owner calls the application and the account; empty: by no name."""
        return Clean(""), Clean("")

    def without_browser(self) -> str:
        """What to do where there is no browser; empty: as on every such machine."""
        return ""

    def action_open_link(self) -> None:
        """Ask the browser to open the link."""
        self.app.wire.opened()
        self.outside(lambda: self.app.open_link(self._link, self.without_browser()))

    def action_copy_link(self) -> None:
        """Copy the link."""
        self.outside(lambda: self.app.copy_outside(self._link))

    def action_plain_link(self) -> None:
        """Leave the full screen and print the link as one unbroken line."""
        self.app.show_plain(f"{PLAIN}\n\n{self._link}\n\n{self.app.qr_as_text(self._link)}\n", self._link)
        self.query_one("#code").focus()

    def action_qr(self) -> None:
        """Show the link as a QR code."""
        from smily_tui.tui.screens.link_dialogs import QrScreen

        self.app.push_screen(QrScreen(self._link))

    @once()
    async def action_message(self) -> None:
        """A ready message to the account's owner, who opens the link elsewhere and sends the code back."""
        from smily_tui.tui.screens.link_dialogs import MessageScreen

        message = await self.app.push_screen_wait(MessageScreen(*self.message_names(), self._link))
        if message:
            self.outside(lambda: f"The message: {self.app.copy_outside(message)}")

    @work(thread=True, exit_on_error=False)
    def outside(self, act: Callable[[], str]) -> None:
        """Talk to the desktop without holding up the screen."""
        self.app.call_from_thread(self.query_one(StatusLine).say, act())


def called(account_id: int | None) -> Clean:
    """What an account is called of which only the number is known, or nothing."""
    return Clean("") if account_id is None else clean(account_id)


@dataclass(frozen=True)
class Whose:
    """What was said when the API was asked whose account it is.

    Attributes:
        remark: why the name is not known; empty where it is.
        clock: that this computer's clock is off; empty where it is not.
    """

    remark: str = ""
    clock: str = ""


class ConnectingScreen(LinkScreen[_Result]):
    """The steps from a code to an account; leaving the screen meanwhile stops none that has begun."""

    LINK_ACTIONS = frozenset(OF_BUTTON.values())
    _stored: Accounts
    _helper: Running | None = None

    @on(AuthorizePage.Wants)
    def _wants(self, event: AuthorizePage.Wants) -> None:
        """A button does what its key does, and nothing while the key does nothing."""
        action = OF_BUTTON[event.what]
        if self.check_action(action, ()):
            getattr(self, f"action_{action}")()

    @on(Paste)
    def _pasted(self, event: Paste) -> None:
        """What is pasted where no field takes it is the code."""
        self.query_one(AuthorizePage).take(event)

    @on(Key)
    def _typed(self, event: Key) -> None:
        """What is typed where no field takes it and no key is meant, too."""
        if event.is_printable and event.key not in self.app.screen.active_bindings:
            self.query_one(AuthorizePage).take(event)

    def pasted_code(
        self, application: Application, registration: Registration | None = None
    ) -> Secret | None:
        """The code in its field, where it can be one and its tokens can be saved; else None, with words."""
        page, status = self.query_one(AuthorizePage), self.query_one(StatusLine)
        try:
            secret = registration.client_secret if registration else None
            code = read_pasted_code(page.pasted, self._stored.paste_context(application, secret))
            self._stored.check_writable()
        except PasteRefused as error:
            status.error(error, "!")
            page.clear_code()
        except SmilyError as error:
            status.error(told(error, Mend.SAME_CODE))
        else:
            return code
        return None

    async def redeem(
        self,
        application: Application,
        code: Secret,
        scopes: Sequence[str],
        link: IssuedUrl,
        registration: Registration | None = None,
    ) -> Address:
        """Exchange the code; answers with a provisional address, raises as the exchange does."""
        doing = say.CHECKING.format(host=host_of(application.server))
        running = self._stored.exchange(application, code, scopes, link, registration)
        return (await self.end_of(running, doing)).address

    async def ask_whose(self, address: Address, name_it: str = "") -> Whose:
        """Ask whose account it is; `name_it` says what to do where its name is not known."""
        try:
            found = (await self.end_of(self._stored.identify(address), say.ASKING)).identity
        except SmilyError as error:
            return Whose(self.app.explained(error.name, say.NOT_IDENTIFIED.format(what=error.what)))
        if found is None:
            return Whose()
        remark = f"{say.NAMELESS.format(remark=found.remark)} {name_it}".rstrip() if found.remark else ""
        if remark:
            remark = self.app.explained(NOT_GIVEN, remark)
        return Whose(remark, clock_warning(found.clock_off))

    async def end_of(self, running: Running, doing: str) -> Outcome:
        """Wait for a helper while the status line counts the seconds."""
        self._helper = running
        self.app.wire.follow(running)
        self.query_one(StatusLine).busy(doing, running)
        try:
            return await running.ended()
        finally:
            self._helper = None

    async def place(self, account: Account, label: str) -> Account:
        """Give a fresh account its name and place; that of a stored one if the person agrees.

        Raises:
            SmilyError: it is stored all the same, at its provisional address.
        """
        duplicate = self._stored.duplicate(account)
        if duplicate is None and label == UNNAMED:
            return account  # provisional, until the API tells whose it is or a person names it
        place = None
        if duplicate is not None:
            question = say.TWIN.format(label=duplicate.label, address=duplicate.address)
            both = Question(question, "Update its tokens", "Keep both", safe=True)
            place = duplicate.address if await self.app.push_screen_wait(both) else None
        # another process may be refreshing the twin: its lock is waited for beside the screen
        status = self.query_one(StatusLine)
        status.busy(say.STORING)
        placed = await to_thread(self._stored.name, account.address, label, replace=place)
        if placed.is_identified:
            await self._ask_again(placed)
        status.clear()
        return placed

    async def _ask_again(self, connected: Account) -> None:
        """Ask whose the application's other accounts are, where that is not known; it may be this one's."""
        for other in self._stored.unidentified(connected.address.application):
            with contextlib.suppress(SmilyError):
                await self.end_of(self._stored.identify(other.address), say.ASKING)
                await to_thread(self._stored.settle, other.address)


class Mend(Enum):
    """What the person can do."""

    CREDENTIALS = auto()
    """Enter Client ID and Client Secret again."""
    LINK = auto()
    """Open the link that is shown now: the code was that of another one."""
    NEW_CODE = auto()
    """Get a new code."""
    SAME_CODE = auto()
    """Send the same code again: it may still be good."""
    NOTHING = auto()
    """The code is used up, and what came for it is kept or lost: the error says which."""


def mended_by(error: SmilyError, *, other_client: bool) -> Mend:
    """What mends that error; `other_client` is whether another application's link was shown lately."""
    if isinstance(error, ClientRefused | NoCredentials):
        return Mend.CREDENTIALS
    if isinstance(error, GrantRefused):
        return Mend.LINK if other_client else Mend.NEW_CODE
    if isinstance(error, OAuthFailure | InDoubt | Cancelled | VaultError):
        return Mend.SAME_CODE
    return Mend.NOTHING


def told(error: SmilyError, mend: Mend) -> SmilyError:
    """The error with the words that fit the page."""
    if mend is Mend.LINK:
        return error.saying(next=say.ENTER_OPENS)
    if mend is Mend.CREDENTIALS:
        return error.saying(kept=say.CODE_GOOD)
    if mend is Mend.SAME_CODE:
        return error.saying(kept=_kept(error), next=f"{error.next} {say.CODE_STAYS}")
    return error


def _kept(error: SmilyError) -> str:
    """What became of the code; empty where the error says it."""
    if isinstance(error, VaultError | Offline | NotTrusted):
        return say.CODE_NOT_SENT
    return say.CODE_GOOD if isinstance(error, ServerRefused) else ""


class PlayingOwner(ConnectingScreen[_Result]):
    """Stands behind the screen that it adds to: of several bases the toolkit styles by the first alone."""

    BE_OWNER: Action
    _owner: Owner

    def without_browser(self) -> str:
        """The person can be the owner here."""
        return NONE_HERE.format(key=self.app.key_of(self.BE_OWNER))

    def hint(self) -> None:
        """Say that no browser is needed, and have a button for that."""
        self.query_one(AuthorizePage).offer_owner(self.app.key_of(self.BE_OWNER))
        words = NO_BROWSER.format(key=self.app.key_of(self.BE_OWNER))
        self.query_one(StatusLine).say(words)

    @once()
    async def action_say_yes(self) -> None:
        """Be the account's owner here."""
        self.app.wire.opened()
        try:
            answered = await ask_owner(self.app, self._owner, self._link)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        if answered is None:
            self.hint()
            return
        words = answered.words
        if answered.code is None and answered.yes:
            words = self.app.explained(SAYS_NO, words)
        self.query_one(StatusLine).say(words)
        if answered.code is not None:
            self.query_one(AuthorizePage).put(answered.code)
