"""The rows of the authorization queue: whose, how far, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.message import Message
from textual.widgets import DataTable

from smily_tui.refresh.queue import RowState
from smily_tui.refresh.today import is_today
from smily_tui.text import Clean
from smily_tui.tui.actions import QUEUE_TABLE, bindings
from smily_tui.tui.words import day_and_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.refresh.queue import Row

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
OTHERS = NUMBER_WIDTH + STATE_WIDTH + SINCE_WIDTH + 4 * 2 + 1  # each column has a blank on both sides


class QueueTable(DataTable[Text]):
    """Name, account number, state in sign and word, since when; the name takes what room is left."""

    DEFAULT_CSS = "QueueTable { height: 1fr; background: $background; scrollbar-size-horizontal: 0; }"

    ACTIONS = QUEUE_TABLE
    BINDINGS = bindings(ACTIONS)

    class Opened(Message):
        """The person goes on with the row under the cursor."""

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self.rows_shown: tuple[Row, ...] = ()
        self._now = 0.0
        self._label_width = LABEL_WIDTH

    def on_mount(self) -> None:
        """Make the columns."""
        self._make_columns()

    def on_resize(self) -> None:
        """The name takes the room that is left."""
        width = max(LABEL_WIDTH, min(WIDEST_LABEL, self.size.width - OTHERS))
        if width != self._label_width:
            self._label_width = width
            self.redraw()

    def redraw(self) -> None:
        """Write all anew: for another width, or in the colours of another theme."""
        at = self.cursor_row
        self.clear(columns=True)
        self._make_columns()
        self._add_rows()
        self.move_cursor(row=at)

    def _make_columns(self) -> None:
        self.add_column("Account", key="label", width=self._label_width)
        self.add_column("Number", key="number", width=NUMBER_WIDTH)
        self.add_column("State", key="state", width=STATE_WIDTH)
        self.add_column("Since", key="since", width=SINCE_WIDTH)

    @property
    def chosen(self) -> Row | None:
        """The row under the cursor."""
        return self.rows_shown[self.cursor_row] if 0 <= self.cursor_row < len(self.rows_shown) else None

    def action_go_on(self) -> None:
        """Go on with the row under the cursor."""
        self.post_message(self.Opened())

    def show(self, rows: Sequence[Row], now: float) -> None:
        """Show these rows; the cursor stays on its row, else on its place."""
        before, at = self.chosen, self.cursor_row
        old, same_day = self.rows_shown, is_today(self._now, now)
        self._now, self.rows_shown = now, tuple(rows)
        if same_day and [each.number for each in rows] == [each.number for each in old]:
            self._update(old)
            return
        self.clear()
        self._add_rows()
        numbers = [each.number for each in rows]
        if before is not None and before.number in numbers:
            at = numbers.index(before.number)
        self.move_cursor(row=min(at, max(len(rows) - 1, 0)))

    def _add_rows(self) -> None:
        for each in self.rows_shown:
            self.add_row(*self._cells(each), key=str(each.number))

    def _update(self, old: Sequence[Row]) -> None:
        """Write only what is different: of thousands of rows that is one."""
        for row, before in zip(self.rows_shown, old, strict=True):
            if row != before:
                for column, cell in zip(("label", "number", "state", "since"), self._cells(row), strict=True):
                    self.update_cell(str(row.number), column, cell)

    def go_to(self, number: int) -> None:
        """Put the cursor on a row."""
        numbers = [each.number for each in self.rows_shown]
        if number in numbers:
            self.move_cursor(row=numbers.index(number))

    def _cells(self, row: Row) -> tuple[Text, Text, Text, Text]:
        label = row.label
        if cell_len(label) > self._label_width:
            label = Clean(set_cell_size(label, self._label_width - 1).rstrip() + "…")
        number = "" if row.account_id is None else str(row.account_id)
        if len(number) > NUMBER_WIDTH:
            number = number[: NUMBER_WIDTH - 1] + "…"
        since = day_and_time(row.since, self._now) if row.since else ""
        return (
            Text(label),
            Text(number),
            self._in_colour(f"{row.state.glyph} {row.state.word}", COLOURS[row.state]),
            Text(since if since.startswith("today") else since[:10]),
        )

    def _in_colour(self, words: str, name: str) -> Text:
        found = self.app.theme_variables.get(name, "")
        return Text.assemble((words, found if found.startswith("#") else ""))
