"""Spill: new tokens that cannot be written to the store are kept in another private folder of the system.

The next process moves them back.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smily_tui.digest import sha256
from smily_tui.system import here
from smily_tui.vault.disk import (
    Disk,
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


_PART: Final = r"([a-z0-9][a-z0-9-]*)"
_NAME: Final = re.compile(rf"([0-9a-f]{{16}})\.{_PART}\.{_PART}\.tokens")


class Spill:
    """Spilled files of one store.

    Args:
        state: the store's state folder, told from other stores' by a fingerprint in the file names: that of
            its real path, however it is spelled, and of the paths that older programs took.
        disk: does the writing.
        folders: where to put files; None: `places()`.
    """

    def __init__(self, state: Path, disk: Disk, folders: Sequence[Path] | None = None) -> None:
        self._state = state
        self._disk = disk
        self._folders = folders

    @property
    def _prefixes(self) -> tuple[str, ...]:
        paths = (real_path(self._state), self._state.resolve(), self._state)
        return tuple(dict.fromkeys(map(_prefix, paths)))

    def keep(self, address: Address, data: bytes) -> Path:
        """Durably keep an account's file; return its path.

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
        raise problem or VaultError("There is no folder to save the new tokens in.")

    def read(self, address: Address) -> Iterator[tuple[Path, bytes]]:
        """Yield the spilled files of an account that may be read, with their paths."""
        for path in self.paths(address):
            with contextlib.suppress(VaultError):
                check_private_folder(path.parent)
                data = read_private(path, self._disk)
                if data is not None:
                    yield path, data

    def addresses(self) -> list[Address]:
        """Return the accounts with spilled files, also those of applications that are not stored any more."""
        names = (name for folder in self._readable for name in _names_in(folder))
        matches = [match for name in names if (match := _NAME.fullmatch(name))]
        ours = self._prefixes if matches else ()
        return sorted({Address(match[2], match[3]) for match in matches if match[1] in ours})

    def drop(self, address: Address) -> None:
        """Delete the spilled files of an account.

        Raises:
            NotWritable: one cannot be deleted.
        """
        for path in self.paths(address):
            # nothing in a folder that others may write to is ever read
            with contextlib.suppress(Unsafe, Unreadable):
                check_private_folder(path.parent)
                remove(path, self._disk)

    @property
    def _writable(self) -> Sequence[Path]:
        return places() if self._folders is None else self._folders

    @property
    def _readable(self) -> Sequence[Path]:
        usual = here.private_folders() if self._folders is None else ()
        return list(dict.fromkeys((*self._writable, *usual)))

    def paths(self, address: Address) -> list[Path]:
        """Return where a spilled file of the account may lie; folders that are written to come first."""
        name = f"{address.application}.{address.account}.tokens"
        return [folder / f"{prefix}.{name}" for prefix in self._prefixes for folder in self._readable]


def _prefix(state: Path) -> str:
    """Return the fingerprint that tells the files of one store from another's."""
    # the name of a folder need not be UTF-8: Python has its other bytes as surrogates
    return sha256(str(state).encode("utf-8", "surrogateescape"))[:16]


def _names_in(folder: Path) -> list[str]:
    """Return the names in a folder, unless other users could have put them there."""
    with contextlib.suppress(VaultError):
        check_private_folder(folder)
        return names_in(folder)
    return []


def places() -> tuple[Path, ...]:
    """Return the folders to write to, in order; the first is usually in memory, until the person logs out.

    A folder that the system cannot name is left out.
    """
    folders = []
    for find in (_in_memory, _temporary):
        # platformdirs 4 raises if another user owns the folder, tempfile if no folder can be written
        with contextlib.suppress(OSError, RuntimeError):
            folders.append(find())
    return tuple(folders)


def _in_memory() -> Path:
    import warnings

    import platformdirs

    # without XDG_RUNTIME_DIR platformdirs 4 warns, and names a folder in the temporary one
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Path(platformdirs.user_runtime_dir("smily-tui", appauthor=False))


def _temporary() -> Path:
    return Path(tempfile.gettempdir()) / f"smily-tui-{here.user()}"


def real_path(path: Path) -> Path:
    """Return the one spelling of a path, in whichever it is given: without links, and as folders list it.

    Some file systems take two spellings for one file: É and é, or é in one and in two characters.
    """
    real = path.resolve()
    listed = Path(real.anchor)
    for name in real.relative_to(real.anchor).parts:
        listed /= _listed(listed, name)
    return listed


def _listed(folder: Path, name: str) -> str:
    """Return a name as its folder lists it."""
    # most file systems take no other spelling, and their folders need not be read
    if os.path.lexists(folder / _other_spelling(name)):
        with contextlib.suppress(OSError):
            names = [entry.name for entry in folder.iterdir()]
            # not by inode: FUSE may number a file by its name
            alike = [listed for listed in names if _folded(listed) == _folded(name)]
            return alike[0] if alike and name not in names else name
    return name


def _other_spelling(name: str) -> str:
    composed = unicodedata.normalize("NFC", name)
    return unicodedata.normalize("NFD" if name == composed else "NFC", name).swapcase()


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
