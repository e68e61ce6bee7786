"""Table of the stored apps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.messages.apps import short_id
from smily_tui.tui.widgets.tables import PLAIN, Cell, VirtualTable

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    from smily_tui.vault.model import Application


ID_WIDTH, NUMBER_WIDTH = 13, 8
WIDEST_NAME, NARROWEST_SCOPES = 32, 20


class AppTable(VirtualTable):
    """Name, Client ID, number of accounts and permissions; the last two columns need room."""

    def __init__(self) -> None:
        super().__init__()
        self.applications: tuple[Application, ...] = ()
        self._numbers: Counter[str] | None = None

    @property
    def row_count(self) -> int:
        """Number of apps."""
        return len(self.applications)

    @property
    def chosen(self) -> Application | None:
        """App under the cursor."""
        return self.applications[self.cursor_row] if self.cursor_row < self.row_count else None

    def show(self, applications: Sequence[Application], numbers: Counter[str]) -> None:
        """Show these apps, each with its number of accounts; the cursor stays on its app, else its place."""
        before, at = self.chosen, self.cursor_row
        self.applications, self._numbers = tuple(applications), numbers
        keys = [application.key for application in applications]
        self.fill(keys.index(before.key) if before and before.key in keys else at)
        self.post_message(self.Pointed())

    def on_resize(self) -> None:
        self.fill(self.cursor_row)

    @property
    def heads(self) -> tuple[str, ...]:
        """Names of the columns."""
        return "App", "Client ID", "Accounts", "Permissions"

    @property
    def rooms(self) -> tuple[int, ...]:
        """Cells of each column; the permissions have what the others leave."""
        left = self.scrollable_content_region.width - ID_WIDTH - NUMBER_WIDTH - 4 * 2
        name = max(min(left - NARROWEST_SCOPES, WIDEST_NAME), 12)
        return name, ID_WIDTH, NUMBER_WIDTH, max(left - name, 1)

    def cells(self, row: int) -> tuple[Cell, ...]:
        """Return the cells of an app."""
        application = self.applications[row]
        number = self._numbers[application.key] if self._numbers else 0
        return (
            (application.name, PLAIN),
            (short_id(application.client_id), self.colour("text-muted")),
            (str(number).rjust(NUMBER_WIDTH), PLAIN),
            (summary(application.scopes, self.rooms[-1]), self.colour("text-muted")),
        )


def summary(scopes: Sequence[str], room: int) -> str:
    """Return as many permissions as fit, and how many more there are."""
    for number in range(len(scopes), 0, -1):
        left_out = f" +{len(scopes) - number}" if number < len(scopes) else ""
        text = " ".join(scopes[:number]) + left_out
        if len(text) <= room:
            return text
    return str(len(scopes))
