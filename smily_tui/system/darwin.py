"""macOS: as POSIX has it, but for the facts that its kernel tells by calls of its own."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import struct
import sys
import time
from typing import TYPE_CHECKING, Final

from smily_tui.system.posix import *  # noqa: F403 - the rest of the interface

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

assert sys.platform != "win32"  # for types

CHECKS_CERTIFICATES: Final = True
KEYRINGS: Final = (("keyring.backends.macOS", "Keyring"),)
SET_CLOCK: Final = "Turn on “Set time and date automatically” in System Settings, General, Date & Time."
FIX_CLIPBOARD: Final = "pbcopy and pbpaste need your own login session. Over SSH they may not reach it."
USE_UTF_8: Final = "Set LANG to a UTF-8 locale, such as en_US.UTF-8, to see every name correctly."
F_FULLFSYNC: Final = 51  # sys/fcntl.h
# file systems that cannot flush the disk (fcntl(2)): shares, and some of FUSE
_NO_FULL_SYNC: Final = {errno.ENOTSUP, errno.ENOTTY, errno.EINVAL}
_NETWORK_FILE_SYSTEMS: Final = {"afpfs", "cifs", "ftp", "nfs", "smbfs", "webdav"}
_STATFS_SIZE: Final = 2168  # bytes of struct statfs with 64-bit inodes (sys/mount.h)
_FILE_SYSTEM_NAME: Final = slice(72, 88)  # its f_fstypename
_PROC_PIDTBSDINFO: Final = 3  # sys/proc_info.h
_BSD_INFO: Final = struct.Struct("=12I16s32s5Ii2Q")  # struct proc_bsdinfo
_ZOMBIE: Final = 5  # SZOMB, sys/proc.h


def fsync(descriptor: int) -> None:
    """Have the disk itself write what it caches: macOS does not wait for that otherwise."""
    try:
        fcntl.fcntl(descriptor, F_FULLFSYNC)
    except OSError as error:
        if error.errno not in _NO_FULL_SYNC:
            raise
        os.fsync(descriptor)


def network_file_system(folder: Path) -> str:
    """Ask statfs(2)."""
    libc = ctypes.CDLL(None)
    # on Intel the plain name has the older structure
    statfs = getattr(libc, "statfs$INODE64", None) or libc.statfs
    buffer = ctypes.create_string_buffer(_STATFS_SIZE)
    if statfs(os.fsencode(os.path.realpath(folder)), buffer) != 0:
        return ""
    kind = buffer.raw[_FILE_SYSTEM_NAME].partition(b"\0")[0].decode("ascii", "replace")
    return kind if kind in _NETWORK_FILE_SYSTEMS else ""


def private_folders() -> tuple[Path, ...]:
    """Return none but those of this process: each user has a temporary folder of its own."""
    return ()


def machine_id() -> bytes:
    """Return the IOPlatformUUID, which gethostuuid(2) gives."""
    identifier, patience = ctypes.create_string_buffer(16), struct.pack("@2l", 1, 0)
    with contextlib.suppress(AttributeError):
        if ctypes.CDLL(None).gethostuuid(identifier, patience) == 0:
            return identifier.raw.hex().encode()
    return b""


def boot() -> str:
    """Return kern.bootsessionuuid."""
    buffer, size = ctypes.create_string_buffer(64), ctypes.c_size_t(64)
    failed = ctypes.CDLL(None).sysctlbyname(b"kern.bootsessionuuid", buffer, ctypes.byref(size), None, 0)
    return "" if failed else buffer.value.decode("ascii", "replace")


def boottime() -> float:
    """Return CLOCK_MONOTONIC_RAW, which counts time asleep here (clock_gettime(3) of macOS)."""
    return time.clock_gettime(time.CLOCK_MONOTONIC_RAW)


class _Info:
    """Fields of struct proc_bsdinfo that are used here."""

    def __init__(self, data: bytes) -> None:
        fields = _BSD_INFO.unpack(data)
        self.status, self.parent = fields[1], fields[4]
        self.name = fields[12].partition(b"\0")[0].decode("utf-8", "replace")
        self.started = fields[-2] * 1_000_000 + fields[-1]  # microseconds since 1970


def _info(pid: int) -> _Info | None:
    buffer = ctypes.create_string_buffer(_BSD_INFO.size)
    filled = ctypes.CDLL(None).proc_pidinfo(
        pid, _PROC_PIDTBSDINFO, ctypes.c_uint64(0), buffer, _BSD_INFO.size
    )
    return _Info(buffer.raw) if filled == _BSD_INFO.size else None


def began(pid: int) -> int:
    """Return when a process began, in microseconds since 1970."""
    info = _info(pid)
    return info.started if info and info.status != _ZOMBIE else 0


def age() -> float:
    """Return the seconds since this process began."""
    started = began(os.getpid())
    return max(0.0, time.time() - started / 1_000_000) if started else 0.0


def parent(pid: int) -> tuple[str, int] | None:
    """Ask proc_pidinfo."""
    info = _info(pid)
    return (info.name, info.parent) if info else None


def no_core_dump() -> None:
    """Set the limit."""
    import resource

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def browsers(environ: Mapping[str, str]) -> Sequence[str]:
    """Return the command that hands a link to the system."""
    return ("open",)
