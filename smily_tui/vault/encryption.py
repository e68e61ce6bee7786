"""Encryption state of the store, and its data key in the system's keyring.

The data key is made once and never changes: no refresh writes to the keyring, so a keyring that is slow,
locked or deletes before it adds cannot cost a token.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.digest import sha256
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
from smily_tui.vault.format import (
    KEY_LENGTH,
    Label,
    decode_file,
    encode_file,
    is_sealed,
    label_of,
    seal,
    unseal,
)

if TYPE_CHECKING:
    from pathlib import Path


SILENCE: Final = 10.0  # seconds that a keyring is left alone after a failure
KIND: Final = "protection"
_ADVICE: Final = "Move it away, then run smily-tui protect. It finds the key from the encrypted files."


class Stage(Enum):
    """Stage of the encryption of a store, as a word in its file and in words for people."""

    PLAIN = ("plain", "not encrypted")
    SEALING = ("sealing", "only partly encrypted (run smily-tui protect again)")
    SEALED = ("sealed", "encrypted")
    OPENING = ("opening", "only partly encrypted (run smily-tui unprotect again)")

    def __init__(self, word: str, description: str) -> None:
        self.word = word
        self.description = description


class EncryptionState(NamedTuple):
    """Persisted encryption state of a store.

    Attributes:
        stage: how far it is encrypted.
        key_id: key that it is, or was, encrypted with; empty where it never was.
    """

    stage: Stage
    key_id: str = ""


class Protection:
    """Encryption of the files of one store.

    The state is read when it is first needed, and again under each lock that is taken: files are written
    by the state that was read last. A conversion changes the state first and takes each lock afterwards, so
    that no file is missed.

    Args:
        state: the store's state folder.
    """

    def __init__(self, state: Path) -> None:
        self.path = state / "protection.json"
        self._state: EncryptionState | None = None
        self.keys = DataKeys()

    @property
    def now(self) -> EncryptionState:
        """Present state.

        Raises:
            Damaged, Newer, Unsafe, Unreadable: its file is there and cannot be used.
        """
        if self._state is None:
            self._state = self._read()
        return self._state

    @property
    def is_encrypted(self) -> bool:
        """True if files are encrypted when they are written now."""
        return self.now.stage in (Stage.SEALING, Stage.SEALED)

    def reload(self) -> None:
        """Forget the state that was read: another process may have changed it."""
        self._state = None

    def remember(self, state: EncryptionState, disk: Disk) -> None:
        """Durably change the state."""
        content = {"stage": state.stage.word, "key": state.key_id}
        make_folder(self.path.parent, disk)
        durable_replace(self.path, encode_file(KIND, content), disk)
        self._state = state

    def check(self) -> None:
        """Check that files can be encrypted, if they are to be; raises KeyUnavailable."""
        if self.is_encrypted:
            self.keys.get(self.now.key_id)

    def encrypt(self, data: bytes, kind: str, generation: int, *places: str) -> bytes:
        """Return a file as it is to be written now: sealed, or as it is.

        Raises:
            KeyUnavailable: it may not be written in clear, and the key cannot be had.
        """
        if not self.is_encrypted:
            return data
        key_id = self.now.key_id
        return seal(data, Label(kind, generation, key_id, places), self.keys.get(key_id))

    def decrypt(self, data: bytes, path: Path, kind: str, place: str) -> bytes:
        """Return a file as it was before it was sealed, or as it is.

        Raises:
            NotSealed, ProtectionLost: it does not fit the state of the store.
            Damaged, SealBroken, Newer, KeyUnavailable: it is sealed, and cannot be opened.
        """
        if is_sealed(data):
            if not self.now.key_id:
                raise ProtectionLost(f"{clean(path)} is encrypted, but {clean(self.path)} is missing.")
            if self.now.stage is Stage.PLAIN:
                raise ProtectionLost(f"{clean(path)} is encrypted, but {clean(self.path)} says it is not.")
            return unseal(data, path, kind, place, self.keys.get)
        if self.now.stage is Stage.SEALED:
            raise NotSealed(f"{clean(path)} is not encrypted, but the rest of this store is.")
        return data

    def read(self, path: Path, kind: str, place: str, disk: Disk) -> bytes | None:
        """Read and decrypt a file; None where it is not there. Needs no lock; raises as `decrypt`."""
        data = read_private(path, disk)
        if data is None:
            return None
        try:
            return self.decrypt(data, path, kind, place)
        except (NotSealed, ProtectionLost):
            # a conversion may have begun or ended since the state was read
            self.reload()
            data = read_private(path, disk)
            return None if data is None else self.decrypt(data, path, kind, place)

    def rebind(self, path: Path, kind: str, place: str, places: tuple[str, ...], disk: Disk) -> None:
        """Bind a sealed file to other places; a file in clear is bound to none."""
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
            content = decode_file(KIND, data, self.path)
            word = content.identifier("stage")
            return EncryptionState(
                next(stage for stage in Stage if stage.word == word), content.identifier("key")
            )
        except (KeyError, TypeError, ValueError, StopIteration):
            raise Damaged(f"{clean(self.path)} has invalid content.", next=_ADVICE) from None
        except Damaged as error:
            raise error.saying(next=_ADVICE) from None


class DataKeys:
    """Data keys that this process has asked for; after a failure the keyring is left alone for some seconds.

    Attributes:
        off_main_thread: never ask in the main thread, which has a screen to draw.
    """

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}
        self._failed: tuple[float, KeyUnavailable] | None = None
        self.off_main_thread = False

    def get(self, key_id: str) -> bytes:
        """Return the key with that id.

        Raises:
            KeyUnavailable: it cannot be had now.
        """
        import threading
        import time

        if key_id not in self._keys:
            # a list of accounts asks once a file: a dead keyring would cost its two seconds for each
            if self._failed and time.monotonic() - self._failed[0] < SILENCE:
                raise self._failed[1]
            if self.off_main_thread and threading.current_thread() is threading.main_thread():
                raise self._failed[1] if self._failed else KeyringSilent("Waiting for the keyring.")
            try:
                self._keys[key_id] = _get(key_id)
            except KeyUnavailable as error:
                self._failed = (time.monotonic(), error)
                raise
        return self._keys[key_id]

    def probe(self) -> None:
        """Check that a keyring answers, without changing anything in it; raises KeyUnavailable."""
        _ask({"id": ""})

    def create(self) -> str:
        """Create a key, check that the keyring gives it back, and return its id.

        Raises:
            KeyUnavailable: the keyring does not take it.
        """
        import secrets

        key = secrets.token_bytes(KEY_LENGTH)
        key_id = _id_of(key)
        _ask({"id": key_id, "key": key.hex()})
        self._failed = None
        self.get(key_id)
        return key_id


def _id_of(key: bytes) -> str:
    """Return the fingerprint of a key: so another key can never be taken for it."""
    return sha256(b"smily-tui data key " + key)[:32]


def _get(key_id: str) -> bytes:
    password = _ask({"id": key_id})
    try:
        key = bytes.fromhex(password or "")
    except ValueError:
        key = b""
    if _id_of(key) != key_id:
        fault = "does not have the key of this store" if password is None else "has something else as its key"
        raise KeyMissing(f"The system's keyring {fault}.")
    return key


def _ask(question: dict[str, str]) -> str | None:
    """Ask the keyring process, within its limit; None: that key is not there."""
    import json
    import subprocess
    import sys

    from smily_tui.system import START, here
    from smily_tui.vault.keyring_process import LIMIT

    silent = KeyringSilent(f"The system's keyring did not answer within {LIMIT:g} s.")
    try:
        done = subprocess.run(
            (sys.executable, "-P", "-m", "smily_tui.vault.keyring_process"),
            input=json.dumps(question).encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # only where the alarm of the process fails: it counts from the end of its own imports
            timeout=START + LIMIT,
            check=False,
            cwd=here.ROOT,
        )
    except subprocess.TimeoutExpired:
        raise silent from None
    except OSError as error:
        reason = clean(error.strerror or error)
        raise KeyringRefused(f"Could not ask the system's keyring: {reason}.") from None
    # the process ends itself with an alarm when the keyring does not answer
    if done.returncode == here.TIMED_OUT:
        raise silent
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        # it crashed: some keyrings are reached through native libraries
        answer = {"failed": "refused"}
    if answer.get("failed") == "none":
        raise NoKeyring("No keyring answers here.")
    if "failed" in answer:
        raise KeyringRefused("The system's keyring is locked or failed.")
    key: str | None = answer["key"]
    return key
