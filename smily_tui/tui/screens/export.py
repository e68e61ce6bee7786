"""Asks in which form an access token is to leave, and whether into a file or to the clipboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.messages.accounts import FORMATS, WHAT
from smily_tui.text import Untrusted
from smily_tui.tui.actions import NAME, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.button_row import ButtonRow
from smily_tui.tui.widgets.fields import PasteInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.text import Clean

HOME: Final = "~"
WHERE: Final = "Into which folder? Only you can read the file."


@dataclass(frozen=True)
class Wish:
    """What the person wants.

    Attributes:
        format: the name of the format.
        folder: where the file goes; empty: to the clipboard instead.
    """

    format: str
    folder: Untrusted


class ExportDialog(Dialog[Wish | None]):
    """A list of formats, a folder, and the buttons; None: leave it."""

    ABOUT = "The access token as a text for another program. Arrows choose the form; Enter goes on to Save."
    ACTIONS = NAME
    BINDINGS = bindings(ACTIONS)

    def __init__(self, label: Clean) -> None:
        super().__init__()
        self._label = label

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with VerticalScroll(can_focus=False):
            yield Static(Content(f"Export {self._label}. {WHAT}\n"))
            rows = (Option(Content(f"{name:<9}{words}"), id=name) for name, words in FORMATS.items())
            yield OptionList(*rows, markup=False, compact=True)
            yield Static(Content(f"\n{WHERE}"))
            yield PasteInput(value=HOME)
            yield ButtonRow(
                Button("Save", variant="primary", id="save", compact=True),
                Button("Copy", id="copy", compact=True),
                Button("Leave it", id="leave", compact=True),
            )

    def on_mount(self) -> None:
        """The first format is chosen."""
        self.query_one(OptionList).highlighted = 0
        self.query_one(OptionList).focus()

    @on(OptionList.OptionSelected)
    def _chosen(self) -> None:
        """A click chooses, too: nothing is written before the person has seen where."""
        self.query_one("#save", Button).focus()

    @on(Input.Submitted)
    @on(Button.Pressed, "#save")
    def _save(self) -> None:
        self._answer(self.query_one(PasteInput).typed or Untrusted(HOME))

    @on(Button.Pressed, "#copy")
    def _copy(self) -> None:
        self._answer(Untrusted(""))

    def _answer(self, folder: Untrusted) -> None:
        chosen = self.query_one(OptionList).highlighted or 0
        self.dismiss(Wish(list(FORMATS)[chosen], folder))

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Leave it."""
        self.dismiss(None)
