"""Buttons in a row, and in several rows where there is no room for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.containers import ItemGrid
from textual.geometry import Size

if TYPE_CHECKING:
    from textual.layout import DockArrangeResult
    from textual.widgets import Button

GAP = 2


class ButtonRow(ItemGrid):
    """Buttons as wide as the widest, as many beside each other as fit."""

    DEFAULT_CSS = f"""
    ButtonRow {{ height: auto; margin-top: 1; grid-gutter: 0 {GAP}; }}
    ButtonRow Button {{ width: 100%; min-width: 0; }}
    """

    def __init__(self, *buttons: Button, classes: str = "") -> None:
        super().__init__(*buttons, classes=classes)
        self._width = max(cell_len(str(each.label)) for each in buttons) + 2
        self.styles.max_width = len(buttons) * (self._width + GAP) - GAP

    def arrange(self, size: Size, optimal: bool = False) -> DockArrangeResult:
        """As many columns as fit with the gaps between them, which the toolkit does not count."""
        shown = sum(1 for each in self.children if each.display)
        columns = max(1, min(shown, (size.width + GAP) // (self._width + GAP)))
        width = min(size.width, columns * (self._width + GAP) - GAP)
        self.set_reactive(ItemGrid.min_column_width, max(1, width // columns))
        return super().arrange(Size(width, size.height), optimal)
