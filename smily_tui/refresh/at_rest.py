"""What front ends may ask about the encryption of a store, and do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.vault.errors import KeyUnavailable
from smily_tui.vault.protection import Remembered, Stage

if TYPE_CHECKING:
    from smily_tui.vault.store import Store


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
        self._store.protection.look_again()
        stage = self._store.protection.now.stage
        return stage.words + (self._why if stage is Stage.PLAIN else "")

    def begin(self) -> None:
        """Encrypt a store that holds nothing yet, where the keyring answers; it may take some seconds.

        Where the keyring does not answer the store stays in clear, and `words` say so from then on.
        Nothing happens to a store that holds something: `protect` is for that.

        Raises:
            VaultError: the store cannot be written.
        """
        from smily_tui.vault.conversion import protect

        is_new = self._store.protection.now == Remembered(Stage.PLAIN) and not self._store.application_keys()
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
        self._store.protection.look_again()
        self._store.protection.check()

    def look_for_keyring(self) -> None:
        """See that the keyring answers, whether it is needed or not; raises KeyUnavailable."""
        self._store.protection.keys.look()

    def ask_beside(self) -> None:
        """From now on the keyring is never asked in the main thread: a screen must go on answering keys.

        What needs a key there that was not asked for yet fails at once; `check` in another thread asks.
        """
        self._store.protection.keys.beside = True

    @property
    def never_was_encrypted(self) -> bool:
        """Whether the store never was encrypted; raises VaultError."""
        self._store.protection.look_again()
        return self._store.protection.now == Remembered(Stage.PLAIN)

    def protect(self) -> int:
        """Encrypt every secret, with a key in the keyring; answers how many files; raises VaultError."""
        from smily_tui.vault.conversion import protect

        return protect(self._store)

    def unprotect(self) -> int:
        """Write every secret in clear again; answers how many files; raises VaultError."""
        from smily_tui.vault.conversion import unprotect

        return unprotect(self._store)
