"""What came of the last refresh: how many accounts have new tokens, and why the others have not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button

from smily_tui.messages.accounts import LAST, by_reason, summary
from smily_tui.tui.actions import READING, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.button_row import ButtonRow
from smily_tui.tui.widgets.hanging import Hanging, hung

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult

    from smily_tui.batch import Renewal


class ResultsScreen(Dialog[None]):
    """The names of the accounts, below the reason that they share."""

    ABOUT = "What came of the last refresh, account by account. Arrows scroll."
    ACTIONS = READING
    BINDINGS = bindings(ACTIONS)

    def __init__(self, renewal: Renewal) -> None:
        super().__init__()
        self._renewal = renewal

    def compose(self) -> ComposeResult:
        """Build the list."""
        with VerticalScroll():
            yield Hanging(hung(Content("\n").join(self._lines())))
            yield ButtonRow(Button("Close", compact=True))

    def _lines(self) -> Iterator[Content]:
        renewal = self._renewal
        failures = [(each.account.label, each.error) for each in renewal.failures if each.error]
        renewed = [each.account.label for each in renewal.results if each.error is None]
        words = summary(len(renewed), len(failures), renewal.not_begun)
        yield Content.assemble((LAST, "bold"), f": {words}")
        for reason, names in by_reason((label, error.in_lines()) for label, error in failures).items():
            what, *rest = reason.split("\n")
            yield Content.assemble("\n", (f"✗ {what}", "$text-error"))
            yield from (Content(f"  {line}") for line in rest)
            yield from (Content(f"    {name}") for name in names)
        if renewed:
            yield Content.assemble("\n", ("✓ They have new tokens:", "$text-success"))
            yield from (Content(f"    {name}") for name in renewed)

    def on_button_pressed(self) -> None:
        """Close the list."""
        self.dismiss(None)

    def action_close(self) -> None:
        """Close the list."""
        self.dismiss(None)
