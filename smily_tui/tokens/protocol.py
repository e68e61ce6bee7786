"""Refresh protocol: new tokens without ever losing the old ones.

The steps, in order:

    0 SIGNALS  no signal but SIGKILL ends the process from here to the save, and none but SIGSTOP halts it
    1 LOCK     one process per account
    2 RE-READ  what others saved meanwhile, and what a journal left behind
    3 DECIDE   another process may have refreshed already
    4 GATE     the intent and room for the answer are on the disk; else nothing is sent
    5 POST     the documented request
    6 JOURNAL  the raw answer is on the disk before anyone reads it
    7 PARSE    tolerantly; an unreadable answer is kept, and nothing is sent again before it is
    8 SAVE     the commit point
    9 CLEAN    the journal goes
   10 RETURN   only now may the new access token be shown or used
   11 CONFIRM  its first use makes a server that rotates on use drop the old refresh token;
               `exchange.identify` notes it

An error never writes to the tokens, and deletes nothing.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from smily_tui.command import command
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
from smily_tui.oauth.requests import grant_in, refresh_fields
from smily_tui.text import clean
from smily_tui.tokens.errors import (
    AuthorizationLost,
    AuthorizationRevoked,
    GrantRefusedAfterDoubt,
    HandedOver,
    InDoubt,
    KeptElsewhere,
    KeptInJournal,
    KeptNowhere,
    NoCredentials,
    NoRefreshToken,
    OtherMachine,
    TokensNotRenewed,
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
from smily_tui.vault.disk import PATIENCE
from smily_tui.vault.errors import Locked, NoSuchAccount, VaultError
from smily_tui.vault.journal import Answer
from smily_tui.vault.model import NO_REFRESH, REJECTED
from smily_tui.vault.store import Note

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.clock import Instant
    from smily_tui.oauth.requests import Fields
    from smily_tui.oauth.token_response import TokenResponse
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import Environment
    from smily_tui.vault.disk import Held
    from smily_tui.vault.journal import Journal
    from smily_tui.vault.model import Address, Authorization, Credentials


MIN_VALID: Final = 300.0
BETWEEN_REFRESHES: Final = 60.0
AT_ONCE: Final = 1.0


@dataclass(frozen=True)
class TokenRequirement:
    """What a caller asks for.

    Attributes:
        min_valid: seconds that the access token should still be good for.
        rejected: the access token that the API refused; None where none was.
        force: renew although it is still good, because a person asked.
        seen: the generation that the caller saw; a newer one satisfies a forced refresh.
        began: when the caller began; what a sibling got since then, or a second before, is fresh.
        here: this computer becomes the holder of tokens that another one obtained.
    """

    min_valid: float = MIN_VALID
    rejected: Secret | None = None
    force: bool = False
    seen: int | None = None
    began: Instant | None = None
    here: bool = False

    def why(self) -> str:
        """The reason in a few words, for the ledger."""
        if self.rejected is not None:
            return "the API refused the access token"
        return "asked for" if self.force else f"less than {self.min_valid:.0f} s left"


class Decision(Enum):
    """What to do."""

    USE = "use"
    ASK = "ask"
    RENEW = "renew"


def decide(stored: Authorization, need: TokenRequirement, now: Instant, *, dead: bool = False) -> Decision:
    """USE the stored token, RENEW it, or ASK the API first whether it is really expired.

    One that is known to be `dead` is never used: only the server can tell that it was a mistake.

    A token that looks expired within what may be a minute of a refresh points to an odd lifetime or a
    clock that was set; one that seems to come from the future certainly does. Then only the API's own 401
    is reason for another refresh.
    """
    if dead or need.rejected == stored.current.access:
        return Decision.RENEW
    if need.force:
        overtaken = need.seen is not None and stored.generation > need.seen
        return Decision.USE if overtaken else Decision.RENEW
    if not stored.current.access:
        return Decision.RENEW
    age = now.since(stored.current.sent)
    left = stored.current.lifetime - age
    if age < -BETWEEN_REFRESHES:
        return Decision.ASK
    if left > 0 and (left >= need.min_valid or not stored.current.refresh):
        return Decision.USE
    if stored.refreshed is None or now.certainly_since(stored.refreshed) >= BETWEEN_REFRESHES:
        return Decision.RENEW
    overtaken = need.began is not None and need.began.since(stored.refreshed) <= AT_ONCE
    return Decision.USE if left > 0 or overtaken else Decision.ASK


TRIES: Final = 3
TIME_FOR_ALL_TRIES: Final = 30.0
SAVE_TRIES: Final = 3
LOCK_TRIES: Final = 3
_T = TypeVar("_T")


def renew(environment: Environment, address: Address, need: TokenRequirement) -> bool:
    """Give the account an access token that satisfies `need`; whether a new one was obtained.

    Raises:
        NoSuchAccount, NoRefreshToken, NoCredentials, HandedOver, OtherMachine, VaultError: nothing was sent.
        OAuthFailure: refused, or not sent; the tokens are untouched.
        AuthorizationRevoked, AuthorizationLost: a person must authorize again.
        InDoubt: the next call repeats the request.
        KeptInJournal, KeptElsewhere: the next call puts the tokens in place.
        KeptNowhere: the new tokens are gone; the old ones are stored.
    """
    environment.tell("lock")

    def work(held: Held) -> bool:
        stored, state = read_again(environment, address, held)
        if not _is_needed(environment, address, stored, need):
            return False
        try:
            _check_renewable(stored, state)
            held_here = _check_holder(environment, address, stored, need)
            credentials = client_of(environment, address.application, stored)
        except TokensNotRenewed:
            if need.rejected == stored.current.access:
                leave_note(environment, address, stored, REJECTED, rejected=True)
            raise
        environment.hold()
        Renewal(environment, address, need, credentials).carry_out(held_here, state)
        return True

    return under_lock(environment, address, work)


def under_lock(environment: Environment, address: Address, work: Callable[[Held], _T]) -> _T:
    """Do something under the account's lock; once more where that turns out to protect nothing."""
    for _ in range(LOCK_TRIES):
        with contextlib.suppress(LockVanished), environment.store.lock(address) as held:
            return work(held)
    raise Locked(f"The lock file of {address} keeps being deleted by another program.")


