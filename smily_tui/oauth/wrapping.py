"""What people hand over: made visible, taken out of what stands around it, and put together again."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from smily_tui.text import unmarked

if TYPE_CHECKING:
    from collections.abc import Sequence

QUOTES: Final = "\"'`“”‘’«»‹›„‚"
AROUND: Final = " <>()[]{}*.,;:!" + QUOTES
USUAL_LENGTHS: Final = frozenset({43, 64})  # what this family of servers gives out
USUAL: Final = r"(?:[A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{43})"
_PAIRS: Final = frozenset({"<>", "()", "[]", "{}", "**"})
_AFTER_QUOTE = re.compile(rf"(?<=[{QUOTES}])[,;]+$")
_INVISIBLE = {"Cc", "Cf", "Cs"}
_BARE_MARKS = re.compile(
    r"(?P<mark>20|0|)0~(.*?)(?:(?P=mark)1~)?"
)  # what a shell leaves of a paste's marks: 0~ … 1~
_FULL_LINES = 16
_QUOTED = re.compile(r"(?<=\n)[ \t]*>[> \t]*")  # how mail programs mark the lines that they answer
# what word processors and keyboards of East Asia write instead
_ALIKE = str.maketrans("\u2010\u2011", "--") | {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def visible(pasted: str) -> str:
    """The text without invisible characters, marks of a paste or of a quoted mail, outer quotes, white space.

    Each white space is a blank; fullwidth letters and special hyphens are plain ones.
    """
    shown = "".join(
        " " if char.isspace() else char
        for char in _QUOTED.sub("", unmarked(pasted)).translate(_ALIKE)
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )
    text = shown.strip(" " + QUOTES)
    marked = _BARE_MARKS.fullmatch(text)
    return marked[2].strip(" " + QUOTES) if marked else text


def field_in(text: str, name: str) -> str:
    """The text of a field of JSON, also of a part of it; empty where there is none of that name."""
    field = re.search(rf"(?<!\w){name}[\"']\s*:\s*[\"']([^\"']*)", text)
    return field[1] if field else ""


def bare(pasted: str, label: re.Pattern[str]) -> str:
    """One value without its label and what stands around it.

    The lines of a wrapped paste are joined; other blanks stay. Punctuation that is not in pairs is taken away
    from a value of a usual length only: it may be a part of any other.
    """
    pieces = _peeled(label.sub("", _peeled(visible(pasted)))).split()
    value = unwrapped(pieces) or " ".join(pieces)
    inner = value.strip(AROUND)
    return inner if re.fullmatch(USUAL, inner) else value


def _peeled(text: str) -> str:
    """Without quotes, and without brackets and asterisks around all of it."""
    while True:
        text = _AFTER_QUOTE.sub("", text.strip()).strip(" " + QUOTES)
        if len(text) < 2 or text[0] + text[-1] not in _PAIRS:
            return text
        text = text[1:-1]


def unwrapped(pieces: Sequence[str]) -> str:
    """The pieces of one broken value in one; empty where they look like separate words.

    A value is broken into lines of one width, the last of them not longer. Behind a label the first may
    be shorter; then only a usual length tells that the pieces belong together.
    """
    joined = "".join(pieces)
    if len(pieces) < 2:
        return joined
    first, *middle, last = (len(piece) for piece in pieces)
    even = set(middle) <= {first} and last <= first and len(joined) - last >= _FULL_LINES
    usual = len(joined) in USUAL_LENGTHS and len(set(middle)) <= 1 and max(first, last) <= max(middle or [64])
    return joined if even or usual else ""
