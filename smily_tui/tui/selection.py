"""Selection of several accounts of the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smily_tui.vault.model import Account, Address


class Selection:
    """Selected accounts, by address; they stay selected while a search hides them."""

    def __init__(self) -> None:
        self._addresses: set[Address] = set()

    def __contains__(self, address: Address) -> bool:
        return address in self._addresses

    def __len__(self) -> int:
        return len(self._addresses)

    def toggle(self, address: Address) -> None:
        """Select an account, or clear it where it is selected."""
        self._addresses ^= {address}

    def take(self, addresses: Iterable[Address]) -> None:
        """Select these accounts, and no others."""
        self._addresses = set(addresses)

    def clear(self) -> None:
        """Select nothing."""
        self._addresses.clear()

    def keep(self, accounts: Iterable[Account]) -> None:
        """Clear those that are not stored any more."""
        if self._addresses:
            self._addresses &= {account.address for account in accounts}

    def among(self, accounts: Iterable[Account]) -> list[Account]:
        """Return the selected ones, in the order of these."""
        return [account for account in accounts if account.address in self._addresses]
