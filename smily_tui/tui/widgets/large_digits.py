"""A countdown that the last row can read: digits five lines high, drawn in full blocks."""

from __future__ import annotations

from typing import Final

from textual.content import Content
from textual.widgets import Digits

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


class LargeDigits(Digits):
    """Digits and colons, each mark two characters wide."""

    DEFAULT_CSS = """
    LargeDigits { height: 5; width: auto; color: $text-accent; }
    """

    def render(self) -> Content:
        """The value in large."""
        return Content("\n".join(_row(self.value, row) for row in range(ROWS)))

    def get_content_width(self, *_: object) -> int:
        """As wide as its widest row."""
        return max((len(_row(self.value, row)) for row in range(ROWS)), default=0)

    def get_content_height(self, *_: object) -> int:
        """Five rows."""
        return ROWS


def _row(value: str, row: int) -> str:
    shapes = (_SHAPES[each].split("|")[row] for each in value if each in _SHAPES)
    return "  ".join("".join(char * 2 for char in shape) for shape in shapes).replace("#", "█")
