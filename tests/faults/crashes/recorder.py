"""A disk that does everything for real and writes down what it did, in the order in which it did it."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smily_tui.vault.disk import PRIVATE_FILE, Disk

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Written:
    """Bytes were written into a file, at an offset."""

    file: int
    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncated:
    """A file was emptied."""

    file: int


@dataclass(frozen=True)
class Synced:
    """A file's bytes are on the disk."""

    file: int


@dataclass(frozen=True)
class FolderSynced:
    """The names in a folder are on the disk."""

    folder: Path


@dataclass(frozen=True)
class Named:
    """A file got a name; the name that it had before, if any, is gone in the same step."""

    file: int
    path: Path
    before: Path | None = None


@dataclass(frozen=True)
class Unnamed:
    """A name is gone."""

    path: Path


@dataclass(frozen=True)
class Marked:
    """Something happened outside the disk that the verdict depends on."""

    what: object


Operation = Written | Truncated | Synced | FolderSynced | Named | Unnamed | Marked


@dataclass
class _Open:
    file: int | None  # None: a folder
    path: Path
    offset: int = 0


class RecordingDisk(Disk):
    """Records the operations below one folder."""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.names: dict[Path, int] = {}
        self._open: dict[int, _Open] = {}
        self._next = 0

    def mark(self, what: object) -> None:
        """Note something between two operations."""
        self.operations.append(Marked(what))

    def open(self, path: Path, flags: int, mode: int = PRIVATE_FILE) -> int:
        """Open for real; a file that is made gets a number."""
        descriptor = super().open(path, flags, mode)
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            self._open[descriptor] = _Open(None, path)
            return descriptor
        if path not in self.names:
            self._next += 1
            self.names[path] = self._next
            self.operations.append(Named(self._next, path))
        elif flags & os.O_TRUNC:
            self.operations.append(Truncated(self.names[path]))
        offset = os.fstat(descriptor).st_size if flags & os.O_APPEND else 0
        self._open[descriptor] = _Open(self.names[path], path, offset)
        return descriptor

    def write(self, descriptor: int, data: bytes) -> int:
        """Write for real."""
        count = super().write(descriptor, data)
        at = self._open[descriptor]
        assert at.file is not None
        self.operations.append(Written(at.file, at.offset, data[:count]))
        at.offset += count
        return count

    def seek(self, descriptor: int, offset: int) -> None:
        """Go there for real."""
        super().seek(descriptor, offset)
        self._open[descriptor].offset = offset

    def fsync(self, descriptor: int) -> None:
        """Push to the disk for real."""
        super().fsync(descriptor)
        at = self._open[descriptor]
        self.operations.append(FolderSynced(at.path) if at.file is None else Synced(at.file))

    def close(self, descriptor: int) -> None:
        """Close for real."""
        super().close(descriptor)
        self._open.pop(descriptor, None)

    def replace(self, source: Path, target: Path) -> None:
        """Rename for real."""
        super().replace(source, target)
        file = self.names.pop(source)
        self.names[target] = file
        self.operations.append(Named(file, target, source))

    def unlink(self, path: Path) -> None:
        """Delete for real."""
        super().unlink(path)
        self.names.pop(path, None)
        self.operations.append(Unnamed(path))
