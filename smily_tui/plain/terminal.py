"""A terminal as lines: text is written, lines are read, some of them without being shown."""

from __future__ import annotations

import contextlib
import os
import sys
import termios
from typing import TYPE_CHECKING, Final, Protocol

from smily_tui.hidden import hidden
from smily_tui.system import check_terminal, has_all_letters, is_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

ASKS: Final = "The plain mode asks questions: it"
_SIGNS: Final = str.maketrans(
    {"“": '"', "”": '"', "’": "'", "…": "...", "—": "-", "–": "-", "→": "->", "›": ">", "●": "*"}
)


class Terminal(Protocol):
    """Where the dialogue takes place."""

    def write(self, text: str) -> None:
        """Write text as it is."""
        ...

    def line(self) -> str:
        """The next line; raises EOFError at the end of the input, KeyboardInterrupt on Ctrl-C."""
        ...

    def hidden(self) -> AbstractContextManager[None]:
        """Inside of it nothing that is typed or pasted is shown."""
        ...

    def drop_typed(self) -> None:
        """Throw away what was typed before it was asked for."""
        ...


class LineTerminal:
    """The terminal of this process: words on stderr, as the full-screen program does, lines from stdin.

    Args:
        ascii: write nothing but ASCII.

    Raises:
        UsageError: one of the two is no terminal.
    """

    def __init__(self, *, ascii: bool = False) -> None:  # noqa: A002
        check_terminal(ASKS)
        self._ascii = ascii
        self._begun = ""  # the line that waits for its end: a prompt
        self._few_signs = ascii or not has_all_letters()

    def write(self, text: str) -> None:
        """Write text; quotes and dashes are plain ones where the terminal has no others."""
        shown = text.translate(_SIGNS) if self._few_signs else text
        shown = shown.encode("ascii", "replace").decode() if self._ascii else shown
        self._begun = shown.rpartition("\n")[2]
        sys.stderr.write(shown)
        sys.stderr.flush()

    def line(self) -> str:
        """The next line."""
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line

    def hidden(self) -> AbstractContextManager[None]:
        """Echo is off; what was typed before or is left over is thrown away, so that it is never shown."""
        return hidden(lambda: self._begun)

    def drop_typed(self) -> None:
        """Throw away what was typed before it was asked for."""
        with contextlib.suppress(termios.error):  # it has gone away, which the next line will tell
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def chosen_by_itself(environ: Mapping[str, str] | None = None) -> str:
    """Why the full screen cannot be shown on this terminal; empty where it can, or there is none."""
    name = (os.environ if environ is None else environ).get("TERM", "")
    if name not in ("", "dumb") or not is_terminal():
        return ""
    return "TERM is dumb" if name else "TERM is not set"
