"""Conversion between a plain and an encrypted store, file by file; a kill at any moment loses nothing.

Records the new mode first, so that concurrent writers already use it. Then takes each lock in turn and
replaces the files below it; a second pass checks that none was missed. Files of both kinds stay readable
throughout, and another run resumes where this one ended.
"""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.text import clean
from smily_tui.vault.disk import clean_temp_files, durable_replace, make_folder, names_in, read_private
from smily_tui.vault.encryption import EncryptionState, Stage
from smily_tui.vault.errors import (
    Damaged,
    HalfDone,
    KeyMissing,
    KeyUnavailable,
    VaultError,
)
from smily_tui.vault.format import decode_file, is_sealed, label_of
from smily_tui.vault.index import drop_index
from smily_tui.vault.journal import ASIDE, Journal
from smily_tui.vault.model import AUTHORIZATION_KIND, CREDENTIALS_KIND, Address, is_address_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from smily_tui.records import Record
    from smily_tui.vault.store import Slot, Store
    from smily_tui.vault.trash import Forgotten, Removed


PASSES: Final = 5
_ASIDE_KIND: Final = "aside"
_SECRET: Final = ("tokens", "next", *ASIDE)
_ENDINGS: Final = (".lock", *(f".{ending}" for ending in _SECRET))


class AtRest:
    """Encryption at rest of one store.

    Args:
        store: the store.
        keyring: True to encrypt a new store with a key in the system's keyring.
    """

    def __init__(self, store: Store, *, keyring: bool = False) -> None:
        self._store = store
        self._protection = store.protection
        self._keyring = keyring
        self._why = ""

    @property
    def words(self) -> str:
        """State of the encryption in words for people, with the reason for none; raises VaultError."""
        self._protection.reload()
        stage = self._protection.now.stage
        return stage.description + (self._why if stage is Stage.PLAIN else "")

    @property
    def never_was_encrypted(self) -> bool:
        """True if the store never was encrypted; raises VaultError."""
        self._protection.reload()
        return self._protection.now == EncryptionState(Stage.PLAIN)

    def begin(self) -> None:
        """Encrypt a store that holds nothing yet, if the keyring answers; it may take some seconds.

        If it does not answer the store stays in clear, and `words` say so from then on. A store that holds
        something stays as it is: `protect` is for that.

        Raises:
            VaultError: the store cannot be written.
        """
        is_new = self._protection.now == EncryptionState(Stage.PLAIN) and not self._store.application_keys()
        if not self._keyring or not is_new:
            return
        try:
            self.protect()
        except KeyUnavailable as error:
            self._why = f" ({error.reason})"

    def check(self) -> None:
        """Check that the key can be had, if one is needed.

        Raises:
            KeyUnavailable: nothing that is stored can be read or changed now.
        """
        self._protection.reload()
        self._protection.check()

    def probe_keyring(self) -> None:
        """Check that the keyring answers, needed or not; raises KeyUnavailable."""
        self._protection.keys.probe()

    def keep_off_main_thread(self) -> None:
        """Never ask the keyring in the main thread from now on: a screen must go on answering keys.

        There, a key that was not asked for before fails at once; `check` in another thread asks.
        """
        self._protection.keys.off_main_thread = True

    def protect(self) -> int:
        """Encrypt all secrets with a key in the keyring; return how many files were encrypted now.

        Raises:
            KeyUnavailable: the keyring does not take a key, or does not give it back; nothing was changed.
            HalfDone: some files could not be encrypted; running it again goes on.
            VaultError: the store cannot be written.
        """
        with self._store.protection_lock():
            key_id = self._key()
            self._protection.remember(EncryptionState(Stage.SEALING, key_id), self._store.disk)
            drop_index(self._store)
            conversion = _Conversion(self._store, encrypts=True)
            return conversion.run(EncryptionState(Stage.SEALED, key_id))

    def unprotect(self) -> int:
        """Write all secrets in clear; return how many files were decrypted now.

        The key stays in the keyring: a backup of the store needs it, and so does a store protected again.

        Raises:
            KeyUnavailable: nothing was changed.
            HalfDone, VaultError: as `protect`.
        """
        with self._store.protection_lock():
            now, key_of_files = self._protection.now, _key_of_files(self._store)
            if now.stage is Stage.PLAIN and not key_of_files:
                return 0
            key_id = now.key_id or key_of_files
            self._protection.keys.get(key_id)
            self._protection.remember(EncryptionState(Stage.OPENING, key_id), self._store.disk)
            conversion = _Conversion(self._store, encrypts=False)
            return conversion.run(EncryptionState(Stage.PLAIN, key_id))

    def _key(self) -> str:
        """Return the id of the store's key, present in the keyring for certain: its own, or a new one."""
        keys = self._protection.keys
        key_id = self._protection.now.key_id or _key_of_files(self._store)
        if not key_id:
            return keys.create()
        try:
            keys.get(key_id)
        except KeyMissing:
            if self._protection.now.stage is not Stage.PLAIN or _key_of_files(self._store):
                raise
            # a person deleted it when nothing was encrypted any more
            return keys.create()
        return key_id


