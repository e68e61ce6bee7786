"""A wire for each way of rotating."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.server import Options, Sandbox
from tests.faults.wire.cutting import CuttingProxy
from tests.faults.wire.wires import ROTATIONS, Wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=ROTATIONS)
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    with (
        Sandbox(Options(rotation=request.param)) as sandbox,
        CuttingProxy(sandbox.listening.server) as proxy,
    ):
        yield Wire(tmp_path, sandbox, proxy)
