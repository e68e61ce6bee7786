"""Widgets of the first frame: title bar and scroll bar.

Apart from the other bars, whose imports the first frame need not wait for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.containers import Horizontal
from textual.content import Content
from textual.scrollbar import ScrollBarRender
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.app import ComposeResult


class TitleBar(Horizontal):
    """The program's mark and a title on the left, topic and badge on the right."""

    DEFAULT_CSS = """
    TitleBar { height: 1; background: $panel; padding: 0 2 0 0; }
    TitleBar .mark {
        width: auto; padding: 0 1 0 2; background: $block-cursor-background; color: $block-cursor-foreground;
        text-style: $block-cursor-text-style;
    }
    TitleBar .title { width: 1fr; padding: 0 0 0 1; text-style: bold; }
    TitleBar .badge { width: auto; color: $text-warning; text-style: bold; }
    TitleBar .title, TitleBar .badge { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, title: str, badge: str = "") -> None:
        super().__init__()
        self._title = title
        self._badge = badge
        self._topic = self._pace = ""

    def compose(self) -> ComposeResult:
        yield Static("smily-tui", classes="mark", markup=False)
        yield Static(self._title, classes="title", markup=False)
        yield Static(self._badge, classes="badge", markup=False)

    def on_mount(self) -> None:
        self.watch(self.app, "speed", self._show_speed)

    def _show_speed(self, speed: float) -> None:
        """Show how fast the demo's time runs, beside the badge."""
        self._pace = "" if speed == 1 else f"×{speed:g}"
        self._show_end()

    def say_topic(self, topic: str) -> None:
        """Show what the screen is about, before the badge."""
        self._topic = topic
        self._show_end()

    def _show_end(self) -> None:
        badges = "  ".join(filter(None, (self._badge, self._pace)))
        parts = ((self._topic, "$text-muted not bold"), "  " if self._topic and badges else "", badges)
        self.query_one(".badge", Static).update(Content.assemble(*parts))

    def say(self, title: str) -> None:
        """Show another title."""
        self.query_one(".title", Static).update(title)


class LineScrollBar(ScrollBarRender):
    """Scrollbar: a thick line for the part in sight on a thin one."""

    @classmethod
    def render_bar(
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = Color.default(),  # noqa: B008 - a constant
        bar_color: Color = Color.default(),  # noqa: B008
    ) -> Segments:
        """Draw `size` cells of a window onto something larger; Textual acts on the names in `meta`."""
        visible = max(1, round(size * window_size / virtual_size)) if virtual_size else size
        hidden = max(virtual_size - window_size, 1)
        start = round((size - visible) * min(position / hidden, 1.0))
        # Textual 8.2.8 draws blanks on two grounds: without colours nothing is seen of them
        thin, thick = ("│", "┃") if vertical else ("─", "━")
        parts = (
            (start, thin, "scroll_up"),
            (visible, thick, "grab"),
            (size - start - visible, thin, "scroll_down"),
        )
        segments = [
            Segment(sign * thickness, Style(color=bar_color, bgcolor=back_color, meta={"@mouse.down": act}))
            for count, sign, act in parts
            for _ in range(count)
        ]
        if vertical:
            return Segments(segments, new_lines=True)
        return Segments([*segments, Segment.line()] * thickness)
