"""Apps screen: the stored apps, and what can be done with them."""

from __future__ import annotations

from asyncio import to_thread
from collections import Counter
from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from smily_tui.errors import SmilyError
from smily_tui.messages import apps as say
from smily_tui.messages.accounts import listed
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.oauth.credentials import KnownCredentials, check_client_secret, read_client_secret
from smily_tui.origin import host_of
from smily_tui.secret import Secret
from smily_tui.tui.actions import APP_PERMISSIONS, APPS, EVERYWHERE, NAME, SECRET, WIRE, bindings
from smily_tui.tui.pages.page import Page
from smily_tui.tui.pages.permissions import PermissionsPage
from smily_tui.tui.screens.base import Dialog, StatusScreen, once
from smily_tui.tui.screens.dialogs import FieldDialog, Question
from smily_tui.tui.widgets.app_table import AppTable
from smily_tui.tui.widgets.bars import KeyLine
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.inputs import ButtonRow, SecretInput
from smily_tui.tui.widgets.status_line import PageColumn, StatusLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult

    from smily_tui.accounts import Accounts
    from smily_tui.tokens.running import Running
    from smily_tui.vault.model import Application


class AppNameDialog(FieldDialog):
    """New name of an app."""

    ABOUT = "Rename the app. Press Enter to save."
    ACTIONS = NAME
    BINDINGS = bindings(ACTIONS)

    def __init__(self, application: Application) -> None:
        question = f"New name. {say.ADDRESS_STAYS.format(key=application.key)}"
        super().__init__(question, application.name)


class SecretDialog(Dialog[Secret]):
    """New Client Secret of an app; an empty one where the person leaves it."""

    ABOUT = "Replace the app's Client Secret. The server has to accept the new one first."
    ACTIONS = SECRET
    BINDINGS = bindings(ACTIONS)

    def __init__(self, application: Application, stored: KnownCredentials) -> None:
        super().__init__()
        self._application, self._stored = application, stored

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(Content(f"New Client Secret of {self._application.name}"))
            yield SecretInput(placeholder="paste here", id="client-secret")
            yield Static(say.PROOF_COST, markup=False, classes="why", id="secret-words")
            yield ButtonRow(self.button("accept", primary=True), self.button("leave"))

    @on(Input.Submitted)
    def action_accept(self) -> None:
        """Answer with the secret; one that cannot be right is explained below the field."""
        secret = read_client_secret(self.query_one(SecretInput).typed)
        check = check_client_secret(secret, self._application.client_id, self._stored)
        if not check.problem:
            self.dismiss(secret)
            return
        place = self.query_one("#secret-words", Static)
        place.set_classes("finding")
        place.update(Content(f"✗ {check.problem}"))
        self.query_one(SecretInput).focus()

    def action_leave(self) -> None:
        self.dismiss(Secret(""))


class AppPermissionsScreen(StatusScreen[tuple[str, ...] | None]):
    """Permissions that the next owner of an app is asked for; None: they stay."""

    ABOUT = (
        "Choose the permissions to ask the next owner for. Connected accounts keep theirs until you "
        "authorize them again."
    )
    SUBJECT = "app"
    ACTIONS = (*APP_PERMISSIONS, *WIRE, *EVERYWHERE)
    STYLES = ("apps",)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, application: Application) -> None:
        super().__init__()
        self._application = application

    def compose(self) -> ComposeResult:
        yield TitleBar(f"permissions · {self._application.name}", TITLE_BADGE if self.app.demo else "")
        with PageColumn():
            yield PermissionsPage()
            yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        page = self.query_one(PermissionsPage)
        page.fill(self._application.scopes)
        page.query_one("#scopes").focus()

    @on(Page.GoOn)
    def _go_on(self) -> None:
        self.dismiss(self.query_one(PermissionsPage).chosen)

    @on(Page.GoBack)
    def action_back(self) -> None:
        self.dismiss(None)


