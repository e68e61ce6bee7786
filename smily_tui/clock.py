"""Time: the wall clock and, while the machine has not been restarted, the clock that counts since boot."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from smily_tui.machine import began

_DAY: Final = 86400.0


@dataclass(frozen=True)
class Instant:
    """A moment, by two clocks.

    Attributes:
        wall: seconds since 1970 (UTC); a person or NTP may set it, so it can jump.
        boot: identifies the run of the machine since its last start; empty where that is not known.
        boottime: seconds since that start, counting time asleep; meaningful only within one `boot`.
    """

    wall: float
    boot: str = ""
    boottime: float = 0.0

    def since(self, earlier: Instant) -> float:
        """Seconds from `earlier` to this moment.

        By the boot clock where both moments are of one run of the machine, else by the wall clock.
        """
        if self.boot and self.boot == earlier.boot:
            return self.boottime - earlier.boottime
        return self.wall - earlier.wall

    def certainly_since(self, earlier: Instant) -> float:
        """At least how many seconds passed since `earlier`, however the wall clock was set meanwhile.

        After a restart of the machine: the time since that restart.
        """
        if self.boot and self.boot == earlier.boot:
            return self.boottime - earlier.boottime
        if self.boot and earlier.boot:
            return self.boottime
        return max(0.0, self.wall - earlier.wall)


class Clock(Protocol):
    """Tells the time; tests pass one of their own."""

    def now(self) -> Instant:
        """The present moment."""
        ...


class SystemClock:
    """The clocks of this machine."""

    def __init__(self) -> None:
        self._boot = _boot_id()

    def now(self) -> Instant:
        """The present moment by the machine's clocks."""
        if not self._boot:
            return Instant(time.time())
        return Instant(time.time(), self._boot, time.clock_gettime(time.CLOCK_BOOTTIME))


def hour_and_minute(at: float) -> str:
    """UTC seconds as local time of day."""
    return time.strftime("%H:%M", time.localtime(at))


def moment(at: float, now: float) -> str:
    """When something was (UTC seconds), for a sentence: "at 14:05"; a day or more ago with its day."""
    if 0 <= now - at < _DAY:
        return f"at {hour_and_minute(at)}"
    return time.strftime("on %Y-%m-%d at %H:%M", time.localtime(at))


def process_started() -> Instant:
    """When this process was started, which on a busy machine is well before it gets to work.

    From the kernel, in steps of 10 ms (proc(5), field starttime); elsewhere the present moment.
    """
    now = SystemClock().now()
    if not now.boot:
        return now
    ticks = began(os.getpid())
    if not ticks:
        return now
    started = ticks / os.sysconf("SC_CLK_TCK")
    return Instant(now.wall - (now.boottime - started), now.boot, started)


def _boot_id() -> str:
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return ""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return ""
