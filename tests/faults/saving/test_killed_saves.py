"""G8: a process that saves in a tight loop is killed at a random moment, again and again.

Afterwards the file must hold the value whose save returned last, or the one that was being saved.
"""

from __future__ import annotations

import random
import select
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.faults.saving.bench import Bench
from tests.faults.saving.ways import IN_PLACE, LIBRARIES, OURS, Way, number_in
from tests.support.polling import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Figure

SEED = 20_260_801
LONGEST = 0.012  # seconds until the kill: some dozen saves, so that the moment within a save is any


@dataclass
class Toll:
    """What so many kills did."""

    kills: int
    saves: int = 0
    destroyed: list[str] = field(default_factory=list)
    modes: set[int] = field(default_factory=set)
    leftovers: list[Path] = field(default_factory=list)


def kill_again_and_again(way: Way, folder: Path, kills: int, seed: int = SEED) -> Toll:
    """Kill the saving child so often; a destroyed file is counted and made anew."""
    moments = random.Random(seed)  # noqa: S311 - moments, no secrets
    toll = Toll(kills)
    with Bench(way, folder) as bench:
        bench.start_anew(1)
        for turn in range(kills):
            start = bench.saved()
            bench.save_from(start + 1)
            until(lambda start=start: bench.saved() > start)  # type: ignore[misc]
            moment = moments.uniform(0, LONGEST)
            select.select([], [], [], moment)
            bench.kill()
            done = bench.saved()
            toll.saves += done - start
            number, why = number_in(way, bench.path)
            if number in (done, done + 1):
                bench.count(number)
                toll.modes.add(stat.S_IMODE(bench.path.stat().st_mode))
            else:
                toll.destroyed.append(f"kill {turn} after {moment:.6f} s (seed {seed}): {why or number}")
                bench.start_anew(done + 2)
        toll.leftovers = [each for each in bench.path.parent.iterdir() if each != bench.path]
    return toll


@pytest.mark.timeout(900)
def test_no_kill_destroys_what_was_saved(tmp_path: Path, full: bool, figure: Figure) -> None:
    toll = kill_again_and_again(OURS, tmp_path, 1000 if full else 40)
    assert toll.destroyed == []
    assert toll.modes == {0o600}
    assert toll.saves >= toll.kills, "hardly anything was saved: the kills proved nothing"
    # a kill between writing and renaming leaves the unfinished file: hidden, private, taken for nothing else
    assert len(toll.leftovers) <= toll.kills
    for left in toll.leftovers:
        assert left.name.startswith(".tokens.json.")
        assert left.suffix == ".tmp"
        assert stat.S_IMODE(left.stat().st_mode) == 0o600
    others = {}
    if full:
        for place, way in enumerate((IN_PLACE, *LIBRARIES)):
            if way.available():
                (folder := tmp_path / str(place)).mkdir()
                compared = kill_again_and_again(way, folder, toll.kills)
                modes = " ".join(f"{mode:04o}" for mode in sorted(compared.modes))
                others[way.name] = f"{len(compared.destroyed)} (mode {modes})"
                if way is IN_PLACE:
                    assert compared.destroyed, "a laboratory that catches nobody proves nothing"
    figure("G8a", f"files destroyed by {toll.kills} kills in a tight save loop", "0 (mode 0600)", **others)
