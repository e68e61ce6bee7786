"""Wizard: four pages from an app to a connected account."""

from __future__ import annotations

import functools
from asyncio import to_thread
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from textual import on, work
from textual.containers import Horizontal
from textual.events import Key, Mount, Paste
from textual.widgets import ContentSwitcher, Input

from smily_tui.demo import TRY_DEMO, DemoInfo
from smily_tui.errors import SmilyError
from smily_tui.messages import connect as say
from smily_tui.oauth.credentials import KnownCredentials
from smily_tui.oauth.scopes import arrange
from smily_tui.text import Clean, clean
from smily_tui.tui.actions import DONE, EVERYWHERE, LINK_ACTIONS, OWNER, WIRE, WIZARD, Action, bindings
from smily_tui.tui.pages.application import ApplicationPage, Entered
from smily_tui.tui.pages.page import Page
from smily_tui.tui.screens.base import STEP, WIDTH, StatusScreen, once
from smily_tui.tui.widgets.bars import KeyLine, StepLine
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.status_line import PageColumn, StatusLine
from smily_tui.vault.drafts import STEPS, Draft, Unfinished
from smily_tui.vault.model import Account, Address, Application

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from smily_tui.accounts import Accounts
    from smily_tui.clock import Instant
    from smily_tui.secret import Secret
    from smily_tui.tokens.registration import Registration
    from smily_tui.tui.api_call import ApiCall
    from smily_tui.tui.flow import AuthorizationFlow, AuthorizationRequest, IdentityRemarks
    from smily_tui.tui.pages.authorize import AuthorizePage
    from smily_tui.tui.pages.done import DonePage, Storage
    from smily_tui.tui.pages.permissions import PermissionsPage


BESIDE = 110  # columns that leave room for the diagram beside the page
# in the footer here: `q`, its key in the dashboard, is typed into fields
QUIT = next(action for action in EVERYWHERE if action.name == "quit")._replace(show=True, priority=True)
REST = tuple(action for action in EVERYWHERE if action.name != "quit")
KEPT_EACH = 1.0  # seconds
NAME_IT = "Name it below."
SHORT_NAME = 24
PAGES = ("application", "permissions", "authorize", "done")
FIRST_FIELDS = {"application": "#client-id", "permissions": "#scopes", "authorize": "#code"}


class Start(NamedTuple):
    """Beginning of the wizard.

    Attributes:
        application: a stored one; then the wizard opens at step 3.
        scopes: the permissions to ask for.
        account_id: the account that the page selects; None: any.
        code: put into its field; None: the person has none yet.
    """

    application: Application | None = None
    scopes: tuple[str, ...] = ("public",)
    account_id: int | None = None
    code: Secret | None = None

    def is_where(self, draft: Draft) -> bool:
        """Return whether the wizard begins where the draft ends, so that nothing need be asked."""
        return (
            self.application is not None
            and draft.step == "authorize"
            and (self.application.key, self.scopes, self.account_id)
            == (draft.application, draft.scopes, draft.account_id)
        )