# -- steps 0 to 4 --------------------------------------------------------------------------------------


def read_again(environment: Environment, address: Address, held: Held) -> tuple[Authorization, RecoveryState]:
    """Step 2: what is stored now, after what a journal left behind was put in place."""
    environment.store.journal(address).wait_for_owner(PATIENCE)
    state = recover(environment.store, address, held, environment.machine)
    if state.authorization is None:
        raise NoSuchAccount(f"There is no account {address}.")
    return state.authorization, state


def _is_needed(
    environment: Environment, address: Address, stored: Authorization, need: TokenRequirement
) -> bool:
    """Step 3; only where a token looks expired right after it was obtained is the API asked."""
    dead = environment.store.is_dead(address, stored)
    decision = decide(stored, need, environment.clock.now(), dead=dead)
    if decision is Decision.ASK:
        return not environment.is_accepted(stored.server, stored.current.access)
    return decision is Decision.RENEW


def _check_renewable(stored: Authorization, state: RecoveryState) -> None:
    """Some servers give no refresh token: then there is nothing to ask with."""
    if not _candidates(stored, state):
        raise NoRefreshToken(NO_REFRESH)


def client_of(environment: Environment, application: str, stored: Authorization) -> Credentials:
    """The credentials that the tokens were issued to; never those of another client or server."""
    found = environment.store.credentials(application)
    if found is None:
        raise NoCredentials(f"The secret of {application} is not stored here.")
    if (found.client_id, found.server) != (stored.client_id, stored.server):
        raise NoCredentials(f"{application} has another Client ID or server now than this account's tokens.")
    return found


