"""Tests by Windows' own Python under Wine; `make windows` runs them."""

from __future__ import annotations

import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.server import Options
from tests.support.visitor import Visitor
from tests.support.windows import FOLDER, environment, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIFE = 7200


@pytest.fixture(autouse=True, scope="session")
def wine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Start Windows once for all tests; skip by name where it is missing, or nobody asked for this."""
    if not request.config.option.windows:
        pytest.skip("only with --windows, as in make windows")
    if shutil.which("wine") is None or not (FOLDER / "done").exists():
        pytest.skip("Wine, or Windows' Python under it, is not installed: make windows")
    environ = environment(FOLDER, "")
    # else its services start with the first program, keep that one's pipes open, and end with the last: fifty
    # programs that start at once where none runs may wait for each other for ever
    subprocess.run(["wineserver", "--kill"], env=environ, check=False)
    # a server of a moment ago would be taken for this one, and it ends with its last program
    subprocess.run(["wineserver", "--wait"], env=environ, check=False)
    subprocess.run(["wineserver", "--persistent"], env=environ, check=True)
    nowhere = subprocess.DEVNULL
    subprocess.run(["wineboot"], env=environ, check=True, stdin=nowhere, stdout=nowhere, stderr=nowhere)
    yield
    subprocess.run(["wineserver", "--kill"], env=environ, check=False)


@pytest.fixture
def server() -> Iterator[Visitor]:
    """Start a sandbox on Linux, with a person at its pages."""
    visitor = Visitor(Options(expires_in=LIFE))
    visitor.wall = time.time()  # doctor compares it with the clock here
    with visitor.sandbox, visitor.http:
        yield visitor


@pytest.fixture
def environ(tmp_path: Path, server: Visitor) -> dict[str, str]:
    """Return the variables of a person who has connected one account."""
    variables = environment(tmp_path / "home", server.server)
    answer = run(
        variables, "connect", "--plain", "--yes", "--app", "app", "--client-id", server.client["client_id"],
        "--scope", "bookings_read", "--secret-stdin",
        stdin=f"{server.client['client_secret']}\n{server.code()}\n",
    )  # fmt: skip
    assert answer.returncode == 0, answer.stderr
    return variables
