"""Dashboard: the accounts, and what can be done with them."""

from __future__ import annotations

from asyncio import to_thread
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work

from smily_tui.errors import SmilyError
from smily_tui.messages import accounts as say
from smily_tui.messages.accounts import with_key
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.oauth.scopes import arrange
from smily_tui.tui.actions import DASHBOARD, EVERYWHERE, REVEAL, WIRE, bindings
from smily_tui.tui.arrangement import Arrangement, Only, Order
from smily_tui.tui.screens.base import StatusScreen, once
from smily_tui.tui.screens.exporting import Exports
from smily_tui.tui.screens.refreshing import Refreshes
from smily_tui.tui.widgets.accounts_pane import AccountsPane
from smily_tui.tui.widgets.bars import KeyLine, RefreshBar
from smily_tui.tui.widgets.counters import AccountsTitle, Counters
from smily_tui.tui.widgets.find_line import ActionText, FindLine
from smily_tui.tui.widgets.inputs import FindField
from smily_tui.tui.widgets.next_steps import NextSteps
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.tui.widgets.token_bar import TokenBar
from smily_tui.undo import Changes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.events import Key

    from smily_tui.secret import Secret
    from smily_tui.vault.model import Account, Address, Application, Tokens

_OF_ACCOUNTS = frozenset(
    (
        "refresh", "refresh_due", "copy", "export", "rename", "forget", "history", "again", "reveal",
        "reveal_refresh", "try_it", "find", "sort", "only", "show_all",
    )
)  # fmt: skip


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
    STYLES = ("dashboard",)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, *, returns: bool = False) -> None:
        super().__init__()
        self._returns = returns
        self.refreshes = Refreshes(self)
        self.changes = Changes(self.app.stored)
        self.exports = Exports(self, self.copy_secret)

    def compose(self) -> ComposeResult:
        yield AccountsTitle(TITLE_BADGE if self.app.demo else "")
        yield FindLine()
        yield AccountsPane()
        yield NextSteps()
        yield TokenBar()
        yield RefreshBar()
        yield StatusLine(fades=True)
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(AccountTable).focus()

    def on_key(self, _: Key) -> None:
        """Clear the last message, before the key brings another one."""
        self.status.key_pressed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done: most of it needs an account."""
        del parameters
        return not (action in _OF_ACCOUNTS and self.has_class("-empty"))

    @property
    def pane(self) -> AccountsPane:
        """Accounts pane of this screen."""
        return self.query_one(AccountsPane)

    @property
    def _keys(self) -> dict[str, str]:
        return self.app.keys_of(DASHBOARD)

    # -- told by the accounts --------------------------------------------------------------------------

    @on(AccountsPane.Listed)
    def _listed(self) -> None:
        self.query_one(FindLine).show_order(self.pane.arrangement.order)
        self._show_counts()
        if self.pane.has_none != self.has_class("-empty"):
            self._show_emptiness()

    @on(AccountsPane.Counted)
    @on(AccountTable.Selected)
    def _show_counts(self) -> None:
        pane, arrangement = self.pane, self.pane.arrangement
        selected = len(pane.table.selection)
        title = self.query_one(AccountsTitle)
        title.show(pane.tally, arrangement.only, pane.title, selected=selected, whole=arrangement.is_whole)
        self.app.title_window(say.window_title(pane.tally[Only.NEEDS_ATTENTION]))

    def _show_emptiness(self) -> None:
        """Show next steps in place of an empty list, or the list."""
        self.set_class(self.pane.has_none, "-empty")
        self.refresh_bindings()
        if not self.pane.has_none:
            self.query_one(AccountTable).focus()
            return
        with suppress(SmilyError):  # which another screen says
            stored = self.app.stored
            steps = self.query_one(NextSteps)
            steps.show(usable=bool(stored.apps.usable()), forgotten=len(stored.forgotten()))

    @on(NextSteps.Pressed)
    @on(ActionText.Pressed)
    async def _do(self, event: NextSteps.Pressed | ActionText.Pressed) -> None:
        await self.run_action(event.action)

    @on(AccountTable.Pointed)
    def _hide_token(self) -> None:
        self.query_one(TokenBar).hide()

    @on(AccountsPane.Unreadable)
    def _unreadable(self, event: AccountsPane.Unreadable) -> None:
        self.status.error(event.error)

    @on(AccountsPane.Readable)
    def _readable(self) -> None:
        self.status.clear()

    @on(AccountsPane.ChangedOutside)
    def _changed_outside(self, event: AccountsPane.ChangedOutside) -> None:
        self.status.say(say.REFRESHED_BY_ANOTHER.format(label=event.account.label))

    @on(AccountsPane.Expired)
    def _expired(self, event: AccountsPane.Expired) -> None:
        self.status.say(say.expired(event.accounts, self._keys["refresh_due"]))

    def action_wire(self) -> None:
        """Open the wire view with what comes next, or close it."""
        self.pane.foresee()
        super().action_wire()

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
        # at once, and not with the next tick: the queue has connected accounts
        self.app.push_screen(screen, lambda _: self.pane.load())

    def action_apps(self) -> None:
        """Open the list of the stored apps."""
        from smily_tui.tui.screens.apps import AppsScreen

        # as above: an app may have taken its accounts with it
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
        """Sort by the next column that is there."""
        self._list_in(self.pane.arrangement.next_order(self.pane.table.orders))

    @on(AccountTable.SortPressed)
    def _sort_by(self, event: AccountTable.SortPressed) -> None:
        self._list_in(replace(self.pane.arrangement, order=event.order))

    def _list_in(self, arrangement: Arrangement) -> None:
        self.pane.list_as(arrangement)
        self.app.order = arrangement.order.value
        self._remember(arrangement.order)

    # in a thread: the settings file may be held by another process
    @work(thread=True, exit_on_error=False)
    def _remember(self, order: Order) -> None:
        try:
            self.app.stored.settings.save_order(order.value)
        except SmilyError as error:
            self.app.call_from_thread(self.status.say, say.ORDER_NOT_SAVED.format(what=error.what))

    def action_only(self) -> None:
        """List the next kind of account alone, in the order of `Only`."""
        self._filter(self.pane.arrangement.next_only(self.pane.tally.kinds()))

    @on(Counters.Pressed)
    def _only(self, event: Counters.Pressed) -> None:
        self._filter(self.pane.arrangement.toggled(event.only))

    def _filter(self, arrangement: Arrangement) -> None:
        self.pane.list_as(arrangement)
        self.status.say(say.FILTER_HINT.format(kind=arrangement.only.value, **self._keys))

    def action_find(self) -> None:
        self.query_one(FindLine).open()

    @on(FindField.Changed, "#find")
    def _typed(self, event: FindField.Changed) -> None:
        self.pane.list_as(replace(self.pane.arrangement, words=event.value))

    @on(FindField.Submitted, "#find")
    def _to_list(self) -> None:
        self.query_one(AccountTable).focus()

    def action_show_all(self) -> None:
        """Begin no more of a refresh of many; else clear the selection; else end search and filter."""
        table, line = self.pane.table, self.query_one(FindLine)
        is_typing = self.query_one(FindField).has_focus
        if self.refreshes.many is not None and not is_typing:
            self.refreshes.stop()
        elif table.selection and not is_typing:
            table.clear_selection()
        elif self._returns and self.pane.arrangement.is_whole and not self.query_one(FindField).is_open:
            self.dismiss(None)
        else:
            line.close()
            table.focus()
            self.pane.list_as(replace(self.pane.arrangement, words="", only=Only.ALL))

    # -- secrets ---------------------------------------------------------------------------------------

    def action_reveal(self) -> None:
        self._reveal("Access token", lambda tokens: tokens.access)

    def action_reveal_refresh(self) -> None:
        self._reveal("Refresh token", lambda tokens: tokens.refresh)

    def _reveal(self, name: str, choose: Callable[[Tokens], Secret]) -> None:
        if self.app.presenter:
            self.status.say(say.NOT_WHILE_PRESENTING)
            return

        def present() -> Secret | None:
            account = self.pane.chosen
            if account is None or account.unreadable:
                return None
            try:
                return choose(self.app.stored.tokens(account.address))
            except SmilyError as error:
                self.status.error(error)
                return None

        self.query_one(TokenBar).toggle(name, present)

    @once()
    async def action_copy(self) -> None:
        """Copy the access token; asked once, since clipboards remember."""
        from smily_tui.tui.screens.dialogs import may_copy

        account = self.pane.chosen
        if account is None or account.unreadable:
            return
        from smily_tui.export import access_of

        try:
            token = access_of(self.app.stored, account)
        except SmilyError as error:
            self.status.error(with_key(error, self._keys))
            return
        if await may_copy(self.app):
            instead = f"Press {self.app.key_of(REVEAL)} to show it."
            self.copy_secret(token, f"Access token of {account.label}", instead)

    # in a thread: a clipboard program may hang
    @work(thread=True, exit_on_error=False)
    def copy_secret(self, secret: Secret, name: str, instead: str = "") -> None:
        """Copy a secret; the clipboard can be cleared by undoing that, and else is after half a minute."""
        outcome = self.app.copy_outside(secret, instead)
        self.changes.remember(self._clear_clipboard)
        self.app.call_from_thread(self.status.say, f"{name}: {outcome}")

    def _clear_clipboard(self) -> str:
        return say.CLIPBOARD_CLEARED if self.app.clear_clipboard() else say.CLIPBOARD_CHANGED

    @once()
    async def action_export(self) -> None:
        """Give access tokens to another program: choose the form, then a file or the clipboard."""
        accounts = [account for account in self.pane.selected if not account.unreadable]
        if accounts:
            await self.exports.export(accounts)

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
        from smily_tui.tui.screens.dialogs import NameDialog

        account = self.pane.chosen
        if account is None or account.unreadable:
            return
        name = await self.app.push_screen_wait(NameDialog(account.label))
        if name:
            await self._change(lambda: self.changes.rename(account, name))

    @once()
    async def action_forget(self) -> None:
        """Move what is stored for the selected accounts to the trash; asks first."""
        from smily_tui.tui.screens.dialogs import Question

        accounts = self.pane.selected
        if not accounts:
            return
        text = say.FORGET_QUESTION if len(accounts) == 1 else say.FORGET_MANY_QUESTION
        question = text.format(names=say.names(accounts), **self._keys)
        if await self.app.push_screen_wait(Question(question, "Forget it", "Keep it")):
            await self._change(lambda: self.changes.forget(accounts))

    @once()
    async def action_restore(self) -> None:
        """Bring the account that was forgotten last back from the trash."""
        try:
            forgotten = self.app.stored.forgotten()
        except SmilyError as error:
            self.status.error(error)
            return
        if not forgotten:
            self.status.say(say.TRASH_EMPTY)
            return
        await self._change(lambda: say.restored([self.changes.restore(forgotten[0])]))

    @once()
    async def action_undo(self) -> None:
        """Take the last change back."""
        await self._change(self.changes.undo, hint="")

    @once()
    async def action_history(self) -> None:
        """Show each use of the chosen account's refresh token."""
        from smily_tui.tui.screens.dialogs import HistoryScreen

        account = self.pane.chosen
        if account is None:
            return
        try:
            history = self.app.stored.history(account.address)
        except SmilyError as error:
            self.status.error(error)
            return
        await self.app.push_screen_wait(HistoryScreen(account.label, history, self.app.clock.now().wall))

    async def _change(self, change: Callable[[], str], hint: str = say.UNDO_HINT) -> None:
        """Make a change beside the screen: another process may hold the account's lock for a while."""
        try:
            sentence = await to_thread(change)
            self.status.say(f"{sentence} {hint.format_map(self._keys)}".rstrip())
        except SmilyError as error:
            self.status.error(error)
        self.pane.load()

    def action_log(self) -> None:
        """Show the messages of the session."""
        from smily_tui.tui.screens.dialogs import MessageLogScreen

        self.app.push_screen(MessageLogScreen(self.app.messages))
