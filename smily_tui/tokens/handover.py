"""Handover of a refresh token to another holder, and the probe of how the server rotates tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from smily_tui.oauth.errors import GrantRefused
from smily_tui.oauth.requests import refresh_fields
from smily_tui.tokens import protocol
from smily_tui.tokens.errors import AuthorizationRevoked, HandedOver, InDoubt, NoRefreshToken
from smily_tui.tokens.recovery import PartialResponse, next_authorization, recover
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.history import REFRESHED
from smily_tui.vault.model import NO_REFRESH, Authorization

if TYPE_CHECKING:
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import Environment, TokenContext
    from smily_tui.vault.disk import Held
    from smily_tui.vault.store import Slot


Mode = Literal["rotates-on-use", "rotates-at-once"]


def probe_rotation(environment: Environment, slot: Slot) -> Mode:
    """Refresh, then present the spent refresh token once more before the new access token is used.

    If it is accepted again the server rotates on use, and the pair it gave is saved as the newest; if it is
    refused, the pair of the first refresh stays. Either way what is stored works.

    Raises:
        SmilyError: as `refresh` does; what was saved last is what works.
    """
    protocol.refresh(environment, slot, TokenRequirement(force=True))
    try:
        return protocol.under_lock(slot, lambda held: _present_again(environment, slot, held))
    except PartialResponse:
        # the spent refresh token was accepted; the next refresh finds the new one in the journal
        protocol.refresh(environment, slot, TokenRequirement(force=True))
        return "rotates-on-use"


def _present_again(environment: Environment, slot: Slot, held: Held) -> Mode:
    state = protocol.read_again(slot, held, environment.machine)
    stored = state.stored
    if stored.previous is None or stored.used or state.interrupted_at is not None:
        raise InDoubt(
            "Another program used the account during the probe, so there is no result.",
            next="Run the probe again while nothing else uses the account.",
        )
    client = protocol.credentials_for(slot, stored)
    journal = protocol.write_intent(state, protocol.refresh_intent(state), environment.clock.now())
    request = refresh_fields(client.client_id, client.client_secret, stored.previous)
    try:
        grant = protocol.request_tokens(environment, stored.server, request, journal)
    except GrantRefused as refused:
        protocol.clear_journal(journal)
        mode: Mode = "rotates-at-once"
        outcome, after = refused.name, stored
    else:
        after = next_authorization(stored, grant.response, stored.previous, grant.sent)
        protocol.save(slot, after, journal)
        mode, outcome = "rotates-on-use", REFRESHED
    slot.history.add(environment.token_use("rotation probe", outcome, stored.previous, after))
    return mode


def hand_over(context: TokenContext, slot: Slot) -> Secret:
    """Return the refresh token, after it is durably noted that this program uses it no more.

    Raises:
        HandedOver: it was handed over already.
        NoRefreshToken: there is none.
        AuthorizationRevoked: the server does not accept it any more.
        InDoubt: a refresh was interrupted, so that the stored token may be spent.
        NoSuchAccount, VaultError: nothing was changed.
    """
    with slot.lock() as held:
        stored = _without_doubt(context, slot, held)
        if stored.handed_over is not None:
            raise HandedOver(f"The refresh token of {stored.label} was handed over already.")
        if not stored.current.refresh:
            raise NoRefreshToken(NO_REFRESH)
        note = slot.note_about(stored)
        if note is not None and note.refused:
            raise AuthorizationRevoked(note.words)
        handed_over = stored._replace(handed_over=context.clock.now().wall)
        slot.save(handed_over)
        refresh_token = stored.current.refresh
        slot.history.add(context.token_use("handed over", "handed over", refresh_token, handed_over))
        return refresh_token


def take_back(context: TokenContext, slot: Slot) -> None:
    """Make this program the holder again; right only if the other one never used the refresh token.

    Raises:
        NoSuchAccount, InDoubt, VaultError: nothing was changed.
    """
    with slot.lock() as held:
        stored = _without_doubt(context, slot, held)
        slot.save(stored._replace(handed_over=None))
        slot.history.add(context.token_use("taken back", "taken back", stored.current.refresh, stored))


def _without_doubt(context: TokenContext, slot: Slot, held: Held) -> Authorization:
    state = recover(slot, held, context.machine)
    stored = state.stored
    if state.interrupted_at is not None:
        raise InDoubt(
            "A refresh was interrupted. The stored refresh token may be used up.",
            next="Refresh the account first: smily-tui refresh.",
        )
    return stored
