"""How well each written text of a screen can be read, as it goes to the terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.color import Color
    from rich.style import Style

    from smily_tui.tui.app import SmilyApp

ENOUGH = 4.5


def pale(app: SmilyApp) -> set[str]:
    """The texts of too little contrast, in words."""
    drawn = list(texts(app))
    assert drawn
    return {
        f"{app.theme}: {contrast(style):.2f} {style.color} on {style.bgcolor}: {text.strip()}"
        for text, style in drawn
        if contrast(style) < ENOUGH
    }


def texts(app: SmilyApp) -> Iterator[tuple[str, Style]]:
    """Each piece of the screen in which something is written, as it goes to the terminal."""
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style is not None and any(_is_written(char) for char in text):
                yield text, style


def _is_written(char: str) -> bool:
    """Letters, digits and punctuation; lines, blocks and blanks are no text."""
    return unicodedata.category(char)[0] in "LNP" or char in "✓✗▶$+<>=^|~"


def contrast(style: Style) -> float:
    """As WCAG 2 defines it, from 1 to 21."""
    one, other = sorted((_luminance(style.color), _luminance(style.bgcolor)))
    return (other + 0.05) / (one + 0.05)


def _luminance(colour: Color | None) -> float:
    assert colour is not None
    assert colour.triplet is not None, "every colour is a true colour here"
    parts = [each / 255 for each in colour.triplet]
    red, green, blue = (
        each / 12.92 if each <= 0.03928 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
