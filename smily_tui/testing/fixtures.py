"""Pytest fixture of a sandbox; register it with `pytest_plugins = ["smily_tui.testing.fixtures"]`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.testing import Options, RunningSandbox, sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def smily_options() -> Options:
    """Options of `smily`; define a fixture of this name to change them."""
    return Options()


@pytest.fixture
def smily(smily_options: Options) -> Iterator[RunningSandbox]:
    """Sandbox for one test."""
    with sandbox(smily_options) as running:
        yield running
