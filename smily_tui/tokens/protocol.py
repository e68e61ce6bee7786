"""Refresh protocol: new tokens without ever losing the old ones.

The steps, in order; `Refresh.run` goes through them:

    1 LOCK     one process per account                                              `under_lock`
    2 RE-READ  what others saved meanwhile, and what a journal left behind          `read_again`
    3 DECIDE   another process may have refreshed already                           `decide`
    0 SIGNALS  from here on only SIGKILL ends the process, only SIGSTOP halts it    `block_signals`
    4 GATE     intent and room for the answer are on the disk, else nothing is sent `write_intent`
    5 POST     the documented request                                               `request_tokens`
    6 JOURNAL  the raw answer is on the disk before anyone reads it                 `_post`
    7 PARSE    tolerantly; an unreadable answer is kept before anything is sent again
    8 SAVE     the commit point                                                     `save`
    9 CLEAN    the journal goes                                                     `clear_journal`
   10 RETURN   only now may the new access token be shown or used
   11 CONFIRM  its first use makes a server that rotates on use drop the old refresh token;
               `exchange.identify` notes it

Waiting for the lock can be interrupted, so step 0 comes after it. An error never writes to the tokens, and
deletes nothing.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from smily_tui.oauth.diagnosis import causes_of_refused_refresh, explain
from smily_tui.oauth.errors import (
    ClientRefused,
    GrantRefused,
    NotTrusted,
    NoUsableAnswer,
    OAuthFailure,
    ProxyUnusable,
    ServerRefused,
)
from smily_tui.oauth.requests import Fields, grant_in, refresh_fields
from smily_tui.system import Machine, command
from smily_tui.text import clean
from smily_tui.tokens.errors import (
    AuthorizationLost,
    AuthorizationRevoked,
    HandedOver,
    InDoubt,
    KeptElsewhere,
    KeptInJournal,
    KeptNowhere,
    NoCredentials,
    NoRefreshToken,
    OtherMachine,
    TokensNotRefreshed,
)
from smily_tui.tokens.recovery import (
    PartialResponse,
    RecoveryState,
    about_refresh,
    is_unread,
    next_authorization,
    read_answer,
    recover,
)
from smily_tui.tokens.requirement import Decision, TokenRequirement, decide
from smily_tui.vault.disk import PATIENCE, Held
from smily_tui.vault.errors import Locked, VaultError
from smily_tui.vault.history import REFRESHED
from smily_tui.vault.journal import Answer, Journal
from smily_tui.vault.model import NO_REFRESH, REJECTED, Authorization, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.clock import Instant
    from smily_tui.oauth.token_response import TokenResponse
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import Environment
    from smily_tui.vault.store import Slot


LOCK_TRIES: Final = 3
REQUEST_TRIES: Final = 3  # as bookingsync-engine, which repeats a refresh that timed out twice
TIME_FOR_ALL_TRIES: Final = 30.0  # seconds
SAVE_TRIES: Final = 3
_T = TypeVar("_T")


def refresh(environment: Environment, slot: Slot, requirement: TokenRequirement) -> bool:
    """Give an account an access token that satisfies `requirement`; return whether a new one was obtained.

    Raises:
        NoSuchAccount, NoRefreshToken, NoCredentials, HandedOver, OtherMachine, VaultError: nothing was sent.
        OAuthFailure: refused, or not sent; the tokens are untouched.
        AuthorizationRevoked, AuthorizationLost: a person must authorize again.
        InDoubt: the next call repeats the request.
        KeptInJournal, KeptElsewhere: the next call puts the tokens in place.
        KeptNowhere: the new tokens are gone; the old ones are stored.
    """
    environment.report("lock")
    return under_lock(slot, Refresh(environment, slot, requirement).run)


@dataclass(frozen=True)
class Refresh:
    """One refresh of one account."""

    environment: Environment
    slot: Slot
    requirement: TokenRequirement

    def run(self, held: Held) -> bool:
        """Go through steps 2 to 10 under the account's lock; return whether a new token was obtained."""
        state = read_again(self.slot, held, self.environment.machine)  # 2 RE-READ
        if not self._is_needed(state.stored):  # 3 DECIDE
            return False
        state, credentials = self._check_allowed(state)
        self.environment.block_signals()  # 0 SIGNALS
        self._obtain(state, credentials)  # 4 to 9
        return True  # 10 RETURN

    # -- step 3 ----------------------------------------------------------------------------------------

    def _is_needed(self, stored: Authorization) -> bool:
        """Decide; only where a token looks expired right after it was obtained is the API asked."""
        dead = self.slot.is_dead(stored)
        decision = decide(stored, self.requirement, self.environment.clock.now(), dead=dead)
        if decision is Decision.ASK:
            return not self.environment.is_accepted(stored.server, stored.current.access)
        return decision is Decision.REFRESH

    def _check_allowed(self, state: RecoveryState) -> tuple[RecoveryState, Credentials]:
        """Return the state to refresh from, and the credentials to do it with; nothing is sent before."""
        stored = state.stored
        try:
            if not _candidates(state):
                # RFC 6749 section 5.1: a server need not issue one
                raise NoRefreshToken(NO_REFRESH)
            self._check_holder(stored)
            credentials = credentials_for(self.slot, stored)
        except TokensNotRefreshed:
            if self.requirement.rejected == stored.current.access:
                self._add_note(stored, REJECTED)
            raise
        if self.requirement.here:
            stored = stored._replace(machine=self.environment.machine)
        return replace(state, authorization=stored), credentials

    def _check_holder(self, stored: Authorization) -> None:
        """Refuse a refresh token that was handed over, or that another computer uses: one holder only."""
        address = self.slot.address
        if stored.handed_over is not None:
            day = time.strftime("%Y-%m-%d", time.localtime(stored.handed_over))
            raise HandedOver(
                f"The refresh token of {stored.label} was handed over to another holder on {day}.",
                next="Get tokens from that holder. If it never used the refresh token, take it back: "
                f"{command('smily-tui', 'handover', address, '--take-back')}. "
                "Otherwise authorize the account again.",
            )
        if not self.requirement.here and self.environment.machine.differs_from(stored.machine.mark):
            raise OtherMachine(
                f"The tokens of {stored.label} were obtained on another computer ({stored.machine.name}). "
                "Two computers that refresh the same tokens use up each other's.",
                next="Is this the only computer that uses them from now on? Then run "
                f"{command('smily-tui', 'refresh', address, '--here')}. "
                "Otherwise authorize the account here as well. The owner doesn't have to approve again.",
            )

    # -- steps 4 to 9 ----------------------------------------------------------------------------------

    def _obtain(self, state: RecoveryState, credentials: Credentials) -> None:
        """Obtain and save new tokens. The refresh token in a cut answer is tried next, but only once."""
        try:
            self._try_candidates(state, credentials)
        except PartialResponse as first:
            if not first.was_cut:
                raise self._only_refresh_token(state, first) from None
            salvaged = replace(state, salvaged=first.token, interrupted_at=first.sent.wall)
            try:
                self._try_candidates(salvaged, credentials)
            except PartialResponse as second:
                raise self._only_refresh_token(state, second) from None

    def _try_candidates(self, state: RecoveryState, credentials: Credentials) -> None:
        """Try refresh tokens, newest first; fall back to an older one only after `invalid_grant`.

        An older token, sent while a newer one may work, is a stolen one to servers that detect reuse: they
        revoke all tokens of the account (RFC 9700 section 4.14.2).
        """
        stored, clock = state.stored, self.environment.clock
        journal = write_intent(state, refresh_intent(state), clock.now())  # 4 GATE
        interrupted_at, doubt = state.interrupted_at, None
        for token in _candidates(state):
            request = refresh_fields(credentials.client_id, credentials.client_secret, token)
            try:
                grant = request_tokens(self.environment, stored.server, request, journal)  # 5 to 7
            except GrantRefused as refused:
                if refused.doubt is not None:
                    interrupted_at, doubt = clock.now().wall, refused.doubt
            except OAuthFailure as failure:
                if doubt is not None and not failure.in_doubt:
                    # the answer to the newer token is still missing: the next process must know
                    journal.record(_piece(doubt, token.fingerprint()), whole=False)
                raise self._failed(stored, journal, interrupted_at, failure) from None
            else:
                new = next_authorization(stored, grant.response, token, grant.sent)
                self._save(stored, new, journal)  # 8 SAVE, 9 CLEAN
                return
        raise self._all_refused(stored, journal, interrupted_at)

    def _save(self, stored: Authorization, new: Authorization, journal: Journal) -> None:
        try:
            save(self.slot, new, journal)
        except TokensNotRefreshed as failure:
            self._add_to_history(failure.name, stored, stored)
            raise
        self.slot.drop_note()
        self._add_to_history(REFRESHED, stored, new)

    # -- failures --------------------------------------------------------------------------------------

    def _only_refresh_token(self, state: RecoveryState, partial: PartialResponse) -> InDoubt:
        """Return the error for answers of which only the refresh token can be used."""
        problem = "The server's answers keep breaking off."
        if not partial.was_cut:
            problem = partial.failure.what
        self._add_to_history(partial.failure.name, state.stored, state.stored)
        return InDoubt(problem, kept="The new refresh token is saved. The next try uses it.")

    def _failed(
        self, stored: Authorization, journal: Journal, interrupted_at: float | None, failure: OAuthFailure
    ) -> Exception:
        """Return the error for a request without tokens; a definite one clears the intent, doubt keeps it."""
        if not failure.in_doubt and interrupted_at is None:
            clear_journal(journal)
        self._add_note(stored, failure.lasting)
        self._add_to_history(failure.name, stored, stored)
        if isinstance(failure, ClientRefused):
            return failure.saying(kept="The stored tokens are untouched.")
        if not failure.in_doubt:
            return failure
        kept = "" if failure.kept == failure.default_kept else failure.kept
        doubt = InDoubt(
            f"{failure.what} It is not known whether the server refreshed the tokens.",
            kept=f"{InDoubt.default_kept} {kept}".strip(),
            next="" if failure.again_at is None else failure.next,
        )
        doubt.again_at = failure.again_at
        return doubt

    def _all_refused(
        self, stored: Authorization, journal: Journal, interrupted_at: float | None
    ) -> AuthorizationRevoked:
        """Return the error for an account whose every candidate was refused."""
        clear_journal(journal)
        evidence = about_refresh(self.slot.history, stored, interrupted_at, self.environment.clock.now())
        kind = AuthorizationRevoked if interrupted_at is None else AuthorizationLost
        causes = explain(causes_of_refused_refresh(evidence))
        error = kind(f"The server no longer accepts this account's refresh token. {causes}")
        self._add_note(stored, error.what, refused=True)
        self._add_to_history(error.name, stored, stored)
        return error

    def _add_note(self, stored: Authorization, sentence: str, *, refused: bool = False) -> None:
        at = self.environment.clock.now().wall
        rejected = self.requirement.rejected == stored.current.access
        self.slot.add_note(stored, at, sentence, refused=refused, rejected=rejected)

    def _add_to_history(self, outcome: str, before: Authorization, after: Authorization) -> None:
        spent = before.current.refresh
        self.slot.history.add(self.environment.token_use(self.requirement.reason(), outcome, spent, after))


