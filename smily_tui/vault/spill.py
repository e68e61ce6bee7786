"""Spill: new tokens that cannot be written to the store are kept in another private folder of the system.

The next process moves them back.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smily_tui.vault.disk import (
    check_private_folder,
    durable_replace,
    make_folder,
    names_in,
    read_private,
    remove,
)
from smily_tui.vault.errors import Unreadable, Unsafe, VaultError
from smily_tui.vault.model import Address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smily_tui.vault.disk import Disk


_PART: Final = r"([a-z0-9][a-z0-9-]*)"
_NAME: Final = re.compile(rf"([0-9a-f]{{16}})\.{_PART}\.{_PART}\.tokens")


def places() -> tuple[Path, ...]:
    """The folders to try, in order; the first is usually in memory, and lives until the person logs out.

    One that the system cannot name is left out: the other, or none, will do.
    """
    named = []
    for name in (_in_memory, _temporary):
        with contextlib.suppress(OSError, RuntimeError):  # somebody else took it, or nothing can be written
            named.append(name())
    return tuple(named)


def _in_memory() -> Path:
    import warnings

    import platformdirs

    with warnings.catch_warnings():  # where nobody is logged in it is a folder that the person made
        warnings.simplefilter("ignore")
        return Path(platformdirs.user_runtime_dir("smily-tui", appauthor=False))


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / f"smily-tui-{os.geteuid()}"


def usual_places() -> tuple[Path, ...]:
    """The folders that the environment of another process may have named: only looked into."""
    user = os.geteuid()
    runtime = (Path(f"/run/user/{user}"), Path(f"/tmp/runtime-{user}"))  # noqa: S108
    temporary = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108
    return (*(each / "smily-tui" for each in runtime), *(each / f"smily-tui-{user}" for each in temporary))


def _prefix(state: Path) -> str:
    """What tells the files of one store from another's."""
    return hashlib.sha256(str(state).encode("utf-8", "surrogateescape")).hexdigest()[:16]


class Spill:
    """The rescued files of one store.

    Args:
        state: the store's state folder, told from other stores' by a fingerprint in the file names: that of
            its real path, and of the path as it is spelled, which older programs took.
        disk: does the writing.
        folders: where to put files; None: `places()`.
    """

    def __init__(self, state: Path, disk: Disk, folders: Sequence[Path] | None = None) -> None:
        self._state = state
        self._disk = disk
        self._folders = folders

    @property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_prefix(each) for each in (self._state.resolve(), self._state)))

    def keep(self, address: Address, data: bytes) -> Path:
        """Durably keep an account's file; answers where.

        Raises:
            VaultError: none of the folders takes it.
        """
        problem: VaultError | None = None
        for path in self.paths(address)[: len(self._writable)]:
            try:
                make_folder(path.parent, self._disk)
                check_private_folder(path.parent)
                durable_replace(path, data, self._disk)
            except VaultError as error:
                problem = error
            else:
                return path
        raise problem or VaultError("There is no folder to keep the new tokens in.")

    def read(self, address: Address) -> Iterator[tuple[Path, bytes]]:
        """The kept files of an account that may be read, with where they lie."""
        for path in self.paths(address):
            with contextlib.suppress(VaultError):
                check_private_folder(path.parent)
                data = read_private(path, self._disk)
                if data is not None:
                    yield path, data

    def addresses(self) -> list[Address]:
        """The accounts that have kept files, also those of applications that are not stored any more."""
        ours = self._prefixes
        names = (name for folder in self._readable for name in _names_in(folder))
        matches = [match for name in names if (match := _NAME.fullmatch(name)) and match[1] in ours]
        return sorted({Address(match[2], match[3]) for match in matches})

    def drop(self, address: Address) -> None:
        """Delete a kept file: what it holds is in its place, or not wanted any more.

        Raises:
            NotWritable: it cannot be deleted.
        """
        for path in self.paths(address):
            with contextlib.suppress(Unsafe, Unreadable):  # nothing in such a folder is ever read
                check_private_folder(path.parent)
                remove(path, self._disk)

    @property
    def _writable(self) -> Sequence[Path]:
        return places() if self._folders is None else self._folders

    @property
    def _readable(self) -> Sequence[Path]:
        usual = usual_places() if self._folders is None else ()
        return list(dict.fromkeys((*self._writable, *usual)))

    def paths(self, address: Address) -> list[Path]:
        """Where a kept file of the account may lie, the places that it is put into first."""
        name = f"{address.application}.{address.account}.tokens"
        return [folder / f"{prefix}.{name}" for prefix in self._prefixes for folder in self._readable]


def _names_in(folder: Path) -> list[str]:
    """The names in a folder that nobody else could have put there."""
    with contextlib.suppress(VaultError):
        check_private_folder(folder)
        return names_in(folder)
    return []
