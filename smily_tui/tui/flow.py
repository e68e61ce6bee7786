"""Authorization flow: from a URL that leaves the terminal to an account with its name and place.

The wizard and the queue row each hold an `AuthorizationFlow`. It knows the status line and the app of the
screen that holds it, and none of its pages: these belong to the screen, which turns keys and messages into
calls of the flow, and shows what they return.
"""

from __future__ import annotations

import contextlib
from asyncio import to_thread
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, NamedTuple

from smily_tui.demo import NOT_GIVEN, SAYS_NO
from smily_tui.errors import SmilyError
from smily_tui.messages import connect as say
from smily_tui.messages.accounts import time_of_day
from smily_tui.oauth.diagnosis import clock_warning
from smily_tui.oauth.errors import (
    ClientRefused,
    GrantRefused,
    NotTrusted,
    Offline,
    PasteRefused,
    ProxyUnusable,
    ServerRefused,
)
from smily_tui.oauth.paste import read_pasted_code
from smily_tui.origin import host_of
from smily_tui.tokens.errors import NoCredentials, keeps_code
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.screens.link_dialogs import QrScreen, ask_owner
from smily_tui.vault.errors import VaultError
from smily_tui.vault.model import UNNAMED, Account, Address, Application

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.accounts import Accounts
    from smily_tui.clock import Instant
    from smily_tui.sandbox.owner import Owner
    from smily_tui.secret import Secret
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.registration import Registration
    from smily_tui.tokens.running import Running
    from smily_tui.tui.actions import Action
    from smily_tui.tui.pages.authorize import AuthorizePage
    from smily_tui.tui.screens.base import StatusScreen


PLAIN = "Open this link in a browser. Then press Enter here to go back."


class Recovery(Enum):
    """Next step of the person after a code could not be exchanged."""

    CREDENTIALS = auto()
    """Enter Client ID and Client Secret again."""
    LINK = auto()
    """Open the URL on the screen: the code belongs to another one."""
    NEW_CODE = auto()
    """Get a new code."""
    SAME_CODE = auto()
    """Send the same code again: it may still be good."""
    NOTHING = auto()
    """None: the code is used up, and the error says whether its tokens are kept or lost."""


def recovery_for(error: SmilyError, *, other_client: bool) -> Recovery:
    """Return the way on after `error`.

    Args:
        error: raised by the exchange.
        other_client: the URL of another application was on the screen lately.
    """
    if isinstance(error, ClientRefused | NoCredentials):
        return Recovery.CREDENTIALS
    if isinstance(error, GrantRefused):
        return Recovery.LINK if other_client else Recovery.NEW_CODE
    return Recovery.SAME_CODE if keeps_code(error) else Recovery.NOTHING


def with_recovery(error: SmilyError, recovery: Recovery) -> SmilyError:
    """Return `error` with the sentences about the code and the next step on this page."""
    if recovery is Recovery.LINK:
        return error.saying(next=say.ENTER_OPENS)
    if recovery is Recovery.CREDENTIALS:
        return error.saying(kept=say.CODE_UNTOUCHED)
    if recovery is Recovery.SAME_CODE:
        return error.saying(kept=_state_of_code(error), next=f"{error.next} {say.CODE_STAYS}")
    return error


def _state_of_code(error: SmilyError) -> str:
    if isinstance(error, VaultError | Offline | ProxyUnusable | NotTrusted):
        return say.CODE_NOT_SENT
    # the other errors say themselves what may have become of the code
    return say.CODE_UNTOUCHED if isinstance(error, ServerRefused) else ""


class AuthorizationRequest(NamedTuple):
    """Authorization request of RFC 6749 §4.1.1, as the owner sees it.

    Attributes:
        application: the client.
        scopes: the permissions to ask for.
        made: when its URL was first shown.
        account_id: the account that the page selects; None: any.
        registration: credentials that no server has accepted yet; None: the stored ones are used.
    """

    application: Application
    scopes: tuple[str, ...]
    made: Instant
    account_id: int | None = None
    registration: Registration | None = None


@dataclass(frozen=True)
class IdentityRemarks:
    """Remarks after the API was asked for the account's owner.

    Attributes:
        name: why the name is unknown; empty where it is known.
        clock: by how much this computer's clock is off; empty where it is right.
    """

    name: str = ""
    clock: str = ""


