"""Wall clock, boot clock, and the simulated time of the demo."""

from __future__ import annotations

import time
from typing import Any, Final, NamedTuple, Protocol

from smily_tui.system import here

_DAY: Final = 86400.0


class Instant(NamedTuple):
    """Moment by two clocks.

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
        """Return the present moment."""
        ...


class SystemClock:
    """Clocks of this machine."""

    def __init__(self) -> None:
        self._boot = here.boot()

    def now(self) -> Instant:
        """Return the present moment by the machine's clocks."""
        if not self._boot:
            return Instant(time.time())
        return Instant(time.time(), self._boot, here.boottime())


def hour_and_minute(at: float) -> str:
    """UTC seconds as local time of day."""
    return time.strftime("%H:%M", time.localtime(at))


def moment(at: float, now: float) -> str:
    """Format UTC seconds for a sentence: "at 14:05", or with the day where that is a day or more ago."""
    if 0 <= now - at < _DAY:
        return f"at {hour_and_minute(at)}"
    return time.strftime("on %Y-%m-%d at %H:%M", time.localtime(at))


def in_words(seconds: float) -> str:
    """Write a time left or gone for a sentence: "2 h", "1 h 59 min", "7 min", "42 s"."""
    # rounded, not cut: a token of two hours has 1:59:59 left when it is first shown
    if round(abs(seconds)) < 60:
        return f"{round(abs(seconds))} s"
    hours, minutes = divmod(round(abs(seconds) / 60), 60)
    parts = (f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else "")
    return " ".join(filter(None, parts))


def process_started() -> Instant:
    """Return the start of this process, which on a busy machine is well before its first line runs.

    From the kernel, on Linux in steps of 10 ms; where it does not say, the present moment.
    """
    now, age = SystemClock().now(), here.age()
    return Instant(now.wall - age, now.boot, now.boottime - age)


class SimulatedTime(NamedTuple):
    """Simulated time: the machine's clock, some seconds ahead and from a moment on faster.

    Attributes:
        since: the moment, by the machine's clock.
        ahead: seconds that it was ahead then.
        speed: seconds that pass in one of the machine's.
    """

    since: Instant
    ahead: float = 0.0
    speed: float = 1.0

    def at(self, real: Instant) -> Instant:
        """Return the simulated moment for one of the machine's."""
        ahead = self.ahead + max(0.0, real.since(self.since)) * (self.speed - 1.0)
        return Instant(real.wall + ahead, real.boot, real.boottime + ahead)

    def now(self) -> Instant:
        """Return the present moment."""
        return self.at(SystemClock().now())

    def faster(self, speed: float, real: Instant) -> SimulatedTime:
        """From a moment of the machine's on with another speed; nothing jumps."""
        return SimulatedTime(real, self.at(real).since(real), speed)

    def as_list(self) -> list[Any]:
        """Return its numbers for another process."""
        return [*self.since, self.ahead, self.speed]

    @classmethod
    def from_list(cls, stated: list[Any]) -> SimulatedTime:
        """Read simulated time; raises TypeError or ValueError where it is none."""
        wall, boot, boottime, ahead, speed = stated
        return cls(Instant(float(wall), str(boot), float(boottime)), float(ahead), float(speed))


class SimulatedClock:
    """Clock of the demo: its speed can be changed."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self.lapse = SimulatedTime(self._system.now())

    def now(self) -> Instant:
        """Return the present moment."""
        return self.lapse.at(self._system.now())

    def run(self, speed: float) -> None:
        """From now on so many seconds pass in one."""
        self.lapse = self.lapse.faster(speed, self._system.now())
