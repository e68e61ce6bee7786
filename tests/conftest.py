"""Options of the test run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options that this project's tests know."""
    parser.addoption("--update-golden", action="store_true", help="write golden files anew")
    parser.addoption("--faults", action="store_true", help="the whole fault laboratory, with comparisons")
    parser.addoption("--figures", type=Path, metavar="PATH", help="append what was measured to this file")
