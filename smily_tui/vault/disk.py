"""Durable writes, safe reads, and locks between processes: every file of the store passes through here.

A file is replaced by writing a temporary one beside it, fsync, rename, and fsync of the folder: after a
crash or a power cut there is the old file or the new one, never a piece. Locks are kernel locks, which the
system releases when their holder dies; lock files stay.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.system import Process, here
from smily_tui.text import clean
from smily_tui.vault.errors import Damaged, Locked, Unsafe, VaultError, not_read, not_written

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator
    from pathlib import Path


PRIVATE_FILE: Final = 0o600
TEMPORARY: Final = ".tmp"
LARGEST: Final = 4 * 1024 * 1024  # bytes of a file
# seconds that a lock is waited for: longer than the 30 s that its holder may take to get an answer
PATIENCE: Final = 45.0
_LOCK_TRIES: Final = 5
_LONGEST_SIGNATURE: Final = 80  # bytes


class Disk:
    """System calls of the store, in one place so that tests can fail each."""

    def open(self, path: Path, flags: int, mode: int = PRIVATE_FILE) -> int:
        """Open a file; symbolic links are not followed, and FIFOs do not block."""
        return here.open_file(path, flags, mode)

    def write(self, descriptor: int, data: bytes) -> int:
        """Write some bytes of `data`; return how many."""
        return os.write(descriptor, data)

    def seek(self, descriptor: int, offset: int) -> None:
        """Go to an offset from the beginning of a file."""
        os.lseek(descriptor, offset, os.SEEK_SET)

    def fsync(self, descriptor: int) -> None:
        """Wait until the disk holds what was written."""
        here.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        """Close a file."""
        os.close(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        """Rename a file; one that has the new name is replaced in the same step."""
        here.replace(source, target)

    def unlink(self, path: Path) -> None:
        """Delete a file."""
        here.unlink(path)

    def mkdir(self, path: Path) -> None:
        """Make one folder, for its owner alone (0700)."""
        here.make_folder(path)


def make_folder(path: Path, disk: Disk) -> None:
    """Make `path` and what is missing above it, private; one that is there stays as it is.

    Raises:
        NotWritable, DiskFull: it cannot be made.
    """
    try:
        if not path.parent.exists():
            make_folder(path.parent, disk)
        disk.mkdir(path)
        sync_folder(path.parent, disk)
    except FileExistsError:
        pass
    except OSError as error:
        raise not_written(path, error) from None


def check_private_folder(path: Path) -> None:
    """Refuse a folder that is a symbolic link, or that other users own or may enter; raises Unsafe."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise not_read(path, error) from None
    if not stat.S_ISDIR(status.st_mode):
        raise Unsafe(f"{clean(path)} is not a folder.", next="Move it away, then try again.")
    _check_owner_and_mode(path, status, "700")


def read_private(path: Path, disk: Disk) -> bytes | None:
    """Read a private file; None where it is not there.

    Raises:
        Unsafe: it is a symbolic link, no plain file, has more than one hard link, or other users own it or
            may read it.
        Unreadable: the system refuses.
        Damaged: it is too large for a file of this store.
    """
    return _read(path, disk, _check_private)


def private_lines(path: Path, disk: Disk, largest: int) -> Iterator[bytes]:
    """Yield the lines of a private file of at most that many bytes; none where it is not there.

    Raises as `read_private`.
    """
    with _opened(path, disk, _check_private, largest) as (descriptor, _):
        if descriptor is not None:
            with open(descriptor, "rb", closefd=False) as file:
                yield from file


def read_regular(path: Path, disk: Disk) -> bytes | None:
    """Read a file that others may read, too; None where it is not there.

    Raises:
        Unsafe: it is a symbolic link, or no plain file: reading a pipe or a device may never end.
        Unreadable: the system refuses.
        Damaged: it is too large for a file of this store.
    """
    return _read(path, disk, _check_regular)


def _read(path: Path, disk: Disk, check: Callable[[Path, os.stat_result], None]) -> bytes | None:
    with _opened(path, disk, check, LARGEST) as (descriptor, size):
        return None if descriptor is None else _read_all(path, descriptor, size + 1)


