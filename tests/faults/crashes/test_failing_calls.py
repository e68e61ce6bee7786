"""G7: the n-th call to the system fails, for every n and reason: nothing is lost, and it is said.

Fails once, or from then on for good (then everywhere in the store, while other folders still work).
"""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from smily_tui.errors import SmilyError
from smily_tui.oauth.requests import Fields, refresh_fields
from smily_tui.oauth.token_response import read_token_response
from smily_tui.records import encode
from smily_tui.secret import Secret
from smily_tui.tokens.errors import KeptNowhere
from smily_tui.tokens.recovery import next_authorization
from smily_tui.vault.disk import PRIVATE_FILE, Disk, write_all
from smily_tui.vault.errors import VaultError
from smily_tui.vault.format import encode_file
from smily_tui.vault.spill import Spill
from tests.support.connected import connected
from tests.support.processes import PROGRAM, clean_environment
from tests.support.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.vault.journal import Answer
    from tests.faults.conftest import Figure

REASONS = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.EIO,
    errno.EACCES,
    errno.EMFILE,
    errno.EINTR,
)


class FaultyDisk(Disk):
    """Fails from its n-th call on, once or for good.

    Calls about folders outside the store do not count, nor do those about notes, which only tell people why.
    """

    def __init__(self, store: Path) -> None:
        self._store = store
        self._inside: dict[int, bool] = {}
        self.calls = 0
        self.fails_at = 0
        self.reason = 0
        self.for_good = False
        self.everywhere = False
        self.failed = False
        self.was_advice = False

    def arm(self, number: int, reason: int, *, for_good: bool, everywhere: bool = False) -> None:
        """Let the n-th call from now on fail."""
        self.calls, self.failed = 0, False
        self.fails_at, self.reason, self.for_good, self.everywhere = number, reason, for_good, everywhere

    def disarm(self) -> None:
        """Let everything work again."""
        self.fails_at = 0

    def _count(self, *, inside: bool, advice: bool = False) -> None:
        if not (inside or self.everywhere):
            return
        self.calls += 1
        if self.fails_at and (self.calls == self.fails_at or (self.for_good and self.calls > self.fails_at)):
            self.failed, self.was_advice = True, advice
            raise OSError(self.reason, os.strerror(self.reason))

    def _is_inside(self, path: Path) -> bool:
        return path.is_relative_to(self._store) and path.suffix != ".note"

    def open(self, path: Path, flags: int, mode: int = PRIVATE_FILE) -> int:
        self._count(inside=self._is_inside(path), advice=path.suffix == ".note" and flags == os.O_RDONLY)
        descriptor = super().open(path, flags, mode)
        self._inside[descriptor] = self._is_inside(path)
        return descriptor

    def write(self, descriptor: int, data: bytes) -> int:
        self._count(inside=self._inside[descriptor])
        return super().write(descriptor, data[:1000])  # as a disk that takes few bytes at a time does

    def fsync(self, descriptor: int) -> None:
        self._count(inside=self._inside[descriptor])
        super().fsync(descriptor)

    def replace(self, source: Path, target: Path) -> None:
        self._count(inside=self._is_inside(target))
        super().replace(source, target)

    def unlink(self, path: Path) -> None:
        self._count(inside=self._is_inside(path))
        super().unlink(path)

    def mkdir(self, path: Path) -> None:
        self._count(inside=self._is_inside(path))
        super().mkdir(path)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("rotation", ["on-use", "immediate"])
def test_whichever_call_fails_nothing_is_lost(
    tmp_path: Path, rotation: str, *, for_good: bool, full: bool, figure: Figure
) -> None:
    reasons = REASONS if full else REASONS[:3]
    calls = told = 0
    for reason in reasons:
        named = _sweep(tmp_path / errno.errorcode[reason], rotation, reason, for_good=for_good)
        calls += len(named)
        told += sum(named)
    assert calls > 10 * len(reasons)
    how = "from the n-th call on" if for_good else "in the n-th call"
    what = (
        f"authorizations lost where the disk fails {how}, each n, {len(reasons)} kinds of error, {rotation}"
    )
    others = {"saved in place after the request, no journal": _naive(tmp_path, rotation)} if full else {}
    figure("G7", what, f"0 of {calls}; {told} said so by name; nothing sent where it fails before", **others)


