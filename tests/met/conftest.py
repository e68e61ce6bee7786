"""A server that can be bent, and a person who uses the program with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.met.person import Person
from tests.met.server import BentServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["immediate"])
def server(request: pytest.FixtureRequest) -> Iterator[BentServer]:
    """A server; parametrize it indirectly with "on-use" for the other way of rotating."""
    with BentServer(request.param) as running:
        yield running


@pytest.fixture
def person(tmp_path: Path, server: BentServer) -> Person:
    """A person with an empty store."""
    return Person(tmp_path, server)
