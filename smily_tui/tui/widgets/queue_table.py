"""The rows of the authorization queue: whose, how far, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from textual.message import Message

from smily_tui.queue.queue import RowState
from smily_tui.tui.actions import QUEUE_TABLE, bindings
from smily_tui.tui.widgets.drawn_table import DrawnTable
from smily_tui.tui.words import day_and_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

    from smily_tui.queue.queue import Row
    from smily_tui.tui.widgets.drawn_table import Cell

COLOURS = {
    RowState.LINK: "text-muted",
    RowState.WAITING: "text-warning",
    RowState.CODE: "text-warning",
    RowState.VERIFIED: "text-success",
    RowState.FAILED: "text-error",
    RowState.OTHER: "text-error",
}
LABEL_WIDTH, NUMBER_WIDTH, STATE_WIDTH, SINCE_WIDTH = 19, 8, 15, 11
WIDEST_LABEL = 60
OTHERS = NUMBER_WIDTH + STATE_WIDTH + SINCE_WIDTH + 4 * 2  # each column has a blank on both sides


class QueueTable(DrawnTable):
    """Name, account number, state in sign and word, since when; the name takes what room is left."""

    DEFAULT_CSS = "QueueTable { overflow-x: auto; scrollbar-size-horizontal: 0; }"

    ACTIONS = QUEUE_TABLE
    BINDINGS = bindings(ACTIONS)

    class Opened(Message):
        """The person goes on with the row under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.rows_shown: tuple[Row, ...] = ()
        self._now = 0.0

    @property
    def row_count(self) -> int:
        """How many rows are listed."""
        return len(self.rows_shown)

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        return self.rows_shown[self.cursor_row] if self.cursor_row < len(self.rows_shown) else None

    def action_go_on(self) -> None:
        """Go on with the row under the cursor."""
        self.post_message(self.Opened())

    def on_click(self, event: Click) -> None:
        """A click on the row under the cursor goes on with it; on another one it moves the cursor there."""
        if self.row_at(event.y) == self.cursor_row:
            self.action_go_on()

    def on_resize(self) -> None:
        """The name takes the room that is left."""
        self.fill(self.cursor_row)

    def show(self, rows: Sequence[Row], now: float) -> None:
        """Show these rows; the cursor stays on its row, else on its place."""
        before, at = self.chosen, self.cursor_row
        self._now, self.rows_shown = now, tuple(rows)
        same = (row for row, each in enumerate(rows) if before and each.number == before.number)
        self.fill(next(same, at))

    def go_to(self, number: int) -> None:
        """Put the cursor on a row."""
        numbers = [each.number for each in self.rows_shown]
        if number in numbers:
            self.move_cursor(row=numbers.index(number))

    @property
    def heads(self) -> tuple[str, ...]:
        """The columns' names."""
        return "Account", "Number", "State", "Since"

    @property
    def rooms(self) -> tuple[int, ...]:
        """The name has the room that the others leave; where that is little, the table scrolls sideways."""
        left = self.scrollable_content_region.width - OTHERS
        label = max(LABEL_WIDTH, min(WIDEST_LABEL, left))
        return label, NUMBER_WIDTH, STATE_WIDTH, SINCE_WIDTH

    def cells(self, row: int) -> tuple[Cell, ...]:
        """A row of the queue."""
        each = self.rows_shown[row]
        number = "" if each.account_id is None else str(each.account_id)
        since = day_and_time(each.since, self._now) if each.since else ""
        return (
            (each.label, Style()),
            (number, Style()),
            (f"{each.state.glyph} {each.state.word}", self.colour(COLOURS[each.state])),
            (since if since.startswith("today") else since[:10], Style()),
        )
