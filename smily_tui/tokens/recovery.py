"""Recovery of interrupted refreshes: journals, spilled answers, and which refresh token to try."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smily_tui.clock import Instant, moment
from smily_tui.oauth.body import is_text
from smily_tui.oauth.diagnosis import CodeEvidence, RefreshEvidence, Use, format_problem
from smily_tui.oauth.errors import (
    NoAnswer,
    NotUnderstood,
    NoUsableAnswer,
    OAuthFailure,
    RateLimited,
    ServerRefused,
)
from smily_tui.oauth.token_response import (
    TokenResponse,
    may_hide_token,
    read_token_response,
    refresh_token_in,
)
from smily_tui.records import Record, decode
from smily_tui.secret import Secret
from smily_tui.text import Clean, Untrusted, clean
from smily_tui.tokens.registration import Registration, register, vacate
from smily_tui.vault.errors import Damaged, KeyUnavailable, NoSuchAccount, ProtectionError, VaultError
from smily_tui.vault.history import REFRESHED, History, TokenUse, fingerprint
from smily_tui.vault.model import LONGEST_NAME, UNNAMED, Authorization, Credentials, Tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from smily_tui.oauth.requests import IssuedUrl
    from smily_tui.system import Machine
    from smily_tui.vault.disk import Held
    from smily_tui.vault.journal import Answer, Entry, Journal
    from smily_tui.vault.store import Slot


@dataclass(frozen=True)
class RecoveryState:
    """Account under its lock, after recovery. Only who has this can write a journal: `write_intent` takes it.

    Attributes:
        slot: place of the account.
        held: its lock, under which everything here was read.
        authorization: what is stored now; None where nothing is.
        salvaged: refresh token newer than the stored one, from an answer that is otherwise unusable.
        interrupted_at: when a request was sent whose outcome is not known (UTC seconds); else None.
    """

    slot: Slot
    held: Held
    authorization: Authorization | None
    salvaged: Secret | None = None
    interrupted_at: float | None = None

    @property
    def stored(self) -> Authorization:
        """Stored authorization; raises NoSuchAccount."""
        if self.authorization is None:
            raise self.slot.missing()
        return self.authorization


def recover(slot: Slot, held: Held, machine: Machine) -> RecoveryState:
    """Put a whole answer in place, drop a journal that is done with, and return what stays in doubt.

    `held` is the account's lock.

    Raises:
        VaultError: the store cannot be read or written; nothing was changed.
    """
    stored = slot.restore_spill()
    state = RecoveryState(slot, held, stored)
    in_doubt = replace(state, interrupted_at=stored.current.sent.wall if stored else None)
    journal = slot.journal()
    try:
        entry = journal.read()
    except Damaged:
        journal.keep_aside()
        return in_doubt
    if entry is None:
        return state
    slot.clean_temp_files()
    try:
        return _Recovery(state, journal, entry, machine).result()
    except (KeyError, TypeError, ValueError, IndexError):
        # the frame is whole, but a field of the intent is not as written
        journal.keep_aside()
        return in_doubt


def adopt(slots: Iterable[Slot], machine: Machine) -> None:
    """Make accounts of answers and spilled files in slots without tokens.

    Raises:
        ProtectionError, KeyUnavailable: it is encrypted, and cannot be opened now.
    """
    for slot in slots:
        application = slot.address.application
        try:
            slot.store.make_folder(application)
            with slot.lock(patience=0.0) as held:
                state = recover(slot, held, machine)
            if state.authorization is None:
                vacate(slot.store, application)
        except (ProtectionError, KeyUnavailable):
            raise
        except (NoSuchAccount, VaultError):
            continue  # an exchange under way has the lock; other errors are shown when the account is used


@dataclass(frozen=True)
class _Recovery:
    """One journal beside the stored tokens, under the account's lock."""

    now: RecoveryState
    journal: Journal
    entry: Entry
    machine: Machine

    def result(self) -> RecoveryState:
        stored = self.now.authorization
        if stored is None:
            return self._without_tokens()
        if self._age_beside(stored) <= stored.age:
            # its tokens were saved, or replaced by a new authorization
            self.journal.close()
            return self.now
        if not self._is_of(stored.client_id, stored.server):
            self.journal.keep_aside()
            return self.now
        return self._newer_than(stored)

    def _age_beside(self, stored: Authorization) -> tuple[float, int]:
        """Return the age of the requested pair; older journals do not name its authorization."""
        intent, sent = self.entry.intent, self._sent.wall
        began = min(sent, stored.authorized_at)
        if "authorized_at" in intent:
            began = intent.number("authorized_at")
        return began, intent.integer("generation")

    def _is_of(self, client_id: str, server: str) -> bool:
        """Return whether this client sent it to this server; older journals do not say."""
        intent = self.entry.intent
        return (intent.get("client_id"), intent.get("server")) in (
            (None, None),
            (Untrusted(client_id), Untrusted(server)),
        )

    def _newer_than(self, stored: Authorization) -> RecoveryState:
        before = self._known_before()
        in_doubt = replace(before, interrupted_at=self._sent.wall)
        try:
            response = self._read()
        except PartialResponse as salvaged:
            return replace(in_doubt, salvaged=salvaged.token)
        except OAuthFailure as failure:
            if failure.in_doubt:
                self._keep_unread()
                return in_doubt
            if before.interrupted_at is None:
                self.journal.close()
            return before
        spent = self._spent(stored, before.salvaged)
        if spent is None and response.refresh_token is None:
            # the refresh token that is valid now is unknown here
            self.journal.copy_aside()
            return in_doubt
        began, generation = self._age_beside(stored)
        new = next_authorization(stored, response, spent or stored.current.refresh, self._sent)
        return self._put_in_place(new._replace(generation=generation, authorized_at=began))

    def _without_tokens(self) -> RecoveryState:
        """Make an account of what arrived.

        If nothing did after a code exchange the journal is done with: the code is not stored, so it cannot be
        sent again.
        """
        nothing = replace(self.now, interrupted_at=self._sent.wall)
        slot, registration = self.now.slot, self._registration()
        adopted = self._arrived(
            slot.store.credentials(slot.address.application)
            if registration is None
            else registration.credentials
        )
        if adopted is None:
            if self._brought_nothing():
                self.journal.close()
            return nothing
        if _is_known(slot, adopted.current.refresh):
            # the tokens were moved with their account, and only the journal stayed
            self.journal.close()
            return self.now
        if registration is not None:
            with slot.store.names_lock():
                register(slot.store, registration)
        return self._put_in_place(adopted)

    def _registration(self) -> Registration | None:
        """Return the application that was entered for a code exchange, to be stored if that succeeded."""
        intent = self.entry.intent
        return decode(Registration, intent.record("registration")) if "registration" in intent else None

    def _brought_nothing(self) -> bool:
        """Return whether a code exchange is over without tokens: no answer came, or one without a token."""
        entry = self.entry
        if entry.intent.identifier("grant") != "authorization_code" or entry.is_under_way():
            return False
        if entry.arrived is None:
            return True
        if entry.form == "torn" or is_unread(entry.arrived, whole=entry.form == "whole"):
            return False
        try:
            self._read()
        except OAuthFailure:
            return True
        except PartialResponse:
            pass
        return False

    def _put_in_place(self, adopted: Authorization) -> RecoveryState:
        self.now.slot.save(adopted)
        self.journal.close()
        self.now.slot.drop_note()
        return replace(self.now, authorization=adopted)

    def _arrived(self, credentials: Credentials | None) -> Authorization | None:
        """Return the authorization in the answer, or in what arrived of it."""
        intent = self.entry.intent
        if credentials is None or not self._is_of(credentials.client_id, credentials.server):
            return None
        requested_scopes = tuple(map(clean, intent.texts("asked"))) if "asked" in intent else ()
        try:
            new = first_authorization(credentials, requested_scopes, self._read(), self._sent, self.machine)
        except PartialResponse as salvaged:
            new = salvaged_authorization(
                credentials, requested_scopes, salvaged.token, self._sent, self.machine
            )
        except OAuthFailure:
            return None
        if intent.identifier("grant") == "authorization_code":
            return new
        return _again(new, intent) if new.current.refresh else None

    def _read(self) -> TokenResponse:
        """Return the tokens that arrived; of a torn answer only a refresh token, as it may be two in one."""
        arrived, form = self.entry.arrived, self.entry.form
        cut = NoAnswer("The answer was cut.")
        if arrived is None:
            raise cut
        if form != "torn":
            return read_answer(arrived, self._sent, None if form == "whole" else cut)
        token = salvage(arrived)
        raise cut if token is None else PartialResponse(token, self._sent, cut)

    def _keep_unread(self) -> None:
        arrived, whole = self.entry.arrived, self.entry.form == "whole"
        if arrived is not None and is_unread(arrived, whole=whole):
            self.journal.copy_aside()

    def _known_before(self) -> RecoveryState:
        """Return what the journal before this one knew."""
        intent = self.entry.intent
        return replace(
            self.now,
            salvaged=intent.secret("salvaged") if intent.is_set("salvaged") else None,
            interrupted_at=intent.number("interrupted_at") if intent.is_set("interrupted_at") else None,
        )

    def _spent(self, stored: Authorization, salvaged: Secret | None) -> Secret | None:
        """Return the refresh token that was answered; older journals do not say: then the first candidate."""
        arrived = self.entry.arrived
        tokens = [token for token in (salvaged, stored.current.refresh, stored.previous) if token]
        spent = arrived.spent if arrived else ""
        if not spent:
            spent = tokens[0].fingerprint() if salvaged else self.entry.intent.identifier("spends")
        return next((token for token in tokens if token.fingerprint() == spent), None)

    @property
    def _sent(self) -> Instant:
        return self.entry.intent.instant("at")


