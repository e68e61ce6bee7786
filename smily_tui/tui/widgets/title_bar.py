"""The first line of each screen: the program, what it shows, and whether this is the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import Horizontal
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class TitleBar(Horizontal):
    """Title on the left, badge on the right."""

    DEFAULT_CSS = """
    TitleBar { height: 1; background: $panel; padding: 0 2; }
    TitleBar .title { width: 1fr; text-style: bold; }
    TitleBar .badge { width: auto; color: $text-warning; text-style: bold; }
    """

    def __init__(self, title: str, badge: str = "") -> None:
        super().__init__()
        self._title = title
        self._badge = badge

    def compose(self) -> ComposeResult:
        """Build the line."""
        yield Static(f"smily-tui — {self._title}", classes="title", markup=False)
        yield Static(self._badge, classes="badge", markup=False)

    def say(self, title: str) -> None:
        """Show another title."""
        self.query_one(".title", Static).update(f"smily-tui — {title}")
