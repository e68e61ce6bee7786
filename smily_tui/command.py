"""Commands for a person to run, quoted for a shell."""

from __future__ import annotations

import os
import shlex

from smily_tui.text import Clean, clean


def command(*arguments: object) -> Clean:
    """Quote words as a line for a shell; each is one argument, whatever it holds.

    What cannot be shown is written as `printf` reads it (POSIX, "printf": octal escapes): the line has no
    character that a terminal would take for its own. A line break at a word's very end cannot be written so.
    """
    return Clean(" ".join(_quoted(str(word)) for word in arguments))


def _quoted(word: str) -> str:
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
