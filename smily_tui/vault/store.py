"""Store: where each thing lies below the state folder, and how it is read, saved and listed."""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from smily_tui.origin import BadServer
from smily_tui.text import Clean, clean
from smily_tui.vault.disk import (
    PATIENCE,
    TEMPORARY,
    Disk,
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
from smily_tui.vault.errors import Damaged, NoSuchAccount, ProtectionError, VaultError, not_read, not_written
from smily_tui.vault.format import enframe, unframe
from smily_tui.vault.history import History
from smily_tui.vault.journal import ASIDE, Journal
from smily_tui.vault.model import (
    AUTHORIZATION_KIND,
    CREDENTIALS_KIND,
    Account,
    Address,
    Authorization,
    Credentials,
    is_address_part,
)
from smily_tui.vault.spill import Spill
from smily_tui.vault.trash import Trash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from smily_tui.records import Record
    from smily_tui.secret import Secret
    from smily_tui.vault.disk import Held
    from smily_tui.vault.settings import Home
    from smily_tui.vault.trash import Forgotten


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


_T = TypeVar("_T")
_SPENT_KEPT: Final = 500


@dataclass(frozen=True)
class Note:
    """Why the last token request of an account failed; advice for people, never a reason to touch tokens.

    Attributes:
        generation: the saved pair that it is about; a note about another pair is out of date.
        at: UTC seconds.
        words: one sentence.
        refused: the server takes this refresh token no more.
        rejected: the API takes this access token no more.
    """

    generation: int
    at: float
    words: Clean
    refused: bool
    rejected: bool = False


class Store:
    """Everything below the state folder."""

    def __init__(self, home: Home, disk: Disk | None = None) -> None:
        self.home = home
        self.disk = disk or Disk()
        self.spill = Spill(home.state, self.disk)
        self.protection = Protection(home.state)

    # -- where things lie ------------------------------------------------------------------------------

    def _folder(self, application: str) -> Path:
        if not is_address_part(application):
            raise Damaged(f"“{clean(application)}” cannot name an application.")
        return self.home.state / application

    def path(self, address: Address, ending: str = "tokens") -> Path:
        """The file of an account with that ending: tokens, next (journal), note, ledger or lock."""
        if not is_address_part(address.account):
            raise Damaged(f"“{clean(address.account)}” cannot name an account.")
        return self._folder(address.application) / f"{address.account}.{ending}"

    def journal(self, address: Address) -> Journal:
        """The journal of an account."""
        return Journal(self.path(address, "next"), self.disk, self.protection, str(address))

    def ledger(self, address: Address) -> History:
        """The ledger of an account."""
        return History(self.path(address, "ledger"), self.disk)

    def lock(self, address: Address, patience: float = PATIENCE) -> AbstractContextManager[Held]:
        """The lock of an account: over re-reading, asking the server and saving.

        Raises:
            NoSuchAccount: its folder is gone; a lock would make it anew, open to others.
            Unsafe, Unreadable: others may enter its folder.
        """
        path = self.path(address, "lock")
        self._check_folders(address.application)
        if not path.parent.exists():
            raise NoSuchAccount(f"There is no account {address}.")
        return self._locked(path, patience)

    def names_lock(self, patience: float = PATIENCE) -> AbstractContextManager[Held]:
        """The lock over the names of applications; raises NotWritable, DiskFull, Unsafe."""
        self._make_folder(self.home.state)
        return self._locked(self.home.state / "applications.lock", patience)

    def application_lock(self, application: str) -> AbstractContextManager[Held]:
        """The lock over the names of an application's accounts; raises NotWritable, DiskFull, Unsafe."""
        self.make_folder(application)
        return self._locked(self._folder(application) / ".names.lock")  # no account has a name with a dot

    def protection_lock(self, patience: float = PATIENCE) -> AbstractContextManager[Held]:
        """The lock over protecting the store and ending that."""
        self._make_folder(self.home.state)
        return self._locked(self.home.state / "protection.lock", patience)

    @property
    def _probe(self) -> Path:
        """What is not there: only what `check_writable` writes is named by it."""
        return self.home.state / "tokens"

    def _make_folder(self, path: Path) -> None:
        """A lock's folder is there, and private: the library that locks would make it by its own rules."""
        make_folder(path, self.disk)
        check_private_folder(path)

    def _check_folders(self, application: str) -> None:
        """Refuse an application's folder, or the one above it, where others may enter; raises Unsafe."""
        check_private_folder(self.home.state)
        check_private_folder(self._folder(application))

    @contextlib.contextmanager
    def _locked(self, path: Path, patience: float = PATIENCE) -> Iterator[Held]:
        """A lock; whether the store is encrypted is looked up again under each."""
        with locked(path, patience=patience) as held:
            self.protection.reload()
            yield held

    # -- authorizations --------------------------------------------------------------------------------

    def addresses(self) -> list[Address]:
        """All stored accounts, in order."""
        check_private_folder(self.home.state)
        return sorted(
            Address(application, name.removesuffix(".tokens"))
            for application in self.application_keys()
            for name in self._names(application)
            if name.endswith(".tokens") and is_address_part(name.removesuffix(".tokens"))
        )

    def unfinished_exchanges(self) -> list[Address]:
        """Accounts without tokens in their place: a code exchange that was interrupted, or is under way."""
        found = set(self.spill.addresses())
        for application in self.application_keys():
            names = (name for name in self._names(application) if name.endswith(".next"))
            accounts = (name.removesuffix(".next") for name in names)
            found |= {Address(application, account) for account in accounts if is_address_part(account)}
        return [address for address in sorted(found) if not self.path(address).exists()]

    def application_keys(self) -> list[str]:
        """The applications that have a folder."""
        return [name for name in folders_in(self.home.state) if is_address_part(name)]

    def taken_names(self) -> set[str]:
        """The names in the state folder, but for folders that a code exchange without success left."""
        vacant = {key for key in self.application_keys() if all(map(_is_leftover, self._names(key)))}
        return set(names_in(self.home.state)) - vacant

    def vacate(self, application: str) -> None:
        """Delete the folder of an application that nothing is stored of, under `names_lock`.

        A lock file in it that somebody waits for is made anew: `locked` sees to that.
        """
        folder = self._folder(application)
        with contextlib.suppress(OSError, VaultError):
            names = self._names(application)
            if all(map(_is_leftover, names)):
                for name in names:
                    self.disk.unlink(folder / name)
                folder.rmdir()

    def _names(self, application: str) -> list[str]:
        return names_in(self._folder(application))

    def read(self, address: Address) -> Authorization | None:
        """The authorization stored for `address`, or None.

        Raises:
            VaultError: it is there but damaged, newer, unsafe or unreadable, or its key cannot be had.
        """
        self._check_folders(address.application)
        return self._read_secret(self.path(address), AUTHORIZATION_KIND, str(address), Authorization.read)

    def save(self, address: Address, authorization: Authorization) -> None:
        """Durably put an authorization in the place of the one before.

        Raises:
            NotWritable, DiskFull, KeyUnavailable: the one before is still there.
        """
        durable_replace(self.path(address), self._covered(address, authorization), self.disk)

    def _covered(self, address: Address, authorization: Authorization) -> bytes:
        data = enframe(AUTHORIZATION_KIND, authorization.as_dict())
        return self.protection.encrypt(data, AUTHORIZATION_KIND, authorization.generation, str(address))

    def move(self, source: Address, target: Address) -> None:
        """Give an authorization another address; what was at the target is replaced in the same step.

        A sealed one belongs to its address: for the moment in between it belongs to both.
        """
        both = str(source), str(target)
        self.protection.rebind(self.path(source), AUTHORIZATION_KIND, str(source), both, self.disk)
        try:
            self.disk.replace(self.path(source), self.path(target))
            sync_folder(self._folder(target.application), self.disk)
        except OSError as error:
            raise not_written(self.path(target), error) from None
        with contextlib.suppress(VaultError):  # it is moved: the next save does the same
            self._settle(target)
        self.ledger(target).take_over(self.ledger(source))

    # -- what was forgotten ----------------------------------------------------------------------------

    @property
    def trash(self) -> Trash:
        """Where forgotten accounts lie."""
        return Trash(self.home.state / ".trash", self.disk)

    def forget(self, address: Address, at: float) -> None:
        """Move all that is stored for an account to the trash; the lock file stays."""
        check_private_folder(self.home.state)
        self.clean_temp_files(address)
        self.trash.put(address, self._files(address), at)
        self.spill.drop(address)

    def restore(self, forgotten: Forgotten, address: Address) -> None:
        """Move what was forgotten back, to a free address; on the way it belongs to both."""
        before, both = str(forgotten.address), (str(forgotten.address), str(address))
        if forgotten.address != address:
            self.protection.rebind(forgotten.path("tokens"), AUTHORIZATION_KIND, before, both, self.disk)
            journal = Journal(forgotten.path("next"), self.disk, self.protection, before)
            try:
                journal.write_again(*both)
            except Damaged:
                journal.keep_aside()
        self.trash.take_back(forgotten, self._files(address))
        if forgotten.address != address:
            with contextlib.suppress(VaultError):  # it is back: the next save does the same
                self._settle(address)
                self.journal(address).write_again()

    def _settle(self, address: Address) -> None:
        """A sealed authorization that was moved belongs to its new address alone."""
        place = str(address)
        self.protection.rebind(self.path(address), AUTHORIZATION_KIND, place, (place,), self.disk)

    def _files(self, address: Address) -> dict[str, Path]:
        return {each: self.path(address, each) for each in ("tokens", "next", "note", "ledger", *ASIDE)}

    def clean_temp_files(self, address: Address) -> None:
        """Delete what writes of the account's files left half done when they were killed, under its lock."""
        clean_temp_files(self._folder(address.application) / address.account, self.disk)

    def tidy(self) -> None:
        """Delete what writes left half done when they were killed; what somebody is at stays.

        It may hold a secret. That something cannot be deleted is no reason to fail.
        """
        names = {key: self._names(key) for key in self.application_keys()}
        halves = {key: [name for name in found if _is_half(name)] for key, found in names.items()}
        vacant = [key for key, found in names.items() if all(map(_is_leftover, found))]
        if vacant or any(halves.values()):
            with contextlib.suppress(VaultError), self.names_lock(patience=0.0):
                for key in halves:
                    for kept in (self.application_path(key), self._codes_path(key)):
                        clean_temp_files(kept, self.disk)
                for key in vacant:
                    self.vacate(key)
        for key, found in halves.items():
            if key in vacant:
                continue
            ours = tuple(f".{path.name}." for path in (self.application_path(key), self._codes_path(key)))
            for account in {name[1:].split(".")[0] for name in found if not name.startswith(ours)}:
                with contextlib.suppress(VaultError), self.lock(Address(key, account), patience=0.0):
                    self.clean_temp_files(Address(key, account))
        if any(_is_half(name) for name in names_in(self.home.state)):
            with contextlib.suppress(VaultError), self.protection_lock(patience=0.0):
                for kept in (self.protection.path, self._probe):
                    clean_temp_files(kept, self.disk)

    # -- what could not be saved in its place ----------------------------------------------------------

    def keep_elsewhere(self, address: Address, authorization: Authorization) -> Path:
        """Keep an authorization where it can be written, until `bring_home`; raises VaultError."""
        return self.spill.keep(address, self._covered(address, authorization))

    def kept_elsewhere(self, address: Address) -> Authorization | None:
        """The newest authorization that was kept elsewhere; None where there is none that can be used.

        Raises:
            ProtectionError: it may be usable; only it cannot be opened now.
        """
        newest: Authorization | None = None
        for path, data in self.spill.read(address):
            try:
                plain = self.protection.decrypt(data, path, AUTHORIZATION_KIND, str(address))
                kept = self._built(plain, path, AUTHORIZATION_KIND, Authorization.read)
            except ProtectionError:
                raise
            except VaultError:
                continue
            newest = kept if newest is None or kept.age > newest.age else newest
        return newest

    # -- notes -----------------------------------------------------------------------------------------

    def write_note(self, address: Address, note: Note) -> None:
        """Leave a note; that it cannot be written is no reason to fail."""
        with contextlib.suppress(VaultError):
            durable_replace(self.path(address, "note"), enframe("note", asdict(note)), self.disk)

    def note_about(self, address: Address, stored: Authorization) -> Note | None:
        """The note about the pair that is stored; None where there is none, or it is about another pair."""
        note = self.read_note(address)
        return note if note is not None and note.generation == stored.generation else None

    def is_dead(self, address: Address, stored: Authorization) -> bool:
        """Whether the stored access token is known to be accepted no more; with its refresh token it ends."""
        note = self.note_about(address, stored)
        return note is not None and (note.refused or note.rejected)

    def read_note(self, address: Address) -> Note | None:
        """The note left for an account; None where there is none that can be read."""
        with contextlib.suppress(VaultError):
            return self._read(self.path(address, "note"), "note", _note)
        return None

    def drop_note(self, address: Address) -> None:
        """Delete the note; that it cannot be deleted is no reason to fail."""
        with contextlib.suppress(VaultError):
            remove(self.path(address, "note"), self.disk)

    # -- applications ----------------------------------------------------------------------------------

    def credentials(self, application: str) -> Credentials | None:
        """The Client ID and Client Secret of an application, with the server they belong to; or None."""
        path = self.application_path(application)
        self._check_folders(application)
        return self._read_secret(path, CREDENTIALS_KIND, application, _credentials)

    def make_folder(self, application: str) -> None:
        """Make an application's folder where it is missing; raises NotWritable, DiskFull, Unsafe."""
        for folder in (self.home.state, self._folder(application)):
            self._make_folder(folder)

    def application_path(self, application: str) -> Path:
        """The file of an application's credentials."""
        return self._folder(application) / "application.json"

    def _codes_path(self, application: str) -> Path:
        return self._folder(application) / "codes.json"

    def save_credentials(self, application: str, credentials: Credentials) -> None:
        """Durably store an application's credentials."""
        self.make_folder(application)
        content = {
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret.reveal(),
            "server": credentials.server,
        }
        data = self.protection.encrypt(enframe(CREDENTIALS_KIND, content), CREDENTIALS_KIND, 0, application)
        durable_replace(self.application_path(application), data, self.disk)

    def spent_codes(self, application: str) -> dict[str, float]:
        """Fingerprints of the codes that were exchanged here, with when (UTC seconds)."""
        with contextlib.suppress(VaultError):
            found = self._read(self._codes_path(application), "codes", _spent)
            return found or {}
        return {}

    def add_spent_code(self, application: str, code: Secret, at: float) -> None:
        """Remember that a code was exchanged; only to explain a second paste, so a failure is no matter."""
        spent = self.spent_codes(application) | {code.fingerprint(): at}
        newest = dict(sorted(spent.items(), key=lambda item: item[1])[-_SPENT_KEPT:])
        with contextlib.suppress(VaultError):
            path = self._codes_path(application)
            durable_replace(path, enframe("codes", {"spent": newest}), self.disk)

    # -- the whole -------------------------------------------------------------------------------------

    def check_writable(self) -> None:
        """Write, push to the disk and delete a file as large as a journal; see that a key is there if needed.

        Raises:
            NotWritable, DiskFull, Unsafe, KeyUnavailable: a token could not be saved now: ask for none.
        """
        self._make_folder(self.home.state)
        for application in self.application_keys():
            self._check_folders(application)
        self.protection.check()
        probe(self._probe, 2 * 64 * 1024, self.disk)

    def mark(self) -> tuple[tuple[str, int], ...]:
        """Something that differs as soon as anything in the store was saved, renamed or deleted."""
        folders = [self.home.state, *(self.home.state / key for key in self.application_keys())]
        return tuple((str(path), changed_at(path)) for path in (*folders, self.home.settings))

    def account(self, address: Address) -> Account | None:
        """The account at `address` as people see it; one that cannot be read is shown as such.

        Raises:
            ProtectionError: it is encrypted, and cannot be opened now.
        """
        try:
            stored = self.read(address)
        except ProtectionError:
            raise
        except VaultError as error:
            return Account.that_cannot_be_read(address, clean(error.what))
        if stored is None:
            return None
        note = self.note_about(address, stored) or Note(stored.generation, 0.0, Clean(""), refused=False)
        in_doubt = self.path(address, "next").exists()
        return Account.of(
            address, stored, note.words, refused=note.refused, rejected=note.rejected, in_doubt=in_doubt
        )

    def _read(self, path: Path, kind: str, build: Callable[[Record], _T]) -> _T | None:
        data = read_private(path, self.disk)
        return None if data is None else self._built(data, path, kind, build)

    def _read_secret(self, path: Path, kind: str, place: str, build: Callable[[Record], _T]) -> _T | None:
        """A file that may be sealed."""
        data = self.protection.read(path, kind, place, self.disk)
        return None if data is None else self._built(data, path, kind, build)

    @staticmethod
    def _built(data: bytes, path: Path, kind: str, build: Callable[[Record], _T]) -> _T:
        content = unframe(kind, data, path)
        try:
            return build(content)
        except BadServer as error:
            raise Damaged(f"{clean(path)} names a server that nothing is sent to. {error.what}") from None
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Damaged(f"{clean(path)} lacks a field, or one is not as smily-tui writes it.") from None


def _is_half(name: str) -> bool:
    """Whether a file is what a write that was killed left."""
    return name.startswith(".") and name.endswith(TEMPORARY)


def _is_leftover(name: str) -> bool:
    """Whether a file holds nothing: a lock, or what a write that was killed left."""
    return name.endswith(".lock") or _is_half(name)


def _note(stored: Record) -> Note:
    words = clean(stored.text("words"))
    rejected = "rejected" in stored and stored.flag("rejected")  # not noted before 0.2
    return Note(
        stored.whole("generation"), stored.number("at"), words, stored.flag("refused"), rejected=rejected
    )


def _credentials(stored: Record) -> Credentials:
    return Credentials(stored.word("client_id"), stored.secret("client_secret"), stored.origin("server"))


def _spent(stored: Record) -> dict[str, float]:
    spent = stored.record("spent")
    return {each: spent.number(each) for each in spent}
