"""kill -9 at random moments of `protect` and `unprotect`, and refreshes while they run: nothing is lost."""

from __future__ import annotations

import random
import select
import signal
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smily_tui.vault.conversion import AtRest
from smily_tui.vault.encryption import Stage
from smily_tui.vault.format import is_sealed
from tests.support.filled import everything, in_clear, store_at
from tests.support.keyrings import StandIn, stand_in
from tests.support.polling import until
from tests.support.world import World

if TYPE_CHECKING:
    from tests.faults.conftest import Figure

__all__ = ["stand_in"]
ROOT = Path(__file__).parents[3]
SEED = 20260


@pytest.mark.timeout(1200)  # a thousand kills on a busy machine
def test_a_killed_conversion_loses_nothing_and_is_carried_on(
    tmp_path: Path, stand_in: StandIn, figure: Figure, *, full: bool
) -> None:
    kills = 1000 if full else 30
    chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
    folder = tmp_path / "home"
    _filled_by_another(folder)
    before = everything(store_at(folder))
    met: Counter[Stage] = Counter()
    lost = 0
    for turn in range(kills):
        _kill_after(folder, chance.uniform(0.0, 0.05), under_way=turn % 4 > 0)
        store = store_at(folder)
        met[store.protection.now.stage] += 1
        lost += everything(store) != before
    assert lost == 0
    assert met[Stage.SEALING] + met[Stage.OPENING] >= kills // 4, (
        f"the kills hit too late or too early: {met}"
    )
    AtRest(store_at(folder)).protect()
    assert in_clear(folder) == []
    assert everything(store_at(folder)) == before
    AtRest(store_at(folder)).unprotect()
    assert everything(store_at(folder)) == before
    figure("G18", f"secrets lost by {kills} kill -9 while a store is encrypted or decrypted", f"{lost}")


def _filled_by_another(folder: Path) -> None:
    """Its journals are those of a process that has died."""
    script = (
        "import sys; from pathlib import Path; from tests.support.filled import fill; fill(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], cwd=ROOT, check=True)


def _kill_after(folder: Path, seconds: float, *, under_way: bool) -> None:
    """Let a process convert for so long, then kill it; where wanted, so long after a conversion has begun."""
    command = [sys.executable, "-m", "tests.faults.resting.converter", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"ready\n", process.stderr.read().decode()
        if under_way:
            until(lambda: store_at(folder).protection.now.stage in {Stage.SEALING, Stage.OPENING})
        select.select([], [], [], seconds)
        assert process.poll() is None, process.stderr.read().decode()
        process.kill()
        assert process.wait(20) == -signal.SIGKILL


def test_refreshes_and_conversions_at_once_lose_no_authorization(
    tmp_path: Path, stand_in: StandIn, *, full: bool
) -> None:
    rounds = 40 if full else 6
    world = World(tmp_path / "world", "immediate")
    others = [World(tmp_path / "world", state=world.state, address=world.exchange()) for _ in range(3)]
    worlds = [world, *others]
    end = threading.Event()

    def refresh(each: World) -> int:
        count = 0
        while not end.wait(0.05):  # a lock is not fair: who takes it again at once keeps others out
            assert each.refresh()
            count += 1
        return count

    with ThreadPoolExecutor(len(worlds)) as pool:
        running = [pool.submit(refresh, each) for each in worlds]
        try:
            converter = World(tmp_path / "world", state=world.state, address=world.address).store
            for _ in range(rounds):
                AtRest(converter).protect()
                AtRest(converter).unprotect()
            AtRest(converter).protect()
        finally:
            end.set()
        counts = [each.result(60) for each in running]
    assert min(counts) >= 1
    assert all(each.is_alive() for each in worlds), "each refresh spends the only refresh token"
    files = [path for path in (tmp_path / "world" / "state" / "app").iterdir() if path.suffix == ".tokens"]
    assert len(files) == len(worlds)
    assert all(is_sealed(path.read_bytes()) for path in files)
