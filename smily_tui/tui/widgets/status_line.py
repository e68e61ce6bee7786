"""What is going on and how it ended: busy with seconds, done, or an error in three sentences."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from smily_tui.demo import SLOW
from smily_tui.messages.accounts import again_in
from smily_tui.tui.widgets.hanging import Hanging, hung

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.errors import SmilyError
    from smily_tui.tokens.running import Running
    from smily_tui.tui.app import SmilyApp

QUIET_FOR = 0.3
STILL_AFTER = 5.0


class StatusLine(Hanging):
    """The status of a screen."""

    app: SmilyApp

    DEFAULT_CSS = """
    StatusLine { height: auto; min-height: 1; padding: 0 2; color: $text-muted; }
    StatusLine.-error { color: $text-error; }
    StatusLine.-done { color: $text-success; }
    StatusLine.-busy { color: $text-warning; }
    """

    class Resized(Message):
        """It takes more room than before, or less."""

    def __init__(self) -> None:
        super().__init__()
        self._doing = ""
        self._still = False
        self._helper: Running | None = None
        self._began = 0.0
        self._limited: tuple[float, str, str] | None = None
        self.now: Callable[[], float] = time.monotonic

    def on_mount(self) -> None:
        """Count the seconds."""
        self._timer = self.set_interval(0.1, self._tick, pause=True)

    def on_resize(self) -> None:
        """What stands above it gets the rest."""
        self.post_message(self.Resized())

    def busy(self, doing: str, running: Running | None = None) -> None:
        """Something is going on; shown after 0.3 s, so that a quick answer does not flicker."""
        self._doing, self._helper, self._began = doing, running, self.now()
        self._still = False
        self._timer.resume()

    def done(self, words: str) -> None:
        """It ended well."""
        self._show(words, "-done")

    def error(self, error: SmilyError, mark: str = "✗") -> None:
        """It ended with an error: what happened, what was kept, what to do."""
        first, *rest = error.in_lines().split("\n")
        first = self.app.explained(error.name, first)
        words = "\n".join([f"{mark} {first}", *(f"  {line}" for line in rest)])
        self._show(words, "-error")
        if error.again_at is not None:
            self._limited = (error.again_at, words, "")
            self._timer.resume()
            self._count_down()

    def say(self, words: str) -> None:
        """A remark."""
        self._show(words, "")

    def clear(self) -> None:
        """Nothing to say."""
        self._show("", "")

    def _show(self, words: str, kind: str) -> None:
        self._doing = ""
        self._helper = None
        self._limited = None
        self._timer.pause()
        self._fill(words, kind)

    def _fill(self, words: str, kind: str) -> None:
        self.set_classes(kind)
        self.screen.set_class(bool(words), "-has-status")
        self.hang(hung(Content(words)))

    def _tick(self) -> None:
        self._count_down()
        gone = self.now() - self._began
        if not self._doing or gone < QUIET_FOR:
            return
        can = self._helper is not None and self._helper.can_cancel()
        hint = "   esc Cancel" if can else "   goes on even if you leave"
        if gone >= STILL_AFTER and not self._still:
            self._still = True
            self._doing = self.app.explained(SLOW, f"Still {self._doing[0].lower()}{self._doing[1:]}")
        self._fill(f"… {self._doing} ({int(gone)} s){hint}", "-busy")

    def _count_down(self) -> None:
        """Until when a server wants to be left alone; that is over without anything being done."""
        if self._limited is None:
            return
        ends, words, shown = self._limited
        line = again_in(ends - self.app.clock.now().wall)
        if line != shown:
            self._limited = (ends, words, line)
            self._fill(f"{words}\n  {line}", "-error")
