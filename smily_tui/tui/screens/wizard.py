"""Wizard: four pages from an app to a connected account."""

from __future__ import annotations

from abc import abstractmethod
from asyncio import to_thread
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from textual import on, work
from textual.containers import Horizontal
from textual.widgets import ContentSwitcher, Input

from smily_tui.errors import SmilyError
from smily_tui.export import access_of
from smily_tui.messages import accounts
from smily_tui.messages import connect as say
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.oauth.credentials import KnownCredentials
from smily_tui.text import clean
from smily_tui.tui.actions import EVERYWHERE, OWNER, WIRE, WIZARD, bindings
from smily_tui.tui.flow import ConnectingScreen, Mend, PlayingOwner, called, mended_by, told
from smily_tui.tui.pages.application import ApplicationPage
from smily_tui.tui.pages.authorize import AuthorizePage
from smily_tui.tui.pages.done import DonePage, Kept
from smily_tui.tui.pages.page import Page
from smily_tui.tui.pages.permissions import PermissionsPage, ScopeList
from smily_tui.tui.screens.base import STEP, once
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.widgets.bars import KeyLine, StepLine, StepList, TitleBar
from smily_tui.tui.widgets.status_line import PageColumn, StatusLine
from smily_tui.vault.drafts import STEPS, Draft, Unfinished
from smily_tui.vault.model import Address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from smily_tui.accounts import Accounts
    from smily_tui.clock import Instant
    from smily_tui.demo import DemoInfo
    from smily_tui.sandbox.owner import Owner
    from smily_tui.secret import Secret
    from smily_tui.text import Clean
    from smily_tui.tokens.registration import Registration
    from smily_tui.tui.actions import Action
    from smily_tui.tui.pages.application import Entered
    from smily_tui.vault.model import Account, Application


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

    def is_where(self, draft: Draft) -> bool:
        """Whether the wizard begins where the draft left off, so that nothing need be asked."""
        return (
            self.application is not None
            and draft.step == "authorize"
            and (self.application.key, self.scopes, self.account_id)
            == (draft.application, draft.scopes, draft.account_id)
        )


_Result = TypeVar("_Result")
KEPT_EACH = 1.0


class LeftOffScreen(ConnectingScreen[_Result]):
    """Keeps what is entered at each new page and each second, and offers it at the next opening.

    Args:
        authorizations: where it is kept.
        keeps: False in the demo, whose store is thrown away.
    """

    def __init__(self, authorizations: Accounts, *, keeps: bool) -> None:
        super().__init__()
        self._stored = authorizations
        self._keeps = keeps
        self._unfinished = Unfinished(authorizations.drafts if keeps else None)

    @abstractmethod
    def begin(self, made: Instant | None = None) -> None:
        """Open the first page that has something to ask; `made` is when the link was made."""

    @abstractmethod
    def resume(self, draft: Draft) -> None:
        """Open the page where the person left off."""

    @abstractmethod
    def draft(self) -> Draft | None:
        """What is entered now; None where that is nothing."""

    def open_from(self, start: Start) -> None:
        """Begin; where something else was left unfinished, the person says whether to go on with that."""
        self.set_interval(KEPT_EACH, self._unfinished.keep)
        draft = self._stored.unfinished() if self._keeps else None
        if draft is None:
            self.begin()
        elif start.is_where(draft):
            self.begin(draft.link_made)
        else:
            self._offer(draft)

    @work(exit_on_error=False)
    async def _offer(self, draft: Draft) -> None:
        words = f"{say.LEFT_OFF}\n\n{say.was_at(draft)}"
        question = Question(words, say.CONTINUE, say.START_OVER, safe=True)
        if await self.app.push_screen_wait(question):
            self.resume(draft)
        else:
            self.finished()
            self.begin()

    @on(Input.Changed)
    @on(ScopeList.Ticked)
    def note(self) -> None:
        """Something was entered."""
        self._unfinished.note(self.draft())

    def keep(self) -> None:
        """Keep what is entered now."""
        self.note()
        self._unfinished.keep()

    def finished(self) -> None:
        """There is nothing to go on with any more."""
        self._unfinished.drop()

    def on_unmount(self) -> None:
        """The person quits: what was entered stays."""
        self._unfinished.keep()


