"""G20: whoever holds an account's lock may die, hang, or find its lock file gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import filelock
import pytest

from smily_tui.sandbox.server import Options
from smily_tui.vault.disk import locked
from smily_tui.vault.errors import Locked, Unsafe
from smily_tui.vault.store import Store
from tests.support.connected import connected
from tests.support.polling import until
from tests.support.processes import HOLD, clean_environment, run_program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.conftest import Figure


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    """A process that holds a lock until it is told otherwise."""
    path = tmp_path / "villa.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield path, process
        process.kill()


@pytest.mark.alone
def test_the_lock_of_a_killed_holder_is_free_at_once(
    holder: tuple[Path, subprocess.Popen[str]], figure: Figure
) -> None:
    path, process = holder
    process.kill()
    process.wait()
    began = time.monotonic()
    with locked(path, patience=5):
        took = time.monotonic() - began
    assert took < 0.5
    figure("G20", "seconds until the lock of a killed holder is free", f"{took:.3f}")


@pytest.mark.timeout(120)
def test_a_holder_that_hangs_is_named(tmp_path: Path, *, full: bool, figure: Figure) -> None:
    with connected(tmp_path / "smily") as (sandbox, stored, address):
        path = Store(stored.home).slot(address).path("lock")
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            process.send_signal(signal.SIGSTOP)
            try:
                with pytest.raises(Locked, match=f"Process {process.pid}, "):
                    Store(stored.home).slot(address).lock(patience=0.2).__enter__()
                if full:
                    _the_command_names_it(tmp_path, sandbox.listening.server, process.pid, figure)
            finally:
                process.kill()
        stored.refresh(address).wait()


def _the_command_names_it(folder: Path, server: str, holder: int, figure: Figure) -> None:
    began = time.monotonic()
    done = run_program(clean_environment(folder), "--server", server, "refresh")
    took = time.monotonic() - began
    assert (done.returncode, done.stdout) == (7, "")
    assert f"Process {holder}, which took the lock" in done.stderr
    assert took < 47
    figure("G20", "seconds until a hanging holder is named, with its number and age", f"{took:.0f}")


def test_a_lock_file_that_is_deleted_lets_nobody_in(tmp_path: Path, figure: Figure) -> None:
    log: list[str] = []
    with connected(tmp_path / "smily", Options(latency_ms=1500), log.append) as (sandbox, stored, address):
        store = Store(stored.home)
        log.clear()
        first = stored.refresh(address)
        # until it has looked at its lock file for the last time, it would take a deleted one anew
        until(lambda: len(sandbox.state.pairs) == 2)
        store.slot(address).path("lock").unlink()
        with filelock.FileLock(store.slot(address).path("lock"), timeout=0):
            pass  # the lock alone would let the second one in now
        second = stored.refresh(address)
        assert first.wait().kind == "refreshed"
        assert second.wait().kind == "still-valid"
        requests = sum("grant_type=refresh_token" in line for line in log)
        assert requests == 1
    figure(
        "G20",
        "requests of two processes after their lock file is deleted",
        "1",
        **{"the lock alone": "2 owners"},
    )


def test_a_link_in_the_place_of_a_lock_file_is_refused(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / "villa.lock").symlink_to(precious)
    with pytest.raises(Unsafe):
        locked(tmp_path / "villa.lock").__enter__()
    assert precious.read_text() == "mine"
    assert os.readlink(tmp_path / "villa.lock") == str(precious)  # noqa: PTH115
