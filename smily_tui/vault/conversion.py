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
from smily_tui.vault import model
from smily_tui.vault.disk import clean_temp_files, durable_replace, make_folder, names_in, read_private
from smily_tui.vault.encryption import EncryptionState, Stage
from smily_tui.vault.errors import (
    Damaged,
    HalfDone,
    KeyMissing,
    KeyUnavailable,
    VaultError,
)
from smily_tui.vault.format import is_sealed, label_of, unframe
from smily_tui.vault.journal import ASIDE, Journal
from smily_tui.vault.model import Address, is_address_part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from smily_tui.records import Record
    from smily_tui.vault.store import Store
    from smily_tui.vault.trash import Forgotten


PASSES: Final = 5
_ASIDE_KIND: Final = "aside"
_SECRET: Final = ("tokens", "next", *ASIDE)
_ENDINGS: Final = (".lock", *(f".{each}" for each in _SECRET))


def protect(store: Store) -> int:
    """Encrypt all secrets of a store; answers how many files were encrypted now.

    Raises:
        KeyUnavailable: the keyring does not take a key, or does not give it back; nothing was changed.
        HalfDone: some files could not be encrypted; running it again goes on.
        VaultError: the store cannot be written.
    """
    with store.protection_lock():
        key_id = _key(store)
        store.protection.remember(EncryptionState(Stage.SEALING, key_id), store.disk)
        return _Conversion(store, is_encrypted=True).run(EncryptionState(Stage.SEALED, key_id))


def unprotect(store: Store) -> int:
    """Write all secrets of a store in clear; answers how many files were decrypted now.

    The key stays in the keyring: a backup of the store needs it, and so does a store protected again.

    Raises:
        KeyUnavailable: nothing was changed.
        HalfDone, VaultError: as `protect`.
    """
    with store.protection_lock():
        now, found = store.protection.now, _key_of_files(store)
        if now.stage is Stage.PLAIN and not found:
            return 0
        key_id = now.key_id or found
        store.protection.keys.of(key_id)
        store.protection.remember(EncryptionState(Stage.OPENING, key_id), store.disk)
        return _Conversion(store, is_encrypted=False).run(EncryptionState(Stage.PLAIN, key_id))


def _key(store: Store) -> str:
    """The id of the store's key, which the keyring has for certain: the one it had, or a new one."""
    protection = store.protection
    key_id = protection.now.key_id or _key_of_files(store)
    if not key_id:
        return protection.keys.make()
    try:
        protection.keys.of(key_id)
    except KeyMissing:
        if protection.now.stage is not Stage.PLAIN or _key_of_files(store):
            raise
        return protection.keys.make()  # it was deleted when nothing was encrypted any more
    return key_id


def _key_of_files(store: Store) -> str:
    """The id of the key that a file of the store is encrypted with; empty where none is."""
    for path in _files(store):
        with contextlib.suppress(VaultError):
            data = read_private(path, store.disk) or b""
            if is_sealed(data):
                return label_of(data[: _whole_length(data)], path).key_id
    return ""


def _whole_length(data: bytes) -> int:
    """How long the framed part is: a journal has room for an answer behind it."""
    head, _, _ = data.partition(b"\n")
    with contextlib.suppress(IndexError, ValueError):
        return len(head) + 1 + int(head.split(b" ")[3])
    return len(data)


def _files(store: Store) -> Iterator[Path]:
    """All files that may be encrypted."""
    for key in store.application_keys():
        yield store.application_path(key)
        for address in _addresses(store, key):
            yield from (store.slot(address).path(ending) for ending in _SECRET)
            yield from store.spill.paths(address)
    for forgotten in store.trash.find():
        yield from (forgotten.path(ending) for ending in _SECRET)


def _addresses(store: Store, key: str) -> list[Address]:
    """The accounts of an application, even those of which there is only a lock: somebody may be making it."""
    names = names_in(store.application_path(key).parent)
    found = {name.removesuffix(end) for name in names for end in _ENDINGS if name.endswith(end)}
    found.update(each.account for each in store.spill.addresses() if each.application == key)
    return [Address(key, name) for name in sorted(found) if is_address_part(name)]


