"""A page with the status line below it."""

from __future__ import annotations

from textual import on
from textual.containers import Vertical
from textual.events import Resize

from smily_tui.tui.widgets.status_line import StatusLine


class PageColumn(Vertical):
    """The page, which comes first, gets what the status line leaves, and scrolls in it."""

    @on(StatusLine.Resized)
    @on(Resize)
    def _make_room(self) -> None:
        """The column's own size is what counts: it is another one also where the wire view goes."""
        left = self.size.height - self.query_one(StatusLine).size.height
        self.children[0].styles.max_height = max(1, left)
