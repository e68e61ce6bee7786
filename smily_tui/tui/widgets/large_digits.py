"""A countdown that the last row can read: digits five lines high, drawn in full blocks where they fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content

from smily_tui.tui.widgets.countdown import Countdown

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.geometry import Size

_SHAPES: Final = {
    "0": "####|#  #|#  #|#  #|####",
    "1": " ## |  # |  # |  # | ###",
    "2": "####|   #|####|#   |####",
    "3": "####|   #| ###|   #|####",
    "4": "#  #|#  #|####|   #|   #",
    "5": "####|#   |####|   #|####",
    "6": "####|#   |####|#  #|####",
    "7": "####|   #|  # | #  | #  ",
    "8": "####|#  #|####|#  #|####",
    "9": "####|#  #|####|   #|####",
    ":": " |#| |#| ",
}
ROWS: Final = 5
ROOM: Final = (80, 24)  # columns and rows of the terminal from which on the rest has its place, too


class LargeDigits(Countdown):
    """Digits and colons, each mark two characters wide."""

    DEFAULT_CSS = """
    LargeDigits { height: auto; width: auto; color: $text-accent; }
    """

    @property
    def _fits(self) -> bool:
        width, height = self.app.size
        return width >= ROOM[0] and height >= ROOM[1]

    def render(self) -> RenderResult:
        """The value in large."""
        if not self._fits:
            return super().render()
        return Content("\n".join(_row(self.value, row) for row in range(ROWS)))

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """As wide as its widest row."""
        if not self._fits:
            return super().get_content_width(container, viewport)
        return max((len(_row(self.value, row)) for row in range(ROWS)), default=0)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Five rows, or three."""
        return ROWS if self._fits else super().get_content_height(container, viewport, width)


def _row(value: str, row: int) -> str:
    shapes = (_SHAPES[each].split("|")[row] for each in value if each in _SHAPES)
    return "  ".join("".join(char * 2 for char in shape) for shape in shapes).replace("#", "█")