# -- the steps, which a code exchange and the probe of the rotation take, too -------------------------------


def under_lock(slot: Slot, work: Callable[[Held], _T]) -> _T:
    """Step 1: work under the account's lock; start over if the lock file was deleted meanwhile."""
    for _ in range(LOCK_TRIES):
        with contextlib.suppress(LockVanished), slot.lock() as held:
            return work(held)
    raise Locked(f"Another program keeps deleting the lock file of {slot.address}.")


class LockVanished(Exception):
    """Raised if the lock file was deleted: the lock protects nothing any more, and has to be taken again."""


def read_again(slot: Slot, held: Held, machine: Machine) -> RecoveryState:
    """Step 2: read what is stored now, after whatever a journal left behind was put in place.

    Raises:
        NoSuchAccount: nothing is.
        VaultError: it cannot be read.
    """
    slot.journal().wait_for_owner(PATIENCE)
    state = recover(slot, held, machine)
    if state.authorization is None:
        raise slot.missing()
    return state


def credentials_for(slot: Slot, stored: Authorization) -> Credentials:
    """Return the credentials that the tokens were issued to; never those of another client or server.

    Raises:
        NoCredentials: they are not stored.
    """
    application = slot.address.application
    credentials = slot.store.credentials(application)
    if credentials is None:
        raise NoCredentials(f"The Client Secret of {application} is not stored here.")
    if (credentials.client_id, credentials.server) != (stored.client_id, stored.server):
        raise NoCredentials(f"{application} now has another Client ID or server than this account's tokens.")
    return credentials


