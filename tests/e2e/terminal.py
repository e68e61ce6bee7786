"""A real pty with a program in it, and what a person would see on its screen."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Self

import pexpect
import pyte

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "escape": "\x1b",
    "space": " ",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "f1": "\x1bOP",
}
# pyte shows the parameters of sequences that it does not know: these are the toolkit's questions
UNKNOWN = re.compile(r"\x1b\[[<>=][0-9;]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1bP[^\x1b]*\x1b\\|\x1b\[[0-9;]* q")


class Terminal:
    """Runs a command in a pty; every wait has a limit and reads until then, nothing ever just sleeps."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        columns: int = 80,
        rows: int = 24,
        limit: float = 15.0,
    ) -> None:
        self._limit = limit
        self.raw = ""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        self._child = pexpect.spawn(
            command[0],
            list(command[1:]),
            env={**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"},
            dimensions=(rows, columns),
            encoding="utf-8",
            timeout=limit,
        )
        self._child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.close(force=True)

    def text(self) -> str:
        """What the screen shows, row by row."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(self, wanted: str | Callable[[str], bool], limit: float | None = None) -> str:
        """Read until the screen shows a text, or until it satisfies a condition; the screen then."""
        shows = wanted if callable(wanted) else lambda screen: wanted in screen
        ends = time.monotonic() + (limit or self._limit)
        while not shows(self.text()):
            if time.monotonic() > ends or not self._read():
                raise AssertionError(f"waited in vain for {wanted!r}; the screen:\n{self.text()}")
        return self.text()

    def wait_for_focus_below(self, label: str) -> None:
        """Read until the field below a label has the focus: the toolkit moves it a little after the key."""

        def is_there(screen: str) -> bool:
            rows = [number for number, row in enumerate(screen.splitlines()) if row.strip() == label]
            return any(self._screen.buffer[row + 1][40].bold for row in rows)

        self.wait_for(is_there)

    def type(self, text: str) -> None:
        """Type characters."""
        self._child.send(text)

    def press(self, *keys: str) -> None:
        """Press keys by name: enter, tab, escape, ctrl+o, or a character."""
        for key in keys:
            if key.startswith("ctrl+"):
                self._child.sendcontrol(key.removeprefix("ctrl+"))
            else:
                self._child.send(KEYS.get(key, key))

    def paste(self, text: str) -> None:
        """Paste as terminals do (bracketed)."""
        self._child.send(f"\x1b[200~{text}\x1b[201~")

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    def exit_code(self) -> int:
        """Wait for the end of the program."""
        ends = time.monotonic() + self._limit
        while self._read():
            assert time.monotonic() < ends, f"it does not end; the screen:\n{self.text()}"
        self._child.wait()
        return int(self._child.exitstatus if self._child.exitstatus is not None else -1)

    def _read(self) -> bool:
        """Read what there is, waiting a little for it; False at the end."""
        try:
            piece = self._child.read_nonblocking(65536, timeout=0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += piece
        self._stream.feed(UNKNOWN.sub("", piece))
        return True
