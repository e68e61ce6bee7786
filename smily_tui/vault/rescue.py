"""Where new tokens go when the store can be written no more: the folders that the system has beside it.

An answer that has arrived is worth more than tidiness: it is kept on another file system, private, until
the next process brings it home.
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from smily_tui.vault.disk import check_private_folder, durable_replace, make_folder, read_private, remove
from smily_tui.vault.errors import Unreadable, Unsafe, VaultError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.vault.account import Address
    from smily_tui.vault.disk import Disk


def places() -> tuple[Path, ...]:
    """The folders to try, in order; the first is usually in memory, and lives until the person logs out."""
    import os
    import warnings

    import platformdirs

    with warnings.catch_warnings():  # where nobody is logged in it is a folder that the person made
        warnings.simplefilter("ignore")
        runtime = Path(platformdirs.user_runtime_dir("smily-tui", appauthor=False))
    return runtime, Path(tempfile.gettempdir()) / f"smily-tui-{os.geteuid()}"


class Rescue:
    """The rescued files of one store.

    Args:
        state: the store's state folder, told from other stores' by a fingerprint in the file names.
        disk: does the writing.
        folders: where to put files; None: `places()`.
    """

    def __init__(self, state: Path, disk: Disk, folders: Sequence[Path] | None = None) -> None:
        self._prefix = hashlib.sha256(str(state).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._disk = disk
        self._folders = folders

    def keep(self, address: Address, data: bytes) -> Path:
        """Durably keep an account's file; answers where.

        Raises:
            VaultError: none of the folders takes it.
        """
        problem: VaultError | None = None
        for path in self.paths(address):
            try:
                make_folder(path.parent, self._disk)
                check_private_folder(path.parent)
                durable_replace(path, data, self._disk)
            except VaultError as error:
                problem = error
            else:
                return path
        raise problem or VaultError("There is no folder to keep the new tokens in.")

    def read(self, address: Address) -> tuple[Path, bytes] | None:
        """A kept file with where it lies; None where there is none that may be read."""
        for path in self.paths(address):
            try:
                check_private_folder(path.parent)
                data = read_private(path, self._disk)
            except VaultError:
                continue
            if data is not None:
                return path, data
        return None

    def accounts(self, application: str) -> list[str]:
        """The account parts of an application's kept files."""
        start = f"{self._prefix}.{application}."
        return [
            path.name.removeprefix(start).removesuffix(".tokens")
            for folder in self._chosen()
            if folder.is_dir()
            for path in folder.glob(f"{start}*.tokens")
        ]

    def drop(self, address: Address) -> None:
        """Delete a kept file: what it holds is in its place, or not wanted any more.

        Raises:
            NotWritable: it cannot be deleted.
        """
        for path in self.paths(address):
            with contextlib.suppress(Unsafe, Unreadable):  # nothing in such a folder is ever read
                check_private_folder(path.parent)
                remove(path, self._disk)

    def _chosen(self) -> Sequence[Path]:
        return places() if self._folders is None else self._folders

    def paths(self, address: Address) -> list[Path]:
        """Where a kept file of the account may lie."""
        name = f"{self._prefix}.{address.application}.{address.account}.tokens"
        return [folder / name for folder in self._chosen()]
