"""Locks between processes: kernel locks, freed by the system when their holder dies; lock files stay."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Final

from smily_tui.text import clean
from smily_tui.vault.disk import PRIVATE_FILE
from smily_tui.vault.errors import Locked, Unsafe, not_written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE: Final = 45.0
_TRIES = 5


@contextlib.contextmanager
def locked(path: Path, *, patience: float = PATIENCE, holder: str = "") -> Iterator[None]:
    """Hold the lock file `path`, waiting up to `patience` seconds.

    Where the file was deleted and made anew meanwhile, the lock is taken again on the new one, so that
    two processes never hold "the" lock at once. `holder` is a sentence about who seems to hold it.

    Raises:
        Locked: somebody else held it all that time.
        Unsafe: the lock file is a link.
        NotWritable: it cannot be made.
    """
    import filelock

    taken: list[bool] = []
    for _ in range(_TRIES):
        lock = filelock.FileLock(
            path,
            timeout=patience,
            mode=PRIVATE_FILE,
            thread_local=False,
            fallback_to_soft=False,
            preserve_lock_file=True,
            on_acquired=lambda descriptor: taken.append(_has_that_name(path, descriptor)),
        )
        try:
            lock.acquire()
        except filelock.Timeout:
            words = (
                f"Another process has been using {clean(path.stem)} for {patience:.0f} s. {holder}".strip()
            )
            raise Locked(words) from None
        except OSError as error:
            if path.is_symlink():
                raise Unsafe(f"{clean(path)} is a link.", next="Delete the link, then try again.") from None
            raise not_written(path, error) from None
        if taken[-1]:
            break
        lock.release()
    else:
        raise Locked(f"The lock file {clean(path)} keeps being deleted by another program.")
    try:
        yield
    finally:
        lock.release()


def _has_that_name(path: Path, descriptor: int) -> bool:
    """Whether the locked file is still the one that goes by that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except OSError:
        return False