def _check_holder(
    environment: Environment, address: Address, stored: Authorization, need: TokenRequirement
) -> Authorization:
    """Only one holder may use a refresh token: neither one that was given away, nor another computer's."""
    if stored.handed_over is not None:
        day = time.strftime("%Y-%m-%d", time.localtime(stored.handed_over))
        raise HandedOver(
            f"The refresh token of {stored.label} was handed over to another holder on {day}.",
            next="Get tokens from that holder. If it never used the refresh token, take it back: "
            f"{command('smily-tui', 'handover', address, '--take-back')}. Else authorize the account again.",
        )
    if need.here:
        return replace(stored, machine=environment.machine)
    if environment.machine.differs_from(stored.machine.mark):
        raise OtherMachine(
            f"The tokens of {stored.label} were obtained on another computer ({stored.machine.name}). "
            "Two computers that renew the same tokens use up each other's.",
            next="If they are used on this computer only from now on: "
            f"{command('smily-tui', 'refresh', address, '--here')}. "
            "Else authorize the account here, too; the owner need not agree again.",
        )
    return stored


def gate(environment: Environment, state: RecoveryState, intent: dict[str, Any]) -> Journal:
    """Step 4: what is about to happen, and room for its answer, are on the disk.

    Args:
        environment: has the store.
        state: what the journal said that this one replaces, read under the lock that is held.
        intent: what is about to happen.

    Raises:
        NotWritable, DiskFull: nothing may be sent.
        LockVanished: somebody deleted the lock file, so that another process may be here, too.
    """
    now, held = environment.clock.now(), state.held
    journal = environment.store.journal(state.address)

    def last_look() -> None:
        """Before anything of another process is replaced."""
        if not held.still_counts() or journal.at_work() is not None:
            raise LockVanished

    journal.open(intent | {"at": [now.wall, now.boot, now.boottime]}, last_look)
    if held.still_counts() and journal.is_ours():
        return journal
    if journal.is_ours():  # another process may have put its own there, and be about to send
        journal.close()
    raise LockVanished


class LockVanished(Exception):
    """The lock that is held protects nothing any more; it has to be taken anew."""


# -- steps 5 to 7 --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TokenGrant:
    """A request that was answered with tokens, and when it was sent."""

    response: TokenResponse
    sent: Instant


def ask(environment: Environment, server: str, request: Fields, journal: Journal) -> TokenGrant:
    """Steps 5 to 7: send, keep the raw answer, read it; what is in doubt is sent again, thrice in all.

    Raises:
        Salvaged: a repetition would overwrite what can be salvaged.
        OAuthFailure: the last one; an in-doubt one where any try was in doubt and none was answered since,
            or where something arrived that cannot be read: a repetition would overwrite that, too.
    """
    environment.tell("sending")
    ends = time.monotonic() + TIME_FOR_ALL_TRIES
    doubt: NoUsableAnswer | None = None
    for _ in range(TRIES):
        left = ends - time.monotonic()
        if left < 1.0:
            break
        sent = environment.clock.now()
        answer, cut = _post(environment, server, request, left, journal)
        try:
            return TokenGrant(read_answer(answer, sent, cut), sent)
        except (NotTrusted, ProxyUnusable, ServerRefused) as no:
            if doubt is None or not doubt.in_doubt:
                raise
            if isinstance(no, GrantRefused):
                raise GrantRefusedAfterDoubt(doubt) from None
            # it is about this try alone: what the one before did is as unknown as it was, and stays so
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
    """Steps 5 and 6: what arrived is on the disk before anyone reads it; with the reason where it was cut."""
    spent = grant_in(request).fingerprint()
    try:
        answer, cut = replace(environment.post(server, request, seconds), spent=spent), None
    except NoUsableAnswer as failure:
        answer, cut = _piece(failure, spent), failure
    if cut is None or answer.body:
        journal.record(answer, whole=cut is None)
    return answer, cut