def _again(new: Authorization, intent: Record) -> Authorization:
    """Return an account whose tokens are missing, as the journal of a refresh knows it."""
    if "label" not in intent:
        return new._replace(generation=intent.integer("generation"))
    return new._replace(
        generation=intent.integer("generation"),
        label=clean(intent.text("label"), LONGEST_NAME),
        account_id=intent.integer("account_id") if intent.is_set("account_id") else None,
        authorized_at=intent.number("authorized_at"),
        refreshed=new.current.sent,
        named=True,
    )


def _is_known(slot: Slot, token: Secret) -> bool:
    """Return whether another account of the same application has, or had, this refresh token."""
    siblings = (address for address in slot.store.addresses() if address != slot.address)
    return bool(token) and any(
        _had(slot.store.slot(address), token)
        for address in siblings
        if address.application == slot.address.application
    )


def _had(slot: Slot, token: Secret) -> bool:
    with contextlib.suppress(VaultError):
        stored = slot.read()
        if stored is not None and token in (stored.current.refresh, stored.previous):
            return True
    with contextlib.suppress(VaultError):
        return any(use.got == fingerprint(token) for use in slot.history.read())
    return False


# -- answers -------------------------------------------------------------------------------------------


class PartialResponse(Exception):
    """Unusable answer with a whole refresh token in it.

    Attributes:
        token: the refresh token.
        sent: when the request was sent.
        failure: reason why the answer is otherwise unusable.
    """

    def __init__(self, token: Secret, sent: Instant, failure: OAuthFailure) -> None:
        super().__init__()
        self.token = token
        self.sent = sent
        self.failure = failure

    @property
    def was_cut(self) -> bool:
        """True if the end got lost on the way, so that another request may bring a whole answer."""
        return isinstance(self.failure, NoAnswer)


