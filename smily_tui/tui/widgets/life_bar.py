"""How much of a token's life is left: a thick line, and a thin one for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.renderables.bar import Bar
from textual.widgets import ProgressBar

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult


class _Lines(Bar):
    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = self.width or options.max_width
        full = min(max(round(self.highlight_range[1]), 0), width)
        yield Text.assemble(
            ("━" * full, console.get_style(self.highlight_style)),
            ("─" * (width - full), console.get_style(self.background_style)),
            end="",
        )


class LifeBar(ProgressBar):
    """A progress bar from full to empty."""

    BAR_RENDERABLE = _Lines
