"""Counters of the accounts by state: each is a filter, by key and by click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from smily_tui.messages.accounts import SELECTED
from smily_tui.tui.arrangement import COUNTERS, Only
from smily_tui.tui.widgets.first_frame import TitleBar

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Click

    from smily_tui.tui.tally import Tally


class Counters(Widget):
    """One line of counters, in words or in glyphs and numbers alone."""

    DEFAULT_CSS = """
    Counters { width: 1fr; height: 1; }
    """
    ALLOW_SELECT = False

    class Pressed(Message):
        """Click on a counter."""

        def __init__(self, only: Only) -> None:
            super().__init__()
            self.only = only

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[Only, int] = {}
        self._only = Only.ALL
        self._in_words = True

    def show(self, counts: Tally, only: Only) -> None:
        """Show these counts, and which of them is the filter; those of nothing are left out."""
        self._numbers = {kind: counts[kind] for kind in COUNTERS if counts[kind] or kind is only}
        self._only = only
        self.refresh()

    def write(self, *, in_words: bool) -> None:
        """Write them in words, or without."""
        self._in_words = in_words
        self.refresh()

    def cells(self, *, in_words: bool) -> int:
        """Return the width that they need so."""
        return sum(part.cell_length for _, part in self._parts(in_words=in_words))

    def _parts(self, *, in_words: bool) -> list[tuple[Only, Content]]:
        return [(only, self._counter(only, only.value if in_words else "")) for only in self._numbers]

    def _counter(self, only: Only, word: str) -> Content:
        counter = COUNTERS[only]
        style = f"reverse bold ${counter.colour}" if only is self._only else f"${counter.colour}"
        return Content.styled(f" {f'{counter.glyph} {self._numbers[only]} {word}'.rstrip()} ", style)

    def render(self) -> Content:
        return Content("").join(part for _, part in self._parts(in_words=self._in_words))

    def on_click(self, event: Click) -> None:
        end = 0
        for only, part in self._parts(in_words=self._in_words):
            end += part.cell_length
            if event.x < end:
                self.post_message(self.Pressed(only))
                return


class AccountsTitle(TitleBar):
    """Title bar of the dashboard: counters, number of accounts, badge."""

    DEFAULT_CSS = """
    AccountsTitle #total { width: auto; color: $text-muted; }
    AccountsTitle .badge { padding: 0 0 0 2; }
    """

    def __init__(self, badge: str = "") -> None:
        super().__init__("", badge)
        self._total, self._is_needed = "", False

    def compose(self) -> ComposeResult:
        yield Static("smily-tui", classes="mark", markup=False)
        yield Counters()
        yield Static("", id="total", markup=False)
        yield Static(self._badge, classes="badge", markup=False)

    def show(self, counts: Tally, only: Only, total: str, *, selected: int, whole: bool) -> None:
        """Show the counters, and how many accounts there are or are selected.

        `whole`: no search and no filter hides an account.
        """
        self.query_one(Counters).show(counts, only)
        self._total = SELECTED.format(count=selected) if selected else total
        # without a filter the counters say as much as the total
        self._is_needed = bool(selected) or not whole or not counts.kinds()
        self.query_one("#total", Static).update(self._total)
        self._arrange()

    def on_resize(self) -> None:
        self._arrange()

    def _show_speed(self, speed: float) -> None:
        super()._show_speed(speed)
        self._arrange()

    def _arrange(self) -> None:
        """Give up the total first where there is little room, then the words of the counters."""
        counters, total = self.query_one(Counters), self.query_one("#total", Static)
        mark, badge = self.query_one(".mark", Static), self.query_one(".badge", Static)
        badge.display = bool(str(badge.content))
        taken = cell_len(str(mark.content)) + 3 + (cell_len(str(badge.content)) + 2 if badge.display else 0)
        room = self.content_size.width - taken
        labelled, whole = counters.cells(in_words=True), cell_len(self._total) + 1
        without = not self._is_needed and labelled <= room < labelled + whole
        total.display = not without
        counters.write(in_words=without or labelled + whole <= room)