class AppsScreen(StatusScreen[None]):
    """Screen that renames, changes, removes and restores apps."""

    ABOUT = (
        "Your apps, as registered with Smily. Each has its Client ID, its Client Secret and the permissions "
        "to ask the next owner for."
    )
    SUBJECT = "app"
    ACTIONS = (*APPS, *WIRE, *EVERYWHERE)
    STYLES = ("apps",)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, accounts: Accounts) -> None:
        super().__init__()
        self._stored = accounts
        self._numbers: Counter[str] = Counter()
        self._proof: Running | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar("apps", TITLE_BADGE if self.app.demo else "")
        yield AppTable()
        with VerticalScroll(id="app"):
            yield Static("", markup=False)
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        table = self.query_one(AppTable)
        table.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: table.refresh())
        self._load()

    # -- showing ---------------------------------------------------------------------------------------

    @property
    def _chosen(self) -> Application | None:
        return self.query_one(AppTable).chosen

    def _load(self) -> None:
        try:
            applications, self._numbers = self._stored.apps.all(), self._stored.count_by_app()
        except SmilyError as error:
            self.status.error(error)
            return
        self.query_one(TitleBar).say(f"apps · {len(applications)}")
        self.query_one(AppTable).show(applications, self._numbers)

    @on(AppTable.Pointed)
    def _describe(self) -> None:
        """Describe the app under the cursor."""
        application, card = self._chosen, self.query_one("#app")
        card.border_title = Content(application.name if application else "")
        text = Content(say.NO_APPS) if application is None else self._description(application)
        card.query_one(Static).update(text)

    def _description(self, application: Application) -> Content:
        # Client ID and number of accounts are in the table
        facts = [
            ("Short name", application.key),
            ("Server", say.other_server(application)),
            ("Asks for", listed(application.scopes)),
        ]
        rows = [Content.assemble((f"{name:<12}", "$text-muted"), value) for name, value in facts if value]
        if self._stored.apps.client_secret(application.key) is None:
            rows.append(Content.styled(say.INCOMPLETE, "$text-error"))
        return Content("\n").join(rows)

    # -- changing --------------------------------------------------------------------------------------

    @once("change")
    async def action_rename(self) -> None:
        """Give the chosen app another name."""
        application = self._chosen
        if application is None:
            return
        name = await self.app.push_screen_wait(AppNameDialog(application))
        if name:
            await self._change(
                lambda: self._stored.apps.rename(application.key, name),
                lambda: f"✓ Renamed. {say.ADDRESS_STAYS.format(key=application.key)}",
            )

    @once("change")
    async def action_app_permissions(self) -> None:
        """Choose the permissions to ask the next owner for."""
        application = self._chosen
        if application is None:
            return
        scopes = await self.app.push_screen_wait(AppPermissionsScreen(application))
        if scopes is not None and scopes != application.scopes:
            await self._change(
                lambda: self._stored.apps.set_scopes(application.key, scopes),
                lambda: say.PERMISSIONS_SAVED.format(name=application.name, scopes=listed(scopes)),
            )

    @once("change")
    async def action_new_secret(self) -> None:
        """Replace the secret of the chosen app, once the server has accepted the new one."""
        application = self._chosen
        if application is None:
            return
        credentials = self._stored.apps.known_credentials()
        secret = await self.app.push_screen_wait(SecretDialog(application, credentials))
        if not secret:
            return
        running = self._proof = self._stored.replace_secret(application.key, secret)
        self.app.wire.follow(running)
        self.status.busy(say.CHECKING_PROOF.format(host=host_of(application.server)), running)
        try:
            await running.ended()
            self.status.done(f"✓ {say.REPLACED.format(name=application.name)}")
        except SmilyError as error:
            self.status.error(error)
        finally:
            self._proof = None
        self._load()

    @once("change")
    async def action_remove_app(self) -> None:
        """Move the chosen app and its accounts to the trash; asks first."""
        application = self._chosen
        if application is None:
            return
        number = self._numbers[application.key]
        question = f"{say.remove_question(application, number)}\n\n{say.kept_in_trash(number)}"
        if await self.app.push_screen_wait(Question(question, "Remove it", "Keep it")):
            undo = self.app.keys_of(APPS)["restore_app"].partition(" ")[0]
            await self._change(
                lambda: self._stored.remove_app(application.key),
                lambda: f"✓ {say.removed(application, number)} Press {undo} to undo.",
            )

    @once("change")
    async def action_restore_app(self) -> None:
        """Restore the app that was removed last, with its accounts."""
        removed = next(iter(self._stored.apps.removed()), None)
        if removed is None:
            self.status.say(say.NOTHING_REMOVED)
            return
        await self._change(
            lambda: self._stored.restore_app(removed),
            lambda: f"✓ {say.restored(removed.application, self._numbers[removed.application.key])}",
        )

    async def _change(self, change: Callable[[], object], done: Callable[[], str]) -> None:
        """Change something beside the screen: another process may hold a lock for a while."""
        try:
            await to_thread(change)
            self._load()
            self.status.done(done())
        except SmilyError as error:
            self._load()
            self.status.error(error)

    def action_back(self) -> None:
        """Stop the check of a secret; else go back."""
        if self._proof is None or not self._proof.cancel():
            self.dismiss(None)
