"""Status line below a page: busy with seconds, done, or an error in three sentences."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final

from textual import on
from textual.containers import Vertical
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import Static

from smily_tui.demo import SLOW
from smily_tui.messages.accounts import again_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.geometry import Size

    from smily_tui.errors import SmilyError
    from smily_tui.tokens.running import Running
    from smily_tui.tui.base_app import BaseApp


NARROWEST: Final = 12  # cells that the text of a line gets where its lead would leave it fewer
_LEAD: Final = re.compile(r" *(?:\d\d:\d\d  |[^\w\s“(] )?")

Hung = tuple[Content, Content]


def hung(text: Content) -> list[Hung]:
    """The lines of a text: the lead of each is what it is indented by, with a mark or a time of day."""
    lines = text.split("\n", allow_blank=True)
    ends = [found.end() if (found := _LEAD.match(line.plain)) else 0 for line in lines]
    return [(line[:end], line[end:]) for line, end in zip(lines, ends, strict=True)]


class Hanging(Static):
    """Wraps by the width that it has now, so that it is right at any size."""

    def __init__(self, lines: Sequence[Hung] = (), *, id: str | None = None) -> None:  # noqa: A002 - as in the toolkit
        super().__init__("", id=id, markup=False)
        self._lines = tuple(lines)

    def hang(self, lines: Sequence[Hung]) -> None:
        """Show these: of each its lead, then its text."""
        if self._lines != (lines := tuple(lines)):
            self._lines = lines
            self.refresh(layout=True)

    def render(self) -> Content:
        """The lines as they fit now."""
        return Content("\n").join(self._rows(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The number of rows at that width."""
        del container, viewport
        return len(self._rows(width))

    def _rows(self, width: int) -> list[Content]:
        rows = []
        for lead, text in self._lines:
            first, *rest = text.wrap(max(width - lead.cell_length, NARROWEST))
            rows += [lead + first, *(Content(" " * lead.cell_length) + each for each in rest)]
        return rows


QUIET_FOR = 0.3
STILL_AFTER = 5.0


class StatusLine(Hanging):
    """The status of a screen."""

    app: BaseApp

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


class PageColumn(Vertical):
    """The page, which comes first, gets what the status line leaves, and scrolls in it."""

    @on(StatusLine.Resized)
    @on(Resize)
    def _make_room(self) -> None:
        """The column's own size is what counts: it is another one also where the wire view goes."""
        left = self.size.height - self.query_one(StatusLine).size.height
        self.children[0].styles.max_height = max(1, left)
