"""Sequence picture of the wire log; the awaited arrow runs while a request does."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.containers import Vertical
from textual.widgets import Static

from smily_tui.messages.connect import DIAGRAM_HINT
from smily_tui.tui.widgets.drawn import Drawn
from smily_tui.tui.wire.log import WireLog, picture

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.content import Content


FRAME = 0.1  # seconds
ACROSS = 1.2  # seconds of an arrow from end to end


class SequencePicture(Drawn):
    """Lanes and arrows of what is under way."""

    def __init__(self, log: WireLog, *, id: str) -> None:  # noqa: A002 - as in Textual
        super().__init__(self._picture, id=id)
        self._log = log
        self._began = 0.0

    def on_mount(self) -> None:
        self._timer = self.set_interval(FRAME, self.refresh, pause=True)
        self._log.changed.subscribe(self, lambda _: self.follow(), immediate=True)
        self.follow()

    def follow(self) -> None:
        """Draw the newest state; have its arrow run where a server is waited for."""
        self._began = time.monotonic()
        if self._is_running:
            self._timer.resume()
        else:
            self._timer.pause()
        self.draw()

    @property
    def _is_running(self) -> bool:
        return self._log.progress.awaits_server and self.app.animation_level == "full"

    def _picture(self, width: int) -> Content:
        share = (time.monotonic() - self._began) / ACROSS % 1.0 if self._is_running else None
        return picture(self._log.progress, width, share)


class Diagram(Vertical):
    """Picture with two sentences, beside a page that it explains."""

    DEFAULT_CSS = """
    Diagram { width: 50; padding: 1 1 0 1; border-left: vkey $panel; }
    Diagram Static { height: auto; color: $text-muted; margin-top: 1; }
    Diagram SequencePicture { color: $foreground; margin-top: 0; }
    """

    def __init__(self, log: WireLog) -> None:
        super().__init__()
        self._log = log

    def compose(self) -> ComposeResult:
        yield SequencePicture(self._log, id="sequence")
        yield Static(DIAGRAM_HINT, markup=False)
