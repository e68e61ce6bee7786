"""What the two large screens share: the wire view, and that a bug in a worker is told, not swallowed."""

from __future__ import annotations

from asyncio import to_thread
from typing import TYPE_CHECKING, TypeVar

from textual import work
from textual.screen import Screen
from textual.worker import WorkerState

from smily_tui.errors import SmilyError
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.wire import WIDE

if TYPE_CHECKING:
    from textual.events import Resize, ScreenResume
    from textual.widget import Widget
    from textual.worker import Worker

    from smily_tui.tui.app import SmilyApp

_Result = TypeVar("_Result")


class StatusScreen(Screen[_Result]):
    """A screen with a status line and, on demand, the wire view."""

    app: SmilyApp
    _had_focus: Widget | None = None

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Tell that a worker failed, by the type of the error alone: its text may hold anything."""
        if event.state is WorkerState.ERROR:
            kind = type(event.worker.error).__name__
            self.query_one(StatusLine).error(SmilyError(f"A bug: {kind}."))

    # -- the wire view ---------------------------------------------------------------------------------

    def on_screen_resume(self, event: ScreenResume) -> None:
        """The view is open on all screens, or on none."""
        del event
        self.call_after_refresh(self._arrange_wire)

    def on_resize(self, event: Resize) -> None:
        """Beside the page there is room on wide screens only."""
        del event
        self.call_after_refresh(self._arrange_wire)

    def action_wire(self) -> None:
        """Open the wire view, or close it."""
        self.app.wire_open = not self.app.wire_open
        self._arrange_wire()

    def _arrange_wire(self) -> None:
        if not self.app.wire_open:
            self._close_wire()
            return
        from smily_tui.tui.wire.panel import WirePanel

        beside = self.size.width >= WIDE
        for each in self.query(WirePanel):
            if each.has_class("-page") != beside:
                break
            each.remove()
        else:
            if self.focused is not None and not self.query("WirePanel:focus-within"):
                self._had_focus = self.focused
            self.mount(WirePanel(self.app.wire, beside=beside), before=0)
        self.set_class(beside, "-wire")
        self.set_class(not beside, "-wire-page")

    def _close_wire(self) -> None:
        self.remove_class("-wire", "-wire-page")
        for each in self.query("WirePanel"):
            if self._had_focus is not None and each.has_focus_within:
                self._had_focus.focus()
            each.remove()

    @work(exit_on_error=False)
    async def action_transcript(self) -> None:
        """Ask for a folder and write what was said into it, masked."""
        from smily_tui.desktop.text_file import save_text
        from smily_tui.tui.wire.folder_dialog import FolderDialog
        from smily_tui.wire.transcript import file_name, transcript

        log, status = self.app.wire, self.query_one(StatusLine)
        if not log.exchanges:
            status.say("Nothing was said yet.")
            return
        folder = await self.app.push_screen_wait(FolderDialog("~"))
        if not folder:
            return
        now = self.app.clock.now().wall
        text = transcript(log.link.address if log.link else "", log.exchanges, now)
        try:
            path = await to_thread(save_text, folder, file_name(now), text)
        except SmilyError as error:
            status.error(error)
        else:
            status.done(f"✓ The transcript is in {path}")
