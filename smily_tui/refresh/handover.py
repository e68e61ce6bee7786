"""Handing an account's refresh token to another holder, and taking it back: one token, one holder."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from smily_tui.refresh.errors import AuthorizationRevoked, HandedOver, InDoubt, NoRefreshToken
from smily_tui.refresh.recovery import recover
from smily_tui.vault.errors import NoSuchAccount
from smily_tui.vault.model import NO_REFRESH

if TYPE_CHECKING:
    from smily_tui.refresh.surroundings import Keeper
    from smily_tui.secret import Secret
    from smily_tui.vault.disk import Held
    from smily_tui.vault.model import Address, Authorization


def hand_over(keeper: Keeper, address: Address) -> Secret:
    """The refresh token, after it is durably noted that this program uses it no more.

    Raises:
        HandedOver: it was handed over before.
        NoRefreshToken: there is none.
        AuthorizationRevoked: the server does not accept it any more.
        InDoubt: a refresh was interrupted, so that the stored token may be spent.
        NoSuchAccount, VaultError: nothing was changed.
    """
    with keeper.store.lock(address) as held:
        stored = _settled(keeper, address, held)
        if stored.handed_over is not None:
            raise HandedOver(f"The refresh token of {stored.label} was handed over before.")
        if not stored.current.refresh:
            raise NoRefreshToken(NO_REFRESH)
        note = keeper.store.note_about(address, stored)
        if note is not None and note.refused:
            raise AuthorizationRevoked(note.words)
        given = dataclasses.replace(stored, handed_over=keeper.clock.now().wall)
        keeper.store.save(address, given)
        keeper.note(address, "handed over", "handed over", stored.current.refresh, given)
        return stored.current.refresh


def take_back(keeper: Keeper, address: Address) -> None:
    """This program is the holder again; right only where the other one never used the refresh token.

    Raises:
        NoSuchAccount, InDoubt, VaultError: nothing was changed.
    """
    with keeper.store.lock(address) as held:
        stored = _settled(keeper, address, held)
        keeper.store.save(address, dataclasses.replace(stored, handed_over=None))
        keeper.note(address, "taken back", "taken back", stored.current.refresh, stored)


def _settled(keeper: Keeper, address: Address, held: Held) -> Authorization:
    found = recover(keeper.store, address, held, keeper.machine)
    if found.authorization is None:
        raise NoSuchAccount(f"There is no account {address}.")
    if found.interrupted_at is not None:
        raise InDoubt(
            "A refresh was interrupted; whether the stored refresh token is still good is not known.",
            next="Refresh the account first: smily-tui refresh.",
        )
    return found.authorization
