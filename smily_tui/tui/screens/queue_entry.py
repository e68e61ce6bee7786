"""Dialogs in which rows of the queue are entered: many at once, or one that is changed."""

from __future__ import annotations

import unicodedata
from asyncio import to_thread
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static, TextArea

from smily_tui.errors import SmilyError
from smily_tui.messages import queue as say
from smily_tui.queue.queue import Queue, Row
from smily_tui.queue.reading import LARGEST, Found, Sorted, read_bytes, read_row, read_text
from smily_tui.text import Untrusted
from smily_tui.tui.actions import EVERYWHERE, QUEUE_ADD, QUEUE_EDIT, bindings
from smily_tui.tui.screens.base import Dialog, once
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.widgets.drawn import Hanging, hung
from smily_tui.tui.widgets.inputs import Button, ButtonRow, PasteInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.events import Paste

    from smily_tui.queue.file import QueueFile
    from smily_tui.tui.base_app import BaseApp
    from smily_tui.vault.model import Account


class Problems(Hanging):
    """Errors of what was entered, below its fields; hidden without any."""

    DEFAULT_CSS = "Problems { height: auto; color: $text-error; margin-top: 1; display: none; }"

    def tell(self, text: str, done: str = "") -> None:
        """Show errors, below what was done."""
        success = Content.styled(f"✓ {done}\n", "$text-success") if done else Content("")
        self.hang(hung(success + Content(text)))
        self.display = True
        self.call_after_refresh(self.scroll_visible, animate=False)


class PasteArea(TextArea):
    """Lines, numbered, as they are told about; Tab leaves the field."""

    @property
    def typed(self) -> Untrusted:
        """Text in the field."""
        return Untrusted(self.text)

    async def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        event.stop()
        # one more than may be read, so that the reading tells that it is too long; many terminals paste
        # line ends as CR, the key Enter
        text = event.text[: LARGEST + 1].replace("\r\n", "\n").replace("\r", "\n")
        visible = "".join(char for char in text if char in "\n\t" or _is_seen(char))
        self.replace(visible, *self.selection, maintain_selection_offset=False)


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in {"Cc", "Cf", "Cs"}


class AddRowsScreen(Dialog[str]):
    """Adds rows to the queue; answers with what was added, in words, or nothing."""

    ABOUT = (
        "Add accounts to the queue, one per line. Paste from a spreadsheet, or choose a CSV file. Good lines "
        "are added at once. Lines with an error stay here with the reason. Fix them and add again."
    )
    ACTIONS = (*QUEUE_ADD, *EVERYWHERE)
    STYLES = ("dialogs", "queue")
    BINDINGS = bindings(ACTIONS)
    app: BaseApp

    def __init__(self, file: QueueFile, accounts: Sequence[Account], lines: str = "") -> None:
        super().__init__()
        self._file, self._accounts, self._lines = file, accounts, lines
        self._count = 0
        self._added = ""

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Static(say.HOW, markup=False, classes="why")
            yield PasteArea(self._lines, show_line_numbers=True, id="lines", compact=True)
            yield Static(say.FILE, markup=False, classes="why")
            yield PasteInput(placeholder=say.FILE_HINT, id="file")
            add = Content(f"Add {self.app.key_of(QUEUE_ADD[1])}")
            yield ButtonRow(
                Button(add, variant="primary", id="add"),
                Button("Cancel", id="leave"),
            )
            yield Problems(id="problems")

    def on_mount(self) -> None:
        self.query_one(PasteArea).focus()

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        self.dismiss(self._added)

    @on(Button.Pressed, "#add")
    @on(Input.Submitted, "#file")
    @once()
    async def action_add_to_list(self) -> None:
        """Add what the file holds, or what stands in the lines; keep what cannot be used."""
        path = self.query_one("#file", PasteInput).typed
        text = self.query_one(PasteArea).typed
        lines = bool(text.for_parsing().strip())
        problems = self.query_one(Problems)
        if lines == bool(path):
            problems.tell(say.BOTH if path else say.NOTHING_TYPED)
            return
        read = partial(_read_file, path) if path else partial(read_text, text)
        try:
            reading = await to_thread(read)
            doubts = say.any_scope(reading, "! ") if reading.unknown_scopes else ""
            if doubts and await self._agrees(doubts, "Ask anyway", "Fix first"):
                reading = await to_thread(read, any_scope=True)
            guesses = say.to_confirm(reading)
            if guesses and not await self._agrees(guesses, "Add", "Cancel"):
                return
            await self._add(reading)
        except SmilyError as error:
            problems.tell(error.in_lines())
            return
        if reading.problems:
            self._keep(reading)
        else:
            self.dismiss(self._added)

    async def _agrees(self, question: str, yes: str, no: str) -> bool:
        return await self.app.push_screen_wait(Question(question, yes, no))

    async def _add(self, reading: Found) -> None:
        """Add the rows; those of connected accounts only if the person says so."""
        sorted_out = await to_thread(self._file.add, reading.rows, self._accounts)
        again = Sorted()
        question = say.CONNECTED.format(names=say.names(sorted_out.connected))
        if sorted_out.connected and await self._agrees(question, "Ask again", "Skip these"):
            again = await to_thread(self._file.add, sorted_out.connected)
        self._count += len(sorted_out.new) + len(again.new)
        if reading.rows or self._added:
            self._added = say.added(sorted_out, self._count)

    def _keep(self, reading: Found) -> None:
        """Leave the lines that cannot be used in the editor; all fields stay where no line could be."""
        problems, leftover = self.query_one(Problems), reading.leftover
        if leftover is None or not reading.rows:
            problems.tell(say.problems(reading.problems, "✗ "))
            return
        area = self.query_one(PasteArea)
        area.text = "\n".join(leftover.text.for_parsing().splitlines())
        area.cursor_location = (leftover.problems[0].line - 1, 0)
        area.focus()
        self.query_one("#file", PasteInput).value = ""
        problems.tell(f"✓ {self._added}\n{say.problems(leftover.problems, '✗ ')}")


