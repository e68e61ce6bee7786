"""Foreign OAuth clients against `smily-tui sandbox`: those at hand here, all of them in `make clients`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clients.catalogue import AT_HAND, CLIENTS, Client
from tests.clients.running import Outcome, go_through, sandbox_for
from tests.clients.steps import COLUMNS, MODES, Mode
from tests.clients.table import FAILS, MISSING, WORKS, cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.processes import SandboxProcess

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "clients.md"


@pytest.fixture(scope="module", params=MODES, ids=lambda mode: mode.column)
def mode(request: pytest.FixtureRequest) -> Mode:
    chosen: Mode = request.param
    return chosen


@pytest.fixture(scope="module")
def running(mode: Mode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with sandbox_for(mode, tmp_path_factory.mktemp("home")) as process:
        yield process


@pytest.mark.parametrize("client", AT_HAND, ids=lambda client: client.name)
def test_a_client_gets_through_the_script(client: Client, mode: Mode, running: SandboxProcess) -> None:
    if not client.version():
        pytest.skip(f"{client.name} is not installed")
    outcome = go_through(client.command, mode, running)
    assert outcome.problems == {}
    assert outcome.worked >= {mode.column, "refresh", "errors", "client credentials", "revoke"}


CARELESS = """
import json, sys
for line in sys.stdin:
    order = json.loads(line)
    print(json.dumps({"done": order["order"] in sys.argv[1:], "url": "/"}), flush=True)
"""


@pytest.mark.parametrize(
    ("driver", "problem"),
    [
        (["-c", CARELESS], "begin: did not begin"),
        (["-c", CARELESS, "begin"], "authorize: another redirect URI"),
        (["-c", "pass"], "begin: did not begin"),
    ],
)
def test_a_client_that_does_not_get_through_is_noticed(
    driver: list[str], problem: str, mode: Mode, running: SandboxProcess
) -> None:
    outcome = go_through([sys.executable, *driver], mode, running)
    assert outcome.problems[mode.column].startswith(problem)


def test_the_table_says_works_only_where_nothing_failed() -> None:
    fine = Outcome(worked={"out of band", "refresh", "errors"}, missing={"revoke"})
    failed = Outcome(worked={"redirect"}, problems={"refresh": "refresh: no refresh token"})
    outcomes = {"out of band": fine, "redirect": failed}
    columns = ("out of band", "redirect", "refresh", "errors", "revoke")
    assert [cell(column, outcomes) for column in columns] == [WORKS, WORKS, FAILS, WORKS, MISSING]


def test_the_documented_table_has_every_client_and_none_fails() -> None:
    rows = re.findall(r"^\| (.+?) \| [0-9][^|]* \| (.+) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert [name for name, _ in rows] == [client.name for client in CLIENTS]
    cells = {name: text.split(" | ")[: len(COLUMNS)] for name, text in rows}
    assert {cell for line in cells.values() for cell in line} <= {WORKS, MISSING}
    assert all(line[:2] == [WORKS, WORKS] for line in cells.values())
