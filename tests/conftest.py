"""Options of the test run, and turns where several workers share the machine."""

from __future__ import annotations

import gc
import os
from fcntl import LOCK_EX, LOCK_SH, LOCK_UN, flock
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

HERE = Path(__file__)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that this project's tests know."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")
    parser.addoption("--faults", action="store_true", help="the whole fault laboratory, with comparisons")
    parser.addoption("--figures", type=Path, metavar="PATH", help="append what was measured to this file")


def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what stays: thousands of tests, walked each time otherwise."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Let a test that is marked `alone`, because it measures time, begin when the other workers are idle.

    Whoever is next holds `turn` until it is in the `room`, so that no stream of others keeps one out.
    """
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    with HERE.open() as room, HERE.with_name("__init__.py").open() as turn:
        flock(turn, LOCK_EX)
        flock(room, LOCK_EX if item.get_closest_marker("alone") else LOCK_SH)
        flock(turn, LOCK_UN)
        return (yield)
