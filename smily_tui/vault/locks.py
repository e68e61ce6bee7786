"""Locks between processes: kernel locks, freed by the system when their holder dies; lock files stay."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.system import Process
from smily_tui.text import clean
from smily_tui.vault.disk import PRIVATE_FILE, is_link
from smily_tui.vault.errors import Locked, Unsafe, not_written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE: Final = 45.0
_TRIES: Final = 5
_LONGEST_SIGNATURE: Final = 80


@dataclass(frozen=True)
class Held:
    """A lock that this process holds."""

    path: Path
    descriptor: int

    def still_counts(self) -> bool:
        """Whether the locked file still goes by its name; else another process may hold a new one."""
        try:
            return os.path.samestat(os.fstat(self.descriptor), self.path.lstat())
        except OSError:
            return False


@contextlib.contextmanager
def locked(path: Path, *, patience: float = PATIENCE) -> Iterator[Held]:
    """Hold the lock file `path`, waiting up to `patience` seconds.

    Where the file was deleted and made anew meanwhile, the lock is taken again on the new one. The file
    says which process holds it, for those that wait in vain.

    Raises:
        Locked: somebody else held it all that time; the words name that process.
        Unsafe: the lock file is a link.
        NotWritable: it cannot be made.
    """
    import filelock

    taken: list[Held] = []
    for _ in range(_TRIES):
        lock = filelock.FileLock(
            path,
            timeout=patience,
            mode=PRIVATE_FILE,
            thread_local=False,
            fallback_to_soft=False,
            preserve_lock_file=True,
            on_acquired=lambda descriptor: taken.append(Held(path, descriptor)),
        )
        try:
            lock.acquire()
        except filelock.Timeout:
            raise Locked(f"{_holder(path)} has been using {clean(path.stem)} for too long.") from None
        except OSError as error:
            if is_link(path):
                raise Unsafe(f"{clean(path)} is a link.", next="Delete the link, then try again.") from None
            raise not_written(path, error) from None
        if taken[-1].still_counts():
            break
        lock.release()
    else:
        raise Locked(f"The lock file {clean(path)} keeps being deleted by another program.")
    _sign(taken[-1].descriptor)
    try:
        yield taken[-1]
    finally:
        lock.release()


def _sign(descriptor: int) -> None:
    """Say in the lock file who holds it; advice for people, so a failure is no matter."""
    this = Process.this()
    with contextlib.suppress(OSError):
        found = os.fstat(descriptor)
        if found.st_nlink != 1 or found.st_size > _LONGEST_SIGNATURE:
            return  # not a file that this program made
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{this.pid} {this.began} {time.time():.0f}\n".encode("ascii"), 0)


def _holder(path: Path) -> str:
    """Who holds a lock, as the beginning of a sentence."""
    with contextlib.suppress(OSError, ValueError):
        pid, started, since = path.read_text("ascii").split()
        process = Process(int(pid), int(started))
        if process.is_alive():
            return (
                f"Process {process.pid}, which took the lock {max(0.0, time.time() - int(since)):.0f} s ago,"
            )
    return "Another process"
