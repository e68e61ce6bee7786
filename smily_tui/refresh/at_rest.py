"""What front ends may ask about the encryption of a store, and do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smily_tui.vault.store import Store


class AtRest:
    """The encryption of one store.

    Args:
        store: the store.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def words(self) -> str:
        """Whether what is stored is encrypted, as people are told; raises VaultError."""
        self._store.protection.look_again()
        return self._store.protection.now.stage.words

    def check(self) -> None:
        """See that the key can be had, where one is needed.

        Raises:
            KeyUnavailable: nothing that is stored can be read or changed now.
        """
        self._store.protection.look_again()
        self._store.protection.check()

    def ask_beside(self) -> None:
        """From now on the keyring is never asked in the main thread: a screen must go on answering keys.

        What needs a key there that was not asked for yet fails at once; `check` in another thread asks.
        """
        self._store.protection.keys.beside = True

    def protect(self) -> int:
        """Encrypt every secret, with a key in the keyring; answers how many files; raises VaultError."""
        from smily_tui.vault.conversion import protect

        return protect(self._store)

    def unprotect(self) -> int:
        """Write every secret in clear again; answers how many files; raises VaultError."""
        from smily_tui.vault.conversion import unprotect

        return unprotect(self._store)