def _kept_aside(journal: Journal) -> str:
    """Where an answer is that cannot be read, in a sentence; there the next try does not write over it."""
    place = journal.path
    with contextlib.suppress(VaultError):
        place = journal.copy_aside() or place
    return f"The answer is kept in {clean(place)}."


def _piece(failure: NoUsableAnswer, spent: str) -> Answer:
    """What there is of an answer that is not whole."""
    return Answer(failure.status, failure.piece, coding=failure.coding, spent=spent)


# -- the ladder, and steps 8 and 9 ---------------------------------------------------------------------


@dataclass(frozen=True)
class Renewal:
    """One renewal of one account, under its lock."""

    environment: Environment
    address: Address
    need: TokenRequirement
    credentials: Credentials

    def carry_out(self, stored: Authorization, state: RecoveryState) -> None:
        """Steps 4 to 9. What a cut answer leaves is the next thing to try; after one more it is enough."""
        try:
            self._climb(stored, state)
        except PartialResponse as first:
            if not first.was_cut:
                raise self._not_whole(stored, first) from None
            with_piece = replace(state, salvaged=first.token, interrupted_at=first.sent.wall)
            try:
                self._climb(stored, with_piece)
            except PartialResponse as second:
                raise self._not_whole(stored, second) from None

    def _not_whole(self, stored: Authorization, salvaged: PartialResponse) -> InDoubt:
        """The server has renewed the tokens, and only the new refresh token can be used."""
        what = "The server's answers are cut again and again." if salvaged.was_cut else salvaged.failure.what
        self._note(salvaged.failure.name, stored, stored)
        return InDoubt(what, kept="The new refresh token is kept: the next try uses it.")

    def _climb(self, stored: Authorization, state: RecoveryState) -> None:
        """The ladder of refresh tokens, newest first; an older one only after a definite no."""
        journal = gate(self.environment, state, refresh_intent(stored, state))
        interrupted, doubt = state.interrupted_at, None
        for token in _candidates(stored, state):
            request = refresh_fields(self.credentials.client_id, self.credentials.client_secret, token)
            try:
                asking = ask(self.environment, stored.server, request, journal)
            except GrantRefusedAfterDoubt as refused:
                interrupted, doubt = self.environment.clock.now().wall, refused.doubt
            except GrantRefused:
                continue
            except OAuthFailure as failure:
                if doubt is not None and not failure.in_doubt:
                    journal.record(_piece(doubt, token.fingerprint()), whole=False)
                raise self._failed(stored, failure, journal, interrupted) from None
            else:
                new = next_authorization(stored, asking.response, token, asking.sent)
                self._renewed(stored, new, journal)
                return
        raise self._needs_person(stored, interrupted, journal)

    def _renewed(self, stored: Authorization, new: Authorization, journal: Journal) -> None:
        try:
            save(self.environment, self.address, new, journal)
        except TokensNotRenewed as failure:
            self._note(failure.name, stored, stored)
            raise
        self.environment.store.drop_note(self.address)
        self._note("renewed", stored, new)

    def _failed(
        self, stored: Authorization, failure: OAuthFailure, journal: Journal, interrupted_at: float | None
    ) -> Exception:
        """A request that brought no tokens: what is definite clears the intent, what is in doubt keeps it."""
        if not failure.in_doubt and interrupted_at is None:
            close(journal)
        self._leave_note(stored, failure.lasting)
        self._note(failure.name, stored, stored)
        if isinstance(failure, ClientRefused):
            return failure.saying(kept="The stored tokens are untouched.")
        if failure.in_doubt:
            what = f"{failure.what} Whether the server renewed the tokens is not known."
            kept = "" if failure.kept == failure.default_kept else failure.kept
            again = "" if failure.again_at is None else failure.next
            doubt = InDoubt(what, kept=f"{InDoubt.default_kept} {kept}".strip(), next=again)
            doubt.again_at = failure.again_at
            return doubt
        return failure

    def _needs_person(
        self, stored: Authorization, interrupted_at: float | None, journal: Journal
    ) -> AuthorizationRevoked:
        """Every candidate was refused: was it an interrupted request, or the owner?"""
        close(journal)
        ledger = self.environment.store.ledger(self.address)
        evidence = about_refresh(ledger, stored, interrupted_at, self.environment.clock.now())
        kind = AuthorizationRevoked if interrupted_at is None else AuthorizationLost
        why = explain(causes_of_refused_refresh(evidence))
        error = kind(f"The server accepts no refresh token of this account any more. {why}")
        self._leave_note(stored, error.what, refused=True)
        self._note(error.name, stored, stored)
        return error

    def _leave_note(self, stored: Authorization, words: str, *, refused: bool = False) -> None:
        rejected = self.need.rejected == stored.current.access
        leave_note(self.environment, self.address, stored, words, refused=refused, rejected=rejected)

    def _note(self, outcome: str, before: Authorization, after: Authorization) -> None:
        self.environment.note(self.address, self.need.why(), outcome, before.current.refresh, after)


