"""Buttons in a row, and in several rows where there is no room for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.containers import ItemGrid

if TYPE_CHECKING:
    from textual.widgets import Button

GAP = 2


class ButtonRow(ItemGrid):
    """Buttons as wide as the widest, as many beside each other as fit."""

    DEFAULT_CSS = f"""
    ButtonRow {{ height: auto; margin-top: 1; grid-gutter: 0 {GAP}; }}
    ButtonRow Button {{ width: 100%; min-width: 0; }}
    """

    def __init__(self, *buttons: Button, classes: str = "") -> None:
        width = max(cell_len(str(each.label)) for each in buttons) + 2
        super().__init__(*buttons, classes=classes, min_column_width=width)
        self.styles.max_width = len(buttons) * (width + GAP) - GAP
