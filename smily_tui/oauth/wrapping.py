"""Pasted text: made visible, and put together again where a line's end broke it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

QUOTES: Final = "\"'`“”‘’«»‹›„‚"
USUAL_LENGTHS: Final = frozenset({43, 64})  # what this family of servers gives out
_INVISIBLE = {"Cc", "Cf", "Cs"}
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")  # colours, and the marks around a paste
_FULL_LINES = 16


def visible(pasted: str) -> str:
    """The text without invisible characters, outer quotes and white space; each white space is a blank."""
    kept = (
        " " if char.isspace() else char
        for char in _SEQUENCE.sub("", pasted)
        if char.isspace() or unicodedata.category(char) not in _INVISIBLE
    )
    return "".join(kept).strip(" " + QUOTES)


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
