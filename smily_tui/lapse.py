"""Time lapse: a clock that runs ahead of the machine's, alike in every process that knows its numbers."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Any

from smily_tui.clock import Instant, SystemClock


@dataclass(frozen=True)
class Lapse:
    """The machine's clock, some seconds ahead, and from a moment on faster.

    Attributes:
        since: the moment, by the machine's clock.
        ahead: seconds that it was ahead then.
        speed: seconds that pass in one of the machine's.
    """

    since: Instant
    ahead: float = 0.0
    speed: float = 1.0

    def at(self, real: Instant) -> Instant:
        """The moment to show for one of the machine's."""
        ahead = self.ahead + max(0.0, real.since(self.since)) * (self.speed - 1.0)
        return Instant(real.wall + ahead, real.boot, real.boottime + ahead)

    def now(self) -> Instant:
        """The present moment."""
        return self.at(SystemClock().now())

    def faster(self, speed: float, real: Instant) -> Lapse:
        """From a moment of the machine's on with another speed; nothing jumps."""
        return Lapse(real, self.at(real).since(real), speed)

    def as_list(self) -> list[Any]:
        """Its numbers, for another process."""
        return [*astuple(self.since), self.ahead, self.speed]

    @classmethod
    def from_list(cls, stated: list[Any]) -> Lapse:
        """The lapse read back; raises TypeError or ValueError where it is none."""
        wall, boot, boottime, ahead, speed = stated
        return cls(Instant(float(wall), str(boot), float(boottime)), float(ahead), float(speed))


class LapseClock:
    """A clock that can be made faster, and knows how to tell others."""

    def __init__(self) -> None:
        self._system = SystemClock()
        self.lapse = Lapse(self._system.now())

    def now(self) -> Instant:
        """The present moment."""
        return self.lapse.at(self._system.now())

    def run(self, speed: float) -> None:
        """From now on so many seconds pass in one."""
        self.lapse = self.lapse.faster(speed, self._system.now())
