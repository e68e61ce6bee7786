"""The wire view: a picture of who speaks, a list of what was said, and one of it in full."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container, VerticalScroll
from textual.css.query import NoMatches
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from smily_tui.tui.actions import WIRE_PANEL, bindings
from smily_tui.tui.wire.sequence import picture
from smily_tui.tui.wire.story import in_full, in_one_line

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from smily_tui.tui.wire.log import WireLog

NOTHING = (
    "Nothing was said yet. Requests and answers appear here as they happen, with dots in place of secrets "
    "and a sentence about each."
)


class WirePanel(Container):
    """Beside the page where there is room, else in its place."""

    DEFAULT_CSS = """
    WirePanel { dock: right; width: 48; height: 1fr; background: $surface; padding: 1; }
    WirePanel #said { height: auto; border: none; padding: 0; margin: 1 0; background: $surface; }
    WirePanel #said:focus { border: none; background: $panel; }
    WirePanel #picture { height: auto; }
    WirePanel #talk { height: auto; width: 1fr; }
    WirePanel #page { height: 1fr; scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    WirePanel #page:focus { background: $panel; }
    WirePanel.-page { dock: none; width: 100%; layout: horizontal; padding: 0 1; }
    WirePanel.-page #talk { width: 42; margin-right: 1; }
    """
    ACTIONS = WIRE_PANEL
    BINDINGS = bindings(ACTIONS)

    def __init__(self, log: WireLog, *, beside: bool) -> None:
        super().__init__(classes="" if beside else "-page")
        self._log = log

    def compose(self) -> ComposeResult:
        """Build the view."""
        with Container(id="talk"):
            yield Static("", id="picture", markup=False)
            yield OptionList(id="said", markup=False, compact=True)
        with VerticalScroll(id="page"):
            yield Static(NOTHING, id="story", markup=False)

    def on_mount(self) -> None:
        """Follow what happens; in place of the page, the keys are for the view."""
        self._log.listen(self.follow)
        self.call_after_refresh(self.follow)
        if self.has_class("-page"):
            self.query_one("#said").focus()

    async def action_close_wire(self) -> None:
        """Close the view, as the key that opened it does."""
        await self.run_action("screen.wire")

    def on_unmount(self) -> None:
        """Follow it no more."""
        self._log.leave(self.follow)

    def on_resize(self) -> None:
        """Picture and words fill the width that they have in the new layout."""
        self.call_after_refresh(self._fill)

    def _fill(self) -> None:
        with suppress(NoMatches):  # the panel may be on its way out
            self._draw()
            self._show(self.query_one("#said", OptionList).highlighted or 0)

    def follow(self) -> None:
        """Show what there is now, the newest of it in full."""
        with suppress(NoMatches):  # the panel may be on its way out
            self._follow(self.query_one("#said", OptionList))

    def _follow(self, said: OptionList) -> None:
        self._draw()
        entries = self._log.entries
        with self.prevent(OptionList.OptionHighlighted):
            said.set_options([Option(in_one_line(at, each)) for at, each in enumerate(entries, 1)])
            said.highlighted = self._log.newest if entries else None
        self._show(self._log.newest)

    def _draw(self) -> None:
        width = self.query_one("#talk").size.width
        if width:
            self.query_one("#picture", Static).update(picture(self._log.progress, width))

    @on(OptionList.OptionHighlighted)
    def _chosen(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        self._show(event.option_index)

    def _show(self, index: int) -> None:
        entries = self._log.entries
        if 0 <= index < len(entries):
            width = self.query_one("#page").scrollable_content_region.width
            self.query_one("#story", Static).update(in_full(entries[index], width))
            self.query_one("#page", VerticalScroll).scroll_home(animate=False)
