"""Queue screen: many owners, one after the other."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.widgets import Static

from smily_tui.demo import DemoInfo, queue_lines
from smily_tui.errors import SmilyError
from smily_tui.messages import queue as say
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.tui.actions import EVERYWHERE, QUEUE, WIRE, bindings
from smily_tui.tui.screens.base import StatusScreen, once
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.screens.queue_entry import AddRowsScreen, EditRowScreen
from smily_tui.tui.widgets.bars import KeyLine
from smily_tui.tui.widgets.drawn import Hanging, hung
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.inputs import FindField
from smily_tui.tui.widgets.queue_table import QueueTable
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.vault.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from smily_tui.accounts import Accounts
    from smily_tui.tui.screens.queue_row import LastRow
    from smily_tui.vault.model import Account, Application


MANY, PAUSE = 500, 0.15


class QueueScreen(StatusScreen[None]):
    """Rows come onto the list, go off it, and are opened one after the other."""

    ABOUT = (
        "Connect many accounts, one per row. Press Enter to open a row, send its link to the owner and paste "
        "the code they send back. The next row to do then opens. The queue is kept when you quit, without "
        "tokens or codes."
    )
    ACTIONS = (*QUEUE, *WIRE, *EVERYWHERE)
    STYLES = ("queue",)
    BINDINGS = bindings(ACTIONS)

    def __init__(self, accounts: Accounts, application: Application, demo: DemoInfo | None = None) -> None:
        super().__init__()
        self._stored = accounts
        self._demo = demo
        self._application = application
        self._file = accounts.queue(application.key)
        self._queue = Queue()
        self._accounts: tuple[Account, ...] = ()
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        yield TitleBar("queue", TITLE_BADGE if self._demo else "")
        yield Static("", id="meter", markup=False)
        yield FindField("name, number or state")
        yield Static("", id="empty", markup=False)
        yield QueueTable()
        yield Hanging(id="chosen")
        yield StatusLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """Show what is kept; a row whose code was sent when the program ended is looked up."""
        table = self.query_one(QueueTable)
        table.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: table.refresh())
        self._begin()

    @work(exit_on_error=False)
    async def _begin(self) -> None:
        try:
            self._file.catch_up(self._stored.accounts())
            self.load()
        except Damaged as error:
            question = say.DAMAGED.format(what=error.what)
            if not await self.app.push_screen_wait(Question(question, "Start a new queue", "Cancel")):
                self.dismiss(None)
                return
            self._file.set_aside()
            self.load()
        except SmilyError as error:
            self.status.error(error)
        row = self._queue.next_open()
        if row is not None:
            self.query_one(QueueTable).go_to(row.number)

    @property
    def _now(self) -> float:
        return self._stored.clock.now().wall

    def _is_own(self, account: Account) -> bool:
        return account.address.application == self._application.key

    # -- showing ---------------------------------------------------------------------------------------

    @on(ScreenResume)
    def _back_again(self) -> None:
        """Another screen, or another program, may have changed the queue."""
        if self.is_mounted:
            self.load()

    def load(self) -> None:
        """Read queue and accounts again, and show them."""
        try:
            self._queue = self._file.read()
            self._accounts = tuple(account for account in self._stored.accounts() if self._is_own(account))
        except Damaged:
            return  # told at the beginning
        except SmilyError as error:
            self.status.error(error)
        self._show()

    def _show(self) -> None:
        typed = self.query_one(FindField).words
        rows = [row for row in self._queue.rows if all(word in _searched(row) for word in typed)]
        table, empty = self.query_one(QueueTable), self.query_one("#empty", Static)
        table.show(rows, self._now)
        empty.display = not rows
        add = next(action for action in QUEUE if action.name == "add_rows")
        none = say.NOT_FOUND if self._queue.rows else say.EMPTY.format(add=self.app.key_of(add))
        empty.update(Content(none))
        waiting = sum(row.is_open for row in self._queue.rows)
        stored = sum(not account.unreadable for account in self._accounts)
        warning = "" if self._demo else say.meter(stored, waiting)  # the demo's server has no such limit
        self.query_one("#meter").display = bool(warning)
        self.query_one("#meter", Static).update(Content(warning))
        self.query_one(TitleBar).say(say.title(self._queue, "" if self._demo else self._application.name))
        self._tell_chosen()

    @on(QueueTable.Pointed)
    @on(Resize)
    def _tell_chosen(self) -> None:
        """Describe the row under the cursor in full."""
        row = self.query_one(QueueTable).chosen
        place = self.query_one("#chosen", Hanging)
        if row is None:
            place.hang(())
            return
        scopes = f"\n{say.permissions(row.scopes, place.content_size.width)}" if row.scopes else ""
        reason = f"\n{row.state.glyph} {row.words}" if row.words else ""
        place.hang(hung(Content(f"{row.called}{reason}{scopes}")))

    # -- going on --------------------------------------------------------------------------------------

    @on(QueueTable.Opened)
    def _go_on(self) -> None:
        """Do the next thing: open the row, or the next one to do; add rows where there are none."""
        row = self.query_one(QueueTable).chosen
        following = self._queue.next_open(after=row.number) if row else None
        if row is None and self._queue.rows:
            self.status.say(say.NOT_FOUND)
        elif row is None:
            self.action_add_rows()
        elif row.state is not RowState.VERIFIED:
            self._open(row)
        elif following is not None:
            self.query_one(QueueTable).go_to(following.number)
            self.status.say(say.ALREADY.format(label=row.name, next=following.name))
        else:
            again = next(action for action in QUEUE if action.name == "ask_again")
            self.status.say(say.DONE_BEFORE.format(label=row.name, again=self.app.key_of(again)))

    @once()
    async def action_ask_again(self) -> None:
        """Open a row that is done; asks first."""
        row = self.query_one(QueueTable).chosen
        if row is None:
            return
        if row.state is not RowState.VERIFIED:
            self.status.say(say.NOT_CONNECTED.format(label=row.name))
            return
        question = Question(say.ASK_AGAIN.format(label=row.name), "Ask again", "Cancel")
        if await self.app.push_screen_wait(question):
            self._open(row)

    def _open(self, row: Row) -> None:
        from smily_tui.tui.screens.queue_row import QueueRowScreen

        self.status.clear()
        screen = QueueRowScreen(self._stored, self._application, row, self._queue, self._demo)
        self.app.push_screen(screen, self._came_back)

    def _came_back(self, last: LastRow | None) -> None:
        """To the row that was left; what became of it is read when this screen is shown again."""
        if last is None:
            return
        self.query_one(QueueTable).go_to(last.number)
        if last.message:
            self.status.done(last.message)

    # -- the list --------------------------------------------------------------------------------------

    @once()
    async def action_add_rows(self) -> None:
        """Enter rows."""
        connected = {account.account_id for account in self._accounts}
        lines = queue_lines(connected) if self._demo and not self._queue.rows else ""
        added = await self.app.push_screen_wait(AddRowsScreen(self._file, self._accounts, lines))
        if added:
            self.load()
            self.status.say(added)

    @once()
    async def action_edit_row(self) -> None:
        """Change the chosen row."""
        row = self.query_one(QueueTable).chosen
        edited = await self.app.push_screen_wait(EditRowScreen(row, self._queue)) if row else None
        if edited is not None:
            await self._save(lambda: self._file.edit(edited), say.EDITED.format(label=edited.name))

    @once()
    async def action_remove_row(self) -> None:
        """Take the chosen row off the list; asks first where it is still to be asked."""
        row = self.query_one(QueueTable).chosen
        if row is None:
            return
        question = Question(say.REMOVE.format(label=row.name), "Remove", "Cancel")
        if row.state is RowState.VERIFIED or await self.app.push_screen_wait(question):
            await self._remove([row.number], f"Removed {row.name}.")

    @once()
    async def action_clear_done(self) -> None:
        """Take all verified rows off the list; asks first."""
        done = [row.number for row in self._queue.rows if row.state is RowState.VERIFIED]
        if not done:
            self.status.say(say.NOTHING_DONE)
            return
        question = Question(say.CLEAR.format(count=len(done)), "Remove", "Cancel")
        if await self.app.push_screen_wait(question):
            await self._remove(done, "")

    async def _remove(self, numbers: Sequence[int], done: str) -> None:
        await self._save(lambda: self._file.change(lambda queue: queue.without(numbers)), done)

    async def _save(self, change: Callable[[], object], done: str) -> None:
        """Beside the screen: another program may hold the queue for a moment."""
        try:
            await to_thread(change)
            self.status.say(done)
        except SmilyError as error:
            self.status.error(error)
        self.load()

    # -- finding ---------------------------------------------------------------------------------------

    def action_find(self) -> None:
        self.query_one(FindField).open()

    @on(FindField.Changed, "#find")
    def _typed(self) -> None:
        """Thousands of rows are searched when the person pauses, not for each letter."""
        if self._pause is not None:
            self._pause.stop()
        many = len(self._queue.rows) > MANY
        self._pause = self.set_timer(PAUSE, self._show) if many else None
        if not many:
            self._show()

    @on(FindField.Submitted, "#find")
    def _found(self) -> None:
        self.query_one(QueueTable).focus()

    def action_back(self) -> None:
        """End the search, else go back to the accounts."""
        field = self.query_one(FindField)
        if not field.is_open:
            self.dismiss(None)
            return
        field.close()
        self.query_one(QueueTable).focus()


def _searched(row: Row) -> str:
    number = "" if row.account_id is None else row.account_id
    return f"{row.label} {number} {row.state.word}".casefold()
