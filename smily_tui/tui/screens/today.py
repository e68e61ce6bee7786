"""Today's list over a screen: what was authorized, with what result; to be read, or saved as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from smily_tui.messages import queue as say
from smily_tui.tui.actions import TODAY_LIST, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.button_row import ButtonRow
from smily_tui.tui.widgets.hanging import Hanging, hung
from smily_tui.tui.wire.folder_dialog import FolderDialog
from smily_tui.tui.words import time_of_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from smily_tui.queue.today import Entry

SHOWN = 200


class TodayScreen(Dialog[bool]):
    """What was authorized today; answers whether it is to be saved."""

    ABOUT = (
        "What was authorized today, and what failed. “Save as CSV” writes it into a file for a spreadsheet; "
        "no token or code is in it."
    )
    ACTIONS = TODAY_LIST
    BINDINGS = bindings(ACTIONS)

    def __init__(self, entries: Sequence[Entry]) -> None:
        super().__init__()
        self._entries = entries

    def compose(self) -> ComposeResult:
        """Build the list."""
        with VerticalScroll():
            yield Static(Content(say.today(self._entries)))
            if self._entries:
                yield ButtonRow(
                    Button("Save as CSV", variant="primary", id="save", compact=True),
                    Button("Close", id="close", compact=True),
                )
            else:
                yield ButtonRow(Button("Close", id="close", compact=True))
            newest = list(reversed(self._entries))[:SHOWN]
            lines = [f"\n{time_of_day(each.at)[:5]}  {say.entry(each)}" for each in newest]
            if len(self._entries) > SHOWN:
                lines.append(f"\nAnd {len(self._entries) - SHOWN} more: the file has all.")
            if lines:
                yield Hanging(hung(Content("\n".join(lines))))

    def on_mount(self) -> None:
        """Saving is what it is for."""
        self.query(Button).first().focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Answer."""
        self.dismiss(event.button.id == "save")

    def action_close(self) -> None:
        """Save nothing."""
        self.dismiss(False)


class ListFolderDialog(FolderDialog):
    """Where today's list goes."""

    WORDS = say.TODAY_KEPT
