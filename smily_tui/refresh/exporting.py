"""From a stored account to an export: what may leave of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.vault.errors import NoSuchAccount, Unreadable
from smily_tui.wire.export import Export

if TYPE_CHECKING:
    from smily_tui.refresh.authorizations import Authorizations
    from smily_tui.vault.account import Address


def export_of(stored: Authorizations, address: Address) -> Export:
    """The account with its access token as they are stored now; whoever calls has renewed it where needed.

    Raises:
        NoSuchAccount, VaultError: it cannot be read.
    """
    account = stored.account(address)
    if account is None:
        raise NoSuchAccount(f"There is no account {address}.")
    if account.unreadable:
        raise Unreadable(account.trouble)
    now = stored.clock.now()
    return Export(
        address=str(address),
        label=account.label,
        account_id=account.account_id,
        server=account.server,
        scopes=account.scopes,
        access=account.access,
        expires_at=account.expires_at(now),
        now=now.wall,
    )