def _naive(folder: Path, rotation: str) -> str:
    """Ask first, then write the file: how many of its few calls cost the authorization when they fail."""
    lost = calls = 0
    while True:
        place = folder / f"naive {calls}"
        disk = FaultyDisk(place)
        world = World(place, rotation, disk=disk)
        stored = world.stored()
        path = world.slot.path()
        disk.arm(calls + 1, errno.ENOSPC, for_good=False)
        client = world.state.client
        request = refresh_fields(client.client_id, Secret(client.client_secret), stored.current.refresh)
        answer = world.post("", request, 30.0)
        response = read_token_response(answer.status, answer.body)
        new = next_authorization(stored, response, stored.current.refresh, world.now())
        with contextlib.suppress(OSError):
            descriptor = disk.open(path, os.O_WRONLY | os.O_TRUNC)
            write_all(descriptor, encode_file("authorization", encode(new)), disk)
            disk.close(descriptor)
        if not disk.failed:
            return f"{lost} of {calls}"
        calls += 1
        disk.disarm()
        try:
            alive = world.is_alive()
        except VaultError:
            alive = False
        lost += not alive


def _sweep(folder: Path, rotation: str, reason: int, *, for_good: bool) -> list[bool]:
    """For each n: whether its failure ended in a named error; the end is where no call fails."""
    named: list[bool] = []
    while True:
        number = len(named) + 1
        place = folder / str(number)
        disk = FaultyDisk(place)
        world = World(place, rotation, disk=disk)
        world.store.spill = Spill(world.home.state, disk, [folder / "rescue" / str(number)])
        sent_at = _first_post(world, disk)
        disk.arm(number, reason, for_good=for_good)
        told = _renewed_or_told(world, reason)
        if not disk.failed:
            return named
        named.append(told)
        if world.posts and not disk.was_advice:  # a note that cannot be read is no reason to fail
            assert number > sent_at[0], (
                f"call {number} failed before the request, which was sent all the same"
            )
        disk.disarm()
        assert world.is_alive(), f"lost: call {number}, {errno.errorcode[reason]}"
        shutil.rmtree(place)


def _first_post(world: World, disk: FaultyDisk) -> list[int]:
    """Where the first request was sent, counted in calls."""
    found = [0]

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        found[0] = found[0] or disk.calls
        return world.post(server, fields, seconds)

    world.wire = post
    return found


def _renewed_or_told(world: World, reason: int) -> bool:
    """Whether it ended in a named error, which must say the reason and what to do."""
    error = None
    try:
        world.refresh()
    except SmilyError as raised:
        error = raised
    if error is None:
        return False
    assert error.kept
    assert error.next
    assert os.strerror(reason) in error.what, error.what
    return True


@pytest.mark.parametrize("rotation", ["on-use", "immediate"])
def test_where_nothing_at_all_can_be_written_any_more_it_is_said(tmp_path: Path, rotation: str) -> None:
    """After the gate every disk fails: now tokens can be gone, at a server that rotates at once."""
    disk = FaultyDisk(tmp_path)
    world = World(tmp_path, rotation, disk=disk)

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        disk.arm(1, errno.EIO, for_good=True, everywhere=True)
        return world.post(server, fields, seconds)

    world.wire = post
    with pytest.raises(KeptNowhere) as raised:
        world.refresh()
    assert "still stored" in raised.value.kept
    world.wire = world.post
    disk.disarm()
    assert world.is_alive() is (rotation == "on-use")


def test_a_real_limit_on_file_sizes_is_found_before_the_request(tmp_path: Path) -> None:
    """RLIMIT_FSIZE: the kernel itself refuses the journal's room (EFBIG)."""
    with connected(tmp_path / "smily") as (sandbox, stored, address):
        environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": sandbox.listening.server}
        # the limit would also cut compiled modules short, and Python 3.11 takes those for whole
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        before = len(sandbox.state.pairs)
        done = subprocess.run(
            [*PROGRAM, "refresh"],
            env=environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        )
        assert done.returncode == 7, done.stderr
        assert "File too large" in done.stderr
        assert len(sandbox.state.pairs) == before
        stored.refresh(address).wait()


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="only root can make a small disk")
def test_a_real_disk_that_is_full_is_found_before_the_request(tmp_path: Path) -> None:
    """A tmpfs with no room left: ENOSPC by the kernel."""
    small = tmp_path / "smily"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k,mode=0700", "tmpfs", str(small)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        with connected(small) as (sandbox, stored, address):
            before = len(sandbox.state.pairs)
            filler = small / "filler"
            with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(bytes(4096))
            with pytest.raises(VaultError, match="disk is full"):
                stored.refresh(address).wait()
            assert len(sandbox.state.pairs) == before
            filler.unlink()
            stored.refresh(address).wait()
            assert len(sandbox.state.pairs) == before + 1
    finally:
        subprocess.run(["umount", str(small)], check=True)
