"""Value that a person pastes: tidied, joined where it was wrapped, and without its label."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from smily_tui.text import unmarked

if TYPE_CHECKING:
    from collections.abc import Sequence

# characters: 32 random bytes in URL-safe Base64 or in hexadecimal digits
CODE_LENGTHS: Final = (43, 64)
QUOTES: Final = "\"'`“”‘’«»‹›„‚"
PUNCTUATION: Final = " <>()[]{}*.,;:!" + QUOTES
USUAL: Final = r"(?:[A-Za-z0-9_-]{64}|[A-Za-z0-9_-]{43})"
_PAIRS: Final = frozenset({"<>", "()", "[]", "{}", "**"})
_AFTER_QUOTE = re.compile(rf"(?<=[{QUOTES}])[,;]+$")
_INVISIBLE: Final = {"Cc", "Cf", "Cs"}
# 0~ … 1~: a shell took the escape
_PASTE_MARKS = re.compile(r"(?P<mark>20|0|)0~(.*?)(?:(?P=mark)1~)?")
# how mail programs quote the mail that they answer
_QUOTED_LINE = re.compile(r"(?<=\n)[ \t]*>[> \t]*")
# characters: shorter lines may be words
_FULL_LINES: Final = 16
# Word processors and East Asian keyboards write special hyphens and fullwidth letters.
_ALIKE = str.maketrans("\u2010\u2011", "--") | {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def tidy(pasted: str) -> str:
    """Remove invisible characters, marks of a paste or of a quoted mail, outer quotes and white space.

    Each white space becomes a blank; fullwidth letters and special hyphens become plain ones.
    """
    text = "".join(
        " " if char.isspace() else char
        for char in _QUOTED_LINE.sub("", unmarked(pasted)).translate(_ALIKE)
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    ).strip(" " + QUOTES)
    marked = _PASTE_MARKS.fullmatch(text)
    return marked[2].strip(" " + QUOTES) if marked else text


def find_field(text: str, name: str) -> str:
    """Find the text of a field in JSON, also in a part of it; empty if there is none of that name."""
    field = re.search(rf"(?<!\w){name}[\"']\s*:\s*[\"']([^\"']*)", text)
    return field[1] if field else ""


def unwrap(pasted: str, label: re.Pattern[str]) -> str:
    """Return one value without its label, quotes, brackets and line breaks.

    The lines of a wrapped paste are joined; other blanks stay. Punctuation without its pair is removed from
    a value of a usual length only: it may be a part of any other.
    """
    pieces = _peel(label.sub("", _peel(tidy(pasted)))).split()
    value = join_lines(pieces) or " ".join(pieces)
    inner = value.strip(PUNCTUATION)
    return inner if re.fullmatch(USUAL, inner) else value


def _peel(text: str) -> str:
    """Remove quotes, and brackets and asterisks around the whole text."""
    while True:
        text = _AFTER_QUOTE.sub("", text.strip()).strip(" " + QUOTES)
        if len(text) < 2 or text[0] + text[-1] not in _PAIRS:
            return text
        text = text[1:-1]


def join_lines(pieces: Sequence[str]) -> str:
    """Join the pieces of one broken value; empty if they look like separate words.

    A value breaks into lines of one width, the last of them not longer. After a label the first may be
    shorter; then only a usual length shows that the pieces belong together.
    """
    joined = "".join(pieces)
    if len(pieces) < 2:
        return joined
    first, *middle, last = (len(piece) for piece in pieces)
    even = set(middle) <= {first} and last <= first and len(joined) - last >= _FULL_LINES
    usual = len(joined) in CODE_LENGTHS and len(set(middle)) <= 1 and max(first, last) <= max(middle or [64])
    return joined if even or usual else ""
