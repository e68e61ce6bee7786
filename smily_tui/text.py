"""Cleaning of untrusted text: whatever came from outside can be shown after `clean`, and only after it.

Outside is everything that this program did not write itself: answers of a server, the clipboard, what a
person pasted or typed, names of files, the environment, labels read back from the store. Such text is
`Untrusted`, which is no `str`: the type checker refuses it wherever text is shown. `Clean` is a type of its
own, too, so that a function which shows text can ask for it.
"""

from __future__ import annotations

import re
import unicodedata

TYPE_CHECKING = False  # type checkers take it for true; `typing` would be a tenth of the time of `--help`
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Final, NoReturn, Self

LONGEST: Final = 400
_OUTSIDE: Final = "(text from outside)"
_ELLIPSIS = "…"
_JOINERS = "\u200c\u200d"
# compiled by `re` at first use, here as below: most starts need none of them
# Exclude openers from each body: unterminated sequences would otherwise match in quadratic time.
_SEQUENCE: Final = (
    r"(?:\x1b\]|\x9d)[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)"  # OSC, with its end
    r"|(?:\x1b[PX^_]|[\x90\x98\x9e\x9f])[^\x1b\x9c\x90\x98\x9e\x9f]*(?:\x1b\\|\x9c)"  # DCS, SOS, PM, APC
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI
)
# what a terminal puts around a paste, its escape character gone or spelled out
_PASTE_MARK: Final = r"(?:\^\[|\\(?:e|x1b|033))?\[20[01]~"
_SPACES = {"Zl", "Zp"}
_WHITE = "\t\n\r\x0b\x0c\x85\u2800"  # the Braille pattern without a dot, the blank of that script
_HIDDEN = {"Cc", "Cf", "Cs", "Cn", "Co"}
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_MARKS = {"Mn", "Me"}
MOST_MARKS: Final = 8
# by Unicode's property Default_Ignorable_Code_Point invisible, or empty, though counted among what is seen
_FILLERS = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0\U00016fe4\U0001d159"
    + "".join(chr(code) for code in (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)


class Clean(str):
    """Text that can be shown: a type for checkers, but a plain `str` at run time, as of `typing.NewType`."""

    __slots__ = ()

    def __new__(cls, text: str) -> Self:  # noqa: D102
        return text  # type: ignore[return-value]


class Untrusted:
    """Text from outside.

    There are two ways out: `clean()`, to show it, and `for_parsing()`, to find out what it says. Every other
    way to turn it into text gives the same few words of our own, so that a mistake that the type checker
    cannot see, such as an f-string, shows nothing either.
    """

    __slots__ = ("__raw",)

    def __init__(self, raw: str) -> None:
        self.__raw = raw

    def for_parsing(self) -> str:
        """Return the text as it came: to be matched or read, and never to be shown.

        A search for `for_parsing(` finds every place where text from outside is looked into.
        """
        return self.__raw

    def __len__(self) -> int:
        return len(self.__raw)

    def __bool__(self) -> bool:
        return bool(self.__raw)

    def __eq__(self, other: object) -> bool:
        return self.__raw == other.for_parsing() if isinstance(other, Untrusted) else NotImplemented

    def __hash__(self) -> int:
        return hash((Untrusted, self.__raw))

    def __repr__(self) -> str:
        return f"Untrusted({_OUTSIDE})"

    def __str__(self) -> str:
        return _OUTSIDE

    def __format__(self, spec: str) -> str:
        return format(_OUTSIDE, spec)

    def __reduce__(self) -> NoReturn:
        msg = "text from outside is not pickled or copied"
        raise TypeError(msg)


def clean(raw: object, limit: int = LONGEST) -> Clean:
    """Return one line of printable text, at most `limit` characters, in any script.

    Control sequences go whole; control, bidirectional, zero-width, unassigned and surrogate characters
    go one by one; each run of white space becomes one space. The zero-width joiners stay between letters
    of scripts that need them; of many marks on one letter the first few stay. Text that is cut ends in an
    ellipsis.
    """
    text = raw.for_parsing() if isinstance(raw, Untrusted) else str(raw)
    if len(text) <= limit and text.isascii() and text.isprintable() and "  " not in text:
        return Clean(text.strip(" "))  # nearly all text, in a fraction of the time
    text = re.sub(_SEQUENCE, "", text[: limit * 16])
    kept: list[str] = []
    marks = 0
    for index, char in enumerate(text):
        marks = marks + 1 if unicodedata.category(char) in _MARKS else 0
        if char in _WHITE or unicodedata.category(char) in _SPACES:
            kept.append(" ")
        elif (_can_be_seen(char) or _joins(text, index)) and marks <= MOST_MARKS:
            kept.append(char)
    line = re.sub(r" {2,}", " ", "".join(kept)).strip()
    return Clean(line if len(line) <= limit else line[: limit - 1].rstrip() + _ELLIPSIS)


def are_clean(texts: Sequence[str], limit: int = LONGEST) -> bool:
    """Return whether `clean` certainly returns each of these texts as it is; quick for thousands of them."""
    line = f" {' '.join(texts)} "  # a blank at either end of one makes two
    return line.isascii() and line.isprintable() and "  " not in line and max(map(len, texts)) <= limit


def unmarked(pasted: str) -> str:
    """Remove control sequences, and a terminal's marks around a paste, whole or not."""
    return re.sub(_PASTE_MARK, "", re.sub(_SEQUENCE, "", pasted))


def anchored(text: str) -> str:
    """Mark a text that runs from right to left, so that its neighbours in a row keep their places.

    A mark on each side, and not an isolate around it: of a row only a part may be drawn, and an isolate
    that is not closed would take in what is drawn beside it. Source: Unicode Standard Annex #9.
    """
    turns = not text.isascii() and any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text)
    return f"\u200e{text}\u200e" if turns else text


def _can_be_seen(char: str) -> bool:
    return unicodedata.category(char) not in _HIDDEN and char not in _FILLERS


def _joins(text: str, index: int) -> bool:
    """Return whether the character is a joiner between two characters that are not ASCII."""
    if text[index] not in _JOINERS or not 0 < index < len(text) - 1:
        return False
    return not text[index - 1].isascii() and not text[index + 1].isascii()


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: "1 file", "2 files"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def nearest(name: str, names: Iterable[str]) -> str:
    """Return the name that a mistyped one may mean; empty where none is similar."""
    from difflib import get_close_matches  # here: every command imports this module

    by_folded = {candidate.casefold(): candidate for candidate in names}
    matches = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.8)
    return by_folded[matches[0]] if matches else ""
