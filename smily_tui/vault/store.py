"""Store of one home: a slot for each account, the credentials of the apps, and the locks over both.

A slot is read without a lock: a file is replaced whole or not at all. Tokens are changed under the slot's
lock alone. Names of accounts are given under the app's lock, names of apps under `names_lock`.
"""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple, TypeVar

from smily_tui.origin import BadServer
from smily_tui.records import OPTIONAL, Record, decode, encode
from smily_tui.system import here
from smily_tui.text import Clean, clean
from smily_tui.vault.disk import (
    PATIENCE,
    TEMPORARY,
    Disk,
    Held,
    changed_at,
    check_private_folder,
    clean_temp_files,
    durable_replace,
    folders_in,
    locked,
    make_folder,
    names_in,
    probe,
    read_private,
    remove,
    sync_folder,
)
from smily_tui.vault.encryption import Protection
from smily_tui.vault.errors import (
    Damaged,
    KeyUnavailable,
    Newer,
    NoSuchAccount,
    ProtectionError,
    VaultError,
    not_written,
)
from smily_tui.vault.format import decode_file, encode_file
from smily_tui.vault.model import (
    AUTHORIZATION_KIND,
    CREDENTIALS_KIND,
    Account,
    Address,
    Application,
    Authorization,
    Credentials,
    is_address_part,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from smily_tui.secret import Secret
    from smily_tui.vault.history import History
    from smily_tui.vault.home import Home
    from smily_tui.vault.journal import Journal
    from smily_tui.vault.settings import Settings
    from smily_tui.vault.spill import Spill
    from smily_tui.vault.trash import Forgotten, Removed, Trash


Mark = tuple[tuple[str, int], ...]
TOKENS: Final = ".tokens"
_T = TypeVar("_T")
_SPENT_KEPT: Final = 500


class Store:
    """Everything below the state folder of one home."""

    def __init__(self, home: Home, disk: Disk | None = None) -> None:
        self.home = home
        self.disk = disk or Disk()
        self.protection = Protection(home.state)
        self._folders: dict[str, Path] = {}  # thousands of accounts have the same few

    # what a stored token is read without is imported at its first use

    @functools.cached_property
    def spill(self) -> Spill:
        """Tokens that could not be saved here."""
        from smily_tui.vault.spill import Spill

        return Spill(self.home.state, self.disk)

    @property
    def settings(self) -> Settings:
        """Settings file."""
        from smily_tui.vault.settings import Settings

        return Settings(self.home, self.disk)

    @property
    def trash(self) -> Trash:
        """Forgotten accounts."""
        from smily_tui.vault.trash import Trash

        return Trash(self.home.state / ".trash", self.disk)

    def slot(self, address: Address) -> Slot:
        """Return the place of an account, whether anything is stored there or not."""
        return Slot(self, address)

    def addresses(self) -> list[Address]:
        """Return the addresses of all stored accounts, in order."""
        check_private_folder(self.home.state)
        return sorted(
            Address(application, account)
            for application, listed in self.names().items()
            for account in _accounts_with(listed, TOKENS)
        )

    def names(self) -> dict[str, list[str]]:
        """Return the names of the files of each application, by its key; raises Unreadable.

        What needs them takes those of a moment ago: thousands take long to be listed.
        """
        return {key: self._names(key) for key in self.application_keys()}

    def survey(self, names: Mapping[str, list[str]] | None = None) -> Iterator[tuple[Address, Seen | None]]:
        """Yield every account, with what is seen of its files without opening one.

        The value is None where the folder of the account's app is not safe: `Slot.read` tells why.

        Raises:
            Unsafe, Unreadable: the folder of the store, or one in it.
        """
        check_private_folder(self.home.state)
        for application, listed in (self.names() if names is None else names).items():
            folder = self.home.state / application
            is_safe = _is_private(folder)
            notes, journals = (dict(_versions(folder, listed, ending)) for ending in (".note", ".next"))
            for account, version in _versions(folder, listed, TOKENS):
                mark = hash((version, notes.get(account, 0), journals.get(account, 0)))
                seen = Seen(mark, account in notes, account in journals) if is_safe else None
                yield Address(application, account), seen

    def unfinished_exchanges(self, names: Mapping[str, list[str]] | None = None) -> list[Slot]:
        """Return slots without tokens in place: a code exchange was interrupted, or is under way."""
        addresses = set(self.spill.addresses())
        for application, listed in (self.names() if names is None else names).items():
            addresses |= {Address(application, account) for account in _accounts_with(listed, ".next")}
        slots = (self.slot(address) for address in sorted(addresses))
        return [slot for slot in slots if not slot.exists()]

    # -- applications ----------------------------------------------------------------------------------

    def application_folder(self, application: str) -> Path:
        """Return the folder of an application and its accounts."""
        if application not in self._folders:
            if not is_address_part(application):
                raise Damaged(f"“{clean(application)}” cannot name an app.")
            self._folders[application] = self.home.state / application
        return self._folders[application]

    def application_path(self, application: str) -> Path:
        """Return the file of an application's credentials."""
        return self.application_folder(application) / "application.json"

    def _codes_path(self, application: str) -> Path:
        return self.application_folder(application) / "codes.json"

    def application_keys(self) -> list[str]:
        """Return the keys of the applications that have a folder."""
        return [name for name in folders_in(self.home.state) if is_address_part(name)]

    def credentials(self, application: str) -> Credentials | None:
        """Return an application's Client ID, Client Secret and server; None where none are stored."""
        self.check_folders(application)
        path = self.application_path(application)
        data = self.protection.read(path, CREDENTIALS_KIND, application, self.disk)
        return None if data is None else parse(data, path, CREDENTIALS_KIND, _credentials)

    def save_credentials(self, application: str, credentials: Credentials) -> None:
        """Durably store an application's credentials."""
        self.make_folder(application)
        data = self.protection.encrypt(
            encode_file(CREDENTIALS_KIND, encode(credentials)), CREDENTIALS_KIND, 0, application
        )
        durable_replace(self.application_path(application), data, self.disk)

    def remove_application(self, application: Application, at: float) -> Removed:
        """Move an application without accounts to the trash, under `names_lock`.

        It is copied first, and removed with its entry in the settings; then its files go.

        Raises:
            VaultError: it is still stored.
        """
        check_private_folder(self.home.state)
        data = read_private(self.application_path(application.key), self.disk)
        removed = self.trash.put_application(application, data, at)
        self.settings.remove_application(application.key)
        self.finish_removal(removed)
        return removed

    def finish_removal(self, removed: Removed) -> None:
        """Clear away what a removed application left behind, under `names_lock`.

        Best effort: I/O errors are ignored; `tidy` does it again.
        """
        key = removed.application.key
        with contextlib.suppress(VaultError):
            self.trash.take_queue(self.home.queue(key), removed.queue)
            # the credentials last: `tidy` takes them as the sign of a removal that was cut short
            for path in (self._codes_path(key), self.application_path(key)):
                remove(path, self.disk)
        self.vacate(key)

    def is_in_use(self, application: str) -> bool:
        """Return whether an application has accounts here, or one that is being connected."""
        kept_outside = (address.application for address in self.spill.addresses())
        names = self._names(application)
        return any(name.endswith((TOKENS, ".next")) for name in names) or application in kept_outside

    def removed_credentials(self, removed: Removed) -> Credentials | None:
        """Return the credentials of an application in the trash; raises as `credentials`."""
        key = removed.application.key
        data = self.protection.read(removed.credentials, CREDENTIALS_KIND, key, self.disk)
        return None if data is None else parse(data, removed.credentials, CREDENTIALS_KIND, _credentials)

    def restore_queue(self, removed: Removed, application: str) -> None:
        """Move the queue of a removed application back, unless there is one; raises VaultError."""
        self.trash.take_queue(removed.queue, self.home.queue(application))

    def spent_codes(self, application: str) -> dict[str, float]:
        """Return the fingerprints of the codes that were exchanged here, with the time (UTC seconds)."""
        path = self._codes_path(application)
        with contextlib.suppress(VaultError):
            data = read_private(path, self.disk)
            return {} if data is None else parse(data, path, "codes", _spent)
        return {}

    def add_spent_code(self, application: str, code: Secret, at: float) -> None:
        """Remember an exchanged code, to explain a second paste. Best effort: I/O errors are ignored."""
        spent = self.spent_codes(application) | {code.fingerprint(): at}
        # the file is read whole at each paste
        newest = dict(sorted(spent.items(), key=lambda item: item[1])[-_SPENT_KEPT:])
        with contextlib.suppress(VaultError):
            durable_replace(self._codes_path(application), encode_file("codes", {"spent": newest}), self.disk)

    def make_folder(self, application: str) -> None:
        """Make an application's folder where it is missing; raises NotWritable, DiskFull, Unsafe."""
        for folder in (self.home.state, self.application_folder(application)):
            self._make_folder(folder)

    def check_folders(self, application: str) -> None:
        """Refuse an application's folder, or the one above it, if others may enter; raises Unsafe."""
        check_private_folder(self.home.state)
        check_private_folder(self.application_folder(application))

    def taken_names(self) -> set[str]:
        """Return the names in the state folder, without folders that a failed code exchange left behind."""
        vacant = {key for key in self.application_keys() if all(map(_is_leftover, self._names(key)))}
        return set(names_in(self.home.state)) - vacant

    def vacate(self, application: str) -> None:
        """Delete the folder of an application of which nothing is stored, under `names_lock`.

        If another process waits for a lock file in it, `locked` makes the file again.
        """
        folder = self.application_folder(application)
        with contextlib.suppress(OSError, VaultError):
            names = self._names(application)
            if all(map(_is_leftover, names)):
                for name in names:
                    self.disk.unlink(folder / name)
                folder.rmdir()

    def _names(self, application: str) -> list[str]:
        return names_in(self.application_folder(application))

    # -- locks -----------------------------------------------------------------------------------------

    def names_lock(self, patience: float = PATIENCE) -> AbstractContextManager[Held]:
        """Lock the names of applications; raises NotWritable, DiskFull, Unsafe."""
        self._make_folder(self.home.state)
        return self.lock_file(self.home.state / "applications.lock", patience)

    def application_lock(self, application: str) -> AbstractContextManager[Held]:
        """Lock the names of an application's accounts; raises NotWritable, DiskFull, Unsafe."""
        self.make_folder(application)
        # no account can have a name that begins with a dot
        return self.lock_file(self.application_folder(application) / ".names.lock")

    def protection_lock(self, patience: float = PATIENCE) -> AbstractContextManager[Held]:
        """Lock the encryption state of the store."""
        self._make_folder(self.home.state)
        return self.lock_file(self.home.state / "protection.lock", patience)

    @contextlib.contextmanager
    def lock_file(self, path: Path, patience: float = PATIENCE) -> Iterator[Held]:
        """Lock a file; under each lock the encryption state is read again."""
        with locked(path, patience=patience) as held:
            self.protection.reload()
            yield held

    def _make_folder(self, path: Path) -> None:
        # filelock would make a missing folder itself, open to others
        make_folder(path, self.disk)
        check_private_folder(path)

    # -- the store as a whole --------------------------------------------------------------------------

    def check_writable(self) -> None:
        """Write, fsync and delete a file as large as a journal, and check that the data key is there.

        Raises:
            NotWritable, DiskFull, Unsafe, KeyUnavailable: a token could not be saved now: request none.
        """
        self._make_folder(self.home.state)
        for application in self.application_keys():
            self.check_folders(application)
        self.protection.check()
        probe(self._probe, 2 * 64 * 1024, self.disk)

    @property
    def _probe(self) -> Path:
        # never exists: `check_writable` names its temporary file after it
        return self.home.state / "tokens"

    @property
    def index_path(self) -> Path:
        """Path of the index of the accounts, which a large store has."""
        return self.home.state / "accounts.index"

    def mark(self) -> Mark:
        """Return a value that changes whenever an account or app is saved, renamed or deleted."""
        # not of the state folder: a written index, queue or draft is nothing to list anew
        folders = [self.home.state / key for key in self.application_keys()]
        paths = (*folders, self.protection.path, self.home.settings)
        return tuple((str(path), changed_at(path)) for path in paths)

    def tidy(self, names: Mapping[str, list[str]] | None = None) -> None:
        """Delete temporary files of killed writes, unless a process is at work beside them.

        They may hold a secret. Best effort: I/O errors are ignored.
        """
        self._finish_removals()
        names = self.names() if names is None else names
        vacant = [key for key in names if all(map(_is_leftover, names[key]))]
        temporary = {key: [name for name in names[key] if _is_temporary(name)] for key in names}
        if vacant or any(temporary.values()):
            with contextlib.suppress(VaultError), self.names_lock(patience=0.0):
                for key in temporary:
                    for kept in (self.application_path(key), self._codes_path(key)):
                        clean_temp_files(kept, self.disk)
                for key in vacant:
                    self.vacate(key)
        # no patience: whoever has a lock may be writing the file beside it
        for key in temporary.keys() - set(vacant):
            ours = tuple(f".{path.name}." for path in (self.application_path(key), self._codes_path(key)))
            accounts = {name[1:].split(".")[0] for name in temporary[key] if not name.startswith(ours)}
            for slot in (self.slot(Address(key, account)) for account in accounts):
                with contextlib.suppress(VaultError), slot.lock(patience=0.0):
                    slot.clean_temp_files()
        if any(map(_is_temporary, names_in(self.home.state))):
            with contextlib.suppress(VaultError), self.protection_lock(patience=0.0):
                for kept in (self.protection.path, self._probe, self.index_path):
                    clean_temp_files(kept, self.disk)

    def _finish_removals(self) -> None:
        """Clear away what killed removals of applications left behind, unless a process is at work."""
        with contextlib.suppress(VaultError):
            for removed in self.trash.applications():
                key = removed.application.key
                if self.application_path(key).exists() and self.is_removed(key):
                    with self.names_lock(patience=0.0):
                        if self.is_removed(key):
                            self.finish_removal(removed)

    def is_removed(self, key: str) -> bool:
        """Return whether an application is in the settings no more, and nothing of it is in use."""
        is_stored = any(application.key == key for application in self.settings.applications())
        return not is_stored and not self.is_in_use(key)


class Slot:
    """Place of one account in the store; it may be empty.

    Files: `.tokens` (the authorization), `.next` (the journal), `.note`, `.ledger` (the history), `.lock`
    (never deleted while the account is there), and copies of damaged journals.
    """

    def __init__(self, store: Store, address: Address) -> None:
        self.store = store
        self.address = address

    def path(self, ending: str = "tokens") -> Path:
        """Return the account's file with that ending."""
        if not is_address_part(self.address.account):
            raise Damaged(f"“{clean(self.address.account)}” cannot name an account.")
        return self.store.application_folder(self.address.application) / f"{self.address.account}.{ending}"

    def lock(self, patience: float = PATIENCE) -> AbstractContextManager[Held]:
        """Lock the account: over re-reading, requesting tokens and saving them.

        Raises:
            NoSuchAccount: its folder is gone; filelock would make it anew, open to others.
            Unsafe, Unreadable: others may enter its folder.
        """
        path = self.path("lock")
        self.store.check_folders(self.address.application)
        if not path.parent.exists():
            raise self.missing()
        return self.store.lock_file(path, patience)

    def missing(self) -> NoSuchAccount:
        """Return the error for an empty slot."""
        return NoSuchAccount(f"There is no account {self.address}.")

    # -- tokens ----------------------------------------------------------------------------------------

    def exists(self) -> bool:
        """Return whether tokens are stored here."""
        return self.path().exists()

    def read(self) -> Authorization | None:
        """Read the stored authorization; None where there is none.

        Raises:
            VaultError: it is there but damaged, newer, unsafe or unreadable, or its key cannot be had.
        """
        self.store.check_folders(self.address.application)
        return self._read()

    def _read(self) -> Authorization | None:
        path = self.path()
        data = self.store.protection.read(path, AUTHORIZATION_KIND, self._place, self.store.disk)
        return None if data is None else parse(data, path, AUTHORIZATION_KIND, _authorization)

    def require(self) -> Authorization:
        """Read the stored authorization; raises NoSuchAccount where there is none, else as `read`."""
        stored = self.read()
        if stored is None:
            raise self.missing()
        return stored

    def account(self, seen: Seen | None = None) -> Account | None:
        """Return the account as people see it; one that cannot be read is shown as such.

        What `survey` has `seen` is not looked at again: that its folder is safe, and which files are missing.

        Raises:
            ProtectionError, KeyUnavailable: it is encrypted, and cannot be opened now.
        """
        try:
            stored = self._read() if seen else self.read()
        except (ProtectionError, KeyUnavailable):
            raise
        except VaultError as error:
            return Account.that_cannot_be_read(self.address, clean(error.what), seen.mark if seen else 0)
        if stored is None:
            return None
        if seen is None:
            seen = Seen(0, has_note=True, has_journal=self.path("next").exists())
        note = self.note_about(stored) if seen.has_note else None
        note = note or Note(stored.generation, 0.0, Clean(""), refused=False)
        return Account.of(
            self.address,
            stored,
            note.words,
            refused=note.refused,
            rejected=note.rejected,
            in_doubt=seen.has_journal,
            mark=seen.mark,
        )

    def save(self, authorization: Authorization) -> None:
        """Durably put an authorization in the place of the one before.

        Raises:
            NotWritable, DiskFull, KeyUnavailable: the one before is still there.
        """
        durable_replace(self.path(), self._encoded(authorization), self.store.disk)

    def _encoded(self, authorization: Authorization) -> bytes:
        data = encode_file(AUTHORIZATION_KIND, encode(authorization))
        generation = authorization.generation
        return self.store.protection.encrypt(data, AUTHORIZATION_KIND, generation, self._place)

    @property
    def _place(self) -> str:
        """Address as encrypted files are bound to it."""
        return str(self.address)

    def journal(self) -> Journal:
        """Return the account's journal."""
        from smily_tui.vault.journal import Journal

        return Journal(self.path("next"), self.store.disk, self.store.protection, self._place)

    @property
    def history(self) -> History:
        """History of the account's token uses."""
        from smily_tui.vault.history import History

        # its ending is as old as the first stores
        return History(self.path("ledger"), self.store.disk)

    def clean_temp_files(self) -> None:
        """Delete temporary files that killed writes of the account left, under its lock."""
        clean_temp_files(self.path().with_suffix(""), self.store.disk)

    # -- note ------------------------------------------------------------------------------------------

    def write_note(self, note: Note) -> None:
        """Write a note. Best effort: I/O errors are ignored."""
        with contextlib.suppress(VaultError):
            durable_replace(self.path("note"), encode_file("note", encode(note)), self.store.disk)

    def add_note(
        self,
        stored: Authorization,
        at: float,
        sentence: str,
        *,
        refused: bool = False,
        rejected: bool = False,
    ) -> None:
        """Note a failure of the stored pair; what an earlier note said to be dead stays dead."""
        before = self.note_about(stored)
        if before is not None:
            refused, rejected = refused or before.refused, rejected or before.rejected
        self.write_note(Note(stored.generation, at, clean(sentence), refused, rejected))

    def read_note(self) -> Note | None:
        """Read the account's note; None where there is none that can be read."""
        with contextlib.suppress(VaultError):
            data = read_private(self.path("note"), self.store.disk)
            return None if data is None else parse(data, self.path("note"), "note", _note)
        return None

    def note_about(self, stored: Authorization) -> Note | None:
        """Read the note about the stored pair; None where there is none, or it is about another pair."""
        note = self.read_note()
        return note if note is not None and note.generation == stored.generation else None

    def is_dead(self, stored: Authorization) -> bool:
        """Return whether the stored access token is known to be dead; it dies with its refresh token."""
        note = self.note_about(stored)
        return note is not None and (note.refused or note.rejected)

    def drop_note(self) -> None:
        """Delete the note. Best effort: I/O errors are ignored."""
        with contextlib.suppress(VaultError):
            remove(self.path("note"), self.store.disk)

    # -- tokens that could not be saved here -----------------------------------------------------------

    def spill(self, authorization: Authorization) -> Path:
        """Keep an authorization in a folder outside the store, until `restore_spill`; raises VaultError."""
        return self.store.spill.keep(self.address, self._encoded(authorization))

    def spilled(self) -> Authorization | None:
        """Read the newest authorization that was spilled; None where there is none that can be used.

        Raises:
            ProtectionError, KeyUnavailable: it may be usable, but cannot be opened now.
        """
        newest: Authorization | None = None
        for path, data in self.store.spill.read(self.address):
            try:
                plain = self.store.protection.decrypt(data, path, AUTHORIZATION_KIND, self._place)
                kept = parse(plain, path, AUTHORIZATION_KIND, _authorization)
            except (ProtectionError, KeyUnavailable):
                raise
            except VaultError:
                continue
            newest = kept if newest is None or kept.age > newest.age else newest
        return newest

    def restore_spill(self) -> Authorization | None:
        """Move a spilled authorization here if it is newer; return what is stored now; raises VaultError."""
        stored, kept = self.read(), self.spilled()
        if kept is None:
            return stored
        if stored is None or kept.age > stored.age:
            self.save(kept)
            stored = kept
        self.store.spill.drop(self.address)
        return stored

    # -- other places ----------------------------------------------------------------------------------

    def move_to(self, target: Slot) -> None:
        """Move the authorization to another slot; what was there is replaced in the same step.

        An encrypted file is bound to its address: for the moment in between it is bound to both.
        """
        self._rebind(self.path(), self._place, target)
        try:
            self.store.disk.replace(self.path(), target.path())
            sync_folder(target.path().parent, self.store.disk)
        except OSError as error:
            raise not_written(target.path(), error) from None
        # it is moved: if this fails, the next save does the same
        with contextlib.suppress(VaultError):
            target._settle()
        target.history.take_over(self.history)

    def forget(self, at: float) -> Forgotten:
        """Move everything but the lock file to the trash, under the lock; newer spilled tokens go with it."""
        check_private_folder(self.store.home.state)
        if self.spilled() is not None:
            # an account that cannot be read can be forgotten, too
            with contextlib.suppress(Damaged, Newer):
                self.restore_spill()
        self.clean_temp_files()
        forgotten = self.store.trash.put(self.address, self._files(), at)
        self.store.spill.drop(self.address)
        return forgotten

    def restore(self, forgotten: Forgotten) -> None:
        """Move a forgotten account into this empty slot; on the way its files are bound to both addresses."""
        from smily_tui.vault.journal import Journal

        before = str(forgotten.address)
        if forgotten.address != self.address:
            self._rebind(forgotten.path("tokens"), before, self)
            journal = Journal(forgotten.path("next"), self.store.disk, self.store.protection, before)
            try:
                journal.write_again(before, self._place)
            except Damaged:
                journal.keep_aside()
        self.store.trash.take_back(forgotten, self._files())
        if forgotten.address != self.address:
            # it is back: if this fails, the next save does the same
            with contextlib.suppress(VaultError):
                self._settle()
                self.journal().write_again()

    def _rebind(self, path: Path, place: str, target: Slot) -> None:
        self.store.protection.rebind(
            path, AUTHORIZATION_KIND, place, (place, str(target.address)), self.store.disk
        )

    def _settle(self) -> None:
        """Bind a moved file to its new address alone."""
        place = self._place
        self.store.protection.rebind(self.path(), AUTHORIZATION_KIND, place, (place,), self.store.disk)

    def _files(self) -> dict[str, Path]:
        from smily_tui.vault.journal import ASIDE

        # tokens first: the trash counts an account as forgotten once these are moved
        return {ending: self.path(ending) for ending in ("tokens", "next", "note", "ledger", *ASIDE)}


class Seen(NamedTuple):
    """Files of an account, as a survey sees them.

    Attributes:
        mark: changes whenever one of them does.
        has_note, has_journal: there is such a file.
    """

    mark: int
    has_note: bool
    has_journal: bool


class Note(NamedTuple):
    """Reason why an account's last token request failed; advice for people, never a reason to touch tokens.

    Attributes:
        generation: the saved pair that it is about; a note about another pair is out of date.
        at: UTC seconds.
        words: one sentence.
        refused: the server no longer accepts this refresh token.
        rejected: the API no longer accepts this access token.
    """

    generation: int
    at: float
    words: Clean
    refused: bool
    rejected: Annotated[bool, OPTIONAL] = False  # not written before 0.2


def parse(data: bytes, path: Path, kind: str, build: Callable[[Record], _T]) -> _T:
    """Return the record in a file; raises Damaged, Newer."""
    content = decode_file(kind, data, path)
    try:
        return build(content)
    except BadServer as error:
        raise Damaged(f"{clean(path)} names a server that cannot be used. {error.what}") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Damaged(f"{clean(path)} has a missing or invalid field.") from None


def _accounts_with(names: Iterable[str], ending: str) -> list[str]:
    listed = (name for name in names if name.endswith(ending))
    return [account for name in listed if is_address_part(account := name.removesuffix(ending))]


def _is_private(folder: Path) -> bool:
    try:
        check_private_folder(folder)
    except VaultError:
        return False
    return True


def _versions(folder: Path, names: Iterable[str], ending: str) -> Iterator[tuple[str, int]]:
    """Yield the accounts that have such a file, each with a value that changes whenever the file does."""
    accounts = _accounts_with(names, ending)
    statuses = here.statuses(folder, (account + ending for account in accounts))
    return zip(accounts, map(_version, statuses), strict=True)


def _version(status: os.stat_result | None) -> int:
    """Return a value that changes whenever the file does; 0 where there is none."""
    # size and inode, too: two saves can fall into one tick of the file system's clock. On Windows the second
    # time is that of its creation; elsewhere it tells of other rights and links as well
    return hash((status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)) if status else 0


def _is_temporary(name: str) -> bool:
    """Return whether a write that was killed left this file."""
    return name.startswith(".") and name.endswith(TEMPORARY)


def _is_leftover(name: str) -> bool:
    """Return whether a file holds nothing: a lock, or a temporary file of a killed write."""
    return name.endswith(".lock") or _is_temporary(name)


_authorization: Final = functools.partial(decode, Authorization)
_note: Final = functools.partial(decode, Note)
_credentials: Final = functools.partial(decode, Credentials)


def _spent(stored: Record) -> dict[str, float]:
    spent = stored.record("spent")
    return {fingerprint: spent.number(fingerprint) for fingerprint in spent}
