"""The sample of long tables that a plain run takes; `--thorough` takes all of every table.

Rule: of a table (a parametrized test) whose cases start programs, as their fixtures tell, or run the app, as
coroutines do, a plain run takes the first case and about one in twelve of the others; `sampled(n)` names
another share. Of the tests in tests/met that do so it takes every third. The checksum of the name chooses:
the same on every machine, and new cases do not move it. Within a test, `rotated` chooses so, too, and
`examples` divides what Hypothesis makes up. With `--faults`, or where only files or tests are named on the
command line, all runs.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, TypeVar
from zlib import crc32

from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

Value = TypeVar("Value")

THOROUGH = "thorough"
SAMPLE = "sample"
FEWER = 8
"""How many times fewer examples of Hypothesis a plain run makes."""
PROGRAMS = frozenset(("client", "connected_person", "environ", "full", "holder", "limited"))
PROGRAMS |= {"owner", "person", "run", "scene", "terminal"}
"""The fixtures of tests that start programs."""
ONE_IN = 12
"""Of the other cases of a table a plain run takes one in so many."""
MET = "tests/met/"
"""Where each fault that people met has a test."""

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
    return values if is_thorough() else spread(values, name, count)


def spread(values: Sequence[Value], name: str, count: int) -> Sequence[Value]:
    """Return `count` of the values, evenly spread from one that the name chooses."""
    if count >= len(values):
        return values
    start = crc32(name.encode())
    return [values[(start + turn * len(values) // count) % len(values)] for turn in range(count)]


def in_sample(items: Sequence[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Divide tests into those that a plain run takes and those that it leaves out."""
    taken: list[pytest.Item] = []
    left_out: list[pytest.Item] = []
    begun: set[str] = set()
    for item in items:
        table = item.nodeid.partition("[")[0]
        is_taken = _is_divisible(item.nodeid, _share(item)) if table in begun else _has_turn(item, table)
        begun.add(table)
        (taken if is_taken else left_out).append(item)
    return taken, left_out


def _share(item: pytest.Item) -> int:
    """Return the n of "one case in n"."""
    if marker := item.get_closest_marker("sampled"):
        return int(marker.args[0])
    return ONE_IN if _is_long(item) else 1


def _has_turn(item: pytest.Item, table: str) -> bool:
    """Return whether any case of a table runs."""
    return not (table.startswith(MET) and _is_long(item)) or _is_divisible(table, 3)


def _is_long(item: pytest.Item) -> bool:
    """Return whether a test starts programs or runs the app."""
    is_async = inspect.iscoroutinefunction(getattr(item, "function", None))
    return is_async or not PROGRAMS.isdisjoint(getattr(item, "fixturenames", ()))


def _is_divisible(name: str, count: int) -> bool:
    return crc32(name.encode()) % count == 0
