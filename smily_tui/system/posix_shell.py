"""Words of a command line as POSIX shells read them."""

from __future__ import annotations

import os
import shlex

from smily_tui.text import clean


def quote(word: str) -> str:
    """Quote a word, whatever it contains.

    What cannot be shown is written as `printf` reads it (POSIX, "printf": octal escapes). A line break at a
    word's very end cannot be written so.
    """
    if clean(word, len(word) + 1) == word:
        return shlex.quote(word)
    # --: the word may begin with a dash; "…": blanks in it stay one argument
    return f'"$(printf -- {shlex.quote("".join(_escaped(word)))})"'


def _escaped(word: str) -> list[str]:
    """Write a word character by character as the format of `printf`; a run of blanks is escaped as well."""
    return [
        {"\\": "\\\\", "%": "%%"}.get(char, char)
        if char != " " and clean(char) == char
        else "".join(f"\\{byte:03o}" for byte in os.fsencode(char))
        for char in word
    ]
