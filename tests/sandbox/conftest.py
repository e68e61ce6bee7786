"""Sandbox on a real port with a clock of its own, and a person at its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.sandbox.server import Options, Sandbox
from tests.support.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def ending() -> Iterator[list[Sandbox]]:
    """Sandboxes told to stop: to wait for them one by one would take most of the tests' time."""
    sandboxes: list[Sandbox] = []
    yield sandboxes
    for sandbox in sandboxes:
        sandbox.__exit__()


@pytest.fixture
def visit(ending: list[Sandbox]) -> Iterator[Callable[..., Visitor]]:
    """Start sandboxes; all are stopped at the end."""
    started: list[Visitor] = []

    def visit(**options: Any) -> Visitor:
        visitor = Visitor(Options(**options))
        visitor.sandbox.__enter__()
        started.append(visitor)
        return visitor

    yield visit
    for visitor in started:
        visitor.http.close()
        visitor.sandbox.stop()
        ending.append(visitor.sandbox)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """Visitor of a sandbox with default options."""
    return visit()
