"""Disk that fails a chosen call."""

from __future__ import annotations

import os

from smily_tui.vault.disk import Disk


class FailingDisk(Disk):
    """Fails the n-th call of one kind with one errno; passes everything else to the real disk."""

    def __init__(self, call: str, number: int, code: int) -> None:
        self.left = number
        self.code = code
        real = getattr(self, call)

        def failing(*arguments: object) -> object:
            self.left -= 1
            if self.left == 0:
                raise OSError(code, os.strerror(code))
            return real(*arguments)

        setattr(self, call, failing)
