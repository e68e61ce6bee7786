"""Commands for a person to run, quoted for the system's shell."""

from __future__ import annotations

from smily_tui.system import here
from smily_tui.text import Clean


def command(*arguments: object) -> Clean:
    """Quote words as a line for the shell; each is one argument, whatever it contains.

    The line has no character that a terminal would take for its own.
    """
    return Clean(" ".join(here.quote(str(argument)) for argument in arguments))
