"""Command palette: what can be done now, by name, with its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import VerticalScroll
from textual.content import Content
from textual.fuzzy import Matcher
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from smily_tui.tui.actions import PALETTE, Entry, bindings
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.widgets.inputs import PasteInput
from smily_tui.tui.widgets.tables import fitting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textual.app import ComposeResult


WIDTH: Final = 78
SIDES: Final = 8  # cells of border, padding and scroll bar
LABEL_WIDTH: Final = 26
_ROOM_FOR_HELP: Final = 50
NOT_FOUND: Final = "No match."


class CommandInput(PasteInput):
    """Field for a part of a name."""


class CommandList(OptionList, can_focus=False):
    """Entries under the titles of their groups."""


# not Textual's CommandPalette (8.2.8): it shows no keys and no groups, and parses its entries as markup
class Palette(Dialog[Entry]):
    """List of entries to choose from; answers with one.

    Args:
        entries: those of a list of their own are found by name, and opened by one entry of that list's name.
        hint: stands in the empty field.
    """

    ABOUT = "Type a part of a command's name, then press Enter."
    ACTIONS = PALETTE
    BINDINGS = bindings(ACTIONS)

    def __init__(self, entries: Iterable[Entry], hint: str = "Search for commands…") -> None:
        super().__init__()
        self._entries, self._hint = tuple(entries), hint
        self._rows: list[Entry | None] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield CommandInput(placeholder=self._hint)
            yield CommandList(markup=False, compact=True)

    def on_mount(self) -> None:
        self.query_one(CommandInput).focus()

    def on_resize(self) -> None:
        super().on_resize()
        self._fill(self.query_one(CommandList).highlighted)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._fill()

    def _fill(self, highlighted: int | None = None) -> None:
        """List what was found, or everything in groups."""
        query = self.query_one(CommandInput).value.strip()
        self._rows, options = [], []
        for title, entries in _by_group(self._entries) if not query else [("", _found(self._entries, query))]:
            if title:
                self._rows.append(None)
                options.append(Option(Content(title), disabled=True))
            for entry in entries:
                self._rows.append(entry)
                options.append(Option(self._row(entry)))
        commands = self.query_one(CommandList)
        commands.clear_options()
        commands.add_options(options or [Option(Content(NOT_FOUND), disabled=True)])
        first = next((index for index, entry in enumerate(self._rows) if entry), None)
        commands.highlighted = first if highlighted is None else highlighted

    def _row(self, entry: Entry) -> Content:
        """Return label, sentence and, on the right, keys; narrow terminals have no room for the sentence."""
        room = min(WIDTH, self.app.size.width * 96 // 100) - SIDES - len(entry.keys)
        if room < _ROOM_FOR_HELP:
            return Content.assemble((f" {fitting(entry.label, room - 1)}", "bold"), (entry.keys, "bold"))
        label = (f" {fitting(entry.label, LABEL_WIDTH - 1)}", "bold")
        return Content.assemble(label, fitting(entry.help, room - LABEL_WIDTH - 1), " ", (entry.keys, "bold"))

    # -- choosing --------------------------------------------------------------------------------------

    def key_down(self) -> None:
        """Point to the next entry."""
        self.query_one(CommandList).action_cursor_down()

    def key_up(self) -> None:
        """Point to the entry before."""
        self.query_one(CommandList).action_cursor_up()

    def key_pagedown(self) -> None:
        """Point to the next page."""
        self.query_one(CommandList).action_page_down()  # type: ignore[no-untyped-call]

    def key_pageup(self) -> None:
        """Point to the page before."""
        self.query_one(CommandList).action_page_up()  # type: ignore[no-untyped-call]

    @on(Input.Submitted)
    def _chosen(self) -> None:
        self.query_one(CommandList).action_select()

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        entry = self._rows[event.option_index]
        if entry is not None:
            self.dismiss(entry)

    def action_close(self) -> None:
        self.dismiss(None)


def _by_group(entries: Sequence[Entry]) -> Iterator[tuple[str, list[Entry]]]:
    """Yield each group with its entries; a list of its own has one entry."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        if not entry.is_nested:
            groups.setdefault(entry.group, []).append(entry)
    yield from groups.items()


def _found(entries: Sequence[Entry], query: str) -> list[Entry]:
    """Return the entries that fit what was typed, the best first."""
    matcher = Matcher(query)
    scores = [(matcher.match(entry.label), entry) for entry in entries]
    fits = [(score, entry) for score, entry in scores if score > 0]
    return [entry for _, entry in sorted(fits, key=lambda scored: scored[0], reverse=True)]
