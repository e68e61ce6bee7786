"""Virtual table, which draws visible rows only, and the table of accounts with their selection."""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import on
from textual.color import Color
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smily_tui.clock import Instant
from smily_tui.text import anchored
from smily_tui.tui.actions import MOVES, SELECT, Action, bindings
from smily_tui.tui.arrangement import Order
from smily_tui.tui.widgets.columns import Column, Row, columns_within, is_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.events import Click

    from smily_tui.vault.model import Account, Address


Cell = tuple[str, Style]
MARK: Final = "●"
"""Sign before a row that is selected."""


# not Textual's DataTable (8.2.8): it measures every new cell, though of thousands a screenful is seen,
# and parses each str as markup
class VirtualTable(ScrollView, can_focus=True):
    """Head that stays, rows that a subclass names, and a cursor on one of them."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"drawn-table--header", "drawn-table--cursor"}
    DEFAULT_CSS = """
    VirtualTable {
        height: 1fr; background: $background; color: $foreground; overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    VirtualTable > .drawn-table--header { text-style: bold; background: $surface; color: $text-muted; }
    VirtualTable:focus > .drawn-table--header { color: $primary; }
    VirtualTable > .drawn-table--cursor {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
        text-style: $block-cursor-blurred-text-style;
    }
    VirtualTable:focus > .drawn-table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    VirtualTable:ansi > .drawn-table--header { text-style: bold underline; background: ansi_default; }
    """

    ACTIONS: ClassVar[tuple[Action, ...]] = MOVES
    BINDINGS = bindings(MOVES)

    class Pointed(Message):
        """Cursor on another row."""

    class HeadPressed(Message):
        """Click on the head of a column."""

        def __init__(self, column: int) -> None:
            super().__init__()
            self.column = column

    def __init__(self) -> None:
        super().__init__()
        self.cursor_row = 0

    # -- named by subclasses ---------------------------------------------------------------------------

    @property
    @abstractmethod
    def row_count(self) -> int:
        """Number of rows."""

    @property
    @abstractmethod
    def rooms(self) -> tuple[int, ...]:
        """Cells of each column, without the blank on both sides."""

    @property
    @abstractmethod
    def heads(self) -> tuple[str, ...]:
        """Names of the columns."""

    @abstractmethod
    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of a row."""

    def is_marked(self, row: int) -> bool:
        """Return whether a row is one of several that were selected."""
        del row
        return False

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
        self._keep_cursor_in_sight()

    @property
    def _room(self) -> int:
        """Number of rows that fit below the head."""
        return max(self.size.height - 1, 1)

    def _keep_cursor_in_sight(self) -> None:
        # `force`: before the layout that shows the scroll bar, Textual 8.2.8 allows no scrolling
        top = int(self.scroll_target_y)
        if self.cursor_row < top or self.cursor_row == 0:
            self.scroll_to(y=self.cursor_row, animate=False, force=True)
        elif self.cursor_row >= top + self._room:
            self.scroll_to(y=self.cursor_row - self._room + 1, animate=False, force=True)

    # named as the keys of ScrollView name them, which the arrows press
    def action_scroll_up(self) -> None:
        self.move_cursor(row=self.cursor_row - 1)

    def action_scroll_down(self) -> None:
        self.move_cursor(row=self.cursor_row + 1)

    def action_scroll_home(self) -> None:
        self.move_cursor(row=0)

    def action_scroll_end(self) -> None:
        self.move_cursor(row=self.row_count - 1)

    def action_page_up(self) -> None:
        self.move_cursor(row=self.cursor_row - self._room)

    def action_page_down(self) -> None:
        self.move_cursor(row=self.cursor_row + self._room)

    def on_click(self, event: Click) -> None:
        row = self.row_at(event.y)
        if row is not None:
            self.move_cursor(row=row)
        elif event.y == 0 and (column := self._column_at(event.x)) is not None:
            self.post_message(self.HeadPressed(column))

    def _column_at(self, x: int) -> int | None:
        end = -int(self.scroll_offset.x)
        for column, room in enumerate(self.rooms):
            end += room + 2
            if x < end:
                return column
        return None

    def row_at(self, y: int) -> int | None:
        """Return the row in that line; None: the head, or nothing."""
        row = y - 1 + int(self.scroll_offset.y)
        return row if y > 0 and row < self.row_count else None

    # -- drawing ---------------------------------------------------------------------------------------

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines, with what they have in common: Textual finds it anew at each use."""
        self._row_style, self._row_rooms = self.rich_style, self.rooms
        self._row_begin = int(self.scroll_offset.x)
        self._row_end = self._row_begin + self.size.width
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Draw the head, which stays, or a row."""
        row = y - 1 + int(self.scroll_offset.y)
        if y == 0:
            style = self._row_style + self.get_component_rich_style("drawn-table--header")
            return self._strip([(head, PLAIN) for head in self.heads], style)
        if row >= self.row_count:
            return Strip.blank(self.size.width, self._row_style)
        lead = MARK if self.is_marked(row) else " "
        if row == self.cursor_row:
            style = self._row_style + self.get_component_rich_style("drawn-table--cursor")
            return self._strip([(text, PLAIN) for text, _ in self.cells(row)], style, lead)
        return self._strip(self.cells(row), self._row_style, lead)

    def _strip(self, cells: Sequence[Cell], style: Style, lead: str = " ") -> Strip:
        """Cells with a blank on both sides of each, the first one `lead`, from where it is scrolled to."""
        segments = [Segment(lead, style + (_BOLD if lead == MARK else PLAIN))]
        for (text, cell_style), room in zip(cells, self._row_rooms, strict=True):
            segments.append(Segment(f"{fitting(text, room)}  ", style + cell_style))
        strip = Strip(segments, 1 + sum(self._row_rooms) + 2 * len(self._row_rooms))
        return strip.extend_cell_length(self._row_end, style).crop(self._row_begin, self._row_end)

    def colour(self, name: str) -> Style:
        """Return a colour of the theme as Rich knows it."""
        return _coloured(self.app.theme_variables[name])


PLAIN: Final = Style()
_BOLD: Final = Style(bold=True)


@lru_cache(32)  # each row has one, each second
def _coloured(colour: str) -> Style:
    return Style(color=Color.parse(colour).rich_color)


def fitting(text: str, width: int) -> str:
    """Return the text in that many cells, cut with a sign where it is longer."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(anchored(text), width)


SORTED: Final = " ▼"


class Selection:
    """Selected accounts, by address; they stay selected while a search hides them."""

    def __init__(self) -> None:
        self._addresses: set[Address] = set()

    def __contains__(self, address: Address) -> bool:
        return address in self._addresses

    def __len__(self) -> int:
        return len(self._addresses)

    def toggle(self, address: Address) -> None:
        """Select an account, or clear it where it is selected."""
        self._addresses ^= {address}

    def take(self, addresses: Iterable[Address]) -> None:
        """Select these accounts, and no others."""
        self._addresses = set(addresses)

    def clear(self) -> None:
        """Select nothing."""
        self._addresses.clear()

    def keep(self, accounts: Iterable[Account]) -> None:
        """Clear those that are not stored any more."""
        if self._addresses:
            self._addresses &= {account.address for account in accounts}

    def among(self, accounts: Iterable[Account]) -> list[Account]:
        """Return the selected ones, in the order of these."""
        return [account for account in accounts if account.address in self._addresses]


class AccountTable(VirtualTable):
    """Accounts in as many columns as there is room for."""

    ACTIONS = (*MOVES, SELECT)
    BINDINGS = bindings((SELECT,))

    class Selected(Message):
        """Other accounts are selected."""

    class SortPressed(Message):
        """Click on the head of a column that can sort the list."""

        def __init__(self, order: Order) -> None:
            super().__init__()
            self.order = order

    def __init__(self) -> None:
        super().__init__()
        self.accounts: tuple[Account, ...] = ()
        self.apps: Mapping[str, str] = {}
        self.selection = Selection()
        self._now = Instant(0.0)  # before anything is shown
        self._busy: frozenset[Address] = frozenset()
        self._order = Order.NAME
        self._row_columns: tuple[Column, ...] = ()

    @property
    def row_count(self) -> int:
        """Number of accounts that are listed."""
        return len(self.accounts)

    @property
    def chosen(self) -> Account | None:
        """Account under the cursor."""
        return self.accounts[self.cursor_row] if self.cursor_row < len(self.accounts) else None

    def show(self, accounts: Sequence[Account], now: Instant, order: Order = Order.NAME) -> None:
        """Show these accounts; the cursor stays on its account, and at the top where that has gone.

        In another order than before it is at the top, too, so that the first rows are in sight.
        """
        before, same_order = self.chosen, order is self._order
        self.accounts, self._order = tuple(accounts), order
        rows = (
            row
            for row, account in enumerate(accounts)
            if before and same_order and account.address == before.address
        )
        self._now = now
        self.fill(next(rows, 0))
        if before is None or self.chosen is None or before.address != self.chosen.address:
            self.post_message(self.Pointed())

    def tick(self, now: Instant, busy: frozenset[Address] | None = None) -> None:
        """Draw what can be seen for the present moment."""
        self._now = now
        self._busy = self._busy if busy is None else busy
        self.refresh()

    def go_to(self, address: Address) -> None:
        """Put the cursor on an account."""
        for row, account in enumerate(self.accounts):
            if account.address == address:
                self.move_cursor(row=row)

    # -- selecting -------------------------------------------------------------------------------------

    def is_marked(self, row: int) -> bool:
        """Return whether an account is selected."""
        return self.accounts[row].address in self.selection

    def action_select(self) -> None:
        """Select the account under the cursor, or clear it, and go to the next."""
        if self.chosen is not None:
            self.selection.toggle(self.chosen.address)
            self.move_cursor(row=self.cursor_row + 1)
            self.refresh()
            self.post_message(self.Selected())

    def select(self, addresses: Sequence[Address]) -> None:
        """Select these accounts, and no others; put the cursor on the first that is listed."""
        self.selection.take(addresses)
        row = next((row for row in range(self.row_count) if self.is_marked(row)), None)
        if row is not None:
            self.move_cursor(row=row)
        self.refresh()
        self.post_message(self.Selected())

    def clear_selection(self) -> None:
        """Select nothing any more."""
        self.selection.clear()
        self.refresh()
        self.post_message(self.Selected())

    # -- drawing ---------------------------------------------------------------------------------------

    @property
    def columns(self) -> tuple[Column, ...]:
        """Columns that fit beside the scroll bar, where there is one."""
        return columns_within(self.scrollable_content_region.width)

    @property
    def orders(self) -> tuple[Order, ...]:
        """Orders by the columns that are there."""
        return tuple(column.order for column in self.columns if column.order is not None)

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the columns; the one that sorts the rows has a sign."""
        return tuple(self._head(column) for column in self.columns)

    def _head(self, column: Column) -> str:
        name = column.head + (SORTED if column.order is self._order else "")
        return name.rjust(column.width) if column.right else name

    @property
    def rooms(self) -> tuple[int, ...]:
        """Cells of each column."""
        return tuple(column.width for column in self.columns)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw lines of the columns that fit now: Textual finds the room anew at each look."""
        self._row_columns = self.columns
        return super().render_lines(crop)

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of an account at the present moment, in the columns that are drawn."""
        account, columns = self.accounts[row], self._row_columns
        key = account.address.application
        busy = account.address in self._busy
        entry = Row(account, self._now, self.apps.get(key, key), busy=busy, short=is_short(columns))
        colour = self.colour(entry.colour)
        return tuple(
            (
                column.text(entry).rjust(column.width) if column.right else column.text(entry),
                colour if column.coloured else PLAIN,
            )
            for column in columns
        )

    @on(VirtualTable.HeadPressed)
    def _sort(self, event: VirtualTable.HeadPressed) -> None:
        event.stop()
        order = self.columns[event.column].order
        if order is not None:
            self.post_message(self.SortPressed(order))