class _Conversion:
    """Bringing all files of a store into one way of writing, under its protection lock."""

    def __init__(self, store: Store, *, is_encrypted: bool) -> None:
        self._store = store
        self._seals = is_encrypted
        self._failures: list[VaultError] = []

    def run(self, afterwards: EncryptionState) -> int:
        """Convert until a whole pass finds nothing to do; answers how many files were converted."""
        count = 0
        for _ in range(PASSES):
            changed = self._pass()
            count += changed
            if self._failures:
                raise self._half_done()
            if not changed:
                self._store.protection.remember(afterwards, self._store.disk)
                return count
        raise HalfDone("Other programs change the store all the time.", next="Stop them, then run it again.")

    def _half_done(self) -> HalfDone:
        first, more = self._failures[0], len(self._failures) - 1
        others = f" (and {more} more)" if more else ""
        again = "smily-tui protect" if self._seals else "smily-tui unprotect"
        return HalfDone(f"{first.what}{others}", next=f"{first.next} Then run {again} again.")

    def _pass(self) -> int:
        """Each lock once, and the files below it."""
        work: list[Callable[[], int]] = []
        for key in self._store.application_keys():
            work.append(partial(self._application, key))
            work += [partial(self._account, address) for address in _addresses(self._store, key)]
        work += [partial(self._forgotten, each) for each in self._store.trash.find()]
        return sum(self._tried(each) for each in work)

    def _tried(self, work: Callable[[], int]) -> int:
        """What cannot be converted keeps no other file from being converted; without the key none can."""
        try:
            return work()
        except KeyUnavailable:
            raise
        except VaultError as error:
            self._failures.append(error)
            return 0

    def _application(self, key: str) -> int:
        with self._store.names_lock():
            path = self._store.application_path(key)
            clean_temp_files(path, self._store.disk)
            return self._whole(path, model.CREDENTIALS_KIND, key)

    def _account(self, address: Address) -> int:
        slot, place = self._store.slot(address), str(address)
        with slot.lock():
            slot.clean_temp_files()
            count = self._journal(slot.path("next"), place)
            count += sum(self._aside(slot.path(ending), place) for ending in ASIDE)
            count += self._whole(slot.path(), model.AUTHORIZATION_KIND, place)
            for path in self._store.spill.paths(address):
                clean_temp_files(path, self._store.disk)
                count += self._whole(path, model.AUTHORIZATION_KIND, place)
            return count

    def _forgotten(self, forgotten: Forgotten) -> int:
        address, place = forgotten.address, str(forgotten.address)
        make_folder(self._store.application_path(address.application).parent, self._store.disk)
        with self._store.application_lock(address.application), self._store.slot(address).lock():
            clean_temp_files(forgotten.path("tokens").with_name("account"), self._store.disk)
            count = self._journal(forgotten.path("next"), place)
            count += sum(self._aside(forgotten.path(each), place) for each in ASIDE)
            return count + self._whole(forgotten.path("tokens"), model.AUTHORIZATION_KIND, place)

    def _whole(self, path: Path, kind: str, place: str) -> int:
        """A file that is framed as a whole."""
        data = read_private(path, self._store.disk)
        if data is None or is_sealed(data) == self._seals:
            return 0
        plain = self._store.protection.decrypt(data, path, kind, place)
        generation = _generation(unframe(kind, plain, path), path) if kind == model.AUTHORIZATION_KIND else 0
        self._put(path, plain, kind, generation, place)
        return 1

    def _journal(self, path: Path, place: str) -> int:
        """A journal; one that cannot be understood is kept aside, as a refresh would do."""
        data = read_private(path, self._store.disk)
        if data is None or is_sealed(data) == self._seals:
            return 0
        journal = Journal(path, self._store.disk, self._store.protection, place)
        try:
            return int(journal.write_again())
        except Damaged:
            journal.keep_aside()
            return 1

    def _aside(self, path: Path, place: str) -> int:
        """A damaged journal that was kept, as it is; it may hold a token."""
        data = read_private(path, self._store.disk)
        if data is None or is_sealed(data) == self._seals:
            return 0
        try:
            plain = self._store.protection.decrypt(data, path, _ASIDE_KIND, place)
        except Damaged:
            return 0  # it was encrypted before it was damaged: nothing in it can be read
        self._put(path, plain, _ASIDE_KIND, 0, place)
        return 1

    def _put(self, path: Path, plain: bytes, kind: str, generation: int, place: str) -> None:
        covered = self._store.protection.encrypt(plain, kind, generation, place)
        durable_replace(path, covered, self._store.disk)


def _generation(content: Record, path: Path) -> int:
    try:
        return content.whole("generation")
    except (KeyError, TypeError, ValueError):
        raise Damaged(f"{clean(path)} lacks a field, or one is not as smily-tui writes it.") from None


class AtRest:
    """The encryption of one store.

    Args:
        store: the store.
        keyring: whether a new store is encrypted with a key in the system's keyring.
    """

    def __init__(self, store: Store, *, keyring: bool = False) -> None:
        self._store = store
        self._keyring = keyring
        self._why = ""

    @property
    def words(self) -> str:
        """Whether what is stored is encrypted, as people are told, and why not; raises VaultError."""
        self._store.protection.reload()
        stage = self._store.protection.now.stage
        return stage.words + (self._why if stage is Stage.PLAIN else "")

    def begin(self) -> None:
        """Encrypt a store that holds nothing yet, where the keyring answers; it may take some seconds.

        Where the keyring does not answer the store stays in clear, and `words` say so from then on.
        Nothing happens to a store that holds something: `protect` is for that.

        Raises:
            VaultError: the store cannot be written.
        """
        is_new = (
            self._store.protection.now == EncryptionState(Stage.PLAIN) and not self._store.application_keys()
        )
        if not self._keyring or not is_new:
            return
        try:
            protect(self._store)
        except KeyUnavailable as error:
            self._why = f" ({error.reason})"

    def check(self) -> None:
        """See that the key can be had, where one is needed.

        Raises:
            KeyUnavailable: nothing that is stored can be read or changed now.
        """
        self._store.protection.reload()
        self._store.protection.check()

    def look_for_keyring(self) -> None:
        """See that the keyring answers, whether it is needed or not; raises KeyUnavailable."""
        self._store.protection.keys.look()

    def keep_off_main_thread(self) -> None:
        """From now on the keyring is never asked in the main thread: a screen must go on answering keys.

        What needs a key there that was not asked for yet fails at once; `check` in another thread asks.
        """
        self._store.protection.keys.beside = True

    @property
    def never_was_encrypted(self) -> bool:
        """Whether the store never was encrypted; raises VaultError."""
        self._store.protection.reload()
        return self._store.protection.now == EncryptionState(Stage.PLAIN)

    def protect(self) -> int:
        """Encrypt every secret, with a key in the keyring; answers how many files; raises VaultError."""
        return protect(self._store)

    def unprotect(self) -> int:
        """Write every secret in clear again; answers how many files; raises VaultError."""
        return unprotect(self._store)
