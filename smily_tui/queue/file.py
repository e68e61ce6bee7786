"""Queue file: one private framed file per app, without secrets; every change to it."""

from __future__ import annotations

import itertools
import os
from typing import TYPE_CHECKING, Final

from smily_tui.clock import Clock, SystemClock
from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.queue.reading import Sorted, sort_out
from smily_tui.records import Record, as_list
from smily_tui.text import clean
from smily_tui.vault.disk import (
    LARGEST,
    Disk,
    check_private_folder,
    clean_temp_files,
    durable_replace,
    locked,
    make_folder,
    read_private,
    sync_folder,
)
from smily_tui.vault.errors import Damaged, NotWritable, not_written
from smily_tui.vault.format import decode_file, encode_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from smily_tui.vault.home import Home
    from smily_tui.vault.model import Account


KIND: Final = "queue"
SET_ASIDE: Final = ".damaged"
# lists, not objects: thousands of rows need not repeat the names of their fields
_ROW: Final = as_list(Row, "number", "label", "account_id", "scopes", "state", "since", "words")


class QueueFile:
    """Queue file of one application.

    Args:
        home: the store that it lies beside.
        application: the key of the application.
        clock: tells since when a row is in its state.
    """

    def __init__(
        self, home: Home, application: str, disk: Disk | None = None, clock: Clock | None = None
    ) -> None:
        self._path = home.queue(application)
        self._application = application
        self._disk = disk or Disk()
        self._clock = clock or SystemClock()

    def read(self) -> Queue:
        """Read the queue; an empty one where there is no file.

        Raises:
            VaultError: it cannot be read, or is damaged; it stays as it is.
        """
        check_private_folder(self._path.parent)
        data = read_private(self._path, self._disk)
        if data is None:
            return Queue()
        try:
            return _read(decode_file(KIND, data, self._path))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Damaged(f"{clean(self._path)} is damaged: its content is not a queue.") from None

    def change(self, act: Callable[[Queue], Queue]) -> Queue:
        """Read the queue, change it, and put it in the old one's place; other programs wait meanwhile.

        Raises:
            VaultError: the queue is as it was.
        """
        make_folder(self._path.parent, self._disk)
        check_private_folder(self._path.parent)
        # a lock beside it: each change replaces the queue file, and a lock would stay with the old inode
        with locked(self._path.with_suffix(".queue-lock")):
            clean_temp_files(self._path, self._disk)
            before = self.read()
            after = act(before)
            if after != before:
                self._save(after)
        return after

    # -- changes; each raises as `change` does -----------------------------------------------------------

    def add(self, rows: Iterable[tuple[int, Row]], accounts: Iterable[Account] = ()) -> Sorted:
        """Append the new ones of rows with their lines; not those of accounts that are connected."""
        rows, accounts = tuple(rows), self._own(accounts)
        sorted_out = Sorted()

        def append(queue: Queue) -> Queue:
            nonlocal sorted_out
            # here: another program may have added the same list a moment ago
            sorted_out = sort_out(rows, queue.rows, accounts)
            return queue.with_rows((row for _, row in sorted_out.new), self._now)

        self.change(append)
        return sorted_out

    def move(self, row: Row, state: RowState, words: str = "") -> Queue:
        """Put a row into another state, with the reason."""
        return self.change(lambda queue: queue.moved(row.number, state, self._now, words))

    def edit(self, entered: Row) -> Queue:
        """Put what was entered for a row in the place of what it has."""
        return self.change(lambda queue: queue.edited(entered, self._now))

    def connect(self, account: Account) -> Queue:
        """Put all rows of a connected account into that state."""
        return self.change(lambda queue: queue.connected(account.account_id, self._now))

    def catch_up(self, accounts: Iterable[Account]) -> Queue:
        """Finish rows whose account was stored before the program could note it."""
        return self.change(lambda queue: queue.caught_up(self._own(accounts), self._now))

    def _own(self, accounts: Iterable[Account]) -> tuple[Account, ...]:
        return tuple(account for account in accounts if account.address.application == self._application)

    @property
    def _now(self) -> float:
        return self._clock.now().wall

    def _save(self, queue: Queue) -> None:
        """Save even an empty queue: its highest number must not be used again while a window shows it."""
        data = encode_file(KIND, {"newest": queue.newest, "rows": [_ROW.encode(row) for row in queue.rows]})
        if len(data) > LARGEST:
            raise NotWritable("The list is too long to save.", next="Remove the connected rows.")
        durable_replace(self._path, data, self._disk)

    def set_aside(self) -> None:
        """Move a damaged file out of the way, unless another program repaired it meanwhile.

        Raises:
            VaultError: it is where it was.
        """
        with locked(self._path.with_suffix(".queue-lock")):
            try:
                self.read()
            except Damaged:
                self._move_to(self._free_name())

    def _free_name(self) -> Path:
        """Return a free name: files set aside before stay."""
        names = (f"-{number}" if number > 1 else "" for number in itertools.count(1))
        paths = (self._path.with_name(self._path.name + SET_ASIDE + suffix) for suffix in names)
        return next(path for path in paths if not os.path.lexists(path))

    def _move_to(self, target: Path) -> None:
        try:
            self._disk.replace(self._path, target)
            sync_folder(target.parent, self._disk)
        except OSError as error:
            raise not_written(target, error) from None


def _read(stated: Record) -> Queue:
    """Read a queue; raises KeyError, TypeError or ValueError where a field is not as written."""
    rows = stated.decoded("rows", _ROW)
    newest = stated.integer("newest")
    numbers = [row.number for row in rows]
    if numbers != sorted(set(numbers)) or (numbers and numbers[-1] > newest):
        raise ValueError("numbers")
    return Queue(rows, newest)
