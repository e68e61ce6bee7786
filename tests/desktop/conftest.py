"""A folder of programs that take the place of browsers and clipboard tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.programs import Programs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """An empty folder for programs."""
    return Programs(tmp_path / "bin")