@contextlib.contextmanager
def _opened(
    path: Path, disk: Disk, check: Callable[[Path, os.stat_result], None], largest: int
) -> Iterator[tuple[int | None, int]]:
    """Open a file if it passes the check; yield its descriptor (None where it is not there) and size."""
    try:
        descriptor = disk.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None, 0
        return
    except OSError as error:
        # O_NOFOLLOW fails with ELOOP on Linux and macOS, with EMLINK on FreeBSD
        if is_link(path):
            raise Unsafe(
                f"{clean(path)} is a link.", next="Put the real file there, then try again."
            ) from None
        raise not_read(path, error) from None
    try:
        status = os.fstat(descriptor)
        check(path, status)
        if status.st_size > largest:
            raise _too_large(path)
        yield descriptor, status.st_size
    except OSError as error:
        raise not_read(path, error) from None
    finally:
        disk.close(descriptor)


def _read_all(path: Path, descriptor: int, expected: int) -> bytes:
    data = b""
    # room for what is expected: one for the limit would be made for each of thousands of files
    while piece := os.read(descriptor, expected):
        data += piece
        if len(data) > LARGEST:
            raise _too_large(path)
    return data


def _too_large(path: Path) -> Damaged:
    return Damaged(f"{clean(path)} is too large for a file of this store.")


def _check_regular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise Unsafe(f"{clean(path)} is not a plain file.", next="Move it away, then try again.")


def _check_private(path: Path, status: os.stat_result) -> None:
    _check_regular(path, status)
    if status.st_nlink > 1:
        raise Unsafe(f"{clean(path)} has a hard link.", next="Delete the other link, then try again.")
    _check_owner_and_mode(path, status, "600")


def _check_owner_and_mode(path: Path, status: os.stat_result, private: str) -> None:
    exposure = here.exposure(path, status, private)
    if exposure:
        from smily_tui.system import command

        sentence, advice, arguments = exposure
        raise Unsafe(sentence, next=f"{advice} {command(*arguments)}")


def temp_files_of(path: Path) -> list[Path]:
    """Return the temporary files of replacements of `path`, killed or under way; raises Unreadable."""
    start = f".{path.name}."
    names = names_in(path.parent)
    return [path.with_name(name) for name in names if name.startswith(start) and name.endswith(TEMPORARY)]


def clean_temp_files(path: Path, disk: Disk) -> None:
    """Delete the temporary files of `path` that killed replacements left, under its lock. Best effort."""
    with contextlib.suppress(VaultError):
        for temporary in temp_files_of(path):
            remove(temporary, disk)


def durable_replace(
    path: Path,
    data: bytes,
    disk: Disk,
    mode: int = PRIVATE_FILE,
    *,
    last_look: Callable[[], None] = lambda: None,
) -> None:
    """Put `data` in the place of `path` so that a crash leaves the old file or the new one.

    `last_look` is called just before the rename; if it raises, nothing is changed.

    Raises:
        NotWritable, DiskFull: nothing was changed.
    """
    temporary = _temporary(path)
    try:
        write_new(temporary, data, disk, mode)
        last_look()
        disk.replace(temporary, path)
        # else a power cut may bring the old file back
        sync_folder(path.parent, disk)
    except Exception as error:
        with contextlib.suppress(OSError):
            disk.unlink(temporary)
        if isinstance(error, OSError):
            raise not_written(path, error) from None
        raise


def _temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(6).hex()}{TEMPORARY}")


