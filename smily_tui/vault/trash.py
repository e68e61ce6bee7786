"""The trash: what was forgotten can be brought back, until it is emptied or a month has passed."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.vault.account import Address
from smily_tui.vault.disk import make_folder, remove, sync_folder
from smily_tui.vault.errors import NoSuchAccount, not_read, not_written

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.vault.disk import Disk

KEPT: Final = 30 * 86400.0
_NAME = re.compile(r"([a-z0-9][a-z0-9-]*)\.([a-z0-9][a-z0-9-]*)\.(\d{1,12})(?:\.\d{1,3})?")


@dataclass(frozen=True)
class Forgotten:
    """An account in the trash: where it was, when it was forgotten (UTC seconds), and where it lies now."""

    address: Address
    at: float
    folder: Path

    def path(self, ending: str) -> Path:
        """Where its file with that ending lies, as `Store.path` names them."""
        return self.folder / f"account.{ending}"


class Trash:
    """The trash of one store; every call is made under the account's lock.

    Args:
        folder: where forgotten accounts lie, one folder each.
        disk: does the work.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def put(self, address: Address, files: dict[str, Path], at: float) -> Forgotten:
        """Move an account's files here. The first named is moved first: from then on it is forgotten.

        Raises:
            NotWritable, DiskFull: it could not be moved whole; nothing is deleted.
        """
        forgotten = Forgotten(address, at, self._fresh(address, at))
        for ending, path in files.items():
            self._move(path, forgotten.path(ending))
        return forgotten

    def take_back(self, forgotten: Forgotten, files: dict[str, Path]) -> None:
        """Move an account's files back, to the places named; the first named comes last.

        Raises:
            NotWritable, DiskFull: it is still in the trash.
        """
        for ending, path in reversed(files.items()):
            self._move(forgotten.path(ending), path)
        with contextlib.suppress(OSError):
            forgotten.folder.rmdir()

    def find(self) -> list[Forgotten]:
        """What is in the trash, newest first."""
        try:
            found = [(each, _NAME.fullmatch(each.name)) for each in self._folder.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise not_read(self._folder, error) from None
        known = [
            Forgotten(Address(match[1], match[2]), float(match[3]), folder)
            for folder, match in found
            if match is not None and any(folder.glob("account.*"))
        ]
        return sorted(known, key=lambda each: each.at, reverse=True)

    def newest(self, address: Address) -> Forgotten:
        """The newest account of that address; raises NoSuchAccount."""
        for each in self.find():
            if each.address == address:
                return each
        raise NoSuchAccount(f"There is no {address} in the trash.", next="smily-tui forget --list shows it.")

    def empty(self, before: float | None = None) -> int:
        """Delete for good what was forgotten before a time (UTC seconds), or all; answers how many.

        Raises:
            NotWritable: the system refuses.
        """
        old = [each for each in self.find() if before is None or each.at < before]
        for each in old:
            for path in list(each.folder.iterdir()):
                remove(path, self._disk)
            with contextlib.suppress(OSError):
                each.folder.rmdir()
        return len(old)

    def _fresh(self, address: Address, at: float) -> Path:
        base = f"{address.application}.{address.account}.{int(at)}"
        number = 0
        while (self._folder / base).exists():
            number += 1
            base = f"{address.application}.{address.account}.{int(at)}.{number}"
        make_folder(self._folder / base, self._disk)
        return self._folder / base

    def _move(self, source: Path, target: Path) -> None:
        try:
            self._disk.replace(source, target)
            sync_folder(target.parent, self._disk)
            sync_folder(source.parent, self._disk)
        except FileNotFoundError:
            return
        except OSError as error:
            raise not_written(target, error) from None
