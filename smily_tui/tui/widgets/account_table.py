"""The list of accounts; each second only the rows that can be seen are written anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import DataTable

from smily_tui.tui.words import countdown
from smily_tui.vault.account import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant
    from smily_tui.vault.account import Account, Address

COLOURS = {
    State.VALID: "text-success",
    State.EXPIRING: "text-warning",
    State.EXPIRED: "text-warning",
    State.UNCLEAR: "text-warning",
    State.REFUSED: "text-error",
    State.HANDED_OVER: "text-warning",
    State.UNREADABLE: "text-error",
}
LABEL_WIDTH = 19


class AccountTable(DataTable[Text]):
    """Account, state in sign and word, time left."""

    DEFAULT_CSS = "AccountTable { height: 1fr; background: $background; scrollbar-size-horizontal: 0; }"

    def __init__(self) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False)
        self.accounts: tuple[Account, ...] = ()
        self._busy: frozenset[Address] = frozenset()

    def on_mount(self) -> None:
        """Make the columns."""
        self.add_column("Account", key="account", width=LABEL_WIDTH)
        self.add_column("State", key="state", width=12)
        self.add_column("Left", key="left", width=8)

    @property
    def chosen(self) -> Account | None:
        """The account under the cursor."""
        return self.accounts[self.cursor_row] if 0 <= self.cursor_row < len(self.accounts) else None

    def show(self, accounts: Sequence[Account], now: Instant) -> None:
        """Show these accounts; the cursor stays on its account."""
        before = self.chosen
        same = [each.address for each in self.accounts] == [each.address for each in accounts]
        self.accounts = tuple(accounts)
        if not same:
            self.clear()
            for account in accounts:
                self.add_row(*self._cells(account, now), key=str(account.address))
            rows = [each.address for each in accounts]
            if before is not None and before.address in rows:
                self.move_cursor(row=rows.index(before.address))
        self.tick(now)

    def go_to(self, address: Address) -> None:
        """Put the cursor on an account."""
        rows = [each.address for each in self.accounts]
        if address in rows:
            self.move_cursor(row=rows.index(address))

    def tick(self, now: Instant, busy: frozenset[Address] | None = None) -> None:
        """Write the visible rows for the present moment."""
        self._busy = self._busy if busy is None else busy
        top = max(0, int(self.scroll_y) - 1)
        for account in self.accounts[top : top + max(self.size.height, 1) + 2]:
            for column, cell in zip(("account", "state", "left"), self._cells(account, now), strict=True):
                if self.get_cell(str(account.address), column) != cell:
                    self.update_cell(str(account.address), column, cell)

    def _cells(self, account: Account, now: Instant) -> tuple[Text, Text, Text]:
        state = account.state(now)
        label = account.label
        shown = label if len(label) <= LABEL_WIDTH else label[: LABEL_WIDTH - 1] + "…"
        if account.address in self._busy:
            return Text(shown), self._in_colour("… refreshing", "text-warning"), Text("")
        left = "" if account.unreadable else countdown(account.left(now))
        return (
            Text(shown),
            self._in_colour(f"{state.glyph} {state.word}", COLOURS[state]),
            Text(left, justify="right"),
        )

    def _in_colour(self, words: str, name: str) -> Text:
        """Words in a colour of the theme, which two texts differ by; the terminal's own where it has none."""
        found = self.app.theme_variables.get(name, "")
        return Text.assemble((words, found if found.startswith("#") else ""))
