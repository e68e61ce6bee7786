"""Asks for the folder that a file goes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.widgets import Button, Static

from smily_tui.tui.actions import FOLDER, bindings
from smily_tui.tui.screens.dialogs import NameDialog
from smily_tui.tui.widgets.button_row import ButtonRow
from smily_tui.tui.widgets.fields import PasteInput

if TYPE_CHECKING:
    from textual.app import ComposeResult


class FolderDialog(NameDialog):
    """Answers with a folder; empty means: leave it."""

    ABOUT = "Where the file goes. Enter saves it; without a folder nothing is written."
    ACTIONS = FOLDER
    BINDINGS = bindings(ACTIONS)
    WORDS = "The transcript holds no secret; only you can read the file."

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with VerticalScroll(can_focus=False):
            yield Static(f"Into which folder? {self.WORDS}", markup=False)
            yield PasteInput(value=self._name_before)
            yield ButtonRow(
                Button("Save", variant="primary", id="rename", compact=True),
                Button("Leave it", id="leave", compact=True),
            )
