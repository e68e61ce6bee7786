"""Asks for the folder that a transcript goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from smily_tui.tui.screens.dialogs import NameDialog
from smily_tui.tui.widgets.fields import PasteInput

if TYPE_CHECKING:
    from textual.app import ComposeResult


class FolderDialog(NameDialog):
    """Answers with a folder; empty means: leave it."""

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with Vertical():
            words = "Into which folder? The transcript holds no secret; only you can read the file."
            yield Static(words, markup=False)
            yield PasteInput(value=self._name_before)
            with Horizontal():
                yield Button("Save", variant="primary", compact=True)
