"""G4: many processes need a token at once; the server sees one request, and all get the same token."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.server import Options
from smily_tui.secret import Secret
from smily_tui.vault.store import Store
from tests.faults.killing.naive import exchanged
from tests.faults.killing.verdict import IS_ACCEPTED
from tests.support.connected import connected, let_expire
from tests.support.processes import PROGRAM, clean_environment

if TYPE_CHECKING:
    from tests.faults.conftest import Figure

ROOT = Path(__file__).parents[3]
LATENCY = 100


def call_at_once(count: int, environ: dict[str, str], refused: str) -> tuple[list[str], list[str], float]:
    """So many `smily-tui token` at once, every other one with a token that the API refused.

    What they printed, what they complained of, and the seconds that the slowest took.
    """
    began = time.monotonic()
    callers = []
    for number in range(count):
        arguments = ["token", "--rejected-stdin"] if number % 2 else ["token"]
        caller = subprocess.Popen(
            [*PROGRAM, *arguments],
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        callers.append(caller)
    ended = [caller.communicate(refused + "\n", timeout=120) for caller in callers]
    printed = [out for out, _ in ended]
    failed = [err for caller, (_, err) in zip(callers, ended, strict=True) if caller.returncode]
    return printed, failed, time.monotonic() - began


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("count", [2, 10, 50, 100])
def test_a_crowd_makes_one_request(tmp_path: Path, count: int, *, full: bool, figure: Figure) -> None:
    if count > 10 and not full:
        pytest.skip("only with --faults")
    rounds = 10 if full else 1
    environ = clean_environment(tmp_path)
    slowest = 0.0
    log: list[str] = []
    with connected(tmp_path / "smily", Options(latency_ms=LATENCY), log.append) as (sandbox, stored, address):
        store = Store(stored.home)
        for _ in range(rounds):
            refused = let_expire(store, address, sandbox)
            log.clear()
            printed, failed, seconds = call_at_once(count, environ, refused)
            slowest = max(slowest, seconds)
            assert failed == []
            assert len(set(printed)) == 1, "all are given the same token"
            assert sum("grant_type=refresh_token" in line for line in log) == 1
            assert IS_ACCEPTED(sandbox.listening.server, Secret(printed[0].strip()))
            assert sum(1 for pair in sandbox.state.pairs if pair.refresh and not pair.revoked) == 1
    others = {}
    if full and count in (10, 50):
        for name, lock in (("no lock", ""), ("a lock over the save", "save")):
            (folder := tmp_path / name).mkdir()
            others[name] = _naive_crowd(folder, count, lock)
    ours = f"1 request a round, 0 failed, 1 live refresh token, all {rounds} rounds"
    figure("G4", f"{count} processes that need a token at once", ours, **others)


def _naive_crowd(folder: Path, count: int, lock: str) -> str:
    """The same need, met by the naive way."""
    log: list[str] = []
    options = Options(rotation="immediate", latency_ms=LATENCY)
    with connected(folder / "smily", options, log.append) as (sandbox, _, _):
        found = sandbox.listening
        client = {"client_id": found.client_id, "client_secret": found.client_secret.reveal()}
        path = folder / "tokens.json"
        path.write_text(json.dumps(exchanged(found.server, client, sandbox.state.grant(4712, ("public",)))))
        log.clear()
        command = [sys.executable, "-m", "tests.faults.crowds.naive_crowd", str(count), lock, str(path)]
        done = subprocess.run(
            [*command, found.server],
            cwd=ROOT,
            env=clean_environment(folder) | {"CLIENT": json.dumps(client)},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        requests = sum("grant_type=refresh_token" in line for line in log)
        assert requests > 1, "a laboratory that catches nobody proves nothing"
        return f"{requests} requests, {done.stdout.strip()} failed"


def test_a_forced_refresh_that_was_overtaken_is_satisfied(tmp_path: Path) -> None:
    """Several people press r at once: one request, and nobody is told of a failure."""
    log: list[str] = []
    with connected(tmp_path / "smily", Options(latency_ms=LATENCY), log.append) as (_, stored, address):
        log.clear()
        at_work = [stored.refresh(address) for _ in range(5)]
        kinds = [running.wait().kind for running in at_work]
        assert sorted(kinds) == ["refreshed", *["still-valid"] * 4]
        assert sum("grant_type=refresh_token" in line for line in log) == 1
