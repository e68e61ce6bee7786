"""Disks that fail a chosen call, or die with their process."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from smily_tui.vault.disk import Disk

if TYPE_CHECKING:
    from pathlib import Path


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


class Died(BaseException):
    """The process is gone."""


class DyingDisk(Disk):
    """Does so many changes, then nothing any more."""

    def __init__(self) -> None:
        self.left = 1_000_000

    def _change(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Died

    def write(self, descriptor: int, data: bytes) -> int:
        """Write, while alive."""
        self._change()
        return super().write(descriptor, data)

    def replace(self, source: Path, target: Path) -> None:
        """Rename, while alive."""
        self._change()
        super().replace(source, target)

    def unlink(self, path: Path) -> None:
        """Delete, while alive."""
        self._change()
        super().unlink(path)

    def mkdir(self, path: Path) -> None:
        """Make a folder, while alive."""
        self._change()
        super().mkdir(path)
