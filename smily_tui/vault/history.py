"""History of one account's refresh token: each use or attempt, by which process, with which result.

Answers "who used up my token?". JSON lines, appended; fingerprints only, no secrets.
"""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from smily_tui.records import Record, decode, encode
from smily_tui.text import Clean, clean
from smily_tui.vault.disk import Disk, durable_replace, read_private, remove, write_all
from smily_tui.vault.errors import VaultError

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.secret import Secret


LARGEST: Final = 64 * 1024
REFRESHED: Final = Clean("refreshed")
_REFRESHED_BEFORE: Final = "renewed"  # the word of older files


@dataclass(frozen=True)
class TokenUse:
    """Use of a refresh token or code.

    Attributes:
        at: UTC seconds.
        why: what it was for, such as "asked for" or "less than 300 s left".
        outcome: what came of it: `REFRESHED`, or the name of the error in words.
        host: the computer.
        process: the program that asked, and what started it.
        generation: that of the stored pair afterwards.
        spent, got: fingerprints of the refresh token before and after; the same where nothing changed.
    """

    at: float
    why: Clean
    outcome: Clean
    host: Clean
    process: Clean
    generation: int
    spent: Clean
    got: Clean


def fingerprint(secret: Secret | None) -> Clean:
    """Eight hex digits: enough to tell one token from another by eye."""
    return clean(secret.fingerprint()[:8]) if secret else Clean("")


class History:
    """History file of one account."""

    def __init__(self, path: Path, disk: Disk) -> None:
        self._path = path
        self._disk = disk

    def add(self, use: TokenUse) -> None:
        """Append a line. Best effort: I/O errors are ignored."""
        line = json.dumps(encode(use)).encode("ascii") + b"\n"
        with contextlib.suppress(OSError, VaultError):
            if self._append(line) > LARGEST:
                self._shorten()

    def take_over(self, source: History) -> None:
        """Move another account's lines here. Best effort: I/O errors are ignored."""
        with contextlib.suppress(OSError, VaultError):
            lines = read_private(source._path, source._disk)
            if lines:
                self._append(lines)
                remove(source._path, source._disk)

    def read(self) -> tuple[TokenUse, ...]:
        """Read all intact lines, oldest first.

        Raises:
            Unsafe, Unreadable: the file may not be, or cannot be read.
        """
        data = read_private(self._path, self._disk) or b""
        uses = (_token_use(line) for line in data.splitlines())
        return tuple(use for use in uses if use is not None)

    def _append(self, line: bytes) -> int:
        """Append a line; return the size of the file."""
        # O_APPEND: the kernel keeps the lines of two processes apart
        descriptor = self._disk.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        try:
            status = os.fstat(descriptor)
            # another hard link may be somebody else's file
            if status.st_nlink == 1:
                write_all(descriptor, line, self._disk)
                self._disk.fsync(descriptor)
            return status.st_size + len(line)
        finally:
            self._disk.close(descriptor)

    def _shorten(self) -> None:
        data = read_private(self._path, self._disk) or b""
        durable_replace(self._path, data[len(data) // 2 :].partition(b"\n")[2], self._disk)


def _token_use(line: bytes) -> TokenUse | None:
    """Read a line; None where it is torn."""
    try:
        use = decode(TokenUse, Record(json.loads(line)))
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return replace(use, outcome=REFRESHED) if use.outcome == _REFRESHED_BEFORE else use
