"""Rows for the queue: typed, pasted, or from a CSV file; what cannot be used is named by its line."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Input, Static

from smily_tui.errors import SmilyError
from smily_tui.messages import queue as say
from smily_tui.queue.reading import LARGEST, Found, Sorted, read_bytes, read_text, sort_out
from smily_tui.tui.actions import EVERYWHERE, QUEUE_ADD, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.under_way import once
from smily_tui.tui.widgets.button_row import ButtonRow
from smily_tui.tui.widgets.fields import PasteInput
from smily_tui.tui.widgets.paste_area import PasteArea

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from smily_tui.queue.queue import Queue
    from smily_tui.text import Untrusted
    from smily_tui.tui.app import SmilyApp
    from smily_tui.vault.model import Account


class AddRowsScreen(Dialog[Sorted | None]):
    """Answers with the rows that were entered, sorted into new, twice and connected; None: leave it."""

    ABOUT = (
        "Accounts for the list, one a line: name, account number, permissions; the last two may be left out. "
        "Paste from a spreadsheet, or name a CSV file. Lines that cannot be used are named, and nothing is "
        "added until they are mended."
    )
    ACTIONS = (*QUEUE_ADD, *EVERYWHERE)
    BINDINGS = bindings(ACTIONS)
    app: SmilyApp

    def __init__(self, queue: Queue, accounts: Sequence[Account]) -> None:
        super().__init__()
        self._queue, self._accounts = queue, accounts

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with VerticalScroll(can_focus=False):
            yield Static(say.HOW, markup=False, classes="why")
            yield PasteArea(show_line_numbers=True, id="lines", compact=True)
            yield Static(say.FILE, markup=False, classes="why")
            yield PasteInput(placeholder=say.FILE_HINT, id="file")
            yield ButtonRow(
                Button(
                    Content(f"Add {self.app.key_of(QUEUE_ADD[1])}"), variant="primary", id="add", compact=True
                ),
                Button("Leave it", id="leave", compact=True),
            )
            yield Static("", id="problems", markup=False)

    def on_mount(self) -> None:
        """The lines come first."""
        self.query_one("#problems").display = False
        self.query_one(PasteArea).focus()

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Add nothing."""
        self.dismiss(None)

    @on(Button.Pressed, "#add")
    @on(Input.Submitted, "#file")
    @once()
    async def action_add_to_list(self) -> None:
        """Add what the file holds, or what stands in the lines."""
        path = self.query_one("#file", PasteInput).typed
        text = self.query_one(PasteArea).typed
        lines = bool(text.for_parsing().strip())
        if lines == bool(path):
            self._tell(say.BOTH if path else say.NOTHING_TYPED)
            return
        try:
            found = await to_thread(_read_file, path) if path else await to_thread(read_text, text)
        except SmilyError as error:
            self._tell(error.in_lines())
            return
        if found.problems:
            self._tell(say.problems(found))
            return
        guessed = say.to_confirm(found)
        if guessed and not await self.app.push_screen_wait(Question(guessed, "Add them", "Leave it")):
            return
        self.dismiss(await to_thread(sort_out, found.rows, self._queue.rows, self._accounts))

    def _tell(self, words: str) -> None:
        place = self.query_one("#problems", Static)
        place.update(Content(words))
        place.display = True
        self.call_after_refresh(place.scroll_visible, animate=False)


def _read_file(path: Untrusted) -> Found:
    from smily_tui.desktop.files import read_chosen

    return read_bytes(read_chosen(path, LARGEST))