def write_intent(state: RecoveryState, intent: dict[str, Any], now: Instant) -> Journal:
    """Step 4: put the intent, and room for its answer, durably on the disk.

    Args:
        state: read under the lock that is held; the new journal replaces the one that it was read from.
        intent: what is about to happen.
        now: when.

    Raises:
        NotWritable, DiskFull: nothing may be sent.
        LockVanished: the lock file was deleted, so that another process may be at work, too.
    """
    held, journal = state.held, state.slot.journal()

    def last_look() -> None:
        """Check once more, before a journal of another process could be replaced."""
        if not held.still_counts() or journal.at_work() is not None:
            raise LockVanished

    journal.open(intent | {"at": [now.wall, now.boot, now.boottime]}, last_look)
    if held.still_counts() and journal.is_ours():
        return journal
    # else another process replaced it, and is about to send
    if journal.is_ours():
        journal.close()
    raise LockVanished


def refresh_intent(state: RecoveryState) -> dict[str, Any]:
    """Return the intent of a refresh, with what an earlier journal knew: it is replaced."""
    stored = state.stored
    return {
        "grant": "refresh_token",
        "generation": stored.generation + 1,
        "authorized_at": stored.authorized_at,
        "client_id": stored.client_id,
        "server": stored.server,
        "label": stored.label,
        "account_id": stored.account_id,
        "asked": list(stored.requested_scopes),
        "spends": stored.current.refresh.fingerprint(),
        "interrupted_at": state.interrupted_at,
        "salvaged": state.salvaged.reveal() if state.salvaged else None,
    }


