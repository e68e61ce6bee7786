"""Does a server drop a refresh token at once, or when the new access token is used? Two requests tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from smily_tui.oauth.errors import GrantRefused
from smily_tui.oauth.requests import for_refresh
from smily_tui.refresh.decision import Need
from smily_tui.refresh.errors import InDoubt
from smily_tui.refresh.generation import next_authorization
from smily_tui.refresh.protocol import (
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
from smily_tui.refresh.salvage import Salvaged

if TYPE_CHECKING:
    from smily_tui.refresh.surroundings import Surroundings
    from smily_tui.vault.disk import Held
    from smily_tui.vault.model import Address

Mode = Literal["rotates-on-use", "rotates-at-once"]


def probe_rotation(around: Surroundings, address: Address) -> Mode:
    """Refresh, then present the spent refresh token once more before the new access token is used.

    Where it is taken again, the server rotates on use, and the pair it gave is saved as the newest;
    where it is refused, the pair of the first refresh stays. Either way what is stored works.

    Raises:
        SmilyError: as `renew` does; what was saved last is what works.
    """
    renew(around, address, Need(force=True))
    try:
        return under_lock(around, address, lambda held: _present_again(around, address, held))
    except Salvaged:  # the spent refresh token was taken; the next refresh finds the new one in the journal
        renew(around, address, Need(force=True))
        return "rotates-on-use"


def _present_again(around: Surroundings, address: Address, held: Held) -> Mode:
    stored, left_behind = read_again(around, address, held)
    if stored.previous is None or stored.confirmed or left_behind.interrupted_at is not None:
        raise InDoubt(
            "Another program used the account during the probe, so that it shows nothing.",
            next="Run the probe again while nothing else uses the account.",
        )
    client = client_of(around, address.application, stored)
    journal = gate(around, left_behind, refresh_intent(stored, left_behind))
    request = for_refresh(client.client_id, client.client_secret, stored.previous)
    try:
        asking = ask(around, stored.server, request, journal)
    except GrantRefused as refused:
        close(journal)
        around.note(address, "rotation probe", refused.name, stored.previous, stored)
        return "rotates-at-once"
    new = next_authorization(stored, asking.response, stored.previous, asking.sent)
    save(around, address, new, journal)
    around.note(address, "rotation probe", "renewed", stored.previous, new)
    return "rotates-on-use"
