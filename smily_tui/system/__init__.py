"""This computer, its processes and its terminal; `here` is what its operating system does in its own way."""

from __future__ import annotations

import codecs
import contextlib
import os
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.digest import sha256
from smily_tui.errors import UsageError
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping

    from smily_tui.system.interface import System

if sys.platform == "win32":
    from smily_tui.system import windows as _system
elif sys.platform == "darwin":
    from smily_tui.system import darwin as _system
else:
    from smily_tui.system import linux as _system

here: Final[System] = _system


class Machine(NamedTuple):
    """Computer.

    Attributes:
        mark: tells this computer from others: the system's id, hashed as machine-id(5) asks; empty where it
            does not say.
        name: its host name.
    """

    mark: str
    name: Clean

    def differs_from(self, mark: str) -> bool:
        """Return whether `mark` certainly is another computer's."""
        return bool(mark and self.mark and mark != self.mark)


def this_machine() -> Machine:
    """Identify this computer."""
    machine_id = here.machine_id()
    return Machine(sha256(b"smily-tui " + machine_id)[:16] if machine_id else "", _host())


def _host() -> Clean:
    return clean(here.host(), 64)


class Process(NamedTuple):
    """Process, told from a later one with the same number by when it began.

    Attributes:
        pid: its number.
        began: when, in the system's own unit; 0 where the system does not say.
    """

    pid: int
    began: int

    @classmethod
    def this(cls) -> Process:
        """Return the present process."""
        return cls(os.getpid(), here.began(os.getpid()))

    def is_alive(self) -> bool:
        """Return whether the process is still running on this computer."""
        return self.began > 0 and here.began(self.pid) == self.began


def ancestry(pid: int, generations: int = 3) -> list[str]:
    """Name a process and those that started it, youngest first; as many as can be found out."""
    names: list[str] = []
    while pid > 1 and len(names) < generations and (process := here.parent(pid)):
        name, pid = process
        names.append(name)
    return names


def caller() -> Clean:
    """Describe this process and what started it: such as `smily-tui 4711 < bash < tmux`."""
    name, *parents = ancestry(os.getpid()) or ["smily-tui"]
    return clean(" < ".join([f"{name} {os.getpid()}", *parents]), 120)


@contextlib.contextmanager
def reaped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Collect the exit status of a process that still runs when the block ends, so that no zombie stays."""
    try:
        yield
    finally:
        if process.poll() is None:
            import threading

            threading.Thread(target=process.wait, daemon=True).start()


def command(*arguments: object) -> Clean:
    """Quote words as a line for the shell; each is one argument, whatever it contains.

    The line has no character that a terminal would take for its own.
    """
    return Clean(" ".join(here.quote(str(argument)) for argument in arguments))


WITHOUT: Final = "Without a terminal, use smily-tui connect --plain, token or accounts."


def is_terminal() -> bool:
    """Return whether somebody can read what is shown and type."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def why_no_full_screen(environ: Mapping[str, str] = os.environ) -> str:
    """Return why the full screen cannot be shown on this terminal; empty if it can, or there is none."""
    name = environ.get("TERM", "")
    if not here.HAS_TERM or name not in ("", "dumb") or not is_terminal():
        return ""
    return "TERM is dumb" if name else "TERM is not set"


def has_all_letters() -> bool:
    """Return whether the terminal's encoding, which the locale names, has every letter and sign."""
    return codecs.lookup(sys.stderr.encoding or "ascii").name == "utf-8"


def check_terminal(front_end: str = "The full screen") -> None:
    """Raise UsageError unless somebody can read and type."""
    if not is_terminal():
        raise UsageError(f"{front_end} needs a terminal.", next=WITHOUT)


START: Final = (
    10.0  # seconds until such a process asks at the latest; that a machine is busy says nothing yet
)