def read_answer(answer: Answer, sent: Instant, cut: NoUsableAnswer | None = None) -> TokenResponse:
    """Return the tokens in an answer; of a cut one, `cut` is the reason.

    Raises:
        PartialResponse: there is only a refresh token that can be used.
        OAuthFailure: there is none.
    """
    failure: OAuthFailure
    try:
        return read_token_response(answer.status, answer.body, answer.coding)
    except RateLimited as limited:
        failure = cut or limited.until(answer.again_at)
    except OAuthFailure as error:
        failure = cut or error
    token = salvage(answer)
    if token is not None:
        raise PartialResponse(token, sent, failure)
    if isinstance(failure, ServerRefused) and is_unread(answer, whole=True):
        failure = NotUnderstood(f"{failure.what} It still seems to contain a refresh token.")
    if isinstance(failure, NoUsableAnswer):
        failure.after(answer.status, answer.body, answer.coding).until(answer.again_at)
    raise failure


def salvage(answer: Answer) -> Secret | None:
    """Return a refresh token that arrived whole, and is not the one that was sent."""
    token = refresh_token_in(answer.body, answer.coding)
    return None if token is None or token.fingerprint() == answer.spent else token


def is_unread(answer: Answer, *, whole: bool) -> bool:
    """Return whether an answer may hold an unreadable refresh token, which a retry would overwrite."""
    if whole:
        return may_hide_token(answer.body, answer.coding, answer.spent)
    # a cut text with an unreadable refresh token has only the beginning of it
    return bool(answer.body) and not is_text(answer.body, answer.coding)


