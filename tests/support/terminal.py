"""A real pty with a program in it, and what a person would see on its screen."""

from __future__ import annotations

import os
import re
import signal
import termios
import time
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

import pexpect
import pyte

from tests.support.polling import PATIENCE, until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "delete": "\x1b[3~",
    "f1": "\x1bOP",
}
# filelock 4.3.1 lets no thread fork while another one does
FORKING = Lock()
# pyte shows the parameters of sequences that it does not know: keyboard protocol, questions, cursor shapes
UNKNOWN = re.compile(
    r"\x1b\[[<=>][0-9;:]*[a-zA-Z]|\x1b\[\?[0-9;]*(\$p|u)|\x1b[P^_X][^\x1b]*\x1b\\|\x1b\[[0-9;]* q"
)
# private modes that are set or reset
MODE = re.compile(r"\x1b\[\?([\d;]+)([hl])")
# pyte has one screen only; in a terminal nothing of the one is to be seen on the other
OTHER_SCREEN = re.compile(r"\x1b\[\?1049[hl]")
# Textual asks whether the terminal knows synchronized output (mode 2026): then no screen shows half a frame
FRAMES_QUESTION, FRAMES_ANSWER = "\x1b[?2026$p", "\x1b[?2026;2$y"
FRAME_BEGINS, FRAME_ENDS = "\x1b[?2026h", "\x1b[?2026l"
# the beginning of a sequence whose rest has not arrived yet
UNFINISHED = re.compile(r"\x1b(\[[<=>?]?[0-9;:]*[ $]?|[P^_X\]][^\x07\x1b]*\x1b?)?\Z")


