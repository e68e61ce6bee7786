"""The durable write and the safe read, on a real file system."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest

from smily_tui.vault.disk import (
    Disk,
    check_private_folder,
    durable_replace,
    make_folder,
    read_private,
    remove,
)
from smily_tui.vault.errors import DiskFull, NotWritable, Unsafe, VaultError
from tests.support.disks import FailingDisk

if TYPE_CHECKING:
    from pathlib import Path


class ShortDisk(Disk):
    """Writes one byte at a time."""

    def write(self, descriptor: int, data: bytes) -> int:
        return super().write(descriptor, data[:1])


def test_a_file_is_replaced_whole_and_private_under_any_umask(tmp_path: Path) -> None:
    for mask in (0o000, 0o022, 0o077):
        before = os.umask(mask)
        try:
            durable_replace(tmp_path / "file", b"content", Disk())
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_short_write_is_continued(tmp_path: Path) -> None:
    durable_replace(tmp_path / "file", b"content", ShortDisk())
    assert read_private(tmp_path / "file", Disk()) == b"content"


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
@pytest.mark.parametrize(
    ("code", "named"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EROFS, NotWritable),
        (errno.EACCES, NotWritable),
        (errno.EIO, NotWritable),
    ],
)
def test_a_write_that_fails_keeps_the_old_file_and_says_why(
    tmp_path: Path, call: str, code: int, named: type[VaultError]
) -> None:
    durable_replace(tmp_path / "file", b"old", Disk())
    with pytest.raises(named) as raised:
        durable_replace(tmp_path / "file", b"new", FailingDisk(call, 1, code))
    assert read_private(tmp_path / "file", Disk()) == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert os.strerror(code) in raised.value.what
    assert "still there" in raised.value.kept
    assert raised.value.next
    assert raised.value.exit_code == 7


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read_private(tmp_path / "none", Disk()) is None


def _link(path: Path) -> None:
    path.with_name("real").write_bytes(b"x")
    path.symlink_to(path.with_name("real"))


def _hard_link(path: Path) -> None:
    durable_replace(path, b"x", Disk())
    path.with_name("other").hardlink_to(path)


def _loose(path: Path) -> None:
    path.write_bytes(b"x")
    path.chmod(0o644)


def _foreign(path: Path) -> None:
    durable_replace(path, b"x", Disk())
    os.chown(path, 65534, 65534)


def _pipe(path: Path) -> None:
    assert sys.platform != "win32"
    os.mkfifo(path)


only_posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has ACLs: tests/windows")
only_root = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() != 0, reason="only root can give a file away"
)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_link, "is a link"),
        (_hard_link, "hard link"),
        pytest.param(_loose, "chmod 600", marks=only_posix),
        pytest.param(_pipe, "not a plain file", marks=only_posix),
        pytest.param(_foreign, "belongs to user 65534", marks=only_root),
    ],
)
def test_only_a_private_plain_file_is_read(tmp_path: Path, make: object, said: str) -> None:
    make(tmp_path / "file")  # type: ignore[operator]
    with pytest.raises(Unsafe) as raised:
        read_private(tmp_path / "file", Disk())
    assert said in raised.value.in_lines()


def test_folders_are_made_private_and_open_ones_refused(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b", Disk())
    assert stat.S_IMODE((tmp_path / "a" / "b").stat().st_mode) == 0o700
    check_private_folder(tmp_path / "a" / "b")
    (tmp_path / "a").chmod(0o755)
    with pytest.raises(Unsafe, match="Other users"):
        check_private_folder(tmp_path / "a")


@pytest.mark.parametrize("mode", [0o710, 0o740, 0o750, 0o770, 0o2770, 0o701, 0o704, 0o705, 0o707, 0o777])
def test_the_group_is_let_in_only_by_name_and_others_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    tmp_path.chmod(mode)
    for value in (None, "", "1", "deny", "allow"):
        if value is not None:
            monkeypatch.setenv("SMILY_TUI_GROUP", value)
        if value == "allow" and not mode & 0o007:
            check_private_folder(tmp_path)
        else:
            with pytest.raises(Unsafe, match=f"mode {mode:o}"):
                check_private_folder(tmp_path)


def test_removing_twice_is_fine(tmp_path: Path) -> None:
    durable_replace(tmp_path / "file", b"x", Disk())
    remove(tmp_path / "file", Disk())
    remove(tmp_path / "file", Disk())
    assert not list(tmp_path.iterdir())
