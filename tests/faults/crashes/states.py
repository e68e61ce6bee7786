"""Every state that a disk may be in after a crash, by a permissive reading of POSIX.

Bytes that were not pushed to the disk may be there, be missing, or be there in part. Names that were
given, changed or deleted since their folder was pushed to the disk may each have made it or not; a rename
makes it whole or not at all. What was pushed is there.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from smily_tui.vault.disk import Disk, make_folder
from tests.faults.crashes.recorder import (
    FolderSynced,
    Marked,
    Named,
    Operation,
    Synced,
    Truncated,
    Unnamed,
    Written,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Files = dict[Path, bytes]
MOST_PENDING = 7  # names in doubt at one moment; older ones are taken to have made it


@dataclass
class _File:
    synced: bytes = b""
    pending: list[Written | Truncated] = field(default_factory=list)

    def variants(self) -> list[bytes]:
        """What it may hold."""
        found = [self.synced]
        content = bytearray(self.synced)
        for change in self.pending:
            if isinstance(change, Truncated):
                content.clear()
            else:
                half = bytearray(content)
                _put(half, change.offset, change.data[: len(change.data) // 2])
                found.append(bytes(half))
                _put(content, change.offset, change.data)
            found.append(bytes(content))
        return list(dict.fromkeys(found))

    def push(self) -> None:
        """All of it is on the disk."""
        content = bytearray(self.synced)
        for change in self.pending:
            if isinstance(change, Truncated):
                content.clear()
            else:
                _put(content, change.offset, change.data)
        self.synced, self.pending = bytes(content), []


def _put(content: bytearray, offset: int, data: bytes) -> None:
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data


@dataclass
class Moment:
    """The disk after some operations.

    Attributes:
        names: the names that are on the disk for certain.
        pending: changes of names that may have made it.
        mark: the last thing that happened outside the disk.
    """

    files: dict[int, _File] = field(default_factory=dict)
    names: dict[Path, int] = field(default_factory=dict)
    pending: list[Named | Unnamed] = field(default_factory=list)
    mark: object = None

    def apply(self, operation: Operation) -> None:
        """One operation more."""
        match operation:
            case Written(file) | Truncated(file):
                self.files.setdefault(file, _File()).pending.append(operation)
            case Synced(file):
                self.files.setdefault(file, _File()).push()
            case FolderSynced(folder):
                kept = [each for each in self.pending if each.path.parent != folder]
                for each in self.pending:
                    if each.path.parent == folder:
                        _rename(self.names, each)
                self.pending = kept
            case Named() | Unnamed():
                self.pending.append(operation)
            case Marked(what):
                self.mark = what

    def states(self) -> Iterator[Files]:
        """Every state that the disk may be in now."""
        certain = dict(self.names)
        for change in self.pending[:-MOST_PENDING]:
            _rename(certain, change)
        doubtful = self.pending[-MOST_PENDING:]
        seen = set()
        for made_it in itertools.product((True, False), repeat=len(doubtful)):
            names = dict(certain)
            for change, did in zip(doubtful, made_it, strict=True):
                if did:
                    _rename(names, change)
            key = tuple(sorted(names.items()))
            if key in seen:
                continue
            seen.add(key)
            choices = [self.files.setdefault(file, _File()).variants() for file in names.values()]
            for contents in itertools.product(*choices):
                yield dict(zip(names, contents, strict=True))


def _rename(names: dict[Path, int], change: Named | Unnamed) -> None:
    if isinstance(change, Unnamed):
        names.pop(change.path, None)
        return
    if change.before is not None:
        names.pop(change.before, None)
    names[change.path] = change.file


def moments(operations: Sequence[Operation], start: int) -> Iterator[Moment]:
    """The disk before operation `start`, and after each one from there on; one object, changed in place."""
    moment = Moment()
    for operation in operations[:start]:
        moment.apply(operation)
    yield moment
    for operation in operations[start:]:
        moment.apply(operation)
        yield moment


def put_on_disk(files: Files, old: Path, new: Path) -> None:
    """Make a state real: the files below `old` appear below `new`, private."""
    for path, content in files.items():
        target = new / path.relative_to(old)
        make_folder(target.parent, Disk())
        target.write_bytes(content)
        target.chmod(0o600)
