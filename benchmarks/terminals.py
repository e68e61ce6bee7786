"""Full-screen programs in a pseudo-terminal, as a person waits for them."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pexpect

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LETTERS = "бвгдёжзийклмнптуфцчшщъыьэюя"  # in no escape sequence, and in no sentence of either program


class Terminal:
    """Program at 80 by 24."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self.began = time.perf_counter()
        self.child = pexpect.spawn(
            command[0], [*command[1:]], env=dict(environ), dimensions=(24, 80), echo=False
        )
        self.child.delaybeforesend = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.kill(signal.SIGKILL)
        self.child.wait()
        self.child.close()

    def until(self, text: str) -> float:
        """Wait for a text; return the milliseconds since the start."""
        self.child.expect_exact(text.encode(), timeout=120)
        return (time.perf_counter() - self.began) * 1000

    def until_usable(self) -> float:
        """Type into the first field until a letter of it is seen; return the milliseconds since the start."""
        while True:
            self.child.send(LETTERS[0])
            if self.child.expect_exact([LETTERS[0].encode(), pexpect.TIMEOUT], timeout=0.03) == 0:
                return (time.perf_counter() - self.began) * 1000

    def clear(self) -> None:
        """Empty the field, and let the program come to rest."""
        self.read_for(0.5)
        self.child.send("\x15")
        self.read_for(1.0)

    def key(self, letter: str) -> float:
        """Type a letter; return the milliseconds until it is on the screen."""
        began = time.perf_counter()
        self.child.send(letter)
        self.child.expect_exact(letter.encode(), timeout=10)
        return (time.perf_counter() - began) * 1000

    def keys(self, number: int = 60) -> list[float]:
        """Type letters, each when the one before is seen and 30 ms have passed; return the milliseconds."""
        times = []
        for index in range(number):
            self.read_for(0.03)
            times.append(self.key(LETTERS[1 + index % (len(LETTERS) - 1)]))
            if index % 20 == 19:  # a field that scrolls does other work
                self.child.send("\x15")
        return times

    def read_for(self, seconds: float) -> int:
        """Read what is written in that time; return how many bytes that is."""
        ends, count = time.monotonic() + seconds, 0
        while (left := ends - time.monotonic()) > 0:
            try:
                count += len(self.child.read_nonblocking(65536, left))
            except (pexpect.TIMEOUT, pexpect.EOF):
                break
        return count

    def cpu(self) -> float:
        """Milliseconds of CPU so far, of all threads; finer than the clock ticks of `/proc/…/stat`."""
        threads = Path(f"/proc/{self.child.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text("ascii").split()[0]) for thread in threads) / 1e6

    def memory(self) -> float:
        """Megabytes in memory."""
        pages = int(Path(f"/proc/{self.child.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGESIZE") / 2**20
