"""Commands that a person is told to run: written so that a shell takes each word as it stands."""

from __future__ import annotations

import os
import shlex

from smily_tui.text import Clean, clean


def command(*words: object) -> Clean:
    """A line for a shell; each word is one argument, whatever it holds.

    What cannot be shown is written as `printf` reads it (POSIX, "printf": octal escapes): the line has no
    character that a terminal would take for its own. A line break at a word's very end cannot be written so.
    """
    return Clean(" ".join(_quoted(str(word)) for word in words))


def _quoted(word: str) -> str:
    if clean(word, len(word) + 1) == word:
        return shlex.quote(word)
    return f'"$(printf -- {shlex.quote("".join(_escaped(word)))})"'


def _escaped(word: str) -> list[str]:
    """The word character by character, as the format of `printf`; a run of blanks cannot be shown either."""
    return [
        {"\\": "\\\\", "%": "%%"}.get(char, char)
        if char != " " and clean(char) == char
        else "".join(f"\\{byte:03o}" for byte in os.fsencode(char))
        for char in word
    ]
