"""Deliberate breakages of the protocol and of the store: each takes away one thing that they rest on."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import stat
from typing import TYPE_CHECKING, Any

from smily_tui.oauth.token_response import read_token_response
from smily_tui.secret import Secret
from smily_tui.tokens import protocol
from smily_tui.vault import disk as disks
from smily_tui.vault import journal as journals
from smily_tui.vault import store as stores
from smily_tui.vault.disk import Held
from tests.faults.crashes import checks
from tests.support.records import with_tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest

    from smily_tui.vault.model import Address
    from smily_tui.vault.store import Slot
    from tests.faults.crashes.recorder import RecordingDisk


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A breakage and the check that must notice it, with the rotation where it shows."""

    name: str
    break_it: Callable[[pytest.MonkeyPatch], None]
    check: Callable[[Path, str], checks.Survey]
    rotation: str = "immediate"


def _no_fsync_of_files(patch: pytest.MonkeyPatch) -> None:
    _without_fsync(patch, lambda mode: not stat.S_ISDIR(mode))


def _no_fsync_of_folders(patch: pytest.MonkeyPatch) -> None:
    _without_fsync(patch, stat.S_ISDIR)


def _without_fsync(patch: pytest.MonkeyPatch, left_out: Callable[[int], bool]) -> None:
    from tests.faults.crashes.recorder import RecordingDisk

    real = RecordingDisk.fsync

    def fsync(self: RecordingDisk, descriptor: int) -> None:
        if not left_out(os.fstat(descriptor).st_mode):
            real(self, descriptor)

    patch.setattr(RecordingDisk, "fsync", fsync)


def _no_fsync_of_the_answer(patch: pytest.MonkeyPatch) -> None:
    def write(self: journals.Journal, data: bytes) -> None:
        descriptor = self._disk.open(self.path, os.O_WRONLY)
        try:
            self._disk.seek(descriptor, self._answer_at)
            disks.write_all(descriptor, data, self._disk)
        finally:
            self._disk.close(descriptor)

    patch.setattr(journals.Journal, "_write", write)


def _in_place(patch: pytest.MonkeyPatch) -> None:
    def replace(path: Path, data: bytes, disk: disks.Disk, mode: int = 0o600) -> None:
        descriptor = disk.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        try:
            disks.write_all(descriptor, data, disk)
            disk.fsync(descriptor)
        finally:
            disk.close(descriptor)

    patch.setattr(stores, "durable_replace", replace)


def _delete_then_rename(patch: pytest.MonkeyPatch) -> None:
    def replace(path: Path, data: bytes, disk: disks.Disk, mode: int = 0o600) -> None:
        temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}.tmp")
        disks.write_new(temporary, data, disk, mode)
        with contextlib.suppress(FileNotFoundError):
            disk.unlink(path)
            disks.sync_folder(path.parent, disk)
        disk.replace(temporary, path)
        disks.sync_folder(path.parent, disk)

    patch.setattr(stores, "durable_replace", replace)


def _use_before_save(patch: pytest.MonkeyPatch) -> None:
    real = protocol.Refresh._save

    def save(self: protocol.Refresh, stored: Any, new: Any, journal: journals.Journal) -> None:
        journal.close()
        self.environment.is_accepted(new.server, new.current.access)
        real(self, stored, new, journal)

    patch.setattr(protocol.Refresh, "_save", save)


def _no_reading_again(patch: pytest.MonkeyPatch) -> None:
    real = protocol.read_again
    first: dict[Address, Any] = {}

    def read_once(slot: Slot, held: Held, machine: Any) -> Any:
        state = first.setdefault(slot.address, real(slot, held, machine))
        return dataclasses.replace(state, held=held)

    patch.setattr(protocol, "read_again", read_once)


def _no_lock(patch: pytest.MonkeyPatch) -> None:
    @contextlib.contextmanager
    def unlocked(path: Path, *, patience: float = 0.0) -> Iterator[Held]:
        path.touch(0o600)
        with path.open("rb") as file:
            yield Held(path, file.fileno())

    patch.setattr(stores, "locked", unlocked)


def _journal_gone_before_the_save(patch: pytest.MonkeyPatch) -> None:
    real = protocol.save

    def save(slot: Slot, new: Any, journal: journals.Journal) -> None:
        journal.close()
        real(slot, new, journal)

    patch.setattr(protocol, "save", save)


def _parse_before_the_journal(patch: pytest.MonkeyPatch) -> None:
    real = journals.Journal.record

    def record(self: journals.Journal, answer: journals.Answer, *, whole: bool = True) -> None:
        read_token_response(answer.status, answer.body)
        real(self, answer, whole=whole)

    patch.setattr(journals.Journal, "record", record)


def _errors_write(patch: pytest.MonkeyPatch) -> None:
    real = protocol.Refresh._failed

    def failed(self: protocol.Refresh, stored: Any, *rest: Any) -> Exception:
        self.slot.save(with_tokens(stored, access=Secret(""), refresh=Secret("")))
        return real(self, stored, *rest)

    patch.setattr(protocol.Refresh, "_failed", failed)


def _no_gate(patch: pytest.MonkeyPatch) -> None:
    real = journals.Journal.open

    def later(self: journals.Journal, intent: dict[str, Any], *_: Any) -> None:
        with contextlib.suppress(Exception):
            real(self, intent)

    patch.setattr(journals.Journal, "open", later)
    patch.setattr(journals.Journal, "is_ours", lambda _: True)


MUTANTS = (
    Mutant("no fsync of files", _no_fsync_of_files, checks.refresh_crashes),
    Mutant("no fsync of folders", _no_fsync_of_folders, checks.refresh_crashes),
    Mutant("no fsync of the journaled answer", _no_fsync_of_the_answer, checks.refresh_crashes),
    Mutant("written in place", _in_place, checks.refresh_crashes),
    Mutant("deleted, then renamed", _delete_then_rename, checks.name_crashes),
    Mutant("used before saved", _use_before_save, checks.refresh_crashes, "on-use"),
    Mutant("not read again under the lock", _no_reading_again, checks.latecomer),
    Mutant("no lock", _no_lock, checks.intruder),
    Mutant("journal deleted before the save", _journal_gone_before_the_save, checks.refresh_crashes),
    Mutant("parsed before journaled", _parse_before_the_journal, checks.odd_answers_are_kept),
    Mutant("an error writes", _errors_write, checks.errors_write_nothing),
    Mutant("sent without a gate", _no_gate, checks.full_disk),
)