def _read_file(path: Untrusted, *, any_scope: bool = False) -> Found:
    from smily_tui.desktop.files import read_chosen

    return read_bytes(read_chosen(path, LARGEST), any_scope=any_scope)


class EditRowScreen(Dialog[Row | None]):
    """Name, account number and permissions of a row; answers with the row as it is to be."""

    ABOUT = "Change a row of the queue. Its owner gets a new link where the number or the permissions change."
    ACTIONS = (*QUEUE_EDIT, *EVERYWHERE)
    STYLES = ("dialogs", "queue")
    BINDINGS = bindings(ACTIONS)
    app: BaseApp

    def __init__(self, row: Row, queue: Queue) -> None:
        super().__init__()
        self._row, self._queue = row, queue

    def compose(self) -> ComposeResult:
        number = "" if self._row.account_id is None else str(self._row.account_id)
        with VerticalScroll(can_focus=False):
            for name, label, value in (
                ("label", say.NAME, self._row.label),
                ("number", say.ACCOUNT_NUMBER, number),
                ("scopes", say.PERMISSIONS, " ".join(self._row.scopes)),
            ):
                yield Static(label, markup=False, classes="why")
                yield PasteInput(value, id=name)
            yield ButtonRow(
                Button(
                    Content(f"Save {self.app.key_of(QUEUE_EDIT[1])}"),
                    variant="primary",
                    id="save",
                ),
                Button("Cancel", id="leave"),
            )
            yield Problems(id="problems")

    def on_mount(self) -> None:
        self.query_one("#label").focus()

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#save")
    @on(Input.Submitted)
    @once()
    async def action_save_row(self) -> None:
        """Answer with the row, unless it cannot be used or another one is for the same account."""
        label, number, scopes = (
            self.query_one(f"#{name}", PasteInput).typed for name in ("label", "number", "scopes")
        )
        row = read_row(label, number, scopes)
        if not isinstance(row, Row) and row.unknown_scope:
            question = f"! {say.reason(row)}\n\n{say.ANY_SCOPE.format(scopes='it')}"
            if await self.app.push_screen_wait(Question(question, "Ask anyway", "Fix first")):
                row = read_row(label, number, scopes, any_scope=True)
        problems = self.query_one(Problems)
        if not isinstance(row, Row):
            problems.tell(f"✗ {say.reason(row)}")
            return
        row = replace(row, number=self._row.number)
        if twin := self._queue.same_as(row):
            problems.tell(f"✗ {say.TWIN.format(label=twin.called)}")
            return
        self.dismiss(row)
