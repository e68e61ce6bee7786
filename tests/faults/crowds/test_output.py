"""G23: where the token cannot be printed, the refresh that was needed for it is saved all the same."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from smily_tui.vault.store import Store
from tests.support.connected import connected, let_expire
from tests.support.processes import PROGRAM, clean_environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Figure

SINKS = {
    "closed": 'exec "$@" >&-',
    "full": 'exec "$@" >/dev/full',
    "a pipe that nobody reads": '"$@" | true; exit "${PIPESTATUS[0]}"',
}


@pytest.mark.parametrize("sink", SINKS)
def test_what_cannot_be_printed_is_saved(tmp_path: Path, sink: str) -> None:
    environ = clean_environment(tmp_path)
    with connected(tmp_path / "smily") as (sandbox, stored, address):
        store = Store(stored.home)
        let_expire(store, address, sandbox)
        done = subprocess.run(
            ["bash", "-c", SINKS[sink], "bash", *PROGRAM, "token"],
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        found = store.slot(address).read()
        assert found is not None
        assert found.generation == 2, done.stderr
        assert "Traceback" not in done.stderr
        if sink != "a pipe that nobody reads":  # whether the pipe is closed in time is up to the system
            assert done.returncode == 1
        token = subprocess.run(
            [*PROGRAM, "token"], env=environ, capture_output=True, text=True, timeout=60, check=True
        )
        assert token.stdout == found.current.access.reveal() + "\n"
        assert store.slot(address).read() == found, "no second refresh was needed"


def test_what_goes_wrong_prints_nothing(tmp_path: Path, figure: Figure) -> None:
    """One line on success; on each kind of failure an empty stdout and the code of the contract."""
    environ = clean_environment(tmp_path)

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [*PROGRAM, *arguments], env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        return done.returncode, done.stdout

    with connected(tmp_path / "smily") as (sandbox, stored, address):
        environ["SMILY_TUI_SERVER"] = sandbox.listening.server
        store = Store(stored.home)
        code, out = run("token")
        assert (code, out.count("\n")) == (0, 1)
        assert run("token", "nobody") == (3, "")
        assert run("token", "--min-valid", "-1") == (2, "")
        let_expire(store, address, sandbox)
        tokens = store.slot(address).path().read_bytes()
        client = sandbox.state.clients.pop(sandbox.state.client.client_id)
        assert run("token") == (5, "")
        sandbox.state.clients[client.client_id] = client
        for pair in sandbox.state.pairs:
            pair.revoked = True
        assert run("token") == (4, "")
        assert store.slot(address).path().read_bytes() == tokens
    assert run("token") == (6, "")
    store.slot(address).path().write_bytes(tokens[:-3])
    assert run("token") == (7, "")
    figure("G23", "tokens lost, or printed in part, where stdout is closed, full or gone", "0 of 3")
