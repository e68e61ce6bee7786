"""Index of a large store: its accounts as they are listed, without their tokens, in blocks of one file.

Opening thousands of files takes long; asking when each was changed does not. What has changed since is read
from its own file: the index is trusted for nothing else, and can be deleted at any time. An encrypted store
has none, since it would be in clear.
"""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Final

from smily_tui.records import decode_columns, encode_columns
from smily_tui.vault.disk import durable_replace, private_lines, remove
from smily_tui.vault.encryption import Stage
from smily_tui.vault.errors import VaultError
from smily_tui.vault.format import split_header, with_header
from smily_tui.vault.model import Account, Address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from smily_tui.vault.store import Store


KIND: Final = "index"
SCHEMA: Final = 1
"""Version of its form; an index of another one is made anew."""
BLOCK: Final = 500
"""Accounts that are read at once, in memory that the next ones use again."""
LARGEST: Final = 256 * 1024 * 1024  # bytes: about a million accounts


def read_index(store: Store) -> dict[Address, Account]:
    """Return what was indexed; nothing where there is no index, or none that can be used."""
    with contextlib.suppress(VaultError, LookupError, TypeError, ValueError, RecursionError):
        if store.protection.now.stage is Stage.PLAIN:
            return {account.address: account for account in _indexed(store)}
    return {}


def _indexed(store: Store) -> Iterator[Account]:
    lines = private_lines(store.index_path, store.disk, LARGEST)
    for header in lines:
        schema, kind, block = split_header(header + next(lines, b""), store.index_path, SCHEMA)
        if (schema, kind) != (SCHEMA, KIND):
            raise ValueError("another kind of file")
        yield from decode_columns(Account, json.loads(block), BLOCK)


def write_index(store: Store, accounts: Iterable[Account]) -> None:
    """Write the index of a store that is not encrypted. Best effort: errors are ignored.

    Under the lock of the encryption, without waiting for it: whoever holds it may be encrypting the store.
    """
    with contextlib.suppress(VaultError), store.protection_lock(patience=0.0):
        if store.protection.now.stage is Stage.PLAIN:
            durable_replace(store.index_path, b"".join(_encoded(accounts)), store.disk)


def _encoded(accounts: Iterable[Account]) -> Iterator[bytes]:
    indexed = [account for account in accounts if account.mark and not account.unreadable]
    for start in range(0, len(indexed), BLOCK):
        columns = encode_columns(Account, indexed[start : start + BLOCK])
        yield with_header(SCHEMA, KIND, f"{json.dumps(columns, separators=(',', ':'))}\n".encode("ascii"))


def drop_index(store: Store) -> None:
    """Delete the index; raises NotWritable."""
    remove(store.index_path, store.disk)
