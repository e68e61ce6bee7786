"""G3: the full-screen program ends in every way that a terminal knows, in the middle of a refresh."""

from __future__ import annotations

import random
import select
import signal
import sys
from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.server import Options
from smily_tui.vault.store import Store
from tests.faults.killing.verdict import naive_verdict, verdict
from tests.support.connected import connect_again, connected
from tests.support.polling import until
from tests.support.processes import PROGRAM, clean_environment
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Figure

SEED = 20_260_804
LATENCY = 600
# seconds after the request has gone: the server has acted, and its answer is still on its way
EARLIEST, LATEST = 0.3, 0.58
WAYS = ("q", "SIGHUP", "SIGTERM", "SIGINT", "Ctrl-Z", "kill -9")
COMPARED = ("q", "SIGHUP", "SIGTERM", "kill -9")


def end(terminal: Terminal, way: str) -> None:
    """End the program in that way; Ctrl-Z stops it, and then the terminal is closed."""
    match way:
        case "q":
            terminal.press("q")
        case "Ctrl-Z":
            terminal.press("ctrl+z")
        case "kill -9":
            terminal.signal(signal.SIGKILL)
        case _:
            terminal.signal(signal.Signals[way])
    if way == "Ctrl-Z":
        terminal.wait_until_stopped()
        terminal.signal(signal.SIGKILL)
    terminal.exit_code()


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("way", WAYS)
def test_an_authorization_outlives_its_terminal(
    tmp_path: Path, way: str, *, full: bool, figure: Figure
) -> None:
    chance = random.Random(SEED)  # noqa: S311 - moments, no secrets
    count = 20 if full else 1
    environ = clean_environment(tmp_path)
    options = Options(rotation="immediate", latency_ms=LATENCY)
    wrong = []
    with connected(tmp_path / "smily", options) as (sandbox, stored, first):
        store, address = Store(stored.home), first
        environ["SMILY_TUI_SERVER"] = sandbox.listening.server
        for turn in range(count):
            with Terminal(PROGRAM, environ) as terminal:
                terminal.wait_for("1 account")
                terminal.press("r")
                terminal.wait_for("Refreshing Villa Rosa")
                until(store.slot(address).path("next").exists)  # the helper is about to send
                select.select([], [], [], moment := chance.uniform(EARLIEST, LATEST))
                end(terminal, way)
            with store.slot(address).lock():
                pass  # the helper has ended, or not begun
            found = verdict(stored, address)
            if found:
                wrong.append(f"{way} after {moment:.3f} s, turn {turn}, seed {SEED}: {found}")
                address = connect_again(sandbox, stored)
    assert wrong == []
    others = {}
    if full and way in COMPARED:
        for worker in ("async", "thread"):
            (folder := tmp_path / worker).mkdir()
            others[f"{worker} worker in the program"] = f"{_survivors(folder, worker, way)} of 20"
    figure(
        "G3", f"authorizations that outlive the terminal in a refresh: {way}", f"{count} of {count}", **others
    )


def _survivors(folder: Path, worker: str, way: str) -> int:
    """How many of 20 outlive it where the program itself refreshes, as a worker of the toolkit."""
    import json

    from tests.faults.killing.naive import exchanged

    chance = random.Random(SEED)  # noqa: S311
    alive, path = 0, folder / "tokens.json"
    with connected(folder / "smily", Options(rotation="immediate", latency_ms=LATENCY)) as (sandbox, _, _):
        found = sandbox.listening
        client = {"client_id": found.client_id, "client_secret": found.client_secret.reveal()}
        command = [sys.executable, "-m", "tests.faults.killing.workers", worker, str(path), found.server]
        environ = clean_environment(folder) | {"CLIENT": json.dumps(client)}
        for _ in range(20):
            if not path.exists():
                code = sandbox.state.grant(4712, ("public",))
                path.write_text(json.dumps(exchanged(found.server, client, code)))
            with Terminal(command, environ) as terminal:
                terminal.wait_for("Refreshing")
                select.select([], [], [], chance.uniform(EARLIEST, LATEST))
                end(terminal, way)
            if naive_verdict(path, sandbox):
                alive += 1
            else:
                path.unlink()
    return alive
