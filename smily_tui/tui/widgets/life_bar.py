"""How much of something is left or done: a thick line, and a thin one for the rest."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget


class LifeBar(Widget):
    """One line from empty to full."""

    DEFAULT_CSS = """
    LifeBar { height: 1; }
    """
    share: reactive[float] = reactive(0.0)  # from 0 to 1

    def render(self) -> Content:
        """Both lines, by the width that there is now."""
        width = self.size.width
        full = min(max(round(self.share * width), 0), width)
        return Content.assemble(("━" * full, "$primary"), ("─" * (width - full), "$text-muted"))
