"""Measure `smily-tui token` in an encrypted store against a clear one: ratio of medians, real keyring.

Run: .venv/bin/python benchmarks/encrypted_token.py (needs dbus and gnome-keyring)
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.connected import connected
from tests.support.keyrings import SecretService
from tests.support.processes import run_program

if TYPE_CHECKING:
    from collections.abc import Mapping

ROUNDS = 15


def seconds(environ: Mapping[str, str]) -> float:
    """Return the median time of a call."""
    taken = []
    for _ in range(ROUNDS):
        began = time.monotonic()
        run_program(environ, "token").check_returncode()
        taken.append(time.monotonic() - began)
    return statistics.median(taken)


def main() -> None:
    """Measure the same store before and after `protect`."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        session = SecretService(Path(folder) / "session")
        try:
            os.environ |= {name: value for name, value in session.environ.items() if name != "HOME"}
            with connected(home) as (sandbox, _, _):
                server = sandbox.listening.server
                environ = session.environ | {"SMILY_TUI_HOME": str(home), "SMILY_TUI_SERVER": server}
                clear = seconds(environ)
                run_program(environ, "protect").check_returncode()
                encrypted = seconds(environ)
        finally:
            session.stop()
    print(f"token: {encrypted / clear:.1f} times as long ({encrypted:.3f} s against {clear:.3f} s)")  # noqa: T201


if __name__ == "__main__":
    main()