@dataclass(frozen=True)
class Consent:
    """Consent page in the terminal, as the demo has it.

    Attributes:
        owner: reads and answers the sandbox's page.
        action: opens it; its key is named where there is no browser.
    """

    owner: Owner
    action: Action


class AuthorizationFlow:
    """Authorization request, the ways of its URL out of the terminal, and the exchange of its code.

    Args:
        accounts: the stored accounts and the workers that change them.
        screen: shows progress on its status line and asks questions; browser, clipboard and wire log are
            its app's.
        consent: the demo's consent page; None: only a browser shows one.

    Attributes:
        url: the authorization URL of the newest request; empty before the first one.
    """

    def __init__(self, accounts: Accounts, screen: StatusScreen[Any], consent: Consent | None = None) -> None:
        self.url = ""
        self._accounts = accounts
        self._screen = screen
        self._consent = consent
        self._request: AuthorizationRequest | None = None
        self._running: Running | None = None
        self._other_client = False

    @property
    def request(self) -> AuthorizationRequest:
        """Newest request; there is one as soon as a URL is on the screen."""
        assert self._request is not None  # noqa: S101
        return self._request

    # -- URL -------------------------------------------------------------------------------------------

    def show(self, request: AuthorizationRequest, page: AuthorizePage) -> None:
        """Make the URL of a request and show it on `page`."""
        application = request.application
        self._request = request
        self.url = self._accounts.authorization_url(application, request.scopes, request.account_id)
        self._screen.app.wire.ask_owner(self.url, application.server, application.client_id)
        page.show_link(self.url, request.made, self._accounts.clock.now(), account_id=request.account_id)

    def open(self, page: AuthorizePage) -> None:
        """Open the URL on `page` in a browser."""
        app, url = self._screen.app, self.url
        instead = say.NO_BROWSER_HERE.format(key=app.key_of(self._consent.action)) if self._consent else ""
        app.wire.opened()

        def ask() -> str:
            opened = app.open_link(url)
            if opened.asked:
                app.call_from_thread(page.note_opened, time_of_day(self._accounts.clock.now().wall))
            return opened.words if opened.asked or not instead else instead

        self._in_thread(ask)

    def copy(self, text: str | Secret = "", name: str = "") -> None:
        """Copy a text, by default the URL; `name` says on the status line what was copied."""
        app, copied = self._screen.app, text or self.url
        self._in_thread(lambda: f"{name}{app.copy_outside(copied)}")

    def print(self) -> None:
        """Leave the full screen and print the URL as one unbroken line."""
        app = self._screen.app
        # on the page the link is wrapped in a box: a selection there takes border and line ends along
        # the link last: on a small terminal what stands above the code scrolls away
        app.show_plain(f"{app.qr_as_text(self.url)}\n\n{PLAIN}\n\n{self.url}\n", self.url)

    def show_qr(self) -> None:
        """Show the URL as a QR code."""
        self._screen.app.push_screen(QrScreen(self.url))

    def _in_thread(self, act: Callable[[], str]) -> None:
        """Run `act` and show the sentence that it returns; a browser or clipboard may hang."""

        def run() -> None:
            self._screen.app.call_from_thread(self._screen.status.say, act())

        self._screen.run_worker(run, thread=True, exit_on_error=False)

    # -- consent in the terminal -----------------------------------------------------------------------

    @property
    def has_consent(self) -> bool:
        """True in the demo, whose consent page can be shown in the terminal."""
        return self._consent is not None

    def offer_consent(self, page: AuthorizePage) -> None:
        """Say that no browser is needed, and have a button for that; nothing outside of the demo."""
        if self._consent is not None:
            key = self._screen.app.key_of(self._consent.action)
            page.offer_owner(key)
            self._screen.status.say(say.NO_BROWSER.format(key=key))

    async def consent(self, page: AuthorizePage) -> None:
        """Show the consent page, send the owner's answer, and put the code into its field."""
        assert self._consent is not None  # noqa: S101 - the action is checked first
        app = self._screen.app
        app.wire.opened()
        try:
            answer = await ask_owner(app, self._consent.owner, self.url)
        except SmilyError as error:
            self._screen.status.error(error)
            return
        if answer is None:
            self.offer_consent(page)
            return
        refused = answer.code is None and answer.approved
        self._screen.status.say(app.explained(SAYS_NO, answer.message) if refused else answer.message)
        if answer.code is not None:
            page.put(answer.code)

    # -- code ------------------------------------------------------------------------------------------

    def code_from(self, page: AuthorizePage) -> Secret | None:
        """Return the code in its field; None, with an error below it, where it cannot be used."""
        self._screen.status.clear()
        application, registration = self.request.application, self.request.registration
        client_secret = registration.client_secret if registration else None
        try:
            code = read_pasted_code(page.pasted, self._accounts.paste_context(application, client_secret))
            self._accounts.check_writable()  # before a one-time code is spent
        except PasteRefused as error:
            page.clear_code()
            page.show_error(error, "!")
        except SmilyError as error:
            page.show_error(with_recovery(error, Recovery.SAME_CODE))
        else:
            return code
        return None

    async def redeem(self, code: Secret) -> Address:
        """Exchange the code for tokens; return the account's provisional address.

        Raises:
            SmilyError: `recovery_for` has the way on.
        """
        request = self.request
        application, scopes = request.application, request.scopes
        issued_url = self._accounts.link_shown(application, request.made)
        self._other_client = issued_url.other_client
        running = self._accounts.exchange(application, code, scopes, issued_url, request.registration)
        return (
            await self._finish(running, say.CHECKING_CODE.format(host=host_of(application.server)))
        ).address

    def recovery_for(self, error: SmilyError) -> Recovery:
        """Return the way on after `redeem` raised `error`."""
        return recovery_for(error, other_client=self._other_client)

    async def identify(self, address: Address, advice: str = "") -> IdentityRemarks:
        """Ask the API for the account's owner; `advice` follows where the name stays unknown."""
        explained = self._screen.app.explained
        try:
            identity = (await self._finish(self._accounts.identify(address), say.IDENTIFYING)).identity
        except SmilyError as error:
            return IdentityRemarks(explained(error.name, say.NOT_IDENTIFIED.format(what=error.what)))
        if identity is None:
            return IdentityRemarks()
        remark = ""
        if identity.remark:
            remark = explained(
                NOT_GIVEN, f"{say.NAME_UNKNOWN.format(remark=identity.remark)} {advice}".rstrip()
            )
        return IdentityRemarks(remark, clock_warning(identity.clock_off))

    async def place(self, account: Account, label: str) -> Account:
        """Give a fresh account its name and place; that of its stored duplicate if the person agrees.

        Raises:
            SmilyError: it is stored all the same, at its provisional address.
        """
        duplicate = self._accounts.duplicate(account)
        if duplicate is None and label == UNNAMED:
            return account  # provisional, until the API tells the owner or a person names it
        replaced = None
        if duplicate is not None:
            question = say.DUPLICATE.format(label=duplicate.label, address=duplicate.address)
            update = Question(question, "Update its tokens", "Keep both", safe=True)
            replaced = duplicate.address if await self._screen.app.push_screen_wait(update) else None
        self._screen.status.busy(say.STORING_ACCOUNT)
        # in a thread: another process may hold the duplicate's lock while it refreshes
        placed = await to_thread(self._accounts.name, account.address, label, replace=replaced)
        if placed.is_identified:
            await self._identify_others(placed)
        self._screen.status.clear()
        return placed

    async def _identify_others(self, account: Account) -> None:
        """Ask again for unknown owners of the application's accounts; one may be this account's."""
        for nameless in self._accounts.unidentified(account.address.application):
            with contextlib.suppress(SmilyError):
                await self._finish(self._accounts.identify(nameless.address), say.IDENTIFYING)
                await to_thread(self._accounts.settle, nameless.address)

    async def _finish(self, running: Running, doing: str) -> Outcome:
        """Wait for a worker process while the status line counts the seconds."""
        self._running = running
        self._screen.app.wire.follow(running)
        self._screen.status.busy(doing, running)
        try:
            return await running.ended()
        finally:
            self._running = None  # also where the screen is left: the worker goes on alone

    def cancel(self) -> bool:
        """Stop the worker process where that loses nothing; False where none runs or it is too late."""
        return self._running is not None and self._running.cancel()
