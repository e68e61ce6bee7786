"""Shows nothing but ASCII: the last thing that happens to each line before it reaches the terminal."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.filter import LineFilter

if TYPE_CHECKING:
    from textual.color import Color

# One sign for one sign, so that nothing moves.
_SIGNS: Final = {
    **dict.fromkeys("─╌┄┈╶╴╼╾▔", "-"),
    **dict.fromkeys("━═╸╺▄▀", "="),
    **dict.fromkeys("│║╎┆┊╷╵╽╿▏▎▍▌▋▊▉▕▐", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼╔╗╚╝", "+"),
    **dict.fromkeys("▁▂▃▅▆▇_", "_"),
    **dict.fromkeys("■█▓┃", "#"),
    **dict.fromkeys("□░▒·", "."),
    **dict.fromkeys("●•⋆", "*"),
    **dict.fromkeys("◉", "@"),
    **dict.fromkeys("○", "o"),
    **dict.fromkeys("▶›»→", ">"),
    **dict.fromkeys("‹«←", "<"),
    **dict.fromkeys("▼↓", "v"),
    **dict.fromkeys("▲↑", "^"),
    **dict.fromkeys("“”„", '"'),
    **dict.fromkeys("‘’", "'"),
    **dict.fromkeys("—–−", "-"),
    "✓": "+",
    "✗": "x",
    "×": "x",
    "…": "~",
    "🔎": "> ",
}


class AsciiFilter(LineFilter):
    """Replaces other characters by ones that look like them, else by question marks, as wide."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """One line in ASCII."""
        del background
        return [
            Segment(text if text.isascii() else in_ascii(text), style, control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def in_ascii(text: str) -> str:
    """Return a text in ASCII, as wide as before."""
    return "".join(char if char.isascii() else _replaced(char) for char in text)


def _replaced(char: str) -> str:
    width = cell_len(char)
    plain = unicodedata.normalize("NFKD", char)[:1]
    sign = _SIGNS.get(char) or (plain if plain.isascii() else "?")
    return sign.ljust(width, "?")[:width]