class Terminal:
    """Runs a command in a pty; every wait has a limit and reads until then, nothing ever just sleeps."""

    def __init__(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        *,
        columns: int = 80,
        rows: int = 24,
        limit: float = PATIENCE,
    ) -> None:
        self._limit = limit
        self.raw = ""
        self._rest = ""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        with FORKING:
            self._child = pexpect.spawn(
                command[0],
                list(command[1:]),
                env={**environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"},
                dimensions=(rows, columns),
                encoding="utf-8",
                codec_errors="replace",  # what is typed early is echoed by the kernel, between any two bytes
                timeout=limit,
                preexec_fn=take_signals,
            )
        self._child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._child.closed and self._child.isalive():
            self.signal(signal.SIGKILL)
        self._child.close(force=True)

    def is_alive(self) -> bool:
        """Return whether the program is still running."""
        return bool(self._child.isalive())

    def text(self) -> str:
        """What the screen shows, row by row."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    def wait_for(
        self, wanted: str | re.Pattern[str] | Callable[[str], object], limit: float | None = None
    ) -> str:
        """Read until the screen shows a text or a pattern, or satisfies a condition; the screen then."""
        shows = _condition(wanted)
        ends = time.monotonic() + (limit or self._limit)
        while not shows(self.text()):
            if time.monotonic() > ends or not self._read():
                raise AssertionError(f"waited in vain for {wanted!r}; the screen:\n{self.text()}")
        return self.text()

    def wait_for_focus_below(self, label: str) -> None:
        """Read until the field below or beside a label has the focus: it moves a little after the key."""

        def is_there(screen: str) -> bool:
            found = enumerate(screen.splitlines())
            rows = [number for number, row in found if f"{row.strip()}   ".startswith(f"{label}   ")]
            return any(self._screen.buffer[row + down][40].bold for row in rows for down in (0, 1))

        self.wait_for(is_there)

    def type(self, text: str) -> None:
        """Type characters."""
        self._child.send(text)

    def send(self, piece: bytes) -> None:
        """Send bytes as they are, at once; they need not be text."""
        os.write(self._child.child_fd, piece)

    def press(self, *keys: str) -> None:
        """Press keys by name: enter, tab, escape, ctrl+o, or a character."""
        for key in keys:
            if key.startswith("ctrl+"):
                self._child.sendcontrol(key.removeprefix("ctrl+"))
            else:
                self._child.send(key if len(key) == 1 else KEYS[key])

    def paste(self, text: str) -> None:
        """Paste as terminals do (bracketed)."""
        self._child.send(f"\x1b[200~{text}\x1b[201~")

    def click(self, label: str, times: int = 1) -> None:
        """Click on a label, so many times in one write."""
        rows = self.wait_for(label).splitlines()
        row = next(number for number, text in enumerate(rows, 1) if label in text)
        place = f"0;{rows[row - 1].index(label) + 1};{row}"
        self._child.send(f"\x1b[<{place}M\x1b[<{place}m" * times)

    def resize(self, columns: int, rows: int) -> None:
        """Change the window's size."""
        self._screen.resize(rows, columns)
        self._child.setwinsize(rows, columns)

    @property
    def pid(self) -> int:
        """The number of the program's process."""
        assert self._child.pid is not None
        return self._child.pid

    def signal(self, number: int) -> None:
        """Send a signal to the program."""
        self._child.kill(number)

    def signal_foreground(self, number: int) -> None:
        """Send a signal to the processes that the shell in the terminal has started last and waits for."""
        os.killpg(os.tcgetpgrp(self._child.child_fd), number)

    def hang_up(self) -> None:
        """Close the terminal's window; the program stays alone."""
        self._child.ptyproc.fileobj.close()  # type: ignore[attr-defined]
        self._child.closed = True

    def modes(self) -> list[Any]:
        """The modes of the line, as stty shows them."""
        return termios.tcgetattr(self._child.child_fd)

    def wait_until_hidden(self) -> None:
        """Wait until the terminal does not show what is typed."""
        until(lambda: not self.modes()[3] & termios.ECHO, self._limit)

    def left_on(self) -> set[str]:
        """What the program switched on or off at the terminal and did not put back."""
        states = {"?7": "h", "?25": "h"}  # as terminals have them when nobody has changed anything
        last = {f"?{mode}": state for modes, state in MODE.findall(self.raw) for mode in modes.split(";")}
        left = {mode for mode, state in last.items() if state != states.get(mode, "l")}
        pushed = len(re.findall(r"\x1b\[>\d+u", self.raw)) - self.raw.count("\x1b[<u")
        titled = self.raw.count("\x1b[22;2t") - self.raw.count("\x1b[23;2t")
        return left | ({"keyboard protocol"} if pushed else set()) | ({"title"} if titled else set())

    def wait_until_stopped(self) -> None:
        """Wait until the program has stopped itself, as ctrl+z does."""
        ends = time.monotonic() + self._limit
        status = Path(f"/proc/{self._child.pid}/stat")
        while status.read_text("ascii").rpartition(")")[2].split()[0] != "T":
            self._read()
            assert time.monotonic() < ends, f"it does not stop; the screen:\n{self.text()}"

    def exit_code(self) -> int:
        """Wait for the end of the program; a signal that ended it counts negative, as in subprocess."""
        ends = time.monotonic() + self._limit
        if self._child.closed:
            until(lambda: not self._child.isalive(), self._limit)
        while not self._child.closed and self._read():
            assert time.monotonic() < ends, f"it does not end; the screen:\n{self.text()}"
        self._child.wait()
        status = self._child.exitstatus
        return status if status is not None else -int(self._child.signalstatus or 0)

    def _read(self) -> bool:
        """Read what there is, waiting a little for it; False at the end."""
        try:
            piece = self._child.read_nonblocking(65536, timeout=0.2)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += piece
        if FRAMES_QUESTION in self.raw[1 - len(piece) - len(FRAMES_QUESTION) :]:
            self.type(FRAMES_ANSWER)
        self.show(piece)
        return True

    def show(self, piece: str) -> None:
        """Put what came out on the screen; a frame or a sequence that was cut waits for its rest."""
        waiting = self._rest + piece
        cut = UNFINISHED.search(waiting)
        end = cut.start() if cut else len(waiting)
        begins = waiting.rfind(FRAME_BEGINS)
        if begins > waiting.rfind(FRAME_ENDS):
            end = min(end, begins)
        self._rest = waiting[end:]
        shown = UNKNOWN.sub("", waiting[:end])
        self._stream.feed(OTHER_SCREEN.sub(lambda found: f"{found[0]}\x1b[2J", shown))


def take_signals() -> None:
    """Take every signal as in a new terminal, also where nohup or a script runs the tests."""
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, signal.SIG_DFL)


def _condition(wanted: str | re.Pattern[str] | Callable[[str], object]) -> Callable[[str], object]:
    if isinstance(wanted, str):
        return lambda screen: wanted in screen
    return wanted.search if isinstance(wanted, re.Pattern) else wanted


def fill_in(terminal: Terminal, client_id: str, client_secret: str) -> None:
    """Step 1, up to the list of permissions."""
    terminal.wait_for_focus_below("Client ID")
    terminal.paste(client_id)
    terminal.press("tab")
    fill_in_secret(terminal, client_secret)
    terminal.wait_for("[x] public")


def fill_in_secret(terminal: Terminal, client_secret: str) -> None:
    """The second field of step 1, and Enter."""
    terminal.wait_for_focus_below("Client Secret")
    terminal.paste(client_secret)
    terminal.wait_for("•" * 50)  # most of it: the field is shorter
    terminal.press("enter")


def link_on(terminal: Terminal) -> str:
    """The link of step 3, as the program prints it outside of the full screen."""
    terminal.wait_for("Link from")
    terminal.press("ctrl+t")
    terminal.wait_for("Then press Enter here to go back")
    screen = terminal.wait_for(re.compile(r"http://\S+"))
    found = re.search(r"http://\S+", screen.partition("go back")[2].replace("\n", ""))
    assert found, screen
    terminal.press("enter")
    terminal.wait_for("Paste the code from the page")
    return found[0]
