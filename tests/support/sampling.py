"""The sample of long tables that a plain run takes; `--thorough`, as in CI, takes all of every table.

Rule: a test marked `sampled(n)` runs about each n-th of its cases, chosen by the checksum of the case's name,
so that it is the same on every machine and new cases do not move it. Within a test, `rotated` chooses by the
same checksum, and `examples` divides what Hypothesis makes up. Tests that are named on the command line, with
`::` or `-k`, run whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

Value = TypeVar("Value")

THOROUGH = "thorough"
SAMPLE = "sample"
FEWER = 5
"""How many times fewer examples of Hypothesis a plain run makes."""

settings.register_profile(THOROUGH, deadline=None)  # how busy the machine is says nothing about the code
settings.register_profile(SAMPLE, deadline=None, max_examples=100 // FEWER)


def choose_profile(*, thorough: bool) -> None:
    """Choose how much of everything runs; before the modules of the tests are imported."""
    settings.load_profile(THOROUGH if thorough else SAMPLE)


def is_thorough() -> bool:
    """Return whether all of every table was asked for."""
    return settings.get_current_profile_name() == THOROUGH


def examples(count: int) -> int:
    """Return how many examples Hypothesis makes in this run, where `count` is all of them."""
    return count if is_thorough() else count // FEWER


def rotated(values: Sequence[Value], name: str, count: int) -> Sequence[Value]:
    """Return `count` of the values, evenly spread from one that the name chooses; all in a thorough run."""
    if is_thorough() or count >= len(values):
        return values
    start = crc32(name.encode())
    return [values[(start + turn * len(values) // count) % len(values)] for turn in range(count)]


def in_sample(items: Sequence[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Divide tests into those that a plain run takes and those that it leaves out."""
    taken: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    begun: set[str] = set()
    for item in items:
        marker = item.get_closest_marker("sampled")
        table = item.nodeid.partition("[")[0]
        is_taken = marker is None or table not in begun or crc32(item.nodeid.encode()) % marker.args[0] == 0
        begun.add(table)
        (taken if is_taken else left_out).append(item)
    return taken, left_out
