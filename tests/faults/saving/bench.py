"""One file, one way of saving, and a worker that saves or reads it until it is killed."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.faults.saving.ways import FILE, Way, value

ROOT = Path(__file__).parents[3]


class Bench:
    """A worker process and the file that it works on."""

    def __init__(self, way: Way, folder: Path, role: str = "writer") -> None:
        self.way = way
        self.path = folder / "files" / FILE
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        self._counter = folder / role
        self._counter.write_bytes(bytes(8))
        command = [sys.executable, "-m", "tests.faults.saving.worker", way.name]
        self._worker: subprocess.Popen[str] = subprocess.Popen(
            [*command, str(self.path), str(self._counter)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self._child = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._worker.stdin is not None
        assert self._worker.stdout is not None
        self._worker.stdin.close()  # where a child is still at work, the worker kills it now
        self._worker.wait(30)
        self._worker.stdout.close()

    def save_from(self, number: int) -> None:
        """Start a child that saves that value and the following ones; returns when it is at work."""
        self._child = int(self._ask(f"save {number}"))

    def read(self, count: int, changes: int) -> None:
        """Start a child that reads so often at least, and until so many saves of another were seen."""
        self._child = int(self._ask(f"read {count} {changes}"))

    def outcome(self) -> tuple[int, int, int]:
        """Wait for the reading child: its reads, how many were torn, the changes that it saw."""
        reads, torn, changes = map(int, self._line().split())
        assert int(self._ask("reap")) == 0
        self._child = 0
        return reads, torn, changes

    def kill(self) -> None:
        """Kill the child as the kernel does when memory runs out, and wait until it is gone."""
        os.kill(self._child, signal.SIGKILL)
        ended = int(self._ask("reap"))
        self._child = 0
        assert ended == -signal.SIGKILL, f"{self.way.name}: the child ended by itself ({ended})"

    def saved(self) -> int:
        """The number of the last value whose save returned."""
        number: int = struct.unpack("=Q", self._counter.read_bytes())[0]
        return number

    def start_anew(self, number: int) -> None:
        """Put a whole value there, whatever was there before."""
        self.path.unlink(missing_ok=True)
        self.way.save(self.path, value(number))
        self.count(number)

    def count(self, number: int) -> None:
        """Note that this value is the one that is saved."""
        with self._counter.open("r+b") as file:  # never cut: the worker has it mapped
            file.write(struct.pack("=Q", number))

    def _ask(self, line: str) -> str:
        assert self._worker.stdin is not None
        self._worker.stdin.write(line + "\n")
        return self._line()

    def _line(self) -> str:
        assert self._worker.stdout is not None
        line: str = self._worker.stdout.readline()
        if not line:
            raise AssertionError(f"the worker for {self.way.name} ended")
        return line
