"""All stored accounts, and whether their files were changed: a listing a folder, and no file is opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from smily_tui.vault.account import Address
from smily_tui.vault.application import is_address_part
from smily_tui.vault.disk import check_private_folder
from smily_tui.vault.errors import not_read

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.vault.store import Store

Seen = tuple[int, ...]
TOKENS: Final = ".tokens"
_BESIDE: Final = (".note", ".next")


def survey(store: Store) -> dict[Address, Seen]:
    """Every account, with something that differs as soon as one of its files was changed.

    Raises:
        Unsafe, Unreadable: the folder of the store, or one in it.
    """
    check_private_folder(store.home.state)
    found: dict[Address, Seen] = {}
    for application in store.application_keys():
        entries = _entries(store.home.state / application)
        for name, entry in entries.items():
            account = name.removesuffix(TOKENS)
            if name.endswith(TOKENS) and is_address_part(account):
                beside = (entries.get(account + ending) for ending in _BESIDE)
                found[Address(application, account)] = tuple(map(_state, (entry, *beside)))
    return found


def _entries(folder: Path) -> dict[str, os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name: entry for entry in entries}
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise not_read(folder, error) from None


def _state(entry: os.DirEntry[str] | None) -> int:
    """Something that differs as soon as a file was changed; 0 where it is not there."""
    if entry is None:
        return 0
    try:
        found = entry.stat()
    except OSError:
        return 0
    return hash((found.st_mtime_ns, found.st_size, found.st_ino))
