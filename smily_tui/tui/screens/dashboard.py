"""Dashboard: the accounts, and what can be done with them."""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work

from smily_tui.errors import SmilyError
from smily_tui.messages import accounts as say
from smily_tui.messages.accounts import (
    advice,
    day_and_time,
    with_key,
)
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.oauth.scopes import arrange
from smily_tui.secret import Secret
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.tui.actions import DASHBOARD, EVERYWHERE, REVEAL, WIRE, bindings
from smily_tui.tui.arrangement import Only
from smily_tui.tui.screens.base import StatusScreen, once
from smily_tui.tui.screens.dialogs import HistoryScreen, NameDialog, Question, may_copy
from smily_tui.tui.screens.refreshing import Refreshes
from smily_tui.tui.widgets.accounts_pane import AccountsPane
from smily_tui.tui.widgets.bars import KeyLine, RefreshBar
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.inputs import FindField
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.tables import AccountTable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult

    from smily_tui.tui.screens.dialogs import Wish
    from smily_tui.vault.model import Account, Address, Application


class DashboardScreen(StatusScreen[None]):
    """Screen that connects, refreshes, copies, names and forgets accounts.

    Args:
        returns: esc goes back to the screen below where there is nothing else to end.
    """

    ABOUT = (
        "Your connected accounts, and how long each access token is valid. smily-tui refreshes a token when "
        "a script asks for one, or when you press {refresh}. You don't need to keep it running."
    )
    ACTIONS = (*DASHBOARD, *WIRE, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, *, returns: bool = False) -> None:
        super().__init__()
        self._returns = returns
        self.refreshes = Refreshes(self)

    def compose(self) -> ComposeResult:
        yield TitleBar("accounts", TITLE_BADGE if self.app.demo else "")
        yield FindField("name, address or state")
        yield AccountsPane()
        yield RefreshBar()
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(AccountTable).focus()

    @property
    def pane(self) -> AccountsPane:
        """Accounts pane of this screen."""
        return self.query_one(AccountsPane)

    @property
    def status(self) -> StatusLine:
        """Status line of this screen."""
        return self.query_one(StatusLine)

    @property
    def _keys(self) -> dict[str, str]:
        return self.app.keys_of(DASHBOARD)

    # -- told by the accounts --------------------------------------------------------------------------

    @on(AccountsPane.Listed)
    def _listed(self) -> None:
        self.query_one(TitleBar).say(self.pane.title)

    @on(AccountsPane.Unreadable)
    def _unreadable(self, event: AccountsPane.Unreadable) -> None:
        self.status.error(event.error)

    @on(AccountsPane.Readable)
    def _readable(self) -> None:
        self.status.clear()

    @on(AccountsPane.ChangedOutside)
    def _changed_outside(self, event: AccountsPane.ChangedOutside) -> None:
        self.status.say(say.REFRESHED_BY_ANOTHER.format(label=event.account.label))

    # -- connecting ------------------------------------------------------------------------------------

    def _application_at_hand(self) -> Application | None:
        """Return the application of the chosen account, else the first one whose secret is stored."""
        account = self.pane.chosen
        key = account.address.application if account else None
        usable = self.app.stored.apps.usable()
        return next(
            (application for application in usable if application.key == key), next(iter(usable), None)
        )

    def action_add(self) -> None:
        """Connect one more account with the application of the chosen one."""
        application = self._application_at_hand()
        if application is None:
            self.action_new()
        else:
            self._wizard(application, application.scopes)

    def action_new(self) -> None:
        """Connect an account with an application that is not stored yet."""
        self._wizard()

    def action_again(self) -> None:
        """Ask the owner of this account once more, with the same permissions."""
        account = self.pane.chosen
        applications = {application.key: application for application in self.app.stored.apps.all()}
        if account is None or account.address.application not in applications:
            return
        scopes = tuple(account.requested_scopes) or ("public",)
        self._wizard(applications[account.address.application], scopes, account.account_id)

    def _wizard(
        self,
        application: Application | None = None,
        scopes: tuple[str, ...] = ("public",),
        account_id: int | None = None,
    ) -> None:
        from smily_tui.tui.screens.wizard import Start, WizardScreen  # the first list does not wait for it

        start = Start(application, scopes, account_id)
        self.app.push_screen(WizardScreen(self.app.stored, start, self.app.demo), self.connected)

    def action_queue(self) -> None:
        """Open the queue of the application that is at hand."""
        application = self._application_at_hand()
        if application is None:
            from smily_tui.messages.queue import CONNECT_FIRST, NO_APPLICATION

            self.status.say(f"{NO_APPLICATION} {CONNECT_FIRST.format(new=self._keys['new'])}")
        else:
            self.open_queue(application)

    def open_queue(self, application: Application) -> None:
        """Open the queue of an application."""
        from smily_tui.tui.screens.queue import QueueScreen

        screen = QueueScreen(self.app.stored, application, self.app.demo)
        # load anew: what the queue has read already does not count as changed any more
        self.app.push_screen(screen, lambda _: self.pane.load())

    def action_apps(self) -> None:
        """Open the list of the stored apps."""
        from smily_tui.tui.screens.apps import AppsScreen

        # load anew: an app may have taken its accounts with it
        self.app.push_screen(AppsScreen(self.app.stored), lambda _: self.pane.load())

    def connected(self, address: Address | None) -> None:
        """Show what there is after the wizard, at the account that it connected."""
        self.pane.load()
        if address is not None:
            self.pane.go_to(address)

    # -- refreshing ------------------------------------------------------------------------------------

    @once()
    async def action_refresh(self) -> None:
        await self.refreshes.chosen()

    def action_refresh_due(self) -> None:
        """Refresh every account with little time left."""
        due = self.refreshes.due()
        if len(due) == 1:
            self.refreshes.begin_one(due[0])
        elif due:
            self._refresh_many(due)

    @once()
    async def _refresh_many(self, accounts: Sequence[Account]) -> None:
        await self.refreshes.all_of(accounts)

    def action_results(self) -> None:
        self.refreshes.show_last()

    # -- finding and sorting ---------------------------------------------------------------------------

    def action_sort(self) -> None:
        """Sort in the next order: name, state, time left."""
        self.pane.list_as(self.pane.arrangement.next_order())
        self.status.say(say.SORT_HINT.format(order=self.pane.arrangement.order.value, **self._keys))

    def action_only(self) -> None:
        """Show the next kind of account alone, in the order of `Only`."""
        self.pane.list_as(self.pane.arrangement.next_only())
        self.status.say(say.FILTER_HINT.format(kind=self.pane.arrangement.only.value, **self._keys))

    def action_find(self) -> None:
        self.query_one(FindField).open()

    @on(FindField.Changed, "#find")
    def _typed(self, event: FindField.Changed) -> None:
        self.pane.list_as(replace(self.pane.arrangement, words=event.value))

    @on(FindField.Submitted, "#find")
    def _to_list(self) -> None:
        self.query_one(AccountTable).focus()

    def action_show_all(self) -> None:
        """Begin no more of a refresh of many; else end the search and the filter."""
        field = self.query_one(FindField)
        if self.refreshes.many is not None and not field.has_focus:
            self.refreshes.stop()
            return
        if self._returns and self.pane.arrangement.is_whole and not field.is_open:
            self.dismiss(None)
            return
        field.close()
        self.query_one(AccountTable).focus()
        self.pane.list_as(replace(self.pane.arrangement, words="", only=Only.ALL))

    # -- secrets ---------------------------------------------------------------------------------------

    def action_reveal(self) -> None:
        if self.app.presenter:
            self.status.say("Tokens stay hidden in presenter mode.")
        else:
            self.pane.reveal()

    @once()
    async def action_copy(self) -> None:
        """Copy the access token; asked once, since clipboards remember."""
        account = self.pane.chosen
        if account is None or account.unreadable:
            return
        from smily_tui.export import access_of

        try:
            token = access_of(account)
        except SmilyError as error:
            self.status.error(with_key(error, self._keys))
            return
        if await may_copy(self.app):
            instead = f"Press {self.app.key_of(REVEAL)} to show it."
            self._copy(token, f"Access token of {account.label}", instead)

    # in a thread: a clipboard program may hang
    @work(thread=True, exit_on_error=False)
    def _copy(self, secret: Secret, name: str, instead: str = "") -> None:
        outcome = self.app.copy_outside(secret, instead)
        self.app.call_from_thread(self.status.say, f"{name}: {outcome}")

    @once()
    async def action_export(self) -> None:
        """Give the access token to another program: choose the form, then a file or the clipboard."""
        account = self.pane.chosen
        if account is None or account.unreadable:
            return
        from smily_tui.tui.screens.dialogs import ExportDialog

        wish = await self.app.push_screen_wait(ExportDialog(account.label))
        if wish is None or (not wish.folder and not await may_copy(self.app)):
            return
        try:
            await self._export(account.address, wish)
        except SmilyError as error:
            self.status.error(with_key(error, self._keys))

    async def _export(self, address: Address, wish: Wish) -> None:
        """Export; a token that has little time left is refreshed first, and leaving does not stop that."""
        from smily_tui.desktop.files import save_text
        from smily_tui.export import as_text, export_of, file_name

        need = TokenRequirement()
        if not self.app.stored.suffices(address, need):
            running = self.app.stored.refresh(address, need)
            self.app.wire.follow(running)
            self.status.busy("Refreshing the token first")
            await running.ended()
            self.pane.load()
        export = export_of(self.app.stored, address)
        text = as_text(export, wish.format)
        if not wish.folder:
            self._copy(Secret(text), f"Export of {export.label}")
            return
        path = await to_thread(save_text, wish.folder, file_name(export, wish.format), text)
        self.status.done(f"✓ Saved to {path}\n  {advice(export)}")

    @once()
    async def action_try_it(self) -> None:
        """Call the API with the account's token; then ask the owner for a permission that was missing."""
        account = self.pane.chosen
        if account is None or account.unreadable:
            return
        from smily_tui.tui.screens.try_it import TryItScreen

        scope = await self.app.push_screen_wait(TryItScreen(self.app.stored, account))
        self.pane.load()  # the token may have been refreshed
        application = self.app.stored.apps.with_key(account.address.application)
        if scope and application is not None:
            self._wizard(application, arrange((*account.requested_scopes, scope)), account.account_id)

    # -- keeping ---------------------------------------------------------------------------------------

    @once()
    async def action_rename(self) -> None:
        """Give the chosen account another name."""
        account = self.pane.chosen
        if account is None or account.unreadable:
            return
        name = await self.app.push_screen_wait(NameDialog(account.label))
        if name:
            await self._change(lambda: self.app.stored.rename(account.address, name), "Renamed.")

    @once()
    async def action_forget(self) -> None:
        """Move what is stored for the chosen account to the trash; asks first."""
        account = self.pane.chosen
        if account is None:
            return
        question = (
            f"Forget {account.label}?\n\nIts tokens stay in the trash for a month. "
            f"Press {self._keys['restore']} to restore them. {say.NOT_REVOKED}"
        )
        if await self.app.push_screen_wait(Question(question, "Forget it", "Keep it")):
            done = f"Forgot {account.label}. Press {self._keys['restore']} to undo."
            await self._change(lambda: self.app.stored.forget(account.address), done)

    @once()
    async def action_restore(self) -> None:
        """Bring the account that was forgotten last back from the trash; asks first."""
        try:
            forgotten = self.app.stored.forgotten()
        except SmilyError as error:
            self.status.error(error)
            return
        if not forgotten:
            self.status.say("The trash is empty.")
            return
        newest = forgotten[0]
        at = day_and_time(newest.at, self.app.clock.now().wall)
        question = say.RESTORE_QUESTION.format(address=newest.address, at=at)
        if await self.app.push_screen_wait(Question(question, "Restore it", "Cancel", harmless=True)):
            await self._change(lambda: self.app.stored.restore(newest.address), f"Restored {newest.address}.")

    @once()
    async def action_history(self) -> None:
        """Show each use of the chosen account's refresh token."""
        account = self.pane.chosen
        if account is None:
            return
        try:
            history = self.app.stored.history(account.address)
        except SmilyError as error:
            self.status.error(error)
            return
        await self.app.push_screen_wait(HistoryScreen(account.label, history, self.app.clock.now().wall))

    async def _change(self, change: Callable[[], object], done: str) -> None:
        """Beside the screen: another process may hold the account's lock for a while."""
        try:
            await to_thread(change)
            self.status.say(done)
        except SmilyError as error:
            self.status.error(error)
        self.pane.load()
