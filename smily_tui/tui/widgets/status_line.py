"""Status line below a page: busy with seconds, done, or an error in three sentences."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message

from smily_tui.demo import SLOW
from smily_tui.messages.accounts import again_in
from smily_tui.tui.widgets.drawn import Hanging, hung

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.timer import Timer

    from smily_tui.errors import SmilyError
    from smily_tui.tokens.running import Running
    from smily_tui.tui.base_app import BaseApp


QUIET_FOR = 0.3
STILL_AFTER = 5.0
FADES_AFTER: Final = 6.0
"""Seconds that a message stays which asks for nothing; an error stays until a key is pressed."""
UNSEEN_FOR: Final = 1.0
"""Seconds within which no key clears a message: it was typed before the message was read."""


class StatusLine(Hanging):
    """Status of a screen.

    Args:
        fades: messages go after a while, or at the next key; the log has them.
    """

    app: BaseApp

    DEFAULT_CSS = """
    StatusLine { height: auto; min-height: 1; padding: 0 2; color: $text-muted; }
    StatusLine.-error { color: $text-error; }
    StatusLine.-done { color: $text-success; }
    StatusLine.-busy { color: $text-warning; }
    """

    class Resized(Message):
        """Status line that takes more room than before, or less."""

    def __init__(self, *, fades: bool = False) -> None:
        super().__init__()
        self._fades = fades
        self._shown_at = 0.0
        self._fading: Timer | None = None
        self._doing = ""
        self._still = False
        self._helper: Running | None = None
        self._began = 0.0
        self._limited: tuple[float, str, str] | None = None
        self.now: Callable[[], float] = time.monotonic

    def on_mount(self) -> None:
        # each 0.1 s, since `QUIET_FOR` is short; paused, since most of the time nothing goes on
        self._timer = self.set_interval(0.1, self._tick, pause=True)

    def on_resize(self) -> None:
        # Textual's own Resize does not bubble up to the column
        self.post_message(self.Resized())

    def busy(self, doing: str, running: Running | None = None) -> None:
        """Show that something goes on; after 0.3 s, so that a quick answer does not flicker."""
        self._doing, self._helper, self._began = doing, running, self.now()
        self._still = False
        self._timer.resume()

    def done(self, text: str) -> None:
        """Show that it ended well."""
        self._show(text, "-done")

    def error(self, error: SmilyError, mark: str = "✗") -> None:
        """Show an error: what happened, what was kept, what to do."""
        first, *sentences = error.in_lines().split("\n")
        first = self.app.explained(error.name, first)
        text = "\n".join([f"{mark} {first}", *(f"  {line}" for line in sentences)])
        self._show(text, "-error")
        if error.again_at is not None:
            self._limited = (error.again_at, text, "")
            self._timer.resume()
            self._count_down()

    def say(self, text: str) -> None:
        """Show a remark."""
        self._show(text, "")

    def clear(self) -> None:
        """Show nothing."""
        self._show("", "")

    def key_pressed(self) -> None:
        """Clear a message that fades, once there was time to see it."""
        is_seen = self.now() - self._shown_at >= UNSEEN_FOR
        if self._fades and self.app.messages_fade and is_seen and not self._doing and self._lines:
            self.clear()

    def _fade(self) -> None:
        if self.app.messages_fade and not self._doing:
            self.clear()

    def _log(self, text: str, kind: str) -> None:
        """Keep a message for the log, and have it fade."""
        self._shown_at = self.now()
        if text:
            self.app.note_message(text, kind)
        if self._fading is not None:
            self._fading.stop()
            self._fading = None
        if text and self._fades and kind != "-error":
            self._fading = self.set_timer(FADES_AFTER, self._fade)

    def _show(self, text: str, kind: str) -> None:
        self._log(text, kind)
        self._doing = ""
        self._helper = None
        self._limited = None
        self._timer.pause()
        self._fill(text, kind)

    def _fill(self, text: str, kind: str) -> None:
        self.set_classes(kind)
        self.screen.set_class(bool(text), "-has-status")
        self.hang(hung(Content(text)))

    def _tick(self) -> None:
        self._count_down()
        gone = self.now() - self._began
        if not self._doing or gone < QUIET_FOR:
            return
        can = self._helper is not None and self._helper.can_cancel()
        hint = "   esc: cancel" if can else "   continues if you leave"
        if gone >= STILL_AFTER and not self._still:
            self._still = True
            self._doing = self.app.explained(SLOW, f"Still {self._doing[0].lower()}{self._doing[1:]}")
        self._fill(f"… {self._doing} ({int(gone)} s){hint}", "-busy")

    def _count_down(self) -> None:
        """Until when a server wants to be left alone; that is over without anything being done."""
        if self._limited is None:
            return
        ends, text, previous = self._limited
        line = again_in(ends - self.app.clock.now().wall)
        if line != previous:
            self._limited = (ends, text, line)
            self._fill(f"{text}\n  {line}", "-error")


class PageColumn(Vertical):
    """Page and status line; the page, which comes first, scrolls in the room that the line leaves."""

    @on(StatusLine.Resized)
    @on(Resize)
    def _make_room(self) -> None:
        """Give the page its room anew; the column changes its size also when the wire view goes."""
        left = self.size.height - self.query_one(StatusLine).size.height
        self.children[0].styles.max_height = max(1, left)
