"""The demo leaves nothing behind, however it ends."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.polling import until
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("end", ["quit", signal.SIGHUP, signal.SIGTERM])
def test_nothing_of_the_demo_stays(environ: dict[str, str], tmp_path: Path, end: str | int) -> None:
    (tmp_path / "temporary").mkdir()
    environ["TMPDIR"] = str(tmp_path / "temporary")
    with Terminal([*PROGRAM, "demo"], environ) as terminal:
        terminal.wait_for("Client ID")
        assert list((tmp_path / "temporary").iterdir())
        if end == "quit":
            terminal.press("ctrl+q")
        else:
            terminal.signal(int(end))
        terminal.exit_code()
        until(lambda: not list((tmp_path / "temporary").iterdir()))