class WizardScreen(StatusScreen[Address | None]):
    """Connects one account, then more if the person likes; answers with the last one's address.

    Nobody waits at its first page for what the later ones import: the functions that need it do.
    Messages of these pages are handled by name, as Textual does it, for `on` needs their classes.

    Args:
        stored: the stored accounts.
        start: the page to begin at, and its contents.
        demo: the demo's application, and its consent page for the terminal.
    """

    ABOUT = (
        "Connect an account in four steps: enter your app, choose its permissions, have the owner approve in "
        "a browser, and paste the code. smily-tui exchanges it for tokens, stores them, and refreshes them "
        "when needed."
    )
    ACTIONS: Sequence[Action] = (WIZARD[0], QUIT, *WIZARD[1:], *WIRE, *REST)
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (WIDTH, "-narrow"), (80, "-normal"), (BESIDE, "-wide")]
    WIRE_BESIDE = BESIDE
    STYLES = ("wizard",)
    BINDINGS = bindings((*ACTIONS, *OWNER))
    # there as soon as the first page is left
    _permissions: PermissionsPage
    _authorize: AuthorizePage
    _done: DonePage

    def __init__(self, stored: Accounts, start: Start, demo: DemoInfo | None = None) -> None:
        super().__init__()
        self._stored = stored
        self._start = start
        self._demo = demo
        if demo and demo.owner:  # help and palette list these; elsewhere `check_action` disables the key
            self.ACTIONS = (*self.ACTIONS, *OWNER)
        self._draft = Unfinished(stored.drafts if demo is None else None)  # the demo's store is thrown away
        self._resumed: Draft | None = None
        self._application = start.application
        self._registration: Registration | None = None  # credentials that no server has accepted yet
        self._scopes = start.scopes
        self._account: Account | None = None
        self._was_there = False
        self._refused_names: tuple[str, tuple[str, Clean] | None] | None = None
        self._app_name = demo.name if demo else ""  # of the app, where one is known before it is stored
        self._is_new = False  # the app was stored with the newest account
        self._has_all_pages = False
        self.add_class(f"-page-{PAGES[0]}", update=False)

    @functools.cached_property
    def flow(self) -> AuthorizationFlow:
        """Flow of the present account."""
        from smily_tui.tui.flow import AuthorizationFlow, Consent

        demo = self._demo
        consent = Consent(demo.owner, OWNER[0]) if demo and demo.owner else None
        return AuthorizationFlow(self._stored, self, consent)

    @functools.cached_property
    def _call(self) -> ApiCall:
        from smily_tui.tui.api_call import ApiCall

        return ApiCall(self._stored, self)

    def compose(self) -> ComposeResult:
        yield TitleBar("connect an account", say.TITLE_BADGE if self._demo else "")
        yield StepLine()
        with Horizontal(id="columns"), PageColumn():
            with ContentSwitcher(initial="application"):
                credentials = self._known_credentials()
                yield ApplicationPage(credentials, offers_demo=self._offers_demo(), id="application")
            yield StatusLine()
        yield KeyLine()

    async def add_pages(self) -> None:
        """Add the other pages, at the first step away from the first; what is typed in one stays there."""
        if self._has_all_pages:
            return
        from smily_tui.tui.pages.authorize import AuthorizePage
        from smily_tui.tui.pages.done import DonePage
        from smily_tui.tui.pages.permissions import PermissionsPage
        from smily_tui.tui.wire.diagram import Diagram

        self._permissions = PermissionsPage(id="permissions")
        self._authorize, self._done = AuthorizePage(id="authorize"), DonePage(id="done")
        later = (self._permissions, self._authorize, self._done)
        for page in later:
            page.display = False
        await self.query_one(ContentSwitcher).mount_all(later)
        await self.query_one("#columns").mount(Diagram(self.app.wire))
        self._has_all_pages = True
        self._permissions.fill(self._scopes)

    def _known_credentials(self) -> KnownCredentials:
        """Return the stored ones, to name one in the wrong field; none where they cannot be read."""
        try:
            return self._stored.apps.known_credentials()
        except SmilyError as error:
            self.call_after_refresh(self._complain, error)  # the status line is composed after this
            return KnownCredentials(lambda _: False, lambda _: False)

    def _offers_demo(self) -> bool:
        """Return whether the person has nothing else to look at; False where that cannot be read."""
        with suppress(SmilyError):
            return self._demo is None and not self._stored.accounts()
        return False

    def _complain(self, error: SmilyError) -> None:
        self.status.error(error)

    # -- beginning -------------------------------------------------------------------------------------

    @on(Mount)
    async def _open(self) -> None:
        self.set_interval(KEPT_EACH, self._draft.keep)  # a killed program loses a second of typing
        draft = self._stored.unfinished() if self._demo is None else None
        if draft is None:
            await self._begin()
        elif self._start.is_where(draft):
            await self._begin(draft.link_made)
        else:
            self._offer(draft)

    # in a worker: Textual lets nothing else wait for the answer of a screen
    @work(exit_on_error=False)
    async def _offer(self, draft: Draft) -> None:
        """Ask whether to continue where the person left off."""
        from smily_tui.tui.screens.dialogs import Question

        question = f"{say.LEFT_OFF}\n\n{say.was_at(draft)}"
        if await self.app.push_screen_wait(Question(question, say.CONTINUE, say.START_OVER, safe=True)):
            await self._resume(draft)
        else:
            self._draft.drop()
            await self._begin()

    async def _begin(self, made: Instant | None = None) -> None:
        """Open the first page with something to ask; `made` is when its URL was first shown."""
        page = self.query_one(ApplicationPage)
        if self._application is not None:
            await self.add_pages()
            secret = self._stored.apps.client_secret(self._application.key)
            page.fill(self._application.client_id, secret)
            self._to_authorize(made)
            if self._start.code is not None:
                self._authorize.put(self._start.code)
            return
        if self._demo is not None:
            page.fill(self._demo.client_id, self._demo.client_secret)
            self.call_after_refresh(self.status.say, "\n".join(say.DEMO_BEGINS))
        self.show_page("application")
        if self._demo is not None and self._demo.goes_back:  # nothing has to be entered
            await self.add_pages()
            self._leave_application()
            self.call_after_refresh(self.status.say, say.DEMO_GOES_BACK)

    async def _resume(self, draft: Draft) -> None:
        """Open the pages as they were; the Client Secret comes from the vault or is asked for again."""
        application = self._stored.entered_in(draft)
        secret = self._stored.apps.client_secret(application.key) if application else None
        self._start = Start(None, draft.scopes, draft.account_id)
        self._application, self._registration, self._scopes = None, None, draft.scopes
        self._resumed = draft
        await self._begin()
        page = self.query_one(ApplicationPage)
        self._app_name = draft.name
        page.fill(draft.client_id, secret)
        if draft.step == "application":
            return
        await self.add_pages()
        if secret is None:
            self.status.say(say.PASTE_AGAIN)
            page.point_to_secret()
        elif draft.step == "permissions":
            self._leave_application()
        else:
            self._application = application
            self._to_authorize(draft.link_made)

    # -- draft -----------------------------------------------------------------------------------------

    @on(Input.Changed)
    def _note_draft(self) -> None:
        self._draft.note(self._entered_so_far())

    def on_scope_list_ticked(self) -> None:
        self._note_draft()

    @property
    def _chosen_scopes(self) -> tuple[str, ...]:
        return self._permissions.chosen if self._has_all_pages else self._scopes

    def _keep_draft(self) -> None:
        self._note_draft()
        self._draft.keep()

    def on_unmount(self) -> None:
        self._draft.keep()

    def _entered_so_far(self) -> Draft | None:
        """Return the contents of the pages, without the Client Secret; None where they are empty."""
        page, application = self._page, self._application
        if page not in STEPS:
            return None
        client_id = self.query_one(ApplicationPage).storable_id
        if not client_id:
            return None
        is_stored = page != "application" and application is not None and application.client_id == client_id
        return Draft(
            page,
            self._stored.server,
            self._known_app_name,
            client_id,
            application.key if application is not None and is_stored else "",
            self._chosen_scopes,
            self.flow.request.made if page == "authorize" else None,
            self._start.account_id,
        )

    @on(ApplicationPage.TryDemo)
    def _try_demo(self) -> None:
        self.app.exit(return_code=TRY_DEMO)

    # -- from page to page -----------------------------------------------------------------------------

    @property
    def _page(self) -> str:
        return self.query_one(ContentSwitcher).current or "application"

    def show_page(self, page: str) -> None:
        """Show one of `PAGES`, with the focus in its first field."""
        step = PAGES.index(page) + 1
        self.query_one(ContentSwitcher).current = page
        self.update_classes({f"-page-{name}": name == page for name in PAGES})
        self.query_one(StepLine).step = step
        self.query_one(TitleBar).say_topic(self._topic if page in ("authorize", "done") else "")
        # the keys depend on the page, and Textual asks `check_action` again only when told to
        self.refresh_bindings()
        if page in FIRST_FIELDS:  # the last page chooses its own focus
            self.query_one(FIRST_FIELDS[page]).focus()
        self._keep_draft()

    @property
    def _topic(self) -> str:
        from smily_tui.tui.pages.permissions import in_brief

        # the demo has one app, and its badge leaves no room for a name
        name = "" if self._demo else clean(self._known_app_name, SHORT_NAME)
        return " · ".join(filter(None, (name, in_brief(self._scopes))))

    @property
    def _known_app_name(self) -> str:
        """Name of the app; one that was just entered has none yet."""
        if self._application is not None and self._registration is None:
            return self._application.name
        return self._app_name

    @on(Page.GoOn)
    async def _go_on(self) -> None:
        if self.under_way:
            return
        await self.add_pages()
        leave_page = {
            "application": self._leave_application,
            "permissions": self._leave_permissions,
            "authorize": self._check_code,
        }.get(self._page, self.action_back)
        try:
            leave_page()
        except SmilyError as error:  # the store cannot be read; the fields keep their text
            self.status.error(error)

    @on(Page.GoBack)
    def action_back(self) -> None:
        """Go one step back, from the first page to the dashboard; stop a request that can be stopped."""
        if STEP in self.under_way:
            if not self.flow.cancel():
                self.app.bell()
            return
        if self._call.cancel():
            return
        self.status.clear()
        if self._page == "authorize" and self._start.application is None:
            self.show_page("permissions")
        elif self._page == "permissions":
            if self._demo is not None and self._demo.goes_back:
                self.app.exit()
            else:
                self.show_page("application")
        else:
            self._leave()

    @once(STEP)
    async def _leave(self) -> None:
        if await self.may_quit():
            self._keep_draft()
            self.dismiss(self._account.address if self._account else None)

    def _leave_application(self) -> None:
        entered = self.query_one(ApplicationPage).entered()
        if entered is not None:
            self.status.clear()
            self._permissions.remember(self._stored.last_asked(entered.client_id))
            self.show_page("permissions")

    def _leave_permissions(self) -> None:
        """See that application and tokens can be stored, before a code is spent."""
        entered = self.query_one(ApplicationPage).entered()
        if entered is None:
            self.show_page("application")
            return
        self._scopes = self._permissions.chosen
        self._register(entered)

    @once()
    async def _register(self, entered: Entered) -> None:
        """Register the application in a thread: a new store asks the system's keyring, which may be slow."""
        self.status.say("Checking the store …")
        before = self._application  # credentials that are entered again stay at their server
        origin = before.server if before is not None and before.client_id == entered.client_id else None
        try:
            await to_thread(self._stored.check_writable)
            registration = await to_thread(
                self._stored.apps.enter,
                self._app_name, entered.client_id, entered.client_secret, self._scopes, origin,
            )  # fmt: skip
        except SmilyError as error:
            self.status.error(error)
            return
        if self._page == "permissions":  # not where the person went back meanwhile
            self._application, self._registration = registration.application, registration
            self._to_authorize(self._resumed_url_made(registration.application))

    def _resumed_url_made(self, application: Application) -> Instant | None:
        """Return when the URL of the resumed draft was first shown; None where it is another one."""
        draft = self._resumed
        if draft is None or (draft.client_id, draft.scopes) != (application.client_id, self._scopes):
            return None
        return draft.link_made

    def _to_authorize(self, made: Instant | None = None) -> None:
        """Show the URL, made now or, where a person resumes, `made` then."""
        if self._application is None:
            return
        from smily_tui.tui.flow import AuthorizationRequest

        made = made or self._stored.clock.now()
        account_id, registration = self._start.account_id, self._registration
        self._show_url(AuthorizationRequest(self._application, self._scopes, made, account_id, registration))
        self.status.clear()
        self.show_page("authorize")
        self.flow.offer_consent(self._authorize)

    def _show_url(self, request: AuthorizationRequest) -> None:
        page = self._authorize
        # the owner of another account may still be signed in
        connected = (account.address.application for account in self._stored.accounts())
        page.hint_at_private_window(needed=request.application.key in connected)
        self.flow.show(request, page)

    # -- URL -------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Allow the actions on the URL where it is on the screen."""
        del parameters
        if action not in LINK_ACTIONS:
            return True
        if self._page != "authorize" or self.under_way:
            return False
        return action != OWNER[0].name or self.flow.has_consent

    async def on_authorize_page_action_pressed(self, event: AuthorizePage.ActionPressed) -> None:
        await self.app.run_action(event.action, self)

    def action_open_link(self) -> None:
        self.flow.open(self._authorize)

    def action_copy_link(self) -> None:
        self.flow.copy()

    def action_plain_link(self) -> None:
        self.flow.print()
        self.query_one("#code").focus()

    def action_qr(self) -> None:
        self.flow.show_qr()

    @once()
    async def action_message(self) -> None:
        """Offer a message to an owner elsewhere, who opens the URL and sends the code back."""
        from smily_tui.tui.screens.link_dialogs import MessageScreen

        account_id = self._start.account_id
        label = Clean("") if account_id is None else clean(account_id)
        request = self.flow.request
        # an app that is not stored yet has no name that the owner would recognize
        name = request.application.name if request.registration is None else clean(self._app_name)
        message = await self.app.push_screen_wait(MessageScreen(name, label, self.flow.url))
        if message:
            self.flow.copy(message, "Message: ")

    @once()
    async def action_answer_as_owner(self) -> None:
        await self.flow.consent(self._authorize)

    def on_authorize_page_account_chosen(self, event: AuthorizePage.AccountChosen) -> None:
        if event.account_id == self._start.account_id or self.under_way:
            return
        self._start = self._start._replace(account_id=event.account_id)
        self._show_url(self.flow.request._replace(account_id=event.account_id))
        self._note_draft()

    # -- code ------------------------------------------------------------------------------------------

    @on(Key)
    @on(Paste)
    def _entered_beside_fields(self, event: Key | Paste) -> None:
        # Textual bubbles both up to the screen where no field takes them
        if self._has_all_pages:
            self._authorize.take(event)

    def _check_code(self) -> None:
        page = self._authorize
        code = self.flow.code_from(page)
        if code is not None:
            page.set_waiting(waiting=True)
            self._redeem(code)

    @once(STEP)
    async def _redeem(self, code: Secret) -> None:
        """Exchange the code, then ask for the account's owner; leaving meanwhile stops neither."""
        try:
            before = self._stored.apps.with_key(self.flow.request.application.key)
            address = await self.flow.redeem(code)
        except SmilyError as error:
            self._code_failed(error)
            return
        self._draft.drop()
        self._is_new = before is None and self._demo is None
        self._resumed = self._registration = None  # it is stored, under a key that is certain only now
        self._application = self._stored.apps.with_key(address.application) or self.flow.request.application
        await self.show_account(address, await self.flow.identify(address, NAME_IT))

    def _code_failed(self, error: SmilyError) -> None:
        """Say why, and lead to the way on."""
        from smily_tui.tui.flow import Recovery, with_recovery

        recovery = self.flow.recovery_for(error)
        page = self._authorize
        page.set_waiting(waiting=False)
        self.status.clear()
        explained = with_recovery(error, recovery)
        if recovery is Recovery.CREDENTIALS:
            self._start = Start(scopes=self._scopes, account_id=self._start.account_id)
            self.show_page("application")
            self.query_one(ApplicationPage).refuse(explained)
            return
        if recovery is not Recovery.SAME_CODE:
            page.clear_code()
        page.show_error(explained)

    # -- account ---------------------------------------------------------------------------------------

    async def show_account(self, address: Address, remarks: IdentityRemarks) -> None:
        """Give a fresh account its place, and show it; a stored one is updated only if the person agrees."""
        from smily_tui.tui.pages.done import Storage

        self.status.clear()
        account = self._stored.account(address)
        if account is None:
            return
        before = {stored.address for stored in self._stored.accounts()}
        try:
            placed = await self.flow.place(account, account.label)
        except SmilyError as error:
            self.status.error(error)
            placed = account
        try:
            access = self._stored.tokens(placed.address).access
        except SmilyError as error:
            self.status.error(error)
            return
        self._was_there = placed.address in before - {address}
        self._authorize.set_waiting(waiting=False)
        self._authorize.clear_code()
        folder, protection = clean(self._stored.home.state), self._stored.at_rest.words
        self.show_done(placed, remarks, Storage(access, folder, protection))

    def show_done(self, account: Account, remarks: IdentityRemarks, storage: Storage) -> None:
        """Show the last page."""
        self._account = account
        self.close_wire_page()
        self.show_page("done")
        now = self._stored.clock.now()
        self._done.show(account, remarks.name, storage, now, clock=remarks.clock)
        if self._demo is not None:
            self.status.say("\n".join(say.DEMO_ENDS))
        self._done.application_name.ask(self._application if self._is_new else None)

    async def may_quit(self) -> bool:
        """Keep a name that was changed on the last page; False: it could not be, and the screen says why.

        Who leaves again after that gives the new name up.
        """
        if self._page != "done" or self._account is None:
            return True
        label, app_name = self._done.label, self._done.application_name.changed
        is_named = label in ("", self._account.label)
        if (is_named and app_name is None) or self._refused_names == (label, app_name):
            return True
        try:
            # in a thread: another process may hold a lock
            if not is_named:
                self._account = await to_thread(self._stored.rename, self._account.address, label)
            if app_name is not None:
                self._application = await to_thread(self._stored.apps.rename, *app_name)
        except SmilyError as error:
            self._refused_names = (label, app_name)
            self.status.error(error)
            return False
        return True

    def on_done_page_leave(self) -> None:
        self.action_back()

    @once()
    async def on_done_page_first_call(self, event: DonePage.FirstCall) -> None:
        """Call the API with the new token, and show the answer on its page."""
        from smily_tui.messages.api_call import scope_to_ask_for, with_key

        account = self._account
        if account is None:
            return
        answer = await self._call.send(account, event.path)
        if self._account is None or self._account.address != account.address:
            return
        self._account = self._stored.account(account.address) or account  # it may have been refreshed
        if answer is None:
            return
        self._done.show_answer(answer)
        if answer.failure is not None:
            again = f"Press {self.app.keys_of(DONE)['ask_again']}"
            scope = scope_to_ask_for(answer, None)
            self.status.error(with_key(answer.failure, scope, again))

    @once()
    async def on_done_page_copy_token(self) -> None:
        """Copy the access token; ask first, because clipboards remember."""
        from smily_tui.export import access_of
        from smily_tui.tui.screens.dialogs import may_copy

        if self._account is None:
            return
        try:
            token = access_of(self._stored, self._account)
        except SmilyError as error:
            self.status.error(error)
            return
        if await may_copy(self.app):
            self.flow.copy(token, "Access token: ")

    @once(STEP)
    async def on_done_page_another(self) -> None:
        """Show the URL for one more account."""
        await self._authorize_next(Start(self._application, self._scopes))

    @once(STEP)
    async def on_done_page_ask_again(self, event: DonePage.AskAgain) -> None:
        """Show the URL for the same account and the scopes that were not granted, or were missing."""
        if self._account is not None:
            scopes = arrange(filter(None, (*self._account.requested_scopes, event.scope)))
            await self._authorize_next(Start(self._application, scopes, self._account.account_id))

    async def _authorize_next(self, start: Start) -> None:
        if await self.may_quit():
            self._start, self._scopes = start, start.scopes
            self._to_authorize()

    @once(STEP)
    async def on_done_page_wrong_account(self) -> None:
        """Forget the account and show the URL again; one that was connected before stays."""
        from smily_tui.tui.screens.dialogs import Question

        if self._account is None:
            return
        label = self._account.label
        if self._was_there:
            self._account = None
            self._to_authorize()
            self.status.say(f"{say.STAYS.format(label=label)} {say.SIGN_OUT_HINT}")
            return
        question = f"{say.FORGET_QUESTION.format(label=label)}\n\n{say.SIGN_OUT_HINT}"
        if await self.app.push_screen_wait(Question(question, "Forget and try again", "Keep it")):
            await to_thread(self._stored.forget, self._account.address)
            self._account = None
            self._to_authorize()
