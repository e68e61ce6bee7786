"""Getting new tokens without ever losing the old: the steps, in order.

    0 SIGNALS  no signal but SIGKILL ends the process from here to the save
    1 LOCK     one process per account
    2 RE-READ  what others saved meanwhile, and what a journal left behind
    3 DECIDE   somebody else may have renewed already
    4 GATE     the intent and room for the answer are on the disk; else nothing is sent
    5 POST     the documented request
    6 JOURNAL  the raw answer is on the disk before anyone reads it
    7 PARSE    strictly
    8 SAVE     the commit point
    9 CLEAN    the journal goes
   10 RETURN   only now may the new access token be shown or used
   11 CONFIRM  its first use makes a server that rotates on use drop the old refresh token;
               identification.py notes it

An error never writes to the tokens, and deletes nothing.
"""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from smily_tui.oauth.errors import (
    ClientRefused,
    GrantRefused,
    NotTrusted,
    NoUsableAnswer,
    OAuthFailure,
)
from smily_tui.oauth.token_request import for_code, for_refresh
from smily_tui.oauth.token_response import TokenResponse, read_token_response
from smily_tui.refresh.decision import Decision, Need, decide
from smily_tui.refresh.errors import (
    AuthorizationLost,
    AuthorizationRevoked,
    InDoubt,
    KeptInJournal,
    NoCredentials,
)
from smily_tui.refresh.generation import first_authorization, next_authorization
from smily_tui.refresh.recovery import Recovered, recover
from smily_tui.text import clean
from smily_tui.vault.account import Address
from smily_tui.vault.errors import NoSuchAccount, VaultError
from smily_tui.vault.journal import Answer, refresh_token_in
from smily_tui.vault.store import Note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.clock import Clock, Instant
    from smily_tui.oauth.token_request import Fields
    from smily_tui.secret import Secret
    from smily_tui.vault.application import Credentials
    from smily_tui.vault.authorization import Authorization
    from smily_tui.vault.journal import Journal
    from smily_tui.vault.store import Store

TRIES: Final = 3
TIME_FOR_ALL_TRIES: Final = 30.0
SAVE_TRIES: Final = 3
PROVISIONAL: Final = "new-"


@dataclass(frozen=True)
class Surroundings:
    """What the protocol works with; tests pass their own.

    Attributes:
        store: where everything is kept.
        clock: tells the time.
        post: sends form fields to the token endpoint of a server within so many seconds.
        is_accepted: asks the API of a server whether it accepts an access token.
        hold: step 0; from then on only SIGKILL ends the process.
        tell: called with the name of each step that a waiting person may see: lock, sending.
    """

    store: Store
    clock: Clock
    post: Callable[[str, Fields, float], Answer]
    is_accepted: Callable[[str, Secret], bool]
    hold: Callable[[], None]
    tell: Callable[[str], None]


def renew(around: Surroundings, address: Address, need: Need) -> bool:
    """Give the account an access token that satisfies `need`; whether a new one was obtained.

    Raises:
        NoSuchAccount, NoCredentials, VaultError: nothing was sent.
        OAuthFailure: refused, or not sent; the tokens are untouched.
        AuthorizationRevoked, AuthorizationLost: a person must authorize again.
        InDoubt: the next call repeats the request.
        KeptInJournal: the next call puts the tokens in place.
    """
    around.tell("lock")
    with around.store.lock(address):
        stored, left_behind = _read_again(around, address)
        if not _is_needed(around, stored, need):
            return False
        credentials = _credentials(around, address.application, stored)
        around.hold()
        journal = _gate(around, address, _refresh_intent(stored, left_behind))
        return _climb(around, address, stored, credentials, journal, left_behind)


