"""Encryption state of the store, and its data key in the system's keyring.

The data key is made once and never changes: no refresh writes to the keyring, so a keyring that is slow,
locked or deletes before it adds cannot cost a token.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
import threading
import time
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from smily_tui.system import START
from smily_tui.text import clean
from smily_tui.vault.disk import Disk, durable_replace, make_folder, read_private
from smily_tui.vault.errors import (
    Damaged,
    KeyMissing,
    KeyringRefused,
    KeyringSilent,
    KeyUnavailable,
    NoKeyring,
    NotSealed,
    ProtectionLost,
)
from smily_tui.vault.format import KEY_LENGTH, Label, enframe, is_sealed, label_of, seal, unframe, unseal
from smily_tui.vault.keyring_process import LIMIT

if TYPE_CHECKING:
    from pathlib import Path


SILENCE: Final = 10.0
_COMMAND: Final = (sys.executable, "-P", "-m", "smily_tui.vault.keyring_process")


class DataKeys:
    """The keys that this process has asked for; a keyring that failed is left alone for some seconds.

    Attributes:
        beside: never ask in the main thread, which has a screen to draw.
    """

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}
        self._failed: tuple[float, KeyUnavailable] | None = None
        self.beside = False

    def of(self, key_id: str) -> bytes:
        """The key of that id.

        Raises:
            KeyUnavailable: it cannot be had now.
        """
        if key_id not in self._known:
            if self._failed and time.monotonic() - self._failed[0] < SILENCE:
                raise self._failed[1]
            if self.beside and threading.current_thread() is threading.main_thread():
                raise self._failed[1] if self._failed else KeyringSilent("The keyring is being asked.")
            try:
                self._known[key_id] = _get(key_id)
            except KeyUnavailable as error:
                self._failed = (time.monotonic(), error)
                raise
        return self._known[key_id]

    def look(self) -> None:
        """See that a keyring answers, without changing anything in it; raises KeyUnavailable."""
        _ask({"id": ""})

    def make(self) -> str:
        """Make a key, and see that the keyring gives it back; answers its id.

        Raises:
            KeyUnavailable: the keyring does not take it.
        """
        key = secrets.token_bytes(KEY_LENGTH)
        key_id = _id_of(key)
        _ask({"id": key_id, "key": key.hex()})
        self._failed = None
        self.of(key_id)
        return key_id


def _id_of(key: bytes) -> str:
    """Its fingerprint: another key can never be taken for it."""
    return hashlib.sha256(b"smily-tui data key " + key).hexdigest()[:32]


def _get(key_id: str) -> bytes:
    found = _ask({"id": key_id})
    try:
        key = bytes.fromhex(found or "")
    except ValueError:
        key = b""
    if _id_of(key) != key_id:
        what = "does not have the key of this store" if found is None else "holds something else as its key"
        raise KeyMissing(f"The keyring of this system {what}.")
    return key


def _ask(question: dict[str, str]) -> str | None:
    """What the keyring process answers within the limit; None: that key is not there."""
    import signal
    import subprocess

    silent = KeyringSilent(f"The keyring of this system did not answer within {LIMIT:g} s.")
    try:
        done = subprocess.run(
            _COMMAND,
            input=json.dumps(question).encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=START + LIMIT,
            check=False,
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        raise silent from None
    except OSError as error:
        reason = clean(error.strerror or error)
        raise KeyringRefused(f"The keyring of this system could not be asked: {reason}.") from None
    if done.returncode == -signal.SIGALRM:
        raise silent
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = {"failed": "refused"}
    if said.get("failed") == "none":
        raise NoKeyring("No keyring of this system answers here.")
    if "failed" in said:
        raise KeyringRefused("The keyring of this system is locked, or it failed.")
    key: str | None = said["key"]
    return key


KIND: Final = "protection"
_MEND: Final = "Move it away, then run smily-tui protect: it finds the key by the encrypted files."


class Stage(Enum):
    """How far a store is encrypted, as a word and as people are told."""

    PLAIN = ("plain", "not encrypted")
    SEALING = ("sealing", "only partly encrypted: run smily-tui protect again")
    SEALED = ("sealed", "encrypted")
    OPENING = ("opening", "only partly encrypted: run smily-tui unprotect again")

    def __init__(self, word: str, words: str) -> None:
        self.word = word
        self.words = words


@dataclass(frozen=True)
class EncryptionState:
    """What is remembered.

    Attributes:
        stage: how far the store is encrypted.
        key_id: which key it is, or was, encrypted with; empty where it never was.
    """

    stage: Stage
    key_id: str = ""


class Protection:
    """The encryption of one store.

    What is remembered is read when it is first needed, and again under each lock that is taken: a file is
    written as it says then. `protect` changes it first and takes each lock afterwards, so that no file
    stays as it was.

    Args:
        state: the store's state folder.
    """

    def __init__(self, state: Path) -> None:
        self.path = state / "protection.json"
        self._remembered: EncryptionState | None = None
        self.keys = DataKeys()

    @property
    def now(self) -> EncryptionState:
        """What is remembered.

        Raises:
            Damaged, Newer, Unsafe, Unreadable: the file is there and cannot be used.
        """
        if self._remembered is None:
            self._remembered = self._read()
        return self._remembered

    @property
    def is_encrypted(self) -> bool:
        """Whether what is written now is encrypted."""
        return self.now.stage in (Stage.SEALING, Stage.SEALED)

    def reload(self) -> None:
        """Forget what was read: it may have changed."""
        self._remembered = None

    def remember(self, remembered: EncryptionState, disk: Disk) -> None:
        """Durably change what is remembered."""
        content = {"stage": remembered.stage.word, "key": remembered.key_id}
        make_folder(self.path.parent, disk)
        durable_replace(self.path, enframe(KIND, content), disk)
        self._remembered = remembered

    def check(self) -> None:
        """See that what comes can be written: that the key can be had, where one is needed."""
        if self.is_encrypted:
            self.keys.of(self.now.key_id)

    def encrypt(self, data: bytes, kind: str, generation: int, *places: str) -> bytes:
        """A file as it is to be written now: sealed, or as it is.

        Raises:
            KeyUnavailable: it may not be written as it is, and the key cannot be had.
        """
        if not self.is_encrypted:
            return data
        key_id = self.now.key_id
        return seal(data, Label(kind, generation, key_id, places), self.keys.of(key_id))

    def decrypt(self, data: bytes, path: Path, kind: str, place: str) -> bytes:
        """A file as it was before it was sealed, or as it is.

        Raises:
            NotSealed, ProtectionLost: it is not as the store is.
            Damaged, SealBroken, Newer, KeyUnavailable: it is sealed, and cannot be opened.
        """
        if is_sealed(data):
            if not self.now.key_id:
                raise ProtectionLost(f"{clean(path)} is encrypted, but {clean(self.path)} is missing.")
            if self.now.stage is Stage.PLAIN:
                raise ProtectionLost(f"{clean(path)} is encrypted, but {clean(self.path)} says that none is.")
            return unseal(data, path, kind, place, self.keys.of)
        if self.now.stage is Stage.SEALED:
            raise NotSealed(f"{clean(path)} is not encrypted, as all of this store should be.")
        return data

    def read(self, path: Path, kind: str, place: str, disk: Disk) -> bytes | None:
        """The file at `path` uncovered; None where it is not there. Needs no lock; raises as `uncover`."""
        data = read_private(path, disk)
        if data is None:
            return None
        try:
            return self.decrypt(data, path, kind, place)
        except (NotSealed, ProtectionLost):
            self.reload()  # the store may have been protected, or no more, since that was last read
            again = read_private(path, disk)
            return None if again is None else self.decrypt(again, path, kind, place)

    def rebind(self, path: Path, kind: str, place: str, places: tuple[str, ...], disk: Disk) -> None:
        """A sealed file belongs to other places from now on; one that is not sealed belongs to none."""
        data = read_private(path, disk)
        if data is not None and is_sealed(data):
            generation = label_of(data, path).generation
            plain = self.decrypt(data, path, kind, place)
            durable_replace(path, self.encrypt(plain, kind, generation, *places), disk)

    def _read(self) -> EncryptionState:
        data = read_private(self.path, Disk())
        if data is None:
            return EncryptionState(Stage.PLAIN)
        try:
            content = unframe(KIND, data, self.path)
            stage = next(each for each in Stage if each.word == content.word("stage"))
            return EncryptionState(stage, content.word("key"))
        except (KeyError, TypeError, ValueError, StopIteration):
            raise Damaged(f"{clean(self.path)} is not as smily-tui writes it.", next=_MEND) from None
        except Damaged as error:
            raise error.saying(next=_MEND) from None