class ConnectedScreen(LeftOffScreen[_Result]):
    """The last page: whose account it is, and what becomes of it."""

    _application: Application | None
    _scopes: tuple[str, ...]
    _start: Start

    def __init__(self, authorizations: Accounts, *, keeps: bool) -> None:
        super().__init__(authorizations, keeps=keeps)
        self._account: Account | None = None
        self._was_there = False
        self._name_refused = ""

    @property
    @abstractmethod
    def _page(self) -> str:
        """The page that is shown."""

    @abstractmethod
    def _show(self, page: str) -> None:
        """Show another page."""

    @abstractmethod
    def _to_authorize(self) -> None:
        """Show the link."""

    @abstractmethod
    def _leave(self) -> object:
        """Leave the screen."""

    async def _connected(self, address: Address, remark: str, clock: str = "") -> None:
        """Give the account its place; one that is stored already is updated only if the person says so."""
        self.query_one(StatusLine).clear()
        account = self._stored.account(address)
        if account is None:
            return
        before = {each.address for each in self._stored.accounts()}
        try:
            self._account = await self.place(account, account.label)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            self._account = account
        self._was_there = self._account.address in before - {address}
        self.query_one(AuthorizePage).set_waiting(waiting=False)
        self.query_one(AuthorizePage).clear_code()
        now = self._stored.clock.now()
        self.close_wire_page()
        self._show("done")
        kept = Kept(clean(self._stored.home.state), self._stored.at_rest.words)
        self.query_one(DonePage).show(self._account, remark, kept, now, clock=clock)

    async def may_quit(self) -> bool:
        """A name that was changed on the last page is kept, whichever way the person leaves."""
        return await self._keep_name()

    async def _keep_name(self) -> bool:
        """Keep a name that was changed on the last page; False: it could not be, and the words say why.

        Who goes on all the same leaves it as it was. Another process may hold the account's lock.
        """
        label = self.query_one(DonePage).label
        if self._page != "done" or self._account is None:
            return True
        if label in ("", self._account.label, self._name_refused):
            return True
        try:
            self._account = await to_thread(self._stored.rename, self._account.address, label)
        except SmilyError as error:
            self._name_refused = label
            self.query_one(StatusLine).error(error)
            return False
        return True

    @on(DonePage.Wants)
    def _next(self, event: DonePage.Wants) -> None:
        if event.what == "dashboard" or self._account is None:
            self._leave()
        elif event.what == "copy":
            self._copy(self._account)
        elif event.what == "wrong":
            self._not_this_one()
        else:
            self._another(again=event.what == "again")

    @once()
    async def _copy(self, account: Account) -> None:
        """Asked first: clipboards remember."""
        try:
            token = access_of(account)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        if await self.app.push_screen_wait(Question(accounts.COPY, "Copy", "Leave it")):
            self.outside(lambda: "Access token: " + self.app.copy_outside(token))

    @once(STEP)
    async def _another(self, *, again: bool) -> None:
        """The link for one more account, or for the same one and what was not given."""
        if self._account is None or not await self._keep_name():
            return
        asked, number = tuple(self._account.asked), self._account.account_id
        known = Start(self._application, asked, number) if again else Start(self._application, self._scopes)
        self._start, self._scopes = known, known.scopes
        self._to_authorize()

    @once(STEP)
    async def _not_this_one(self) -> None:
        """Forget it and show the link again; one that was connected before has its tokens anew and stays."""
        if self._account is None:
            return
        if self._was_there:
            stays = say.STAYS.format(label=self._account.label)
            self._account = None
            self._to_authorize()
            self.query_one(StatusLine).say(f"{stays} {say.SIGN_OUT}")
            return
        question = f"{say.TRY_AGAIN.format(label=self._account.label)}\n\n{say.SIGN_OUT}"
        if await self.app.push_screen_wait(Question(question, "Forget it and try again", "Keep it")):
            await to_thread(self._stored.forget, self._account.address)
            self._account = None
            self._to_authorize()


__all__ = ["PAGES", "Start", "WizardScreen"]

FILLED_IN = "The demo's own application is filled in: press Enter to go on."
NAME_IT = "Give it one below."
PAGES = ("application", "permissions", "authorize", "done")