def exchange(around: Surroundings, application: str, code: Secret, asked: Sequence[str]) -> Address:
    """Turn a code into a stored authorization, under a provisional address.

    Raises:
        OAuthFailure: refused, or not sent.
        InDoubt: no usable answer; the code may be used up.
        NoCredentials, VaultError: nothing was sent; the code is still good.
        KeptInJournal: the tokens are in the journal.
    """
    credentials = around.store.credentials(application)
    if credentials is None:
        raise NoCredentials(f"The secret of {application} is not stored here.")
    address = Address(application, f"{PROVISIONAL}{secrets.token_hex(4)}")
    with around.store.lock(address):
        around.hold()
        intent = {"grant": "authorization_code", "generation": 1, "asked": list(asked)}
        journal = _gate(around, address, intent)
        request = for_code(credentials.client_id, credentials.client_secret, code)
        try:
            response, sent = _ask(around, credentials.server, request, journal)
        except OAuthFailure as failure:
            raise _exchange_failure(failure, journal) from None
        wanted = tuple(clean(each) for each in asked)
        _save(around, address, first_authorization(credentials, wanted, response, sent), journal)
        around.store.add_spent_code(application, code, sent.wall)
    return address


# -- steps 0 to 4 --------------------------------------------------------------------------------------


def _read_again(around: Surroundings, address: Address) -> tuple[Authorization, Recovered]:
    """Step 2: what is stored now, after what a journal left behind was put in place."""
    stored = around.store.read(address)
    found = recover(around.store, address, stored)
    if found.authorization is None:
        raise NoSuchAccount(f"There is no account {address}.")
    return found.authorization, found


def _is_needed(around: Surroundings, stored: Authorization, need: Need) -> bool:
    """Step 3; only where a token looks expired right after it was obtained is the API asked."""
    decision = decide(stored, need, around.clock.now())
    if decision is Decision.ASK:
        return not around.is_accepted(stored.server, stored.current.access)
    return decision is Decision.RENEW


def _credentials(around: Surroundings, application: str, stored: Authorization) -> Credentials:
    """The credentials that the tokens were issued to; never those of another client or server."""
    found = around.store.credentials(application)
    if found is None:
        raise NoCredentials(f"The secret of {application} is not stored here.")
    if (found.client_id, found.server) != (stored.client_id, stored.server):
        raise NoCredentials(f"{application} has another Client ID or server now than this account's tokens.")
    return found


def _refresh_intent(stored: Authorization, left_behind: Recovered) -> dict[str, Any]:
    """The intent of a refresh; it carries on what an earlier journal knew, since it takes its place."""
    return {
        "grant": "refresh_token",
        "generation": stored.generation + 1,
        "spends": stored.current.refresh.fingerprint(),
        "interrupted_at": left_behind.interrupted_at,
        "salvaged": left_behind.salvaged.reveal() if left_behind.salvaged else None,
    }


def _gate(around: Surroundings, address: Address, intent: dict[str, Any]) -> Journal:
    """Step 4: what is about to happen, and room for its answer, are on the disk."""
    now = around.clock.now()
    journal = around.store.journal(address)
    journal.open(intent | {"at": [now.wall, now.boot, now.boottime], "pid": os.getpid()})
    return journal


# -- steps 5 to 9 --------------------------------------------------------------------------------------


def _ask(
    around: Surroundings, server: str, request: Fields, journal: Journal
) -> tuple[TokenResponse, Instant]:
    """Steps 5 to 7: send, keep the raw answer, read it; what is in doubt is sent again, thrice in all.

    Raises:
        OAuthFailure: the last one; an in-doubt one where any try was in doubt and none was answered since.
    """
    around.tell("sending")
    ends = time.monotonic() + TIME_FOR_ALL_TRIES
    doubt: OAuthFailure | None = None
    for _ in range(TRIES):
        left = ends - time.monotonic()
        if left < 1.0:
            break
        sent = around.clock.now()
        answer = Answer(0, b"")
        try:
            answer = around.post(server, request, left)
            _record(journal, answer)
            return read_token_response(answer.status, answer.body), sent
        except NotTrusted:
            raise
        except NoUsableAnswer as failure:
            if refresh_token_in(answer.body):
                raise  # a repetition would overwrite what can be salvaged
            doubt = failure if failure.in_doubt or doubt is None else doubt
        except GrantRefused:
            if doubt is not None and doubt.in_doubt:
                raise GrantRefusedAfterDoubt from None
            raise
    assert doubt is not None  # noqa: S101 - the loop runs at least once and ends early or with a doubt
    raise doubt


class GrantRefusedAfterDoubt(GrantRefused):
    """The grant was refused on a repetition: the first request, whose answer is missing, had used it up."""

    def __init__(self) -> None:
        super().__init__("The server does not accept the code or refresh token any more.")


