"""G8: while one process saves in a tight loop, others read: each read must give a whole value."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.faults.saving.bench import Bench
from tests.faults.saving.ways import IN_PLACE, LIBRARIES, OURS, Way

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Figure

READERS = 2


def read_while_saving(way: Way, folder: Path, count: int, changes: int) -> tuple[int, int]:
    """How many reads there were, at least `count`, and how many gave no whole value or an older one."""
    with ExitStack() as stack:
        writer = stack.enter_context(Bench(way, folder))
        readers = [stack.enter_context(Bench(way, folder, f"reader{each}")) for each in range(READERS)]
        writer.start_anew(1)
        writer.save_from(2)
        for reader in readers:
            reader.read(count // READERS, changes)
        outcomes = [reader.outcome() for reader in readers]
        writer.kill()
    return sum(reads for reads, _, _ in outcomes), sum(torn for _, torn, _ in outcomes)


@pytest.mark.timeout(900)
def test_no_read_is_torn(tmp_path: Path, full: bool, figure: Figure) -> None:
    # so many different values must come by: readers that outrun a slow disk would prove nothing
    least = (300_000, 1000) if full else (3000, 50)
    reads, torn = read_while_saving(OURS, tmp_path, *least)
    assert reads >= least[0]
    assert torn == 0
    others = {}
    if full:
        for place, way in enumerate((IN_PLACE, *LIBRARIES)):
            if way.available():
                (folder := tmp_path / str(place)).mkdir()
                their_reads, their_torn = read_while_saving(way, folder, *least)
                others[way.name] = f"{their_torn} of {their_reads}"
                if way is IN_PLACE:
                    assert their_torn, "a laboratory that catches nobody proves nothing"
    figure("G8b", f"torn reads of {READERS} processes beside a tight save loop", f"0 of {reads}", **others)
