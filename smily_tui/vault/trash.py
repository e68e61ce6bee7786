"""Trash: removed accounts and apps can be restored until it is emptied or a month has passed.

No clock alone proves that a month has passed: a dead battery, a restored snapshot or a typo can move it. An
entry is deleted once it has also been seen on thirty days, each a whole day after the one before.
"""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.records import decode, encode
from smily_tui.vault.disk import durable_replace, make_folder, names_in, read_private, remove, sync_folder
from smily_tui.vault.errors import NoSuchAccount, VaultError, not_written
from smily_tui.vault.format import decode_file, encode_file
from smily_tui.vault.model import Address, Application

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.clock import Instant
    from smily_tui.vault.disk import Disk


DAY: Final = 86400.0
DAYS_KEPT: Final = 30
_AGE: Final = "age"
# no account can have this name: `is_reserved`
_APPLICATION: Final = "application"
_SETTINGS: Final = "settings"
_SETTINGS_FILE: Final = "application.settings"
_NAME = re.compile(r"([a-z0-9][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.(\d{1,12})(?:\.\d{1,3})?")


class Forgotten(NamedTuple):
    """Account in the trash: its address, when it was forgotten (UTC seconds), and its folder in the trash."""

    address: Address
    at: float
    folder: Path

    def path(self, ending: str) -> Path:
        """Return its file with that ending, as `Slot.path` names them."""
        return self.folder / f"account.{ending}"


class Removed(NamedTuple):
    """Application in the trash: as it was, when it was removed (UTC seconds), and its folder in the trash."""

    application: Application
    at: float
    folder: Path

    @property
    def credentials(self) -> Path:
        """File of its credentials, bound to its key as in the store; there is none without a secret."""
        return self.folder / "application.json"

    @property
    def queue(self) -> Path:
        """File of its queue."""
        return self.folder / "application.queue"

    def took(self, forgotten: Forgotten) -> bool:
        """Return whether an account was removed together with it."""
        return (forgotten.address.application, forgotten.at) == (self.application.key, self.at)


class Age(NamedTuple):
    """Days on which an account was seen in the trash, and when the last of them was counted."""

    days: int
    counted: Instant

    def at(self, now: Instant) -> Age:
        """Return the age now; a clock that was set back begins the day anew."""
        passed = now.since(self.counted)
        # not the days that passed: a clock set a year ahead counts for one
        if 0 <= passed < DAY:
            return self
        return Age(self.days + (passed >= DAY), now)


