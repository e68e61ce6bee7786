"""Words of a command line as POSIX shells read them, or PowerShell, and the Command Prompt where it can.

Source: Microsoft, "about_Quoting_Rules", "about_Special_Characters", "cmd".
"""

from __future__ import annotations

import os
import re
import shlex
from typing import Final

from smily_tui.text import clean

# PowerShell divides an option at a full stop or a colon
_BARE: Final = r"-[\w-]*|[\w./:\\+][\w./:\\+-]*"
_QUOTES: Final = '"“”„'  # PowerShell takes any of them for the end of a string in double quotes
_SINGLE_QUOTES: Final = "'‘’‚‛"
# besides a quote: variables and escapes of PowerShell, variables of the Command Prompt
_EXPANDED: Final = "$`%"


def quote_posix(word: str) -> str:
    """Quote a word for POSIX shells, whatever it contains.

    What cannot be shown is written as `printf` reads it (POSIX, "printf": octal escapes). A line break at a
    word's very end cannot be written so.
    """
    if clean(word, len(word) + 1) == word:
        return shlex.quote(word)
    # --: the word may begin with a dash; "…": blanks in it stay one argument
    return f'"$(printf -- {shlex.quote("".join(_in_octal(word)))})"'


def _in_octal(word: str) -> list[str]:
    """Write a word character by character as the format of `printf`; a run of blanks is escaped as well."""
    return [
        {"\\": "\\\\", "%": "%%"}.get(char, char)
        if char != " " and clean(char) == char
        else "".join(f"\\{byte:03o}" for byte in os.fsencode(char))
        for char in word
    ]


def quote_powershell(word: str) -> str:
    """Quote a word for PowerShell, whatever it contains.

    Letters, digits and paths stay as they are. Double quotes do for both shells unless one of them would
    expand something in the word. Windows PowerShell 5.1 passes a double quote on only behind a backslash.
    """
    if clean(word, len(word) + 1) != word:
        return f'"{"".join(map(_by_number, word))}"'
    if re.fullmatch(_BARE, word):
        return word
    if not set(word) & set(_QUOTES + _EXPANDED):
        return f'"{word}"'
    doubled = re.sub(f"[{_SINGLE_QUOTES}]", r"\g<0>\g<0>", word)
    return "'" + doubled.replace('"', '\\"') + "'"


def _by_number(char: str) -> str:
    """Write a character in double quotes; a blank and one that cannot be shown by its number."""
    if char in _QUOTES + _EXPANDED:
        return f"`{char}"
    if char != " " and clean(char) == char:
        return char
    number = f"0x{ord(char):x}"
    return f"$([char]{number})" if ord(char) < 0x10000 else f"$([char]::ConvertFromUtf32({number}))"
