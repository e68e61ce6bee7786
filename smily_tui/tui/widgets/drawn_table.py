"""A table of which only the rows in sight are drawn, so thousands cost no more than twenty."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smily_tui.text import anchored

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

Cell = tuple[str, Style]


class DrawnTable(ScrollView, can_focus=True):
    """A head that stays, rows, and a cursor on one of them. What stands in them the table itself knows."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"drawn-table--header", "drawn-table--cursor"}
    DEFAULT_CSS = """
    DrawnTable {
        height: 1fr; background: $background; color: $foreground; overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    DrawnTable:focus { background-tint: $foreground 5%; }
    DrawnTable > .drawn-table--header { text-style: bold; background: $panel; color: $foreground; }
    DrawnTable > .drawn-table--cursor {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
        text-style: $block-cursor-blurred-text-style;
    }
    DrawnTable:focus > .drawn-table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    DrawnTable:ansi > .drawn-table--header { text-style: bold underline; background: ansi_default; }
    """

    class Pointed(Message):
        """The cursor is on another row."""

    def __init__(self) -> None:
        super().__init__()
        self.cursor_row = 0

    # -- what the table itself knows -------------------------------------------------------------------

    @property
    @abstractmethod
    def row_count(self) -> int:
        """How many rows there are."""

    @property
    @abstractmethod
    def rooms(self) -> tuple[int, ...]:
        """How many cells each column has, without the blank on both sides."""

    @property
    @abstractmethod
    def heads(self) -> tuple[str, ...]:
        """What stands above the columns."""

    @abstractmethod
    def cells(self, row: int) -> tuple[Cell, ...]:
        """What stands in a row."""

    # -- the cursor ------------------------------------------------------------------------------------

    def fill(self, at: int) -> None:
        """There are other rows now: put the cursor on the nearest to that one, and draw."""
        self.virtual_size = Size(sum(self.rooms) + 2 * len(self.rooms), self.row_count + 1)
        self.cursor_row = max(0, min(at, self.row_count - 1))
        self._keep_cursor_in_sight()
        self.refresh()

    def move_cursor(self, *, row: int) -> None:
        """Put the cursor on a row, or on the nearest that there is."""
        row = max(0, min(row, self.row_count - 1))
        if row != self.cursor_row:
            self.cursor_row = row
            self.refresh()
            self.post_message(self.Pointed())
        self._keep_cursor_in_sight()

    def on_resize(self) -> None:
        """The cursor stays in sight."""
        self._keep_cursor_in_sight()

    @property
    def _room(self) -> int:
        """How many rows fit below the head."""
        return max(self.size.height - 1, 1)

    def _keep_cursor_in_sight(self) -> None:
        top = int(self.scroll_target_y)
        if self.cursor_row < top or self.cursor_row == 0:
            self.scroll_to(y=self.cursor_row, animate=False, force=True)
        elif self.cursor_row >= top + self._room:
            self.scroll_to(y=self.cursor_row - self._room + 1, animate=False, force=True)

    def action_scroll_up(self) -> None:
        """One row up."""
        self.move_cursor(row=self.cursor_row - 1)

    def action_scroll_down(self) -> None:
        """One row down."""
        self.move_cursor(row=self.cursor_row + 1)

    def action_scroll_home(self) -> None:
        """To the first row."""
        self.move_cursor(row=0)

    def action_scroll_end(self) -> None:
        """To the last row."""
        self.move_cursor(row=self.row_count - 1)

    def action_page_up(self) -> None:
        """As many rows up as can be seen."""
        self.move_cursor(row=self.cursor_row - self._room)

    def action_page_down(self) -> None:
        """As many rows down as can be seen."""
        self.move_cursor(row=self.cursor_row + self._room)

    def on_click(self, event: Click) -> None:
        """A click chooses a row."""
        row = self.row_at(event.y)
        if row is not None:
            self.move_cursor(row=row)

    def row_at(self, y: int) -> int | None:
        """The row in that line; None: the head, or none."""
        row = y - 1 + int(self.scroll_offset.y)
        return row if y > 0 and row < self.row_count else None

    # -- drawing ---------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """The head, which stays, or a row."""
        row = y - 1 + int(self.scroll_offset.y)
        if y == 0:
            style = self.rich_style + self.get_component_rich_style("drawn-table--header")
            return self._strip([(head, Style()) for head in self.heads], style)
        if row >= self.row_count:
            return Strip.blank(self.size.width, self.rich_style)
        if row == self.cursor_row:
            style = self.rich_style + self.get_component_rich_style("drawn-table--cursor")
            return self._strip([(text, Style()) for text, _ in self.cells(row)], style)
        return self._strip(self.cells(row), self.rich_style)

    def _strip(self, cells: Sequence[Cell], style: Style) -> Strip:
        """Cells with a blank on both sides of each, from where the table is scrolled to."""
        segments = [
            Segment(f" {_fitting(text, room)} ", style + own)
            for (text, own), room in zip(cells, self.rooms, strict=True)
        ]
        begin, width = int(self.scroll_offset.x), self.size.width
        return Strip(segments).extend_cell_length(begin + width, style).crop(begin, begin + width)

    def colour(self, name: str) -> Style:
        """A colour of the theme, which two texts differ by; the terminal's own where it has none."""
        found = self.app.theme_variables.get(name, "")
        return Style(color=found) if found.startswith("#") else Style()


def _fitting(text: str, width: int) -> str:
    """The text in so many cells, cut with a sign where it is longer."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(anchored(text), width)
