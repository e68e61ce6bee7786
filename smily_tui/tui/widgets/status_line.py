"""What is going on and how it ended: busy with seconds, done, or an error in three sentences."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

from smily_tui.tui.widgets.hanging import Hanging

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.errors import SmilyError
    from smily_tui.refresh.running import Running

QUIET_FOR = 0.3
STILL_AFTER = 5.0


class StatusLine(Hanging):
    """The status of a screen."""

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
        self._helper: Running | None = None
        self._began = 0.0
        self.now: Callable[[], float] = time.monotonic

    def on_mount(self) -> None:
        """Count the seconds."""
        self.set_interval(0.1, self._tick)

    def on_resize(self) -> None:
        """What stands above it gets the rest."""
        self.post_message(self.Resized())

    def busy(self, doing: str, running: Running | None = None) -> None:
        """Something is going on; shown after 0.3 s, so that a quick answer does not flicker."""
        self._doing, self._helper, self._began = doing, running, self.now()

    def done(self, words: str) -> None:
        """It ended well."""
        self._show(words, "-done")

    def error(self, error: SmilyError, mark: str = "✗") -> None:
        """It ended with an error: what happened, what was kept, what to do."""
        first, *rest = error.in_lines().split("\n")
        lines = [f"{mark} {first}", *(f"  {line}" for line in rest)]
        self._show("\n".join(lines), "-error")

    def say(self, words: str) -> None:
        """A remark."""
        self._show(words, "")

    def clear(self) -> None:
        """Nothing to say."""
        self._show("", "")

    def _show(self, words: str, kind: str) -> None:
        self._doing = ""
        self._helper = None
        self._fill(words, kind)

    def _fill(self, words: str, kind: str) -> None:
        self.set_classes(kind)
        self.screen.set_class(bool(words), "-has-status")
        self.hang([_hung(line) for line in words.split("\n")])

    def _tick(self) -> None:
        gone = self.now() - self._began
        if not self._doing or gone < QUIET_FOR:
            return
        can = self._helper is not None and self._helper.can_cancel()
        hint = "   esc Cancel" if can else "   goes on even if you leave"
        doing = self._doing
        if gone >= STILL_AFTER:
            doing = f"Still {doing[0].lower()}{doing[1:]}"
        self._fill(f"… {doing} ({int(gone)} s){hint}", "-busy")


def _hung(line: str) -> tuple[Content, Content]:
    """A line below whose mark nothing is written."""
    at = 2 if line[1:2] == " " and not line[0].isalnum() else 0
    return Content(line[:at]), Content(line[at:])
