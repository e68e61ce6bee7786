"""The process that is killed: forks, when told, a child that saves or reads one file in a tight loop.

`python -m tests.faults.saving.worker WAY PATH COUNTER`, then a line each on standard input:

- `save N`: a child saves values N, N+1, ... until it is killed; after each save it writes the number into
  the file COUNTER, which is mapped into memory so that the number outlives the kill.
- `read COUNT CHANGES`: a child reads until it read so often and saw so many changes or anything torn,
  and answers `READS TORN CHANGES`.
- `reap`: answers how the child ended, as `waitpid` says it.

A child's first answer is its process id, written by itself: from then on it is in its loop. Children are
forked from this one process, which has imported everything, so that a kill costs no start of Python.
"""

from __future__ import annotations

import itertools
import mmap
import os
import signal
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.saving.ways import WAYS, Way, number_in, value

if TYPE_CHECKING:
    from collections.abc import Callable


def main(way_name: str, path: Path, counter: Path) -> None:
    """Serve until standard input ends."""
    way = WAYS[way_name]
    if not way.available():
        raise SystemExit(f"{way.module} is not installed")
    os.umask(0o022)
    with counter.open("r+b") as file, mmap.mmap(file.fileno(), 8) as mapped:
        number = memoryview(mapped).cast("Q")
        child = 0
        try:
            for line in sys.stdin:
                match line.split():
                    case ["save", first]:
                        child = _fork(partial(_save, way, path, int(first), number))
                    case ["read", count, changes]:
                        child = _fork(partial(_read, way, path, int(count), int(changes)))
                    case ["reap"]:
                        _answer(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
                        child = 0
        finally:
            number.release()
            if child:  # the test ended early: nothing may go on writing
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


def _fork(work: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        _answer(os.getpid())
        work()
    except BaseException:  # noqa: BLE001 - the child must never return into the loop of its parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _save(way: Way, path: Path, first: int, number: memoryview) -> None:
    for each in itertools.count(first):
        way.save(path, value(each))
        number[0] = each


def _read(way: Way, path: Path, count: int, changes: int) -> None:
    torn = seen = 0
    newest = -1
    for reads in itertools.count(1):
        number, _ = number_in(way, path)
        if number is None or number < newest:  # an older value than was there already is as wrong
            torn += 1
        elif number > newest:
            newest = number
            seen += 1
        if reads >= count and (torn or seen >= changes):
            _answer(reads, torn, seen)
            return


def _answer(*numbers: int) -> None:
    os.write(1, (" ".join(map(str, numbers)) + "\n").encode())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