class WizardScreen(ConnectedScreen[Address | None]):
    """Connects one account, then another if wanted; answers with the last one's address."""

    ABOUT = (
        "Connect an account: say which application asks and for what, let the account's owner say yes in a "
        "browser, and paste the code that the page shows. smily-tui turns it into tokens, keeps them, and "
        "renews them when needed."
    )
    ACTIONS: Sequence[Action] = (*WIZARD, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, authorizations: Accounts, start: Start, demo: DemoInfo | None = None) -> None:
        super().__init__(authorizations, keeps=demo is None)
        self._start = start
        self._demo = demo
        self._application = start.application
        self._registration: Registration | None = None  # what was entered, until it is proven
        self._scopes = start.scopes
        self._made: Instant | None = None
        self._left_off: Draft | None = None

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield TitleBar("connect an account", TITLE_BADGE if self._demo else "")
        yield StepLine()
        with Horizontal():
            yield StepList()
            with PageColumn():
                with ContentSwitcher(initial="application"):
                    yield ApplicationPage(self._known_credentials(), id="application")
                    yield PermissionsPage(id="permissions")
                    yield AuthorizePage(id="authorize")
                    yield DonePage(id="done")
                yield StatusLine()
        yield KeyLine()

    def _known_credentials(self) -> KnownCredentials:
        """Those that are stored, so that one in the wrong field is named; none where they cannot be read."""
        try:
            return self._stored.apps.known_credentials()
        except SmilyError as error:
            self.call_after_refresh(self._complain, error)
            return KnownCredentials(lambda _: False, lambda _: False)

    def _complain(self, error: SmilyError) -> None:
        self.query_one(StatusLine).error(error)

    def on_mount(self) -> None:
        """Begin, or go on where the person left off."""
        self.open_from(self._start)

    def begin(self, made: Instant | None = None) -> None:
        """Fill in what is known, and open the first page that has something to ask."""
        self.query_one(PermissionsPage).fill(self._scopes)
        if self._application is not None:
            self._fill_from(self._application)
            self._to_authorize(made)
            return
        if self._demo is not None:
            page = self.query_one(ApplicationPage)
            page.fill(self._demo.name, self._demo.client_id, self._demo.client_secret)
            self.call_after_refresh(self.query_one(StatusLine).say, FILLED_IN)
        self._show("application")

    def _fill_from(self, application: Application) -> None:
        secret = self._stored.apps.client_secret(application.key)
        self.query_one(ApplicationPage).fill(application.name, application.client_id, secret)

    def resume(self, draft: Draft) -> None:
        """The pages as they were; the Client Secret comes from the vault or is asked for once more."""
        found = self._stored.entered_in(draft)
        secret = self._stored.apps.client_secret(found.key) if found else None
        self._start = Start(None, draft.scopes, draft.account_id)
        self._application, self._registration, self._scopes = None, None, draft.scopes
        self._left_off = draft
        self.begin()
        self.query_one(ApplicationPage).fill(draft.name, draft.client_id, secret)
        if draft.step == "application":
            return
        if secret is None:
            self.query_one(StatusLine).say(say.PASTE_AGAIN)
            self.query_one(ApplicationPage).point_to_secret()
        elif draft.step == "permissions":
            self._leave_application()
        else:
            self._application = found
            self._to_authorize(draft.link_made)

    def draft(self) -> Draft | None:
        """What is entered now, without the Client Secret."""
        page, stored = self._page, self._application
        if page not in STEPS:
            return None
        name, client_id = self.query_one(ApplicationPage).named()
        if not name and not client_id:
            return None
        is_stored = page != "application" and stored is not None and stored.client_id == client_id
        return Draft(
            page,
            self._stored.server,
            name,
            client_id,
            stored.key if stored is not None and is_stored else "",
            self.query_one(PermissionsPage).chosen,
            self._made if page == "authorize" else None,
            self._start.account_id,
        )

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
        self.keep()

    @on(Page.GoOn)
    def _go_on(self) -> None:
        if self.under_way:
            return
        go_on = {
            "application": self._leave_application,
            "permissions": self._leave_permissions,
            "authorize": self._check_code,
        }.get(self._page, self.action_back)
        try:
            go_on()
        except SmilyError as error:  # what is stored cannot be read: what was typed stays in its fields
            self.query_one(StatusLine).error(error)

    @on(Page.GoBack)
    def action_back(self) -> None:
        """One step back; a request that can be stopped is stopped; from the first page to the dashboard."""
        if self._helper is not None:
            if not self._helper.cancel():
                self.app.bell()
            return
        if STEP in self.under_way:
            self.app.bell()
            return
        self.query_one(StatusLine).clear()
        if self._page == "authorize" and self._start.application is None:
            self._show("permissions")
        elif self._page == "permissions":
            self._show("application")
        else:
            self._leave()

    @once(STEP)
    async def _leave(self) -> None:
        if await self._keep_name():
            self.keep()
            self.dismiss(self._account.address if self._account else None)

    def _leave_application(self) -> None:
        entered = self.query_one(ApplicationPage).entered()
        if entered is not None:
            self.query_one(StatusLine).clear()
            self.query_one(PermissionsPage).remember(self._stored.last_asked(entered.client_id))
            self._show("permissions")

    def _leave_permissions(self) -> None:
        """See that application and tokens can be stored, before a code is spent."""
        entered = self.query_one(ApplicationPage).entered()
        if entered is None:
            self._show("application")
            return
        self._scopes = self.query_one(PermissionsPage).chosen
        self._enter_application(entered)

    @once()
    async def _enter_application(self, entered: Entered) -> None:
        """Beside the screen: in a new store the keyring of the system is asked, which may take its time."""
        self.query_one(StatusLine).say("Checking the store …")
        known = self._application  # credentials that are entered again stay at the server that they belong to
        origin = known.server if known is not None and known.client_id == entered.client_id else None
        try:
            await to_thread(self._stored.check_writable)
            registration = await to_thread(
                self._stored.apps.enter,
                entered.name, entered.client_id, entered.client_secret, self._scopes, origin,
            )  # fmt: skip
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
            return
        if self._page == "permissions":
            self._application, self._registration = registration.application, registration
            self._to_authorize(self._made_before(registration.application))

    def _made_before(self, application: Application) -> Instant | None:
        """When the link was made with which the person left off, if it is the same."""
        draft = self._left_off
        if draft is None or (draft.client_id, draft.scopes) != (application.client_id, self._scopes):
            return None
        return draft.link_made

    def _to_authorize(self, made: Instant | None = None) -> None:
        """Show the link, made now or, where a person goes on with it, then."""
        if self._application is None:
            return
        self._made = made or self._stored.clock.now()
        self._show_link()
        self.query_one(StatusLine).clear()
        self._show("authorize")

    def _show_link(self) -> None:
        application, account_id = self._application, self._start.account_id
        if application is None or self._made is None:
            return
        self._link = self._stored.authorization_url(application, self._scopes, account_id)
        self.app.wire.ask_owner(self._link, application.server, application.client_id)
        page = self.query_one(AuthorizePage)
        page.hint_at_private_window(needed=self._is_further(application))
        page.show_link(self._link, self._made, self._stored.clock.now(), account_id=account_id)

    def _is_further(self, application: Application) -> bool:
        """Whether an account of it is connected already, whose owner may still be signed in."""
        return any(each.address.application == application.key for each in self._stored.accounts())

    # -- the link --------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The keys for the link are there where the link is."""
        del parameters
        return action not in self.LINK_ACTIONS or (self._page == "authorize" and not self.under_way)

    def message_names(self) -> tuple[Clean, Clean]:
        """The application's name, and the account's number where one is asked for."""
        assert self._application is not None  # noqa: S101 - there is a link
        return self._application.name, called(self._start.account_id)

    @on(AuthorizePage.AccountChosen)
    def _account_chosen(self, event: AuthorizePage.AccountChosen) -> None:
        if event.account_id != self._start.account_id and not self.under_way:
            self._start = replace(self._start, account_id=event.account_id)
            self._show_link()
            self.note()

    # -- the code --------------------------------------------------------------------------------------

    def _check_code(self) -> None:
        code = self.pasted_code(self._application, self._registration) if self._application else None
        if self._application is not None and code is not None:
            self.query_one(AuthorizePage).set_waiting(waiting=True)
            self._exchange(self._application, code, self._scopes)

    @once(STEP)
    async def _exchange(self, application: Application, code: Secret, scopes: Sequence[str]) -> None:
        """Exchange the code, then ask whose account it is; leaving meanwhile stops neither."""
        link = self._stored.link_shown(application, self._made or self._stored.clock.now())
        try:
            address = await self.redeem(application, code, scopes, link, self._registration)
        except SmilyError as error:
            self._code_failed(error, mended_by(error, other_client=link.other_client))
            return
        self.finished()
        self._left_off = self._registration = None  # it is stored, under a key that is certain only now
        self._application = self._stored.apps.with_key(address.application) or application
        whose = await self.ask_whose(address, NAME_IT)
        await self._connected(address, whose.remark, whose.clock)

    def _code_failed(self, error: SmilyError, mend: Mend) -> None:
        """Say why, and lead to what mends it."""
        page = self.query_one(AuthorizePage)
        page.set_waiting(waiting=False)
        self.query_one(StatusLine).error(told(error, mend))
        if mend is Mend.CREDENTIALS:
            self._start = Start(scopes=self._scopes, account_id=self._start.account_id)
            self._show("application")
            self.query_one(ApplicationPage).point_to_secret()
        elif mend is not Mend.SAME_CODE:
            page.clear_code()
        if mend is Mend.LINK:
            page.point_to_link()


def wizard_for(stored: Accounts, start: Start, demo: DemoInfo | None = None) -> WizardScreen:
    """The wizard, or that of the demo."""
    if demo is None or demo.owner is None:
        return WizardScreen(stored, start, demo)
    return DemoWizardScreen(stored, start, demo, demo.owner)


class DemoWizardScreen(WizardScreen, PlayingOwner[Address | None]):
    """The wizard, and the owner's page in the terminal."""

    ACTIONS = (*WIZARD, *OWNER, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(OWNER)
    BE_OWNER = OWNER[0]

    def __init__(self, stored: Accounts, start: Start, demo: DemoInfo, owner: Owner) -> None:
        super().__init__(stored, start, demo)
        self._owner = owner

    def _to_authorize(self, made: Instant | None = None) -> None:
        super()._to_authorize(made)
        self.hint()
