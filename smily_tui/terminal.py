"""Whether a person sits at this terminal: what both front ends need before they ask anything."""

from __future__ import annotations

import codecs
import sys
from typing import Final

from smily_tui.errors import UsageError

WITHOUT: Final = "Without one use: smily-tui connect --plain, smily-tui token, smily-tui accounts."


def is_terminal() -> bool:
    """Whether somebody can read what is shown and type."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def has_all_letters() -> bool:
    """Whether the terminal's encoding, which the locale names, has every letter and sign."""
    return codecs.lookup(sys.stderr.encoding or "ascii").name == "utf-8"


def check_terminal(front_end: str = "The full-screen program") -> None:
    """See that somebody can read and type; raises UsageError."""
    if not is_terminal():
        raise UsageError(f"{front_end} needs a terminal.", next=WITHOUT)