class Trash:
    """Trash of one store; accounts are moved under their locks.

    Args:
        folder: where forgotten accounts lie, one folder each.
        disk: does the work.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def put(self, address: Address, files: dict[str, Path], at: float) -> Forgotten:
        """Move an account's files here, in this order: with the first it is forgotten.

        Raises:
            NotWritable, DiskFull: it could not be moved whole; nothing is deleted.
        """
        forgotten = Forgotten(address, at, self._fresh(address, at))
        for ending, path in files.items():
            self._move(path, forgotten.path(ending))
        return forgotten

    def take_back(self, forgotten: Forgotten, files: dict[str, Path]) -> None:
        """Move an account's files back, in reverse order: with the last it is restored.

        Raises:
            NotWritable, DiskFull: it is still in the trash.
        """
        for ending, path in reversed(files.items()):
            self._move(forgotten.path(ending), path)
        # the account is back: an empty folder that stays does no harm
        with contextlib.suppress(OSError):
            self._disk.unlink(forgotten.folder / _AGE)
        with contextlib.suppress(OSError):
            forgotten.folder.rmdir()

    def find(self) -> list[Forgotten]:
        """Return the forgotten accounts, newest first."""
        accounts = [
            Forgotten(Address(match[1], match[2]), float(match[3]), folder)
            for folder, match in self._folders()
            if any(name.startswith("account.") for name in names_in(folder))
        ]
        return sorted(accounts, key=lambda forgotten: forgotten.at, reverse=True)

    def _folders(self) -> list[tuple[Path, re.Match[str]]]:
        matches = [match for name in names_in(self._folder) if (match := _NAME.fullmatch(name))]
        return [(self._folder / match[0], match) for match in matches]

    def put_application(self, application: Application, credentials: bytes | None, at: float) -> Removed:
        """Copy an application here; its files go once it is removed from the settings.

        Raises:
            NotWritable, DiskFull: it is not here.
        """
        removed = Removed(application, at, self._fresh(Address(application.key, _APPLICATION), at))
        # first: a secret without it would be found by nobody, and never be deleted
        settings = encode_file(_SETTINGS, encode(application))
        durable_replace(removed.folder / _SETTINGS_FILE, settings, self._disk)
        if credentials is not None:
            durable_replace(removed.credentials, credentials, self._disk)
        return removed

    def applications(self) -> list[Removed]:
        """Return the removed applications, newest first; those that cannot be read are left out."""
        applications = []
        for folder, match in self._folders():
            if match[2] == _APPLICATION:
                with contextlib.suppress(VaultError, KeyError, TypeError, ValueError):
                    path = folder / _SETTINGS_FILE
                    data = read_private(path, self._disk)
                    if data is not None:
                        application = decode(Application, decode_file(_SETTINGS, data, path))
                        applications.append(Removed(application, float(match[3]), folder))
        return sorted(applications, key=lambda removed: removed.at, reverse=True)

    def take_queue(self, source: Path, target: Path) -> None:
        """Move the queue of an application in or out; raises NotWritable, DiskFull."""
        if source.exists() and not target.exists():
            self._move(source, target)

    def drop(self, removed: Removed) -> None:
        """Delete an application that was restored. Best effort: I/O errors are ignored."""
        with contextlib.suppress(VaultError, OSError):
            self._delete(removed)

    def newest(self, address: Address) -> Forgotten:
        """Return the newest account of that address; raises NoSuchAccount."""
        for forgotten in self.find():
            if forgotten.address == address:
                return forgotten
        raise NoSuchAccount(
            f"There is no {address} in the trash.", next="List the trash with smily-tui forget --list."
        )

    def empty(self) -> int:
        """Delete everything in the trash for good; return how many accounts.

        Raises:
            NotWritable: the system refuses.
        """
        number = len(self.find())
        for entry in self._entries():
            self._delete(entry)
        return number

    def expire(self, now: Instant) -> None:
        """Delete accounts that certainly were here for a month, and count the day for the others.

        Raises:
            NotWritable: the system refuses.
        """
        for entry in self._entries():
            before = self._age(entry)
            age = before.at(now) if before else Age(0, now)
            if age.days >= DAYS_KEPT and now.wall - entry.at >= DAYS_KEPT * DAY:
                self._delete(entry)
            elif age != before:
                durable_replace(entry.folder / _AGE, encode_file(_AGE, encode(age)), self._disk)

    def _entries(self) -> list[Forgotten | Removed]:
        return [*self.find(), *self.applications()]

    def _age(self, entry: Forgotten | Removed) -> Age | None:
        """Read the days counted so far; None where nothing was, or it cannot be read: then it begins anew."""
        path = entry.folder / _AGE
        with contextlib.suppress(VaultError, KeyError, TypeError, ValueError):
            data = read_private(path, self._disk)
            if data is not None:
                return decode(Age, decode_file(_AGE, data, path))
        return None

    def _delete(self, entry: Forgotten | Removed) -> None:
        for path in sorted(entry.folder.iterdir(), key=lambda path: path.name == _SETTINGS_FILE):
            remove(path, self._disk)
        with contextlib.suppress(OSError):
            entry.folder.rmdir()

    def _fresh(self, address: Address, at: float) -> Path:
        base = f"{address.application}.{address.account}.{int(at)}"
        # an account can be forgotten, authorized and forgotten again within a second
        number = 0
        while (self._folder / base).exists():
            number += 1
            base = f"{address.application}.{address.account}.{int(at)}.{number}"
        make_folder(self._folder / base, self._disk)
        return self._folder / base

    def _move(self, source: Path, target: Path) -> None:
        try:
            self._disk.replace(source, target)
            # the new name first: after a power cut both names are better than none
            sync_folder(target.parent, self._disk)
            sync_folder(source.parent, self._disk)
        except FileNotFoundError:
            return
        except OSError as error:
            raise not_written(target, error) from None