# -- authorizations ------------------------------------------------------------------------------------


def first_authorization(
    credentials: Credentials,
    requested_scopes: tuple[Clean, ...],
    response: TokenResponse,
    sent: Instant,
    machine: Machine,
) -> Authorization:
    """Return the authorization of a code exchange: generation one, not named yet."""
    scopes = response.scopes if response.scopes is not None else requested_scopes
    refresh = response.refresh_token or Secret("")
    return Authorization(
        generation=1,
        server=credentials.server,
        client_id=credentials.client_id,
        label=UNNAMED,
        account_id=None,
        requested_scopes=requested_scopes,
        current=Tokens(response.access_token, refresh, scopes, sent, response.lifetime, response.extra),
        previous=None,
        used=False,
        authorized_at=sent.wall,
        refreshed=None,
        named=False,
        machine=machine,
    )


def salvaged_authorization(
    credentials: Credentials,
    requested_scopes: tuple[Clean, ...],
    refresh: Secret,
    sent: Instant,
    machine: Machine,
) -> Authorization:
    """Return the authorization of an answer cut after its refresh token: to be refreshed at once."""
    nothing = TokenResponse(Secret(""), refresh, 0.0, None)
    return first_authorization(credentials, requested_scopes, nothing, sent, machine)


def next_authorization(
    stored: Authorization, response: TokenResponse, spent: Secret, sent: Instant
) -> Authorization:
    """Return the authorization after a refresh; without a new refresh token the old one stays."""
    scopes = response.scopes if response.scopes is not None else stored.current.scopes
    # RFC 6749 section 6: a server need not issue a new refresh token
    refresh = response.refresh_token or spent
    return stored._replace(
        generation=stored.generation + 1,
        current=Tokens(response.access_token, refresh, scopes, sent, response.lifetime, response.extra),
        previous=spent,
        used=False,
        refreshed=sent,
    )


# -- evidence for why the server refused ---------------------------------------------------------------


def about_code(
    code: Secret, link: IssuedUrl | None, spent: Mapping[str, float], now: Instant, *, answer_lost: bool
) -> CodeEvidence:
    """Return the evidence for why a code was refused; `spent` has the codes exchanged here."""
    at = spent.get(code.fingerprint())
    return CodeEvidence(
        link_age=None if link is None else max(0.0, now.since(link.made)),
        spent_at="" if at is None else moment(at, now.wall),
        answer_lost=answer_lost,
        other_client=link is not None and link.other_client,
        format_problem=format_problem(code.reveal()),
    )


def about_refresh(
    history: History, stored: Authorization, interrupted_at: float | None, now: Instant
) -> RefreshEvidence:
    """Return the evidence for why every refresh token of an account was refused."""
    uses: list[TokenUse] = []
    with contextlib.suppress(VaultError):
        # a new authorization takes over its duplicate's history, and its generations begin at one again
        uses = [use for use in history.read() if use.at >= stored.authorized_at]
    ours = fingerprint(stored.current.refresh)
    replaced = next((use for use in reversed(uses) if _replaces(use, ours, stored.generation)), None)
    refreshed = max((use.at for use in uses if use.outcome == REFRESHED), default=0.0)
    taken = [use.at for use in uses if use.outcome == "taken back" and use.at >= refreshed]
    return RefreshEvidence(
        replaced=None if replaced is None else _use(replaced, now),
        interrupted_at="" if interrupted_at is None else moment(interrupted_at, now.wall),
        taken_back_at=moment(taken[-1], now.wall) if taken else "",
    )


def _replaces(use: TokenUse, ours: str, generation: int) -> bool:
    """Return whether a use brought a token that is newer than the stored one."""
    if use.got in ("", ours):
        return False
    return use.spent == ours or (use.outcome == REFRESHED and use.generation > generation)


def _use(use: TokenUse, now: Instant) -> Use:
    return Use(moment(use.at, now.wall), ": ".join(filter(None, (use.host, use.process))))
