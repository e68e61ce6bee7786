"""A scrollbar drawn with lines, so that it can be seen without colours, too."""

from __future__ import annotations

from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBarRender

from rich.color import Color  # isort: skip


class LineScrollBar(ScrollBarRender):
    """The part that is on the screen as a thick line, the rest as a thin one."""

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
        """Draw `size` cells of a window onto something larger; the toolkit acts on the names in `meta`."""
        shown = max(1, round(size * window_size / virtual_size)) if virtual_size else size
        hidden = max(virtual_size - window_size, 1)
        start = round((size - shown) * min(position / hidden, 1.0))
        thin, thick = ("│", "┃") if vertical else ("─", "━")
        parts = (
            (start, thin, "scroll_up"),
            (shown, thick, "grab"),
            (size - start - shown, thin, "scroll_down"),
        )
        segments = [
            Segment(sign * thickness, Style(color=bar_color, bgcolor=back_color, meta={"@mouse.down": act}))
            for count, sign, act in parts
            for _ in range(count)
        ]
        if vertical:
            return Segments(segments, new_lines=True)
        return Segments([*segments, Segment.line()] * thickness)