def _candidates(state: RecoveryState) -> list[Secret]:
    """Return the refresh tokens that the server may still accept, newest first."""
    stored = state.stored
    tokens = (state.salvaged, stored.current.refresh, None if stored.used else stored.previous)
    return list(dict.fromkeys(token for token in tokens if token))


@dataclass(frozen=True)
class TokenGrant:
    """Answer with tokens, and the time at which it was requested."""

    response: TokenResponse
    sent: Instant


def request_tokens(environment: Environment, server: str, request: Fields, journal: Journal) -> TokenGrant:
    """Steps 5 to 7: send, keep the raw answer, parse it; what is in doubt is sent again, thrice in all.

    Raises:
        PartialResponse: only a refresh token arrived; a repetition would overwrite it.
        OAuthFailure: the last one; an in-doubt one where any try was in doubt and none was answered since,
            or where something arrived that cannot be read: a repetition would overwrite that, too.
    """
    environment.report("sending")
    ends = time.monotonic() + TIME_FOR_ALL_TRIES
    doubt: NoUsableAnswer | None = None
    for _ in range(REQUEST_TRIES):
        left = ends - time.monotonic()
        # too short for a handshake and an answer: it would only be one more request in doubt
        if left < 1.0:
            break
        sent = environment.clock.now()
        answer, cut = _post(environment, server, request, left, journal)
        try:
            return TokenGrant(read_answer(answer, sent, cut), sent)
        except (NotTrusted, ProxyUnusable, ServerRefused) as refusal:
            if doubt is None or not doubt.in_doubt:
                raise
            if isinstance(refusal, GrantRefused):
                refusal.doubt = doubt
                raise
            # this error concerns the retry only; the first request's outcome is still unknown
            journal.record(_piece(doubt, answer.spent), whole=False)
            raise doubt from None
        except NoUsableAnswer as failure:
            if is_unread(answer, whole=cut is None):
                raise failure.saying(kept=_kept_aside(journal)) from None
            doubt = failure if failure.in_doubt or doubt is None else doubt
    assert doubt is not None  # noqa: S101 - the loop runs at least once and ends early or with a doubt
    raise doubt


def _post(
    environment: Environment, server: str, request: Fields, seconds: float, journal: Journal
) -> tuple[Answer, NoUsableAnswer | None]:
    """Steps 5 and 6: return what arrived, after it is on the disk; with the reason if it was cut."""
    spent = grant_in(request).fingerprint()
    try:
        answer, cut = environment.post(server, request, seconds)._replace(spent=spent), None
    except NoUsableAnswer as failure:
        answer, cut = _piece(failure, spent), failure
    if cut is None or answer.body:
        journal.record(answer, whole=cut is None)
    return answer, cut


def _kept_aside(journal: Journal) -> str:
    """Copy an unreadable answer, which the next try would overwrite; return a sentence that says where."""
    place = journal.path
    with contextlib.suppress(VaultError):
        place = journal.copy_aside() or place
    return f"The answer is saved in {clean(place)}."


def _piece(failure: NoUsableAnswer, spent: str) -> Answer:
    """Return what arrived of an answer that is not whole."""
    return Answer(failure.status, failure.piece, coding=failure.coding, spent=spent)


def save(slot: Slot, new: Authorization, journal: Journal) -> None:
    """Steps 8 and 9: save and clear the journal.

    Where the file cannot be written the journal keeps the tokens, else a folder outside the store.

    Raises:
        KeptInJournal, KeptElsewhere, KeptNowhere: see there.
    """
    for tries_left in reversed(range(SAVE_TRIES)):
        try:
            slot.save(new)
            break
        except VaultError as error:
            if not tries_left:
                raise _kept(slot, new, journal, error) from None
    clear_journal(journal)


def _kept(slot: Slot, new: Authorization, journal: Journal, error: VaultError) -> TokensNotRefreshed:
    """Return the error for tokens that cannot be saved in their place, which says where they are safe."""
    problem = f"New tokens for {slot.address} arrived. {error.what}"
    if journal.holds_answer:
        return KeptInJournal(problem)
    try:
        place = slot.spill(new)
    except VaultError as second:
        return KeptNowhere(f"{problem} {second.what}")
    return KeptElsewhere(problem, kept=f"The new tokens are safe in {clean(place)}.")


def clear_journal(journal: Journal) -> None:
    """Step 9: delete the journal; if that fails, the next process recognises it as done with."""
    with contextlib.suppress(VaultError):
        journal.close()
