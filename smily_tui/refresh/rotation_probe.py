"""Does a server drop a refresh token at once, or when the new access token is used? Two requests tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from smily_tui.oauth.errors import GrantRefused
from smily_tui.oauth.token_request import for_refresh
from smily_tui.refresh.decision import Need
from smily_tui.refresh.generation import next_authorization
from smily_tui.refresh.protocol import ask, client_of, close, gate, refresh_intent, renew, save
from smily_tui.refresh.recovery import Recovered
from smily_tui.vault.errors import NoSuchAccount

if TYPE_CHECKING:
    from smily_tui.refresh.surroundings import Surroundings
    from smily_tui.vault.account import Address

Mode = Literal["rotates-on-use", "rotates-at-once"]


def probe_rotation(around: Surroundings, address: Address) -> Mode:
    """Refresh, then present the spent refresh token once more before the new access token is used.

    Where it is taken again, the server rotates on use, and the pair it gave is saved as the newest;
    where it is refused, the pair of the first refresh stays. Either way what is stored works.

    Raises:
        SmilyError: as `renew` does; what was saved last is what works.
    """
    renew(around, address, Need(force=True))
    with around.store.lock(address) as held:
        stored = around.store.read(address)
        if stored is None or stored.previous is None:
            raise NoSuchAccount(f"There is no account {address} any more.")
        client = client_of(around, address.application, stored)
        journal = gate(around, address, refresh_intent(stored, Recovered(stored)), held)
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