class _Conversion:
    """Bringing all files of a store into one way of writing, under its protection lock."""

    def __init__(self, store: Store, *, encrypts: bool) -> None:
        self._store = store
        self._disk = store.disk
        self._encrypts = encrypts
        self._failures: list[VaultError] = []

    def run(self, afterwards: EncryptionState) -> int:
        """Convert until a whole pass finds nothing to do; return how many files were converted."""
        count = 0
        for _ in range(PASSES):
            changed = self._pass()
            count += changed
            if self._failures:
                raise self._half_done()
            # an account may have been added behind the pass: only one without work proves that none is left
            if not changed:
                self._store.protection.remember(afterwards, self._disk)
                return count
        raise HalfDone("Other programs keep changing the store.", next="Stop them, then run it again.")

    def _half_done(self) -> HalfDone:
        first, further = self._failures[0], len(self._failures) - 1
        count = f" (and {further} more)" if further else ""
        again = "smily-tui protect" if self._encrypts else "smily-tui unprotect"
        return HalfDone(f"{first.what}{count}", next=f"{first.next} Then run {again} again.")

    def _pass(self) -> int:
        """Take each lock once, and convert the files below it."""
        work: list[Callable[[], int]] = []
        for key in self._store.application_keys():
            work.append(partial(self._application, key))
            work += [partial(self._account, slot) for slot in _slots(self._store, key)]
        work += [partial(self._forgotten, forgotten) for forgotten in self._store.trash.find()]
        work += [partial(self._removed, removed) for removed in self._store.trash.applications()]
        return sum(map(self._tried, work))

    def _tried(self, convert: Callable[[], int]) -> int:
        """Convert some files; a failure is collected, but without the key no file can be converted."""
        try:
            return convert()
        except KeyUnavailable:
            raise
        except VaultError as error:
            self._failures.append(error)
            return 0

    def _application(self, key: str) -> int:
        with self._store.names_lock():
            path = self._store.application_path(key)
            clean_temp_files(path, self._disk)
            return self._whole(path, CREDENTIALS_KIND, key)

    def _account(self, slot: Slot) -> int:
        place = str(slot.address)
        with slot.lock():
            slot.clean_temp_files()
            count = self._journals(slot.path, place) + self._whole(slot.path(), AUTHORIZATION_KIND, place)
            for path in self._store.spill.paths(slot.address):
                clean_temp_files(path, self._disk)
                count += self._whole(path, AUTHORIZATION_KIND, place)
            return count

    def _forgotten(self, forgotten: Forgotten) -> int:
        address, place = forgotten.address, str(forgotten.address)
        # the folder goes with an application's last account, and the lock needs it
        make_folder(self._store.application_folder(address.application), self._disk)
        with self._store.application_lock(address.application), self._store.slot(address).lock():
            clean_temp_files(forgotten.path("tokens").with_name("account"), self._disk)
            count = self._journals(forgotten.path, place)
            return count + self._whole(forgotten.path("tokens"), AUTHORIZATION_KIND, place)

    def _removed(self, removed: Removed) -> int:
        with self._store.names_lock():
            clean_temp_files(removed.credentials, self._disk)
            return self._whole(removed.credentials, CREDENTIALS_KIND, removed.application.key)

    def _journals(self, path: Callable[[str], Path], place: str) -> int:
        return self._journal(path("next"), place) + sum(self._aside(path(end), place) for end in ASIDE)

    def _whole(self, path: Path, kind: str, place: str) -> int:
        """Convert a file that is framed as a whole."""
        data = self._unconverted(path)
        if data is None:
            return 0
        plain = self._store.protection.decrypt(data, path, kind, place)
        generation = _generation(decode_file(kind, plain, path), path) if kind == AUTHORIZATION_KIND else 0
        self._put(path, plain, kind, generation, place)
        return 1

    def _journal(self, path: Path, place: str) -> int:
        """Convert a journal; a damaged one is kept aside, as a refresh would do."""
        if self._unconverted(path) is None:
            return 0
        journal = Journal(path, self._disk, self._store.protection, place)
        try:
            return int(journal.write_again())
        except Damaged:
            journal.keep_aside()
            return 1

    def _aside(self, path: Path, place: str) -> int:
        """Convert a damaged journal that was kept; it may hold a token."""
        data = self._unconverted(path)
        if data is None:
            return 0
        try:
            plain = self._store.protection.decrypt(data, path, _ASIDE_KIND, place)
        except Damaged:
            # it was encrypted before it was damaged: nothing in it can be read
            return 0
        self._put(path, plain, _ASIDE_KIND, 0, place)
        return 1

    def _unconverted(self, path: Path) -> bytes | None:
        """Read a file that has to be converted; None for any other."""
        data = read_private(path, self._disk)
        return None if data is None or is_sealed(data) == self._encrypts else data

    def _put(self, path: Path, plain: bytes, kind: str, generation: int, place: str) -> None:
        data = self._store.protection.encrypt(plain, kind, generation, place)
        durable_replace(path, data, self._disk)


