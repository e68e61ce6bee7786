"""Text that is made for its present width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Static

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.content import Content
    from textual.geometry import Size


class Drawn(Static):
    """Text that is made for its present width.

    Args:
        make: the text for so many cells.
    """

    DEFAULT_CSS = "Drawn { width: 1fr; height: auto; }"

    def __init__(self, make: Callable[[int], Content], *, id: str) -> None:  # noqa: A002 - as in Textual
        super().__init__("", id=id, markup=False)
        self._make = make

    def draw(self) -> None:
        """Draw again, as high as it needs to be now."""
        self.refresh(layout=True)

    def render(self) -> Content:
        # here and not before: at a resize on a busy machine, a text made for the past width stayed
        return self._make(self.content_size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of rows at that width."""
        del container, viewport
        return len(self._make(width).wrap(width)) if width else 0
