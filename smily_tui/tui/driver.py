"""Driver of POSIX terminals: bytes in, messages out, and the terminal restored however the program ends."""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, Final, TextIO

from textual._xterm_parser import XTermParser
from textual.constants import ESCAPE_DELAY
from textual.drivers.linux_driver import LinuxDriver

from smily_tui.text import clean
from smily_tui.tui.background import LINGERING, PATIENCE, Background
from smily_tui.tui.input import GroundReported, InputFailed, TerminalGone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.message import Message

assert sys.platform != "win32"  # noqa: S101 - for types

PIECE: Final = 4096  # bytes read at once
BETWEEN_LOOKS: Final = 0.1  # seconds
SILENCE: Final = PATIENCE + ESCAPE_DELAY
"""Seconds after which nothing that was read waits for more: neither a lone escape nor half an answer."""
# Source: xterm's "Control Sequences", Window manipulation (XTWINOPS) 22 and 23, and OSC 2
_SAVE: Final = "\x1b[22;2t"
_RESTORE: Final = "\x1b[23;2t"
_LONGEST: Final = 60


class TerminalDriver(LinuxDriver):
    """Textual's driver with six differences.

    It asks for the terminal's background. Bytes that are no UTF-8 and sequences that Textual cannot read end
    nothing. A terminal that has gone away ends the program; Textual would read its end again and again.
    The program may be continued without having noticed that it was stopped (SIGSTOP). Without input it
    sleeps; Textual wakes ten times a second. Meanwhile the window has a title of ours.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._background = Background()
        self.window_title = WindowTitle(self.write)
        self.exit_event = self._stop = _Stop()
        if self._file is not None:
            self._file = _Output(self._file, self._tell_gone)  # type: ignore[assignment]
        # not between any two steps of the program: the one before may hold the lock of the output's queue
        signal.signal(signal.SIGCONT, self._continue_later)

    def _continue_later(self, *_: object) -> None:
        with contextlib.suppress(RuntimeError):  # the program is ending already
            self._loop.call_soon_threadsafe(self._sigcont_application)

    def start_application_mode(self) -> None:
        """Take the terminal; where that fails half-way, put it back."""
        try:
            super().start_application_mode()  # type: ignore[no-untyped-call]
        except Exception:
            # Textual 8.2.8 writes through that thread alone, and asserts that there is one
            if self._writer_thread is not None:
                self.stop_application_mode()
            raise
        if self.input_tty and self._writer_thread is not None:
            self.write(self._background.ask())
            self.flush()
        if self._writer_thread is not None:  # none where the program was stopped before it had the terminal
            self.window_title.begin()

    def stop_application_mode(self) -> None:
        """Put the terminal and its title back, after an answer on its way, which the shell would show."""
        self.window_title.end()
        ends = time.monotonic() + LINGERING
        while self._background.is_expected and self._is_reading() and time.monotonic() < ends:
            time.sleep(0.005)
        super().stop_application_mode()

    def _is_reading(self) -> bool:
        return self._key_thread is not None and self._key_thread.is_alive()

    def resume_application_mode(self) -> None:
        """Start again, after stopping what still runs: else its own modes would be put back at the end."""
        # nobody can catch SIGSTOP: after it the input thread still runs, and a second would share the keys;
        # the terminal would keep one more entry of keyboard modes (kitty protocol) than the end takes off
        if self._is_reading():
            self.suspend_application_mode()
        super().resume_application_mode()

    def run_input_thread(self) -> None:
        """Turn what the terminal sends into messages, until the driver is told to stop."""
        try:
            self._read()
        except (EOFError, OSError):
            self._tell_gone()
        except Exception as error:  # noqa: BLE001 - Textual would show its text and the lines of our source
            self.send_message(InputFailed(error))

    def _read(self) -> None:
        # Textual 8.2.8 decodes strictly: one byte of Latin-1 would end its input thread;
        # and `debug` would have the parser write each key into keys.log
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        parser = XTermParser()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._stop.reader, selectors.EVENT_READ)
            newest = time.monotonic()
            while not self.exit_event.is_set():
                text = ""
                is_silent = time.monotonic() - newest > SILENCE
                if selector.select(None if is_silent else BETWEEN_LOOKS) and not self.exit_event.is_set():
                    newest = time.monotonic()
                    piece = os.read(self.fileno, PIECE)
                    # a terminal that has gone reads as empty for ever;
                    # Textual 8.2.8 takes that for a pipe and goes on
                    if not piece:
                        raise EOFError
                    text = decoder.decode(piece)
                text, is_dark = self._background.take(text)
                if is_dark is not None:
                    self.send_message(GroundReported(is_dark=is_dark))
                parser = self._pass_on(parser, text)

    def _pass_on(self, parser: XTermParser, text: str) -> XTermParser:
        """Send the messages that a text holds; answers the parser for the next text."""
        messages: list[Message] = []
        # one at a time: an error ends the parser's generator, and with it what it was fed at once
        for character in text:
            try:
                messages.extend(parser.feed(character))
            except Exception:  # noqa: BLE001 - chr(), int() and more fail on what it does not expect; then it is over
                parser = _successor(parser)
        messages.extend(parser.tick())
        for message in messages:
            self.process_message(message)
        return parser

    def _tell_gone(self) -> None:
        with contextlib.suppress(RuntimeError):  # the program is ending already
            self.send_message(TerminalGone())


def _successor(parser: XTermParser) -> XTermParser:
    """Parser that remembers what the terminal has reported of itself."""
    new = XTermParser()
    # where the terminal reports its size in-band (mode 2048), Textual 8.2.8 reads mouse positions as pixels
    new.mouse_pixels = parser.mouse_pixels
    new.terminal_size, new.terminal_pixel_size = parser.terminal_size, parser.terminal_pixel_size
    return new


class _Stop(threading.Event):
    """Event that wakes a selector."""

    def __init__(self) -> None:
        super().__init__()
        self.reader, self._writer = os.pipe()

    def set(self) -> None:
        super().set()
        os.write(self._writer, b"\0")

    def clear(self) -> None:
        if self.is_set():
            os.read(self.reader, PIECE)
        super().clear()


class _Output:
    """File whose terminal may go away: later writes are dropped, and nothing waits for them.

    Textual's writing thread would end, and the program would wait for ever for room in its queue.
    """

    def __init__(self, file: TextIO, tell_gone: Callable[[], None]) -> None:
        self._file = file
        self._tell_gone = tell_gone
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        """Write a text."""
        try:
            self._file.write(text)
        except OSError:
            self._give_up()

    def flush(self) -> None:
        """Write what waits."""
        try:
            self._file.flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())  # what waits would fail again at the exit
        self._tell_gone()


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