def probe(path: Path, size: int, disk: Disk) -> None:
    """Write, fsync and delete a file beside `path`, of that size in bytes.

    Raises:
        NotWritable, DiskFull: `path` could not be saved now.
    """
    beside = _temporary(path)
    try:
        write_new(beside, bytes(size), disk)
    except OSError as error:
        raise not_written(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            disk.unlink(beside)


def write_new(path: Path, data: bytes, disk: Disk, mode: int = PRIVATE_FILE) -> None:
    """Write a new file and fsync it; raises OSError."""
    descriptor = disk.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        # the umask took bits away
        here.set_mode(descriptor, mode)
        write_all(descriptor, data, disk)
        disk.fsync(descriptor)
    finally:
        disk.close(descriptor)


def write_all(descriptor: int, data: bytes, disk: Disk) -> None:
    """Write every byte; a short write is continued."""
    unwritten = memoryview(data)
    while unwritten:
        unwritten = unwritten[disk.write(descriptor, bytes(unwritten)) :]


def sync_folder(path: Path, disk: Disk) -> None:
    """Wait until the disk holds the names in the folder `path`."""
    if not here.SYNCS_FOLDERS:
        return
    descriptor = disk.open(path, os.O_RDONLY | here.FOLDER)
    try:
        disk.fsync(descriptor)
    finally:
        disk.close(descriptor)


def remove(path: Path, disk: Disk) -> None:
    """Delete a file durably; one that is not there is fine.

    Raises:
        NotWritable: the system refuses.
    """
    try:
        disk.unlink(path)
        sync_folder(path.parent, disk)
    except FileNotFoundError:
        return
    except OSError as error:
        raise not_written(path, error) from None


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder as the program writes them, in order; none where there is no folder.

    Raises:
        Unreadable: the system refuses.
    """
    try:
        listed = os.listdir(folder)  # noqa: PTH208 - thousands of names need no paths
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise not_read(folder, error) from None
    text = "".join(listed)
    if text != text.lower():
        as_found = frozenset(listed)
        listed = [_in_small_letters(name, folder, as_found) for name in listed]
    return sorted(listed)


def folders_in(folder: Path) -> list[str]:
    """Return the names of the folders in a folder, and of links to some, in order. Raises Unreadable."""
    # os.path: a link in a circle, or to where this user may not look, is none and no error
    return [name for name in names_in(folder) if os.path.isdir(folder / name)]  # noqa: PTH112


def _in_small_letters(name: str, folder: Path, listed: Container[str]) -> str:
    """Return the name in small letters if it stands for the same file.

    Another tool may have put capitals into it where they make no difference to the file system.
    """
    small = name.lower()
    return name if small in listed or not os.path.lexists(folder / small) else small


def is_link(path: Path) -> bool:
    """Return whether a path is a symbolic link; False where this user may not look."""
    try:
        return path.is_symlink()
    except OSError:
        return False


def changed_at(path: Path) -> int:
    """Return the time of the last change of a file or folder, in nanoseconds; 0 where it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


class Held(NamedTuple):
    """Lock that this process holds."""

    path: Path
    descriptor: int

    def still_counts(self) -> bool:
        """Return whether the lock file is still the one at this path.

        If it was deleted or replaced, another process may hold the new one.
        """
        try:
            return os.path.samestat(os.fstat(self.descriptor), self.path.lstat())
        except OSError:
            return False


@contextlib.contextmanager
def locked(path: Path, *, patience: float = PATIENCE) -> Iterator[Held]:
    """Hold the lock file `path`, waiting up to `patience` seconds.

    If the file was deleted or replaced meanwhile, the lock is taken again on the new one. The file names
    the process that holds it, for the error of those that wait in vain.

    Raises:
        Locked: somebody else held it all that time; the words name that process.
        Unsafe: the lock file is a link.
        NotWritable: it cannot be made.
    """
    import filelock

    taken: list[Held] = []
    for _ in range(_LOCK_TRIES):
        lock = filelock.FileLock(
            path,
            timeout=patience,
            mode=PRIVATE_FILE,
            thread_local=False,
            # a soft lock would outlive a killed process
            fallback_to_soft=False,
            # without the file's name two processes could hold two files (filelock 4 deletes it by default)
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
        # POSIX lets a locked file be unlinked: its next opener would lock a new one at the same time
        if taken[-1].still_counts():
            break
        lock.release()
    else:
        raise Locked(f"Another program keeps deleting the lock file {clean(path)}.")
    _sign(taken[-1].descriptor)
    try:
        yield taken[-1]
    finally:
        lock.release()


def _sign(descriptor: int) -> None:
    """Write into the lock file which process holds it. Best effort: I/O errors are ignored."""
    process = Process.this()
    with contextlib.suppress(OSError):
        status = os.fstat(descriptor)
        if status.st_nlink != 1 or status.st_size > _LONGEST_SIGNATURE:
            # not a file that this program made
            return
        # truncated in place: another inode would be another lock
        os.ftruncate(descriptor, 0)
        signature = f"{process.pid} {process.began} {time.time():.0f}\n".encode("ascii")
        here.write_at(descriptor, signature, here.SIGNATURE_AT)


def _holder(path: Path) -> str:
    """Return who holds a lock, as the beginning of a sentence."""
    with contextlib.suppress(OSError, ValueError):
        with path.open("rb") as file:
            file.seek(here.SIGNATURE_AT)
            pid, started, since = file.read(_LONGEST_SIGNATURE).decode("ascii").split()
        process = Process(int(pid), int(started))
        if process.is_alive():
            return (
                f"Process {process.pid}, which took the lock {max(0.0, time.time() - int(since)):.0f} s ago,"
            )
    return "Another process"