def _generation(content: Record, path: Path) -> int:
    try:
        return content.integer("generation")
    except (KeyError, TypeError, ValueError):
        raise Damaged(f"{clean(path)} has a missing or invalid field.") from None


def _key_of_files(store: Store) -> str:
    """Return the id of the key that a file of the store is encrypted with; empty where none is."""
    for path in _files(store):
        with contextlib.suppress(VaultError):
            data = read_private(path, store.disk) or b""
            if is_sealed(data):
                return label_of(data[: _framed_length(data)], path).key_id
    return ""


def _framed_length(data: bytes) -> int:
    """Return the length of the framed part: a journal has room for an answer behind it."""
    head, _, _ = data.partition(b"\n")
    with contextlib.suppress(IndexError, ValueError):
        return len(head) + 1 + int(head.split(b" ")[3])
    return len(data)


def _files(store: Store) -> Iterator[Path]:
    """Yield the files that may be encrypted."""
    for key in store.application_keys():
        yield store.application_path(key)
        for slot in _slots(store, key):
            yield from map(slot.path, _SECRET)
            yield from store.spill.paths(slot.address)
    for forgotten in store.trash.find():
        yield from map(forgotten.path, _SECRET)
    yield from (removed.credentials for removed in store.trash.applications())


def _slots(store: Store, key: str) -> list[Slot]:
    """Return the slots of an application, even those with only a lock: an exchange may be under way there."""
    names = names_in(store.application_folder(key))
    accounts = {name.removesuffix(end) for name in names for end in _ENDINGS if name.endswith(end)}
    accounts.update(address.account for address in store.spill.addresses() if address.application == key)
    return [store.slot(Address(key, account)) for account in sorted(accounts) if is_address_part(account)]
