"""What an interrupted request left in the journal, and what that means for the next one."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smily_tui.oauth.errors import OAuthFailure
from smily_tui.oauth.token_response import read_token_response
from smily_tui.refresh.generation import (
    first_authorization,
    next_authorization,
    salvaged_authorization,
)
from smily_tui.secret import Secret
from smily_tui.text import clean
from smily_tui.vault.errors import Damaged, Newer, ProtectionError, VaultError
from smily_tui.vault.journal import Entry, refresh_token_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant
    from smily_tui.machine import Machine
    from smily_tui.vault.account import Address
    from smily_tui.vault.application import Credentials
    from smily_tui.vault.authorization import Authorization
    from smily_tui.vault.journal import Journal
    from smily_tui.vault.store import Store


@dataclass(frozen=True)
class Recovered:
    """The state after recovery.

    Attributes:
        authorization: what is stored now; None where nothing is.
        salvaged: a refresh token newer than the stored one, from an answer that cannot be used whole.
        interrupted_at: when a request was sent whose outcome is not known (UTC seconds); else None.
    """

    authorization: Authorization | None
    salvaged: Secret | None = None
    interrupted_at: float | None = None


def recover(store: Store, address: Address, stored: Authorization | None, machine: Machine) -> Recovered:
    """Put a whole answer in place, drop a journal that is done with, and say what stays in doubt.

    Raises:
        VaultError: the store cannot be read or written; nothing was changed.
    """
    stored = bring_home(store, address, stored)
    journal = store.journal(address)
    try:
        entry = journal.read()
    except Damaged:
        journal.keep_aside()
        return Recovered(stored, interrupted_at=_any_time(stored))
    if entry is None:
        return Recovered(stored)
    store.sweep(address)
    try:
        return _recover(store, address, stored, journal, entry, machine)
    except (KeyError, TypeError, ValueError, IndexError):
        journal.keep_aside()
        return Recovered(stored, interrupted_at=_any_time(stored))


def adopt(store: Store, orphans: Sequence[Address], machine: Machine) -> None:
    """Make accounts of code exchanges that were interrupted after their answer was in the journal.

    Raises:
        ProtectionError: it is encrypted, and cannot be opened now.
    """
    for address in orphans:
        try:
            with store.lock(address, patience=0.0):
                recover(store, address, store.read(address), machine)
        except ProtectionError:
            raise
        except VaultError:
            continue  # it is under way, or says so when it is used


def bring_home(store: Store, address: Address, stored: Authorization | None) -> Authorization | None:
    """What had to be kept outside the store goes to its place, if it is newer than what is there.

    Answers what is stored now; raises VaultError.
    """
    kept = store.kept_elsewhere(address)
    if kept is None:
        return stored
    if stored is None or _age(kept) > _age(stored):
        store.save(address, kept)
        stored = kept
    store.rescue.drop(address)
    return stored


def gather(store: Store, address: Address) -> None:
    """Before an account is forgotten: newer tokens that are kept outside the store go with it; VaultError."""
    if store.kept_elsewhere(address) is not None:
        with contextlib.suppress(Damaged, Newer):
            bring_home(store, address, store.read(address))


def _age(authorization: Authorization) -> tuple[float, int]:
    """Each authorization of an account begins at generation one again."""
    return authorization.authorized_at, authorization.generation


def _recover(
    store: Store,
    address: Address,
    stored: Authorization | None,
    journal: Journal,
    entry: Entry,
    machine: Machine,
) -> Recovered:
    if entry.intent.word("grant") == "authorization_code":
        return _recover_exchange(store, address, stored, journal, entry, machine)
    if stored is None:
        raise Damaged(f"{address} has a journal but no tokens.")
    if entry.intent.whole("generation") != stored.generation + 1 or (
        entry.intent.word("spends") != stored.current.refresh.fingerprint()
    ):
        journal.close()  # it is about tokens that were saved, or replaced by a new authorization
        return Recovered(stored)
    before = _known_before(stored, entry)
    if entry.answer is None:
        return Recovered(stored, salvage(entry.torn) or before.salvaged, _instant(entry).wall)
    try:
        response = read_token_response(entry.answer.status, entry.answer.body)
    except OAuthFailure as failure:
        if failure.in_doubt:
            return Recovered(stored, salvage(entry.answer.body) or before.salvaged, _instant(entry).wall)
        if before.interrupted_at is None:
            journal.close()
        return before
    adopted = next_authorization(stored, response, stored.current.refresh, _instant(entry))
    store.save(address, adopted)
    journal.close()
    store.drop_note(address)
    return Recovered(adopted)


def _known_before(stored: Authorization, entry: Entry) -> Recovered:
    """What this journal's predecessor knew."""
    intent = entry.intent
    return Recovered(
        stored,
        intent.secret("salvaged") if intent.given("salvaged") else None,
        intent.number("interrupted_at") if intent.given("interrupted_at") else None,
    )


def _recover_exchange(
    store: Store,
    address: Address,
    stored: Authorization | None,
    journal: Journal,
    entry: Entry,
    machine: Machine,
) -> Recovered:
    """A code exchange that was interrupted: what arrived becomes the account.

    Where nothing did, nobody can ask again, since the code is not stored: the journal is done with.
    """
    if stored is not None:
        journal.close()
        return Recovered(stored)
    adopted = _arrived(entry, store.credentials(address.application), machine)
    if adopted is None:
        if entry.answer is None and not entry.torn and not entry.is_under_way():
            journal.close()
        return Recovered(None, interrupted_at=_instant(entry).wall)
    store.save(address, adopted)
    journal.close()
    return Recovered(adopted)


def _arrived(entry: Entry, credentials: Credentials | None, machine: Machine) -> Authorization | None:
    """The authorization in an exchange's answer, or in the piece of it that is there."""
    if credentials is None:
        return None
    asked = tuple(clean(each) for each in entry.intent.texts("asked"))
    if entry.answer is not None:
        try:
            response = read_token_response(entry.answer.status, entry.answer.body)
            return first_authorization(credentials, asked, response, _instant(entry), machine)
        except OAuthFailure:
            pass
    salvaged = salvage(entry.answer.body if entry.answer else entry.torn)
    if salvaged is None:
        return None
    return salvaged_authorization(credentials, asked, salvaged, _instant(entry), machine)


def salvage(piece: bytes) -> Secret | None:
    """A refresh token that arrived whole in a piece of an answer."""
    found = refresh_token_in(piece)
    return Secret(found) if found and found.isascii() and found.isprintable() and len(found) >= 8 else None


def _instant(entry: Entry) -> Instant:
    return entry.intent.instant("at")


def _any_time(stored: Authorization | None) -> float | None:
    return stored.current.sent.wall if stored else None
