"""QR code of a link, for the camera of a phone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from smily_tui.errors import SmilyError

WITHOUT: Final = "Copy it, or show it as text."
# The standard asks for four light modules around the code; most cameras do with two.
BORDERS: Final = (4, 2)
UPPER_HALF: Final = "▀"
# Black and white of the palette that terminals do not let people change.
_BLACK, _WHITE, _RESET = 16, 231, "\x1b[0m"

Cell = tuple[bool, bool]


@dataclass(frozen=True)
class Drawing:
    """QR code in cells, which say whether their upper and their lower half is dark.

    Not drawn by segno's `terminal(compact=True)` (1.6): that one leaves black and white to the terminal's
    colours, and cameras read no inverted code.
    """

    rows: tuple[tuple[Cell, ...], ...]

    @property
    def width(self) -> int:
        """In cells."""
        return len(self.rows[0])

    @property
    def height(self) -> int:
        """In rows."""
        return len(self.rows)

    def in_escapes(self) -> str:
        """Write text for a terminal, black on white whatever its colours are."""
        return "\n".join("".join(_escaped(cell) for cell in row) + _RESET for row in self.rows)


class TooLongForQr(SmilyError):
    """Link that no QR code holds."""


def drawings(link: str, *, ascii: bool = False) -> tuple[Drawing, ...]:  # noqa: A002
    """Draw the link as a QR code, best first: with a wide border, then with a narrow one.

    A cell holds two modules, one above the other; in ASCII, where there are no half blocks, a module
    takes two cells.

    Raises:
        TooLongForQr: the link has more than the 2,953 bytes that the largest QR code holds (ISO/IEC 18004).
    """
    return tuple(_drawing(_modules(link, border), ascii=ascii) for border in BORDERS)


def fitting(link: str, width: int, height: int | None, *, ascii: bool = False) -> Drawing | None:  # noqa: A002
    """Return the best drawing that fits; `height` None: rows can scroll. None: no drawing fits."""
    for drawing in drawings(link, ascii=ascii):
        if drawing.width <= width and (height is None or drawing.height <= height):
            return drawing
    return None


def sign(cell: Cell) -> str:
    """Return the character of a cell, drawn in the colour of its upper half on that of its lower half."""
    upper, lower = cell
    return " " if upper == lower else UPPER_HALF


@lru_cache(8)
def _modules(link: str, border: int) -> tuple[tuple[bool, ...], ...]:
    import segno

    try:
        # level L has the fewest modules, for small terminals; a screen gets no stains to be corrected
        code = segno.make_qr(link, error="l")
    except segno.DataOverflowError:
        raise TooLongForQr("The link is too long for a QR code.", next=WITHOUT) from None
    return tuple(tuple(bool(module) for module in row) for row in code.matrix_iter(border=border))


def _drawing(modules: tuple[tuple[bool, ...], ...], *, ascii: bool) -> Drawing:  # noqa: A002
    if ascii:
        return Drawing(tuple(tuple((dark, dark) for dark in row for _ in "12") for row in modules))
    # a code has an odd number of rows: below the last one there is nothing, which is light
    below = [*modules[1::2], (False,) * len(modules[0])]
    return Drawing(tuple(tuple(zip(*pair, strict=True)) for pair in zip(modules[::2], below, strict=False)))


def _escaped(cell: Cell) -> str:
    upper, lower = (_BLACK if dark else _WHITE for dark in cell)
    return f"\x1b[38;5;{upper};48;5;{lower}m{sign(cell)}"
