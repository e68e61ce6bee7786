"""Typing that is not shown: echo is off at the prompt, and on again whatever happens there."""

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

LOCAL_MODES: Final = 3  # of what tcgetattr answers


@contextlib.contextmanager
def hidden(prompt: Callable[[], str]) -> Iterator[None]:
    """Have nothing shown that is typed at stdin, and throw away what was typed before or is left over.

    A shell that a stopped program goes back to gives the terminal other modes: once it is continued they are
    set again, and the `prompt` is repeated on stderr. Signals that would end the program end it in order.
    For the main thread only.
    """
    echo = _Echo(sys.stdin.fileno())

    def go_on(*_: object) -> None:
        if echo.off():
            # not by sys.stderr, which may be writing just now
            os.write(sys.stderr.fileno(), prompt().encode(sys.stderr.encoding, "replace"))

    def stop(*_: object) -> None:
        echo.on()
        for number in (signal.SIGCONT, signal.SIGTSTP):
            signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, stop)
        signal.signal(signal.SIGCONT, go_on)
        go_on()  # at once where no shell controls jobs: nothing has stopped then

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
    """Whether a terminal shows what is typed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._modes: list[Any] | None = None
        with contextlib.suppress(termios.error):  # it has gone away, which the next line will tell
            self._modes = termios.tcgetattr(descriptor)

    def on(self) -> bool:
        """As it was before; whether that could be done."""
        return self._set(termios.ECHO)

    def off(self) -> bool:
        """Hide what is typed; whether that could be done."""
        return self._set(0)

    def _set(self, echo: int) -> bool:
        """Set the modes where they differ; not from the background, where the shell has the terminal."""
        if self._modes is None or not self._is_in_foreground():
            return False
        modes = self._modes[:]
        modes[LOCAL_MODES] &= ~termios.ECHO | echo
        with contextlib.suppress(termios.error):
            if termios.tcgetattr(self._descriptor) != modes:
                termios.tcsetattr(self._descriptor, termios.TCSAFLUSH, modes)
            return True
        return False

    def _is_in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:  # it is not the terminal of this session: no shell controls jobs in it
            return True
