"""macOS by imitation: its functions over a fake of its C library and of fcntl. Nothing here ran on a Mac."""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct
import subprocess
import time
from typing import TYPE_CHECKING, Any, Final

import pytest

from smily_tui.system import darwin

if TYPE_CHECKING:
    from pathlib import Path

UUID: Final = "0FA5F7A1-0C3E-4E52-8B8C-6F1D4E3C9A11"
HOST: Final = bytes(range(16))
STARTED: Final = (1_795_500_000, 250_000)  # seconds, microseconds


class Library:
    """C library of macOS, as its manual pages have it: sysctl, gethostuuid, statfs, proc_pidinfo."""

    def __init__(self, file_system: bytes = b"apfs", status: int = 2) -> None:
        self.file_system = file_system
        self.status = status

    def sysctlbyname(self, name: bytes, buffer: Any, size: Any, *_: object) -> int:
        if name != b"kern.bootsessionuuid":
            return -1
        buffer.value = UUID.encode()
        return 0

    def gethostuuid(self, identifier: Any, patience: bytes) -> int:
        assert struct.unpack("@2l", patience) == (1, 0)
        identifier.raw = HOST
        return 0

    def statfs(self, path: bytes, buffer: Any) -> int:
        buffer[72 : 72 + len(self.file_system)] = self.file_system
        return 0

    def proc_pidinfo(self, pid: int, flavor: int, argument: Any, buffer: Any, size: int) -> int:
        if pid not in (4711, os.getpid()) or flavor != 3:
            return 0
        numbers = [0, self.status, 0, pid, 1] + [0] * 7
        data = struct.pack("=12I16s32s5Ii2Q", *numbers, b"zsh", b"-zsh", *[0] * 6, *STARTED)
        buffer.raw = data
        return len(data)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    fake = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: fake)
    return fake


def full_syncs(monkeypatch: pytest.MonkeyPatch, code: int = 0) -> tuple[list[int], list[int]]:
    """Record the calls of fcntl, which fail with `code` unless that is 0, and those of fsync."""
    asked: list[int] = []
    flushed: list[int] = []

    def call(descriptor: int, command: int) -> int:
        asked.append(command)
        if code:
            raise OSError(code, os.strerror(code))
        return 0

    monkeypatch.setattr(fcntl, "fcntl", call)
    monkeypatch.setattr(os, "fsync", flushed.append)
    return asked, flushed


def test_a_saved_file_reaches_the_disk_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, flushed = full_syncs(monkeypatch)
    darwin.fsync(7)
    assert asked == [51], "F_FULLFSYNC of sys/fcntl.h"
    assert flushed == [], "fsync would leave it in the disk's cache"


@pytest.mark.parametrize("code", [errno.ENOTSUP, errno.ENOTTY, errno.EINVAL])
def test_a_share_that_cannot_flush_its_disk_gets_an_fsync(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    _, flushed = full_syncs(monkeypatch, code)
    darwin.fsync(7)
    assert flushed == [7]


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EBADF])
def test_a_disk_that_fails_is_no_success(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    _, flushed = full_syncs(monkeypatch, code)
    with pytest.raises(OSError, match=os.strerror(code)):
        darwin.fsync(7)
    assert flushed == []


def test_this_computer_and_this_boot_have_identities(library: Library) -> None:
    assert darwin.machine_id() == HOST.hex().encode()
    assert darwin.boot() == UUID
    assert darwin.boottime() <= darwin.boottime()


def test_a_process_is_told_by_its_start_its_name_and_its_parent(library: Library) -> None:
    assert darwin.began(4711) == 1_795_500_000_250_000
    assert darwin.parent(4711) == ("zsh", 1)
    assert darwin.age() == pytest.approx(max(0.0, time.time() - 1_795_500_000.25), abs=1)


def test_a_zombie_and_a_process_that_is_not_there_began_never(library: Library) -> None:
    library.status = 5
    assert darwin.began(4711) == 0
    assert darwin.began(4712) == 0
    assert darwin.parent(4712) is None


@pytest.mark.parametrize(
    ("kind", "network"),
    [(b"apfs", ""), (b"hfs", ""), (b"smbfs", "smbfs"), (b"nfs", "nfs"), (b"afpfs", "afpfs")],
)
def test_a_share_is_told_from_a_disk(library: Library, tmp_path: Path, kind: bytes, network: str) -> None:
    library.file_system = kind
    assert darwin.network_file_system(tmp_path) == network


def test_a_link_goes_to_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start `open` as on macOS: the one command that the room names, with the link behind it."""
    stub = tmp_path / "open"
    stub.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/opened\n')
    stub.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    (command,) = darwin.browsers({})
    link = "https://www.bookingsync.com/oauth/authorize?client_id=a&scope=public%20bookings_read"
    with darwin.start_detached([*command.split(), link], stdin=subprocess.DEVNULL) as process:
        assert process.wait(20) == 0
    assert (tmp_path / "opened").read_text() == f"{link}\n"
