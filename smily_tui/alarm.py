"""An alarm for a process of ours that asks something which may hang: it ends the process, whatever hangs."""

from __future__ import annotations

import signal
from typing import Final

START: Final = (
    10.0  # seconds until such a process asks at the latest; that a machine is busy says nothing yet
)


def end_after(seconds: float) -> None:
    """End this process by SIGALRM after so many seconds from now.

    Whoever started it may hold signals back or ignore them, and both are inherited.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, seconds)


def call_off() -> None:
    """Let the process live: what might have hung has ended."""
    signal.setitimer(signal.ITIMER_REAL, 0)
