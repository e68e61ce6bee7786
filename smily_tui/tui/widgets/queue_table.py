"""Table of the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from smily_tui.messages.accounts import day_and_time
from smily_tui.queue.queue import RowState
from smily_tui.tui.actions import MOVES, QUEUE_TABLE, bindings
from smily_tui.tui.widgets.tables import PLAIN, Cell, VirtualTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

    from smily_tui.queue.queue import Row as QueueRow


QUEUE_COLOURS = {
    RowState.LINK: "text-muted",
    RowState.WAITING: "expiring",
    RowState.CODE: "busy",
    RowState.VERIFIED: "valid",
    RowState.FAILED: "attention",
    RowState.OTHER: "attention",
}
LABEL_WIDTH, NUMBER_WIDTH, QUEUE_STATE_WIDTH, SINCE_WIDTH = 19, 8, 15, 11
WIDEST_LABEL = 60
FIXED_WIDTH = NUMBER_WIDTH + QUEUE_STATE_WIDTH + SINCE_WIDTH + 4 * 2  # each column has a blank on both sides


class QueueTable(VirtualTable):
    """Name, account number, state in sign and word, since when; the name takes what room is left."""

    DEFAULT_CSS = "QueueTable { overflow-x: auto; scrollbar-size-horizontal: 0; }"

    ACTIONS = (*MOVES, *QUEUE_TABLE)
    BINDINGS = bindings(QUEUE_TABLE)

    class Opened(Message):
        """Wish to go on with the row under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.rows_shown: tuple[QueueRow, ...] = ()
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """Number of rows that are listed."""
        return len(self.rows_shown)

    @property
    def chosen(self) -> QueueRow | None:
        """Row under the cursor."""
        return self.rows_shown[self.cursor_row] if self.cursor_row < len(self.rows_shown) else None

    def action_go_on(self) -> None:
        self.post_message(self.Opened())

    def on_click(self, event: Click) -> None:
        """Go on with the row under the cursor; on another row a click only moves the cursor."""
        # Textual calls `VirtualTable.on_click` after this one: here the cursor has not moved yet
        if self.row_at(event.y) == self.cursor_row:
            self.action_go_on()

    def on_resize(self) -> None:
        self.fill(self.cursor_row)

    def show(self, rows: Sequence[QueueRow], now: float) -> None:
        """Show these rows; the cursor stays on its row, else on its place."""
        before, at = self.chosen, self.cursor_row
        self._now, self.rows_shown = now, tuple(rows)
        same = (index for index, row in enumerate(rows) if before and row.number == before.number)
        self.fill(next(same, at))

    def go_to(self, number: int) -> None:
        """Put the cursor on a row."""
        numbers = [row.number for row in self.rows_shown]
        if number in numbers:
            self.move_cursor(row=numbers.index(number))

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the columns."""
        return "Account", "Number", "State", "Since"

    @property
    def rooms(self) -> tuple[int, ...]:
        """Cells of each column; the name has what the others leave, or makes the table scroll sideways."""
        left = self.scrollable_content_region.width - FIXED_WIDTH
        label = max(LABEL_WIDTH, min(WIDEST_LABEL, left))
        return label, NUMBER_WIDTH, QUEUE_STATE_WIDTH, SINCE_WIDTH

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a row of the queue."""
        entry = self.rows_shown[row]
        number = "" if entry.account_id is None else str(entry.account_id)
        since = day_and_time(entry.since, self._now) if entry.since else ""
        return (
            (entry.label, PLAIN),
            (number, PLAIN),
            (f"{entry.state.glyph} {entry.state.word}", self.colour(QUEUE_COLOURS[entry.state])),
            (since if since.startswith("today") else since[:10], PLAIN),
        )
