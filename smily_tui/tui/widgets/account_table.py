"""The list of accounts: only the rows that can be seen are drawn, so thousands cost no more than twenty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from smily_tui.tui.arrangement import Order
from smily_tui.tui.words import countdown
from smily_tui.vault.account import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

    from smily_tui.clock import Instant
    from smily_tui.vault.account import Account, Address

COLOURS: Final = {
    State.VALID: "text-success",
    State.EXPIRING: "text-warning",
    State.EXPIRED: "text-warning",
    State.UNCLEAR: "text-warning",
    State.REFUSED: "text-error",
    State.HANDED_OVER: "text-warning",
    State.UNREADABLE: "text-error",
}
STATE_WIDTH: Final = 12
LEFT_WIDTH: Final = 8
LONGEST_LABEL: Final = 32
SORTED: Final = " ▲"
_HEADS: Final = {Order.NAME: "Account", Order.STATE: "State", Order.LEFT: "Left"}


class AccountTable(ScrollView, can_focus=True):
    """Account, state in sign and word, time left."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES = {"account-table--header", "account-table--cursor"}
    DEFAULT_CSS = """
    AccountTable {
        height: 1fr; background: $background; color: $foreground; overflow-x: hidden;
        scrollbar-size-vertical: 1;
    }
    AccountTable:focus { background-tint: $foreground 5%; }
    AccountTable > .account-table--header { text-style: bold; background: $panel; color: $foreground; }
    AccountTable > .account-table--cursor {
        background: $block-cursor-blurred-background; color: $block-cursor-blurred-foreground;
        text-style: $block-cursor-blurred-text-style;
    }
    AccountTable:focus > .account-table--cursor {
        background: $block-cursor-background; color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    AccountTable:ansi > .account-table--header { text-style: bold underline; background: ansi_default; }
    """

    class Pointed(Message):
        """The cursor is on another account."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts: tuple[Account, ...] = ()
        self.cursor_row = 0
        self._now: Instant | None = None
        self._busy: frozenset[Address] = frozenset()
        self._order = Order.NAME

    @property
    def row_count(self) -> int:
        """How many accounts are listed."""
        return len(self.accounts)

    @property
    def chosen(self) -> Account | None:
        """The account under the cursor."""
        return self.accounts[self.cursor_row] if self.cursor_row < len(self.accounts) else None

    def show(self, accounts: Sequence[Account], now: Instant, order: Order = Order.NAME) -> None:
        """Show these accounts; the cursor stays on its account, and at the top where that has gone."""
        before = self.chosen
        self.accounts, self._order = tuple(accounts), order
        self.virtual_size = Size(0, len(accounts) + 1)
        rows = (row for row, each in enumerate(accounts) if before and each.address == before.address)
        self.cursor_row = next(rows, 0)
        self._keep_cursor_in_sight()
        self.tick(now)
        if before is None or self.chosen is None or before.address != self.chosen.address:
            self.post_message(self.Pointed())

    def tick(self, now: Instant, busy: frozenset[Address] | None = None) -> None:
        """Draw what can be seen for the present moment."""
        self._now = now
        self._busy = self._busy if busy is None else busy
        self.refresh()

    # -- the cursor ------------------------------------------------------------------------------------

    def go_to(self, address: Address) -> None:
        """Put the cursor on an account."""
        for row, account in enumerate(self.accounts):
            if account.address == address:
                self.move_cursor(row=row)

    def move_cursor(self, *, row: int) -> None:
        """Put the cursor on a row, or on the nearest that there is."""
        row = max(0, min(row, len(self.accounts) - 1))
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
        self.move_cursor(row=len(self.accounts) - 1)

    def action_page_up(self) -> None:
        """As many rows up as can be seen."""
        self.move_cursor(row=self.cursor_row - self._room)

    def action_page_down(self) -> None:
        """As many rows down as can be seen."""
        self.move_cursor(row=self.cursor_row + self._room)

    def on_click(self, event: Click) -> None:
        """A click chooses a row."""
        row = event.y - 1 + int(self.scroll_offset.y)
        if event.y > 0 and row < len(self.accounts):
            self.move_cursor(row=row)

    # -- drawing ---------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """The head, which stays, or a row."""
        row = y - 1 + int(self.scroll_offset.y)
        if y == 0:
            style = self.rich_style + self.get_component_rich_style("account-table--header")
            return self._strip(tuple((self._head(order), Style()) for order in _HEADS), style)
        if row >= len(self.accounts) or self._now is None:
            return Strip.blank(self.size.width, self.rich_style)
        if row == self.cursor_row:
            style = self.rich_style + self.get_component_rich_style("account-table--cursor")
            return self._strip(tuple((text, Style()) for text, _ in self._cells(row, self._now)), style)
        return self._strip(self._cells(row, self._now), self.rich_style)

    def _head(self, order: Order) -> str:
        name = _HEADS[order] + (SORTED if order is self._order else "")
        return name.rjust(LEFT_WIDTH) if order is Order.LEFT else name

    def _cells(self, row: int, now: Instant) -> tuple[tuple[str, Style], ...]:
        account = self.accounts[row]
        if account.address in self._busy:
            return (account.label, Style()), ("… refreshing", self._colour("text-warning")), ("", Style())
        state = account.state(now)
        left = "" if account.unreadable else countdown(account.left(now))
        words = f"{state.glyph} {state.word}"
        return (
            (account.label, Style()),
            (words, self._colour(COLOURS[state])),
            (left.rjust(LEFT_WIDTH), Style()),
        )

    def _strip(self, cells: Sequence[tuple[str, Style]], style: Style) -> Strip:
        """Cells with a blank on both sides of each; the label has the room that the others leave."""
        rooms = (self.label_width, STATE_WIDTH, LEFT_WIDTH)
        segments = [
            Segment(f" {_fitting(text, room)} ", style + own)
            for (text, own), room in zip(cells, rooms, strict=True)
        ]
        return Strip(segments).adjust_cell_length(self.scrollable_content_region.width, style)

    @property
    def label_width(self) -> int:
        """How many cells a label has, beside the scroll bar where there is one."""
        width = self.scrollable_content_region.width
        return max(min(width - STATE_WIDTH - LEFT_WIDTH - 6, LONGEST_LABEL), 1)

    def _colour(self, name: str) -> Style:
        """A colour of the theme, which two texts differ by; the terminal's own where it has none."""
        found = self.app.theme_variables.get(name, "")
        return Style(color=found) if found.startswith("#") else Style()


def _fitting(text: str, width: int) -> str:
    """The text in so many cells, cut with a sign where it is longer."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)
