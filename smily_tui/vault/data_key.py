"""The data key of a protected store: made once, kept in the keyring of the system, known by its fingerprint.

No refresh ever writes to the keyring: it holds one key that never changes, so that a keyring that is slow,
locked or that deletes before it adds can never cost a token.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
import threading
import time
from typing import Final

from smily_tui.system import START
from smily_tui.text import clean
from smily_tui.vault.errors import KeyMissing, KeyringRefused, KeyringSilent, KeyUnavailable, NoKeyring
from smily_tui.vault.keyring_process import LIMIT
from smily_tui.vault.sealing import KEY_LENGTH

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
