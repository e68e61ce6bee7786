"""Handover of a refresh token to another holder, and the probe of how the server rotates tokens."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal

from smily_tui.oauth.errors import GrantRefused
from smily_tui.oauth.requests import refresh_fields
from smily_tui.tokens.errors import AuthorizationRevoked, HandedOver, InDoubt, NoRefreshToken
from smily_tui.tokens.protocol import (
    TokenRequirement,
    ask,
    client_of,
    close,
    gate,
    read_again,
    refresh_intent,
    renew,
    save,
    under_lock,
)
from smily_tui.tokens.recovery import PartialResponse, next_authorization, recover
from smily_tui.vault.errors import NoSuchAccount
from smily_tui.vault.model import NO_REFRESH

if TYPE_CHECKING:
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import Environment, TokenContext
    from smily_tui.vault.disk import Held
    from smily_tui.vault.model import Address, Authorization


Mode = Literal["rotates-on-use", "rotates-at-once"]


def probe_rotation(environment: Environment, address: Address) -> Mode:
    """Refresh, then present the spent refresh token once more before the new access token is used.

    Where it is taken again, the server rotates on use, and the pair it gave is saved as the newest;
    where it is refused, the pair of the first refresh stays. Either way what is stored works.

    Raises:
        SmilyError: as `renew` does; what was saved last is what works.
    """
    renew(environment, address, TokenRequirement(force=True))
    try:
        return under_lock(environment, address, lambda held: _present_again(environment, address, held))
    except (
        PartialResponse
    ):  # the spent refresh token was taken; the next refresh finds the new one in the journal
        renew(environment, address, TokenRequirement(force=True))
        return "rotates-on-use"


def _present_again(environment: Environment, address: Address, held: Held) -> Mode:
    stored, state = read_again(environment, address, held)
    if stored.previous is None or stored.confirmed or state.interrupted_at is not None:
        raise InDoubt(
            "Another program used the account during the probe, so that it shows nothing.",
            next="Run the probe again while nothing else uses the account.",
        )
    client = client_of(environment, address.application, stored)
    journal = gate(environment, state, refresh_intent(stored, state))
    request = refresh_fields(client.client_id, client.client_secret, stored.previous)
    try:
        asking = ask(environment, stored.server, request, journal)
    except GrantRefused as refused:
        close(journal)
        environment.note(address, "rotation probe", refused.name, stored.previous, stored)
        return "rotates-at-once"
    new = next_authorization(stored, asking.response, stored.previous, asking.sent)
    save(environment, address, new, journal)
    environment.note(address, "rotation probe", "renewed", stored.previous, new)
    return "rotates-on-use"


def hand_over(keeper: TokenContext, address: Address) -> Secret:
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


def take_back(keeper: TokenContext, address: Address) -> None:
    """This program is the holder again; right only where the other one never used the refresh token.

    Raises:
        NoSuchAccount, InDoubt, VaultError: nothing was changed.
    """
    with keeper.store.lock(address) as held:
        stored = _settled(keeper, address, held)
        keeper.store.save(address, dataclasses.replace(stored, handed_over=None))
        keeper.note(address, "taken back", "taken back", stored.current.refresh, stored)


def _settled(keeper: TokenContext, address: Address, held: Held) -> Authorization:
    found = recover(keeper.store, address, held, keeper.machine)
    if found.authorization is None:
        raise NoSuchAccount(f"There is no account {address}.")
    if found.interrupted_at is not None:
        raise InDoubt(
            "A refresh was interrupted; whether the stored refresh token is still good is not known.",
            next="Refresh the account first: smily-tui refresh.",
        )
    return found.authorization
