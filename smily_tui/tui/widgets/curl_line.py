"""Curl command on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

if TYPE_CHECKING:
    from textual.geometry import Size

    from smily_tui.api_call import CurlCommand


class CurlLine(Static):
    """Command in rows that can be selected, pasted and run: a shell takes them for one line."""

    DEFAULT_CSS = "CurlLine { height: auto; color: $text-accent; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__("", id=id, markup=False)
        self._command: CurlCommand | None = None

    def show(self, command: CurlCommand) -> None:
        """Show another command."""
        self._command = command
        self.refresh(layout=True)

    def render(self) -> Content:
        return Content("\n").join(map(Content, self._rows(self.content_size.width)))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of rows at that width; a long path may take several."""
        del container, viewport
        return sum(len(Content(row).wrap(max(width, 1))) for row in self._rows(width))

    def _rows(self, width: int) -> list[str]:
        return [] if self._command is None else self._command.rows(width)
