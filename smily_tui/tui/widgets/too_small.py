"""Sentence for a terminal that is too small for a screen; what was typed stays below it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

WIDTH, HEIGHT = 40, 10


class TooSmall(Widget):
    """Covers its screen, which keeps its focus and its fields."""

    DEFAULT_CSS = """
    TooSmall {
        display: none; layer: above; dock: top; width: 100%; height: 100%;
        background: $background; color: $foreground;
    }
    """

    def render(self) -> Content:
        width, height = self.app.size
        return Content(
            f"smily-tui needs {WIDTH}x{HEIGHT}. This terminal is {width}x{height}. Nothing is lost."
        )
