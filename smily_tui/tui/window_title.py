"""Title of the terminal's window while the program runs; the one before comes back at its end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Source: xterm's "Control Sequences", Window manipulation (XTWINOPS) 22 and 23, and OSC 2
_SAVE: Final = "\x1b[22;2t"
_RESTORE: Final = "\x1b[23;2t"
_LONGEST: Final = 60


class WindowTitle:
    """Window title of one terminal; it is written while the program has the terminal.

    Args:
        write: sends text to the terminal.
        environ: names its kind; the consoles of Linux and dumb terminals have no window.
    """

    def __init__(self, write: Callable[[str], None], environ: Mapping[str, str] = os.environ) -> None:
        self._write = write
        self._is_there = environ.get("TERM", "") not in {"", "dumb", "linux"}
        self._is_saved = False
        self._text: str = "smily-tui"

    def begin(self) -> None:
        """Save the title of the terminal, and show ours."""
        if self._is_there and not self._is_saved:
            self._is_saved = True
            self._write(_SAVE + _set(self._text))

    def show(self, text: str) -> None:
        """Show a text, cleaned of what a terminal would act on."""
        self._text = clean(text, _LONGEST)
        if self._is_saved:
            self._write(_set(self._text))

    def end(self) -> None:
        """Bring the title back that was saved."""
        if self._is_saved:
            self._is_saved = False
            self._write(_RESTORE)


def _set(text: str) -> str:
    return f"\x1b]2;{text}\x07"
