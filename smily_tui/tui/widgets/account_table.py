"""The list of accounts: their names, states, and the time that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.style import Style

from smily_tui.clock import Instant
from smily_tui.tui.arrangement import Order
from smily_tui.tui.widgets.drawn_table import DrawnTable
from smily_tui.tui.words import countdown
from smily_tui.vault.model import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.tui.widgets.drawn_table import Cell
    from smily_tui.vault.model import Account, Address

COLOURS: Final = {
    State.VALID: "text-success",
    State.EXPIRING: "text-warning",
    State.NO_REFRESH: "text-warning",
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


class AccountTable(DrawnTable):
    """Account, state in sign and word, time left."""

    def __init__(self) -> None:
        super().__init__()
        self.accounts: tuple[Account, ...] = ()
        self._now = Instant(0.0)  # before anything is shown
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
        rows = (row for row, each in enumerate(accounts) if before and each.address == before.address)
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

    # -- drawing ---------------------------------------------------------------------------------------

    @property
    def heads(self) -> tuple[str, ...]:
        """The columns' names; that which the rows are sorted by has a sign."""
        return tuple(self._head(order) for order in _HEADS)

    def _head(self, order: Order) -> str:
        name = _HEADS[order] + (SORTED if order is self._order else "")
        return name.rjust(LEFT_WIDTH) if order is Order.LEFT else name

    @property
    def rooms(self) -> tuple[int, ...]:
        """The label has the room that the others leave."""
        return self.label_width, STATE_WIDTH, LEFT_WIDTH

    @property
    def label_width(self) -> int:
        """How many cells a label has, beside the scroll bar where there is one."""
        width = self.scrollable_content_region.width
        return max(min(width - STATE_WIDTH - LEFT_WIDTH - 6, LONGEST_LABEL), 1)

    def cells(self, row: int) -> tuple[Cell, ...]:
        """An account as it is at the present moment."""
        account, now = self.accounts[row], self._now
        if account.address in self._busy:
            return (account.label, Style()), ("… refreshing", self.colour("text-warning")), ("", Style())
        state = account.state(now)
        left = "" if account.unreadable else countdown(account.left(now))
        words = f"{state.glyph} {state.word}"
        return (
            (account.label, Style()),
            (words, self.colour(COLOURS[state])),
            (left.rjust(LEFT_WIDTH), Style()),
        )
