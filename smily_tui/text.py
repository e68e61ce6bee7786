"""The cleaning of untrusted text: whatever came from outside can be shown after `clean`, and only after it.

Untrusted is everything that this program did not write itself: answers of a server, the clipboard, what a
person pasted, names of files, the environment, labels read back from the store. `Clean` is a type of its
own so that a function which shows text can ask for it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NewType

Clean = NewType("Clean", str)

LONGEST: Final = 400
_ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"
_SEQUENCE = re.compile(
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, with its end
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c]*(?:\x1b\\|\x9c)"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
)
_SPACES = {"Zl", "Zp"}
_HIDDEN = {"Cc", "Cf", "Cs", "Cn", "Co"}
_MARKS = {"Mn", "Me"}
MOST_MARKS: Final = 8
# by Unicode's property Default_Ignorable_Code_Point invisible, though counted among letters and marks
_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0"
    + "".join(chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)


def clean(raw: object, limit: int = LONGEST) -> Clean:
    """One line of printable text, at most `limit` characters, in any script.

    Control sequences go whole; control, bidirectional, zero-width, unassigned and surrogate characters
    go one by one; each run of white space becomes one space. The zero-width joiners stay between letters
    of scripts that need them; of many marks on one letter the first few stay. Text that is cut ends in an
    ellipsis.
    """
    given = str(raw)
    if len(given) <= limit and given.isascii() and given.isprintable() and "  " not in given:
        return Clean(given.strip(" "))  # nearly all text, in a fraction of the time
    text = _SEQUENCE.sub("", given[: limit * 16])
    kept: list[str] = []
    marks = 0
    for index, char in enumerate(text):
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        if char in "\t\n\r\x0b\x0c\x85" or unicodedata.category(char) in _SPACES:
            kept.append(" ")
        elif (_can_be_seen(char) or _joins(text, index)) and marks <= MOST_MARKS:
            kept.append(char)
    line = re.sub(r" {2,}", " ", "".join(kept)).strip()
    return Clean(line if len(line) <= limit else line[: limit - 1].rstrip() + _ELLIPSIS)


def _can_be_seen(char: str) -> bool:
    return unicodedata.category(char) not in _HIDDEN and char not in _FILLERS


def _joins(text: str, index: int) -> bool:
    """Whether the character is a joiner between two characters that are not ASCII."""
    if text[index] not in _JOINERS or not 0 < index < len(text) - 1:
        return False
    return not text[index - 1].isascii() and not text[index + 1].isascii()
