"""Hidden input at a POSIX terminal, also where the program is stopped and continued meanwhile."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import termios
from typing import TYPE_CHECKING, Any, Final

from smily_tui import signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

assert sys.platform != "win32"  # for types

LOCAL_MODES: Final = 3  # index into the list of termios.tcgetattr


@contextlib.contextmanager
def without_echo(prompt: Callable[[], str]) -> Iterator[None]:
    """Disable the echo of stdin, and throw away what was typed before or is left over.

    A shell that a stopped program goes back to gives the terminal other modes: once it is continued they are
    set again, and the `prompt` is repeated on stderr. Signals that would end the program end it in order.
    For the main thread only.
    """
    echo = _Echo(sys.stdin.fileno())

    def go_on(*_: object) -> None:
        if echo.off():
            # not by sys.stderr: its buffer is not reentrant, and the signal may come while it is written
            os.write(sys.stderr.fileno(), prompt().encode(sys.stderr.encoding, "replace"))

    def stop(*_: object) -> None:
        echo.on()
        # only the default action of SIGTSTP stops a process; a handler that returned would go on
        for number in (signal.SIGCONT, signal.SIGTSTP):
            signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, stop)
        signal.signal(signal.SIGCONT, go_on)
        # at once where no shell controls jobs: nothing has stopped then
        go_on()

    with (
        signals.ending(),
        signals.handled(signal.SIGTSTP, stop),
        signals.handled(signal.SIGCONT, go_on),
    ):
        echo.off()
        try:
            yield
        finally:
            echo.on()


class _Echo:
    """Echo of a terminal; `on` and `off` return whether the modes could be set."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._modes: list[Any] | None = None
        # the terminal is gone: the next line will tell
        with contextlib.suppress(termios.error):
            self._modes = termios.tcgetattr(descriptor)

    def on(self) -> bool:
        return self._set(termios.ECHO)

    def off(self) -> bool:
        return self._set(0)

    def _set(self, echo: int) -> bool:
        # a background process that sets modes is stopped (SIGTTOU), and the shell has the terminal then
        if self._modes is None or not self._is_in_foreground():
            return False
        modes = self._modes[:]
        modes[LOCAL_MODES] &= ~termios.ECHO | echo
        with contextlib.suppress(termios.error):
            if termios.tcgetattr(self._descriptor) != modes:
                # FLUSH drops what was typed before: with the echo on it would be shown now
                termios.tcsetattr(self._descriptor, termios.TCSAFLUSH, modes)
            return True
        return False

    def _is_in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:
            # ENOTTY: not the terminal of this session, so no shell controls jobs in it
            return True