def _record(journal: Journal, answer: Answer) -> None:
    """Step 6. A disk that fails here, after the gate, is no reason to drop an answer that is in memory."""
    try:
        journal.record(answer)
    except OSError:
        return


def _climb(
    around: Surroundings,
    address: Address,
    stored: Authorization,
    credentials: Credentials,
    journal: Journal,
    left_behind: Recovered,
) -> bool:
    """The ladder of refresh tokens, newest first; an older one only when the newer was definitely refused."""
    interrupted = left_behind.interrupted_at
    for token in _candidates(stored, left_behind):
        request = for_refresh(credentials.client_id, credentials.client_secret, token)
        try:
            response, sent = _ask(around, stored.server, request, journal)
        except GrantRefusedAfterDoubt:
            interrupted = around.clock.now().wall
        except GrantRefused:
            continue
        except OAuthFailure as failure:
            raise _refresh_failure(around, address, stored, failure, journal, left_behind) from None
        else:
            _save(around, address, next_authorization(stored, response, token, sent), journal)
            around.store.drop_note(address)
            return True
    raise _needs_person(around, address, stored, interrupted, journal)


def _candidates(stored: Authorization, left_behind: Recovered) -> list[Secret]:
    found = [left_behind.salvaged, stored.current.refresh, None if stored.confirmed else stored.previous]
    return list(dict.fromkeys(token for token in found if token))


def _save(around: Surroundings, address: Address, new: Authorization, journal: Journal) -> None:
    """Steps 8 and 9. Where the file cannot be written, the journal is the token."""
    for left in reversed(range(SAVE_TRIES)):
        try:
            around.store.save(address, new)
            break
        except VaultError as error:
            if not left:
                raise KeptInJournal(f"New tokens for {address} arrived. {error.what}") from None
    try:
        journal.close()
    except VaultError:
        return  # a journal of a saved generation is recognised and dropped by the next process


# -- when it does not work out -------------------------------------------------------------------------


def _refresh_failure(
    around: Surroundings,
    address: Address,
    stored: Authorization,
    failure: OAuthFailure,
    journal: Journal,
    left_behind: Recovered,
) -> Exception:
    """A request that brought no tokens: what is definite clears the intent, what is in doubt keeps it."""
    still_in_doubt = failure.in_doubt or left_behind.interrupted_at is not None
    if not still_in_doubt:
        journal.close()
    words = clean(failure.what)
    around.store.write_note(address, Note(stored.generation, around.clock.now().wall, words, refused=False))
    if isinstance(failure, ClientRefused):
        return failure.saying(kept="The stored tokens are untouched.")
    if failure.in_doubt:
        return InDoubt(f"{failure.what} Whether the server renewed the tokens is not known.")
    return failure


def _needs_person(
    around: Surroundings,
    address: Address,
    stored: Authorization,
    interrupted_at: float | None,
    journal: Journal,
) -> AuthorizationRevoked:
    """Every candidate was refused: say whether an interrupted request or the owner is the likely cause."""
    journal.close()
    error = AuthorizationRevoked(
        "The server accepts no refresh token of this account any more. Probably the owner removed the "
        "application, or another copy of the token was used elsewhere."
    )
    if interrupted_at is not None:
        at = time.strftime("%H:%M", time.localtime(interrupted_at))
        error = AuthorizationLost(
            f"An interrupted refresh at {at} used the refresh token up, and its answer never arrived."
        )
    now = around.clock.now().wall
    around.store.write_note(address, Note(stored.generation, now, clean(error.what), refused=True))
    return error


def _exchange_failure(failure: OAuthFailure, journal: Journal) -> Exception:
    """A code exchange that brought no tokens; in doubt the journal stays, for what may be in it."""
    if failure.in_doubt:
        return InDoubt(
            f"{failure.what} Whether the server took the code is not known.",
            kept="Nothing was stored.",
            next="Try the same code once more; if it is refused, open the link again for a new one.",
        )
    journal.close()
    if isinstance(failure, GrantRefused):
        lost = isinstance(failure, GrantRefusedAfterDoubt)
        return GrantRefused(
            "The first answer got lost on the way, and the code works only once."
            if lost
            else "The code was used already, has expired, or belongs to another application.",
            kept="Nothing was stored.",
            next="Open the link again to get a new code; it works once, for about 10 minutes.",
        )
    return failure