def leave_note(
    environment: Environment,
    address: Address,
    stored: Authorization,
    words: str,
    *,
    refused: bool = False,
    rejected: bool = False,
) -> None:
    """Note what happened to the stored pair; what is known to be dead stays so until there is a new pair."""
    before = environment.store.note_about(address, stored)
    note = Note(
        stored.generation,
        environment.clock.now().wall,
        clean(words),
        refused=refused or (before is not None and before.refused),
        rejected=rejected or (before is not None and before.rejected),
    )
    environment.store.write_note(address, note)


def refresh_intent(stored: Authorization, state: RecoveryState) -> dict[str, Any]:
    """The intent of a refresh; it carries on what an earlier journal knew, since it takes its place."""
    return {
        "grant": "refresh_token",
        "generation": stored.generation + 1,
        "authorized_at": stored.authorized_at,
        "client_id": stored.client_id,
        "server": stored.server,
        "label": stored.label,
        "account_id": stored.account_id,
        "asked": list(stored.asked),
        "spends": stored.current.refresh.fingerprint(),
        "interrupted_at": state.interrupted_at,
        "salvaged": state.salvaged.reveal() if state.salvaged else None,
    }


def _candidates(stored: Authorization, state: RecoveryState) -> list[Secret]:
    found = [state.salvaged, stored.current.refresh, None if stored.confirmed else stored.previous]
    return list(dict.fromkeys(token for token in found if token))


def save(environment: Environment, address: Address, new: Authorization, journal: Journal) -> None:
    """Steps 8 and 9. Where the file cannot be written, the journal is the token; else a folder elsewhere."""
    for left in reversed(range(SAVE_TRIES)):
        try:
            environment.store.save(address, new)
            break
        except VaultError as error:
            if not left:
                raise _kept(environment, address, new, journal, error) from None
    close(journal)


def _kept(
    environment: Environment, address: Address, new: Authorization, journal: Journal, error: VaultError
) -> TokensNotRenewed:
    """Where tokens that cannot be saved in their place are safe."""
    what = f"New tokens for {address} arrived. {error.what}"
    if journal.holds_answer:
        return KeptInJournal(what)
    try:
        place = environment.store.keep_elsewhere(address, new)
    except VaultError as second:
        return KeptNowhere(f"{what} {second.what}")
    return KeptElsewhere(what, kept=f"The new tokens are safe in {clean(place)}.")


def close(journal: Journal) -> None:
    """Step 9. A journal that cannot be deleted is recognised and dropped by the next process."""
    with contextlib.suppress(VaultError):
        journal.close()
