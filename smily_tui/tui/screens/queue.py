"""Queue screen: many owners, one after the other."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING

from textual import on, work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize, ScreenResume
from textual.widgets import Button, Input, Static

from smily_tui.demo import queue_lines
from smily_tui.errors import SmilyError
from smily_tui.messages import queue as say
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.queue.queue import Queue, RowState
from smily_tui.queue.reading import LARGEST, Found, Sorted, read_bytes, read_text, sort_out
from smily_tui.tui.actions import EVERYWHERE, QUEUE, QUEUE_ADD, WIRE, bindings
from smily_tui.tui.screens.base import Dialog, StatusScreen, once
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.widgets.bars import KeyLine
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.widgets.inputs import ButtonRow, FindField, PasteInput
from smily_tui.tui.widgets.paste_area import PasteArea
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.tables import QueueTable
from smily_tui.vault.errors import Damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.timer import Timer

    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.queue.queue import Row
    from smily_tui.text import Untrusted
    from smily_tui.tui.base_app import BaseApp
    from smily_tui.tui.screens.queue_row import LastRow
    from smily_tui.vault.model import Account, Application


class AddRowsScreen(Dialog[Sorted | None]):
    """Answers with the rows that were entered, sorted into new, twice and connected; None: leave it."""

    ABOUT = (
        "Add accounts to the queue, one per line. Paste from a spreadsheet, or choose a CSV file. If a line "
        "has an error, fix it and add again: nothing is added before."
    )
    ACTIONS = (*QUEUE_ADD, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)
    app: BaseApp

    def __init__(self, queue: Queue, accounts: Sequence[Account], lines: str = "") -> None:
        super().__init__()
        self._queue, self._accounts, self._lines = queue, accounts, lines

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(say.HOW, markup=False, classes="why")
            yield PasteArea(self._lines, show_line_numbers=True, id="lines", compact=True)
            yield Static(say.FILE, markup=False, classes="why")
            yield PasteInput(placeholder=say.FILE_HINT, id="file")
            yield ButtonRow(
                Button(
                    Content(f"Add {self.app.key_of(QUEUE_ADD[1])}"), variant="primary", id="add", compact=True
                ),
                Button("Cancel", id="leave", compact=True),
            )
            yield Static("", id="problems", markup=False)

    def on_mount(self) -> None:
        self.query_one("#problems").display = False
        self.query_one(PasteArea).focus()

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#add")
    @on(Input.Submitted, "#file")
    @once()
    async def action_add_to_list(self) -> None:
        """Add what the file holds, or what stands in the lines."""
        path = self.query_one("#file", PasteInput).typed
        text = self.query_one(PasteArea).typed
        lines = bool(text.for_parsing().strip())
        if lines == bool(path):
            self._tell(say.BOTH if path else say.NOTHING_TYPED)
            return
        try:
            reading = await to_thread(_read_file, path) if path else await to_thread(read_text, text)
        except SmilyError as error:
            self._tell(error.in_lines())
            return
        if reading.problems:
            self._tell(say.problems(reading))
            return
        guesses = say.to_confirm(reading)
        if guesses and not await self.app.push_screen_wait(Question(guesses, "Add", "Cancel")):
            return
        self.dismiss(await to_thread(sort_out, reading.rows, self._queue.rows, self._accounts))

    def _tell(self, text: str) -> None:
        problems = self.query_one("#problems", Static)
        problems.update(Content(text))
        problems.display = True
        self.call_after_refresh(problems.scroll_visible, animate=False)


def _read_file(path: Untrusted) -> Found:
    from smily_tui.desktop.files import read_chosen

    return read_bytes(read_chosen(path, LARGEST))


MANY, PAUSE = 500, 0.15


class QueueScreen(StatusScreen[None]):
    """Rows come onto the list, go off it, and are opened one after the other."""

    ABOUT = (
        "Connect many accounts, one per row. Press Enter to open a row, send its link to the owner and paste "
        "the code they send back. The next row then opens. The queue is kept when you quit. It contains no "
        "tokens or codes."
    )
    ACTIONS = (*QUEUE, *WIRE, *EVERYWHERE)
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
        yield Static("", id="chosen", markup=False)
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
            accounts = [account for account in self._stored.accounts() if self._is_own(account)]
            self.change(lambda queue: queue.caught_up(accounts, self._now))
        except Damaged as error:
            question = say.DAMAGED.format(what=error.what)
            if not await self.app.push_screen_wait(Question(question, "Start a new queue", "Cancel")):
                self.dismiss(None)
                return
            self._file.set_aside()
            self.load()
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
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
            self.query_one(StatusLine).error(error)
        self._show()

    def change(self, act: Callable[[Queue], Queue]) -> None:
        """Change the queue and show it; raises VaultError."""
        self._queue = self._file.change(act)
        self.load()

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
        self.query_one("#meter", Static).update(Content(say.meter(stored, waiting)))
        counts = f"{say.count(self._queue)} · " if self._queue.rows else ""
        self.query_one(TitleBar).say(f"queue · {counts}{self._application.name}")
        self._tell_chosen()

    @on(QueueTable.Pointed)
    @on(Resize)
    def _tell_chosen(self) -> None:
        """Describe the row under the cursor in full."""
        row = self.query_one(QueueTable).chosen
        place = self.query_one("#chosen", Static)
        if row is None:
            place.update("")
            return
        scopes = f"\n{say.permissions(row.scopes, place.content_size.width)}" if row.scopes else ""
        reason = f"\n{row.state.glyph} {row.words}" if row.words else ""
        place.update(Content(f"{row.called}{reason}{scopes}"))

    # -- going on --------------------------------------------------------------------------------------

    @on(QueueTable.Opened)
    @once()
    async def _open(self) -> None:
        """Open the chosen row; asks first where it is done."""
        row = self.query_one(QueueTable).chosen
        if row is None:
            self.query_one(StatusLine).say(say.NOT_FOUND if self._queue.rows else say.NONE_OPEN)
            return
        self.query_one(StatusLine).clear()
        question = Question(say.ASK_AGAIN.format(label=row.label), "Ask again", "Cancel")
        if row.state is RowState.VERIFIED and not await self.app.push_screen_wait(question):
            return
        from smily_tui.tui.screens.queue_row import QueueRowScreen

        screen = QueueRowScreen(self._stored, self._application, row, self._queue, self._demo)
        self.app.push_screen(screen, self._came_back)

    def _came_back(self, last: LastRow | None) -> None:
        """To the row that was left; what became of it is read when this screen is shown again."""
        if last is None:
            return
        self.query_one(QueueTable).go_to(last.number)
        if last.message:
            self.query_one(StatusLine).done(last.message)

    # -- the list --------------------------------------------------------------------------------------

    @once()
    async def action_add_rows(self) -> None:
        """Enter rows; those that are connected already are added only if the person says so."""
        connected = {account.account_id for account in self._accounts}
        lines = queue_lines(connected) if self._demo and not self._queue.rows else ""
        sorted_out = await self.app.push_screen_wait(AddRowsScreen(self._queue, self._accounts, lines))
        if sorted_out is None:
            return
        rows = [row for _, row in sorted_out.new]
        if sorted_out.connected:
            question = say.CONNECTED.format(names=say.names(sorted_out.connected))
            if await self.app.push_screen_wait(Question(question, "Ask again", "Skip these")):
                rows += [row for _, row in sorted_out.connected]
        await self._change(lambda queue: queue.with_rows(rows, self._now), say.added(sorted_out, len(rows)))

    @once()
    async def action_remove_row(self) -> None:
        """Take the chosen row off the list; asks first where it is still to be asked."""
        row = self.query_one(QueueTable).chosen
        if row is None:
            return
        question = Question(say.REMOVE.format(label=row.label), "Remove", "Cancel")
        if row.state is RowState.VERIFIED or await self.app.push_screen_wait(question):
            await self._change(lambda queue: queue.without([row.number]), f"Removed {row.label}.")

    @once()
    async def action_clear_done(self) -> None:
        """Take all verified rows off the list; asks first."""
        done = [row.number for row in self._queue.rows if row.state is RowState.VERIFIED]
        if not done:
            self.query_one(StatusLine).say(say.NOTHING_DONE)
            return
        question = Question(say.CLEAR.format(count=len(done)), "Remove", "Cancel")
        if await self.app.push_screen_wait(question):
            await self._change(lambda queue: queue.without(done), "")

    async def _change(self, change: Callable[[Queue], Queue], done: str) -> None:
        """Beside the screen: another program may hold the queue for a moment."""
        try:
            await to_thread(self._file.change, change)
            self.query_one(StatusLine).say(done)
        except SmilyError as error:
            self.query_one(StatusLine).error(error)
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
