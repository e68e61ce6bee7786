"""What screens share: they follow the size of the terminal, and a bug in a worker is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual.events import Resize
from textual.screen import ModalScreen, Screen
from textual.worker import WorkerState

from smily_tui.errors import SmilyError
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.too_small import HEIGHT, WIDTH, TooSmall

if TYPE_CHECKING:
    from textual.events import DescendantFocus
    from textual.worker import Worker

_Result = TypeVar("_Result")


class SizedScreen(Screen[_Result]):
    """A screen that is laid out for the size of the terminal; the style sheet says how."""

    CSS_PATH = "../smily.tcss"  # here and not at the app: the first frame does not wait for it
    HORIZONTAL_BREAKPOINTS = [(0, "-too-narrow"), (WIDTH, "-narrow"), (80, "-normal"), (120, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-too-short"), (HEIGHT, "-low"), (20, "-short"), (30, "-tall")]

    def on_mount(self) -> None:
        """Have the words ready for a terminal that is too small."""
        self.mount(TooSmall())

    def on_screen_resume(self) -> None:
        """The size may have changed while another screen was above."""
        if self.size and self.size != self.app.size:
            self.post_message(Resize(self.app.size, self.app.size))

    def on_resize(self) -> None:
        """What has the focus stays in sight."""
        if self.focused is not None:
            self.call_after_refresh(self.focused.scroll_visible, animate=False)

    def on_descendant_focus(self, event: DescendantFocus) -> None:
        """What gets the focus comes into sight, on a page that has just been opened, too."""
        self.call_after_refresh(event.widget.scroll_visible, animate=False)


class StatusScreen(SizedScreen[_Result]):
    """A screen with a status line."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell that a worker failed, by the type of the error alone: its text may hold anything."""
        if event.state is WorkerState.ERROR:
            kind = type(event.worker.error).__name__
            self.query_one(StatusLine).error(SmilyError(f"A bug: {kind}."))


class Dialog(SizedScreen[_Result], ModalScreen[_Result]):
    """A small screen over another one."""
