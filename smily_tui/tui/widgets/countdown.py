"""The time left, large; in ASCII, whose lines make no legible digits, spaced out and bold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Digits

if TYPE_CHECKING:
    from textual.app import RenderResult

    from smily_tui.tui.app import SmilyApp


class Countdown(Digits):
    """A time such as 1:59:50."""

    app: SmilyApp

    def render(self) -> RenderResult:
        """Draw it."""
        return Content.styled(" ".join(self.value), "bold") if self.app.in_ascii else super().render()
