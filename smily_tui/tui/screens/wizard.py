"""The wizard: application, permissions, authorize, done. It decides; the pages show and collect."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import Horizontal, Vertical
from textual.widgets import ContentSwitcher

from smily_tui.errors import SmilyError
from smily_tui.oauth.errors import ClientRefused
from smily_tui.oauth.paste_errors import PasteRefused
from smily_tui.oauth.pasted_code import read_pasted_code
from smily_tui.text import clean
from smily_tui.tui.actions import EVERYWHERE, WIRE, WIZARD, bindings
from smily_tui.tui.screens.base import StatusScreen
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.widgets.key_line import KeyLine
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.steps import StepLine, StepList
from smily_tui.tui.widgets.title_bar import TitleBar
from smily_tui.tui.wizard.application_page import ApplicationPage, Entered
from smily_tui.tui.wizard.authorize_page import AuthorizePage
from smily_tui.tui.wizard.done_page import DonePage, Kept
from smily_tui.tui.wizard.page import Page
from smily_tui.tui.wizard.permissions_page import PermissionsPage

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from smily_tui.refresh.authorizations import Authorizations
    from smily_tui.refresh.job import Outcome
    from smily_tui.refresh.running import Running
    from smily_tui.secret import Secret
    from smily_tui.tui.demo import DemoInfo
    from smily_tui.vault.account import Account, Address
    from smily_tui.vault.application import Application

FILLED_IN = "The demo's own application is filled in: press Enter to go on."
PAGES = ("application", "permissions", "authorize", "done")


@dataclass(frozen=True)
class Start:
    """Where the wizard begins.

    Attributes:
        application: a stored one; then the wizard opens at step 3.
        scopes: what to ask for.
        account_id: the account that the page should have chosen.
    """

    application: Application | None = None
    scopes: tuple[str, ...] = ("public",)
    account_id: int | None = None


class WizardScreen(StatusScreen["Address | None"]):
    """Connects one account, then another if wanted; answers with the last one's address."""

    ABOUT = (
        "Connect an account: say which application asks and for what, let the account's owner say yes in a "
        "browser, and paste the code that the page shows. smily-tui turns it into tokens, keeps them, and "
        "renews them when needed."
    )
    ACTIONS = (*WIZARD, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, authorizations: Authorizations, start: Start, demo: DemoInfo | None = None) -> None:
        super().__init__()
        self._stored = authorizations
        self._start = start
        self._demo = demo
        self._application = start.application
        self._scopes = start.scopes
        self._link = ""
        self._helper: Running | None = None
        self._account: Account | None = None

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield TitleBar("connect an account", "DEMO · no real account" if self._demo else "")
        yield StepLine()
        with Horizontal():
            yield StepList()
            with Vertical():
                with ContentSwitcher(initial="application"):
                    yield ApplicationPage(self._stored.known_credentials(), id="application")
                    yield PermissionsPage(id="permissions")
                    yield AuthorizePage(id="authorize")
                    yield DonePage(id="done")
                yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Fill in what is known, and open the first page that has something to ask."""
        self.query_one(PermissionsPage).fill(self._scopes)
        if self._application is not None:
            self._fill_from(self._application)
            self._to_authorize()
            return
        if self._demo is not None:
            known = Entered(self._demo.name, self._demo.client_id, self._demo.client_secret)
            self.query_one(ApplicationPage).fill(known)
            self.call_after_refresh(self.query_one(StatusLine).say, FILLED_IN)
        self._show("application")

    def _fill_from(self, application: Application) -> None:
        secret = self._stored.client_secret(application.key)
        if secret is not None:
            self.query_one(ApplicationPage).fill(Entered(application.name, application.client_id, secret))

    # -- from page to page -----------------------------------------------------------------------------

    @property
    def _page(self) -> str:
        return self.query_one(ContentSwitcher).current or "application"

    def _show(self, page: str) -> None:
        step = PAGES.index(page) + 1
        self.query_one(ContentSwitcher).current = page
        self.set_class(page == "permissions", "-page-permissions")
        self.query_one(StepLine).step = step
        self.query_one(StepList).step = step
        self.refresh_bindings()
        first = {"application": "#name", "permissions": "#scopes", "authorize": "#code"}.get(page)
        if first:
            self.query_one(first).focus()

    @on(Page.GoOn)
    def _go_on(self) -> None:
        if self._helper is not None:
            return
        {
            "application": self._leave_application,
            "permissions": self._leave_permissions,
            "authorize": self._check_code,
        }.get(self._page, self.action_back)()

    @on(Page.GoBack)
    def action_back(self) -> None:
        """One step back; a request that can be stopped is stopped; from the first page to the dashboard."""
        if self._helper is not None:
            if not self._helper.cancel():
                self.app.bell()
            return
        self.query_one(StatusLine).clear()
        if self._page == "authorize" and self._start.application is None:
            self._show("permissions")
        elif self._page == "permissions":
            self._show("application")
        else:
            self._leave()

    def _leave(self) -> None:
        self._keep_name()
        self.dismiss(self._account.address if self._account else None)

    def _leave_application(self) -> None:
        entered = self.query_one(ApplicationPage).entered()
        if entered is not None:
            self.query_one(StatusLine).clear()
            self.query_one(PermissionsPage).remember(self._stored.last_asked(entered.client_id))
            self._show("permissions")

    def _leave_permissions(self) -> None:
        """Store the application: that also shows that tokens can be stored, before a code is spent."""
        entered = self.query_one(ApplicationPage).entered()
        if entered is None:
            self._show("application")
            return
        self._scopes = self.query_one(PermissionsPage).chosen
        try:
            self._stored.check_writable()
            self._application = self._stored.save_application(
                entered.name, entered.client_id, entered.client_secret, self._scopes
            )
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        self._to_authorize()

    def _to_authorize(self) -> None:
        if self._application is None:
            return
        self._link = self._stored.authorize_link(self._application, self._scopes, self._start.account_id)
        self.app.wire.ask_owner(self._link, self._application.server, self._application.client_id)
        self.query_one(AuthorizePage).show_link(self._link, self._stored.clock.now().wall)
        self.query_one(StatusLine).clear()
        self._show("authorize")

    # -- the link --------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys for the link are there where the link is."""
        del parameters
        if action in {"open_link", "copy_link", "plain_link", "qr"}:
            return self._page == "authorize" and self._helper is None
        return True

    @on(AuthorizePage.Wants)
    def _wants(self, event: AuthorizePage.Wants) -> None:
        {
            "open": self.action_open_link,
            "copy": self.action_copy_link,
            "text": self.action_plain_link,
            "qr": self.action_qr,
        }[event.what]()

    def action_open_link(self) -> None:
        """Ask the browser to open the link."""
        self.app.wire.opened()
        self._outside(lambda: self.app.open_link(self._link))

    def action_copy_link(self) -> None:
        """Copy the link."""
        self._outside(lambda: self.app.copy_outside(self._link))

    def action_plain_link(self) -> None:
        """Leave the full screen and print the link as one unbroken line."""
        words = "Open this link in a browser, then press Enter here to go back:"
        self.app.show_plain(f"{words}\n\n{self._link}\n\n{self.app.qr_as_text(self._link)}\n")
        self.query_one("#code").focus()

    def action_qr(self) -> None:
        """Show the link as a QR code."""
        from smily_tui.tui.screens.qr import QrScreen

        self.app.push_screen(QrScreen(self._link))

    @work(thread=True, exit_on_error=False)
    def _outside(self, act: Callable[[], str]) -> None:
        """Talk to the desktop without holding up the screen."""
        self.app.call_from_thread(self.query_one(StatusLine).say, act())

    # -- the code --------------------------------------------------------------------------------------

    def _check_code(self) -> None:
        if self._application is None:
            return
        page = self.query_one(AuthorizePage)
        try:
            code = read_pasted_code(page.pasted, self._stored.paste_context(self._application))
            self._stored.check_writable()
        except SmilyError as error:
            self.query_one(StatusLine).error(error, "!")
            if isinstance(error, PasteRefused):
                page.clear_code()
            return
        page.set_waiting(waiting=True)
        self._exchange(self._application, code, self._scopes)

    @work(exit_on_error=False)
    async def _exchange(self, application: Application, code: Secret, scopes: Sequence[str]) -> None:
        """Exchange the code, then ask whose account it is; leaving meanwhile stops neither."""
        from smily_tui.oauth.server import host_of

        doing = f"Checking the code with {host_of(application.server)}"
        try:
            exchanged = await self._end_of(self._stored.exchange(application, code, scopes), doing)
        except SmilyError as error:
            self._code_failed(error)
            return
        remark = ""
        try:
            found = await self._end_of(self._stored.identify(exchanged.address), "Asking whose account it is")
            if found.identity is not None and found.identity.remark:
                remark = f"Its name is not known: {found.identity.remark}. Give it one below."
        except SmilyError as error:
            remark = f"The account is stored, but its name is not known yet. {error.what}"
        await self._connected(exchanged.address, remark)

    async def _end_of(self, running: Running, doing: str) -> Outcome:
        """Wait for a helper while the status line counts the seconds."""
        self._helper = running
        self.app.wire.follow(running)
        self.query_one(StatusLine).busy(doing, running)
        try:
            return await running.ended()
        finally:
            self._helper = None

    def _code_failed(self, error: SmilyError) -> None:
        page = self.query_one(AuthorizePage)
        page.set_waiting(waiting=False)
        self.query_one(StatusLine).error(error)
        if isinstance(error, ClientRefused):
            self._start = Start(scopes=self._scopes)
            self._show("application")
            self.query_one(ApplicationPage).point_to_secret()
        elif error.exit_code == 5:
            page.clear_code()

    # -- the account -----------------------------------------------------------------------------------

    async def _connected(self, address: Address, remark: str) -> None:
        """Give the account its place; one that is stored already is updated only if the person says so."""
        account = self._stored.account(address)
        if account is None:
            return
        twin = self._stored.twin(account)
        place = None
        if twin is not None:
            question = f"{twin.label} is connected already, as {twin.address}."
            both = Question(question, "Update its tokens", "Keep both", safe=True)
            place = twin.address if await self.app.push_screen_wait(both) else None
        try:
            # another process may be refreshing the twin: its lock is waited for beside the screen
            self._account = await to_thread(self._stored.name, address, account.label, replace=place)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            self._account = account
        self.query_one(StatusLine).clear()
        self.query_one(AuthorizePage).set_waiting(waiting=False)
        self.query_one(AuthorizePage).clear_code()
        now = self._stored.clock.now()
        self._show("done")
        kept = Kept(clean(self._stored.home.state), self._stored.at_rest.words)
        self.query_one(DonePage).show(self._account, remark, kept, now)

    def _keep_name(self) -> None:
        """A name that was changed on the last page is kept, whichever way the person leaves it."""
        label = self.query_one(DonePage).label
        if self._page != "done" or self._account is None or label in ("", self._account.label):
            return
        try:
            self._account = self._stored.rename(self._account.address, label)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)

    @on(DonePage.Wants)
    def _next(self, event: DonePage.Wants) -> None:
        if event.what == "another":
            self._keep_name()
            self._start = Start(self._application, self._scopes)
            self._to_authorize()
        elif event.what == "dashboard":
            self._leave()
        elif event.what == "copy" and self._account is not None:
            token = self._account.access
            self._outside(lambda: "Access token: " + self.app.copy_outside(token))
        elif event.what == "wrong":
            self._not_this_one()

    @work(exit_on_error=False)
    async def _not_this_one(self) -> None:
        if self._account is None:
            return
        question = (
            f"Forget {self._account.label} here and try again?\n\nSign out in the browser first, or open the "
            "link in a private window. At Smily the authorization stays until its owner uninstalls it."
        )
        if await self.app.push_screen_wait(Question(question, "Forget it and try again", "Keep it")):
            await to_thread(self._stored.forget, self._account.address)
            self._account = None
            self._to_authorize()
