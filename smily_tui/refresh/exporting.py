"""From a stored account to an export: what may leave of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.oauth.errors import TokenRejected
from smily_tui.refresh.errors import AuthorizationRevoked, NoRefreshToken
from smily_tui.vault.errors import NoSuchAccount, Unreadable
from smily_tui.vault.model import REJECTED
from smily_tui.wire.export import Export

if TYPE_CHECKING:
    from smily_tui.refresh.authorizations import Authorizations
    from smily_tui.secret import Secret
    from smily_tui.vault.model import Account, Address


def access_of(account: Account) -> Secret:
    """The access token, which may leave.

    Raises:
        AuthorizationRevoked, NoRefreshToken, TokenRejected: it is known to be accepted no more.
    """
    if account.is_dead and not account.is_renewable:
        raise NoRefreshToken(account.trouble)
    if account.refused:
        raise AuthorizationRevoked(account.trouble)
    if account.rejected:
        raise TokenRejected(REJECTED)
    return account.access


def export_of(stored: Authorizations, address: Address) -> Export:
    """The account with its access token as they are stored now; whoever calls has renewed it where needed.

    Raises:
        NoSuchAccount, VaultError: it cannot be read.
        AuthorizationRevoked, NoRefreshToken, TokenRejected: its access token is known to be accepted no more.
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
        access=access_of(account),
        expires_at=account.expires_at(now),
        now=now.wall,
    )
