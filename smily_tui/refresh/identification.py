"""The first use of a new access token: whose is it? Its success is noted, and so are number and name."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from smily_tui.errors import SmilyError
from smily_tui.oauth.errors import TokenRejected
from smily_tui.refresh.protocol import leave_note
from smily_tui.vault.errors import NoSuchAccount
from smily_tui.vault.model import NO_NAMES, REJECTED

if TYPE_CHECKING:
    from smily_tui.oauth.api import Identity
    from smily_tui.refresh.surroundings import Surroundings
    from smily_tui.vault.model import Address, Authorization


def identify_late(around: Surroundings, address: Address) -> None:
    """After a refresh, ask whose the account is where that is not known; not knowing is no reason to fail.

    That a fresh token is refused is not noted: each call would get another one.
    """
    with contextlib.suppress(SmilyError):
        stored = _read(around, address)
        if stored.account_id is None or stored.label in NO_NAMES:
            _identify(around, address, stored)


def identify(around: Surroundings, address: Address) -> Identity:
    """Ask the API whose token is stored at `address`, and note it there.

    A name that a person gave stays. The token pair is not touched.

    Raises:
        NoSuchAccount: nothing is stored there.
        OAuthFailure: the token is refused, or there is no usable answer.
    """
    stored = _read(around, address)
    try:
        return _identify(around, address, stored)
    except TokenRejected:
        leave_note(around, address, stored, REJECTED, rejected=True)
        raise


def _read(around: Surroundings, address: Address) -> Authorization:
    stored = around.store.read(address)
    if stored is None:
        raise NoSuchAccount(f"There is no account {address}.")
    return stored


def _identify(around: Surroundings, address: Address, stored: Authorization) -> Identity:
    from smily_tui.oauth import api
    from smily_tui.oauth.http import Transport

    around.tell("asking")
    transport = Transport(stored.server, record=around.record)
    scopes = stored.current.scopes
    found = api.identify(transport, stored.current.access, lambda: around.clock.now().wall, granted=scopes)
    with around.store.lock(address):
        note = around.store.note_about(address, stored)
        if note is not None and note.rejected and not note.refused:
            around.store.drop_note(address)
        around.hold()  # a cancellation must not leave half a file behind
        now = around.store.read(address)
        if now is not None and now.generation == stored.generation:
            named = now.settled and now.label not in NO_NAMES
            label = now.label if named or not found.business_name else found.business_name
            account_id = now.account_id if found.account_id is None else found.account_id
            around.store.save(address, replace(now, confirmed=True, label=label, account_id=account_id))
    return found
