"""Options of the test run, its sample of long tables, and a quiet beginning for what measures time."""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

import pytest

from tests.support.polling import until
from tests.support.sampling import choose_profile, in_sample, is_thorough

if sys.platform != "win32":  # under Wine one process runs the tests, and needs no such room
    from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock

if TYPE_CHECKING:
    from collections.abc import Generator

HERE: Final = Path(__file__)
UNMEASURED: Final = (
    "tests/faults/",
    "tests/hostile/",
    "tests/met/test_once.py",
    "tests/met/test_pages_and_sizes.py",
    "tests/tui/test_scenes.py",
    "tests/tui/test_sizes.py",
)
"""Tests whose coverage is not measured: faults made on purpose, every screen at every size, every key twice.

Other tests cover nearly all of the same lines: measuring these adds a third of a percent.
"""
ROOM: Final = pytest.StashKey[TextIO]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that this project's tests know."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")
    parser.addoption(
        "--thorough", action="store_true", help="all of every table, not a sample of the long ones"
    )
    parser.addoption("--faults", action="store_true", help="the whole fault laboratory, with comparisons")
    parser.addoption("--windows", action="store_true", help="what runs by Windows' own Python under Wine")
    parser.addoption("--figures", type=Path, metavar="PATH", help="append what was measured to this file")


def pytest_configure(config: pytest.Config) -> None:
    """Choose between a sample of the long tables and all of them."""
    named = config.option.keyword or all(".py" in argument for argument in config.args)
    choose_profile(thorough=bool(config.option.thorough or config.option.faults or named))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is not in the sample, and put what measures time first.

    Coverage is that of the sample, also in a thorough run: a process that is measured starts three times as
    slowly.
    """
    sample, left_out = in_sample(items)
    timed = [item for item in items if item.get_closest_marker("alone")]
    unmeasured = [item for item in items if item.nodeid.startswith(UNMEASURED)]
    for item in [*left_out, *timed, *unmeasured]:
        item.add_marker("no_cover")
    if not is_thorough():
        items[:] = sample
        config.hook.pytest_deselected(items=left_out)
    _put_alone_first(items)


def _put_alone_first(items: list[pytest.Item]) -> None:
    """Put what is marked `alone`, because it measures time, first; each worker has its part of it.

    Each worker is given an equal share of the list, in its order.
    """
    workers = _workers()
    alone = [item for item in items if item.get_closest_marker("alone")]
    others = [item for item in items if not item.get_closest_marker("alone")]
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        first = alone[worker::workers]
        room = max((len(items) - len(dealt)) // (workers - worker) - len(first), 0)
        dealt += [*first, *others[:room]]
        del others[:room]
    items[:] = [*dealt, *others]


def _workers() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector of garbage leave alone what stays: thousands of tests, walked each time otherwise.

    A worker enters the room in which time is measured before any of them has begun. Of a few tests a
    worker may get none, and would never leave.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)
    measures = any(item.get_closest_marker("alone") for item in session.items)
    if measures and len(session.items) > 4 * _workers() > 4:
        room = HERE.open()
        flock(room, LOCK_SH)
        session.stash[ROOM] = room


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no coverage of the processes of a test that is not measured itself."""
    if item.get_closest_marker("no_cover"):
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)
            return (yield)
    return (yield)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave the room before the first test that may keep the machine busy, and wait until it is empty."""
    room = item.session.stash.get(ROOM, None)
    if room is None or item.get_closest_marker("alone"):
        return
    del item.session.stash[ROOM]
    with room:
        flock(room, LOCK_UN)
        until(lambda: _is_empty(room), limit=150)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Leave the room after the last test of a worker that gets only such that measure time."""
    room = item.session.stash.get(ROOM, None)
    if room is not None and nextitem is None:
        flock(room, LOCK_UN)


def _is_empty(room: TextIO) -> bool:
    """Whether nobody is in the room any more; a look is enough, since nobody enters it again."""
    try:
        flock(room, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    flock(room, LOCK_UN)
    return True
