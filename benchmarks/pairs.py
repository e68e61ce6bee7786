"""Alternating measurements of two commands: median ratio, spread, and what the row may cost."""

from __future__ import annotations

import os
import statistics
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


@dataclass(frozen=True)
class Row:
    """Ratios of one comparison.

    Attributes:
        name: what was measured.
        against: its baseline.
        ratios: one for each pair.
        limit: what the median should not exceed.
        baseline: the median of the baseline, in the row's unit; for orientation alone.
        unit: of that.
    """

    name: str
    against: str
    ratios: tuple[float, ...]
    limit: float
    baseline: float
    unit: str = "ms"

    def __str__(self) -> str:
        low, median, high = statistics.quantiles(self.ratios, n=4)
        verdict = "" if median <= self.limit else " !"
        return (
            f"| {self.name} | {self.against} ({self.baseline:.3g} {self.unit}) | {median:.2f} × "
            f"({low:.2f} to {high:.2f}) | {self.limit:g} ×{verdict} |"
        )


def compare(
    name: str,
    against: str,
    limit: float,
    measure: Callable[[], float],
    baseline: Callable[[], float],
    *,
    pairs: int = 15,
    unit: str = "ms",
) -> Row:
    """Measure both in turn, after one of each that does not count."""
    baseline(), measure()
    both = [(baseline(), measure()) for _ in range(pairs)]
    ratios = tuple(ours / theirs for theirs, ours in both)
    return Row(name, against, ratios, limit, statistics.median(theirs for theirs, _ in both), unit)


def cpu(command: Sequence[str], environ: Mapping[str, str]) -> float:
    """Run a command; return the CPU that it and its children took, in milliseconds."""
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    pid = os.posix_spawnp(command[0], list(command), environ, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    if status:
        sys.exit(f"{command} ended with {os.waitstatus_to_exitcode(status)}")
    return (usage.ru_utime + usage.ru_stime) * 1000
