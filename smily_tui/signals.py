"""Signals that would end this process, caught to clean up first."""

from __future__ import annotations

import contextlib
import signal
import sys
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# signal(7): they cannot be caught, tell of a fault of this process, or end nothing
_OTHERS: Final = (
    "SIGKILL", "SIGSTOP", "SIGBUS", "SIGFPE", "SIGILL", "SIGSEGV", "SIGSYS", "SIGTRAP",
    "SIGCHLD", "SIGCONT", "SIGINFO", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGWINCH",
)  # fmt: skip
# by name: not every system has all of them, such as SIGINFO
ENDING: Final = frozenset(signal.valid_signals() - {getattr(signal, name, None) for name in _OTHERS})


def exit_code(number: int) -> int:
    """Return the exit code of a program that leaves because of a signal, as shells count."""
    return 128 + number


def leave(number: int) -> NoReturn:
    """Leave the program because of a signal, through its `finally` blocks."""
    sys.exit(exit_code(number))


@contextlib.contextmanager
def ending(act: Callable[[int], object] = leave, *, interrupt: bool = False) -> Iterator[None]:
    """Have the first signal that would end this process call `act`; later ones change nothing.

    SIGINT is one of them with `interrupt`, and else raises KeyboardInterrupt. Those that whoever started the
    program has it ignore (nohup) stay ignored. For the main thread only.
    """
    numbers = ENDING if interrupt else ENDING - {signal.SIGINT}

    def begin(number: int, _: object) -> None:
        for later in numbers:
            signal.signal(later, signal.SIG_IGN)
        act(number)

    with contextlib.ExitStack() as stack:
        for number in numbers:
            stack.enter_context(handled(number, begin))
        yield


@contextlib.contextmanager
def handled(number: int, act: Callable[[int, object], object]) -> Iterator[None]:
    """Have a signal call `act` unless it is ignored. For the main thread only."""
    before = signal.getsignal(number)
    if before is signal.SIG_IGN:
        yield
        return
    signal.signal(number, act)
    try:
        yield
    finally:
        # whoever took the signal over meanwhile, as `begin` does, keeps it
        if signal.getsignal(number) is act:
            signal.signal(number, before)
