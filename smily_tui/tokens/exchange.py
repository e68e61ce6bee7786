"""Exchange of an authorization code for tokens, and the request for the account they belong to."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from smily_tui.errors import SmilyError
from smily_tui.oauth.diagnosis import Likelihood, causes_of_refused_code, split
from smily_tui.oauth.errors import GrantRefused, NotUnderstood, OAuthFailure, TokenRejected
from smily_tui.oauth.requests import IssuedUrl, code_exchange_fields
from smily_tui.records import encode
from smily_tui.text import Clean, clean
from smily_tui.tokens.errors import InDoubt, KeptInJournal, NoCredentials
from smily_tui.tokens.protocol import clear_journal, refresh, request_tokens, save, under_lock, write_intent
from smily_tui.tokens.recovery import (
    PartialResponse,
    about_code,
    first_authorization,
    recover,
    salvaged_authorization,
)
from smily_tui.tokens.registration import Registration, is_stored, placed, register, vacate
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.errors import VaultError
from smily_tui.vault.model import NO_NAMES, PROVISIONAL, REJECTED, Address, Authorization, Credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.oauth.api import Identity
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import Environment
    from smily_tui.vault.disk import Held
    from smily_tui.vault.journal import Journal
    from smily_tui.vault.store import Slot, Store


LOGIN_PAGE: Final = "Does your network want you to log in?"
NEW_CODE: Final = "Open the link again to get a new code."
_ADVICE: Final = {
    "damaged": "Copy the whole code. The page still shows it.",
    "client": "Open the current link and use its code.",
}


def exchange(
    environment: Environment,
    store: Store,
    application: str,
    code: Secret,
    requested_scopes: Sequence[str],
    link: IssuedUrl | None = None,
    registration: Registration | None = None,
) -> Slot:
    """Turn a code into a stored authorization, under a provisional address.

    Args:
        environment: the world outside the store.
        store: where the authorization is stored.
        application: key of the application that the code was issued to.
        code: the authorization code.
        requested_scopes: the scopes that were requested.
        link: URL that the code should come from; it only helps to explain a refusal.
        registration: the application as it was entered, used instead of the stored one and stored once the
            server has accepted it. Until then it is in the journal: no kill parts tokens and secret.

    Raises:
        OAuthFailure: refused, or not sent.
        InDoubt: no usable answer; the code may be used up.
        NoCredentials, VaultError: nothing was sent; the code is still good.
        KeptInJournal, KeptElsewhere: the tokens are safe; the account appears when the store can be written.
        KeptNowhere: the tokens are gone; a new code is needed.
    """
    scopes = tuple(clean(scope) for scope in requested_scopes)
    try:
        with contextlib.ExitStack() as naming:
            # until the journal is there: an application that is in use is not removed
            naming.enter_context(store.names_lock())
            if registration is not None:
                registration = placed(store, registration)
                application = registration.application.key
                store.make_folder(application)
            credentials = registration.credentials if registration else store.credentials(application)
            if credentials is None:
                raise NoCredentials(f"The Client Secret of {application} is not stored here.")
            slot = store.slot(Address(application, f"{PROVISIONAL}{secrets.token_hex(4)}"))
            exchange = Exchange(environment, slot, code, scopes, link, credentials, registration)
            # once the journal is there, it keeps the application's folder
            new = under_lock(slot, lambda held: exchange.run(held, naming.close))
    except SmilyError:
        if registration is not None:
            vacate(store, application)
        raise
    if not new.current.access:
        refresh(environment, slot, TokenRequirement())
    return slot


@dataclass(frozen=True)
class Exchange:
    """One exchange of one code, under the lock of a provisional address."""

    environment: Environment
    slot: Slot
    code: Secret
    requested_scopes: tuple[Clean, ...]
    link: IssuedUrl | None
    credentials: Credentials
    registration: Registration | None

    def run(self, held: Held, noted: Callable[[], None]) -> Authorization:
        """Go through steps 4 to 9 under the lock; call `noted` once the intent is in the journal.

        Raises as `exchange` does.
        """
        environment, credentials = self.environment, self.credentials
        environment.block_signals()
        state = recover(self.slot, held, environment.machine)
        journal = write_intent(state, self._intent(), environment.clock.now())
        noted()
        request = code_exchange_fields(credentials.client_id, credentials.client_secret, self.code)
        try:
            grant = request_tokens(environment, credentials.server, request, journal)
            new = first_authorization(
                credentials, self.requested_scopes, grant.response, grant.sent, environment.machine
            )
        except PartialResponse as cut:
            new = salvaged_authorization(
                credentials, self.requested_scopes, cut.token, cut.sent, environment.machine
            )
        except GrantRefused as failure:
            self._replace_secret()
            clear_journal(journal)
            raise self._refused(failure) from None
        except OAuthFailure as failure:
            raise _exchange_failure(failure, journal) from None
        self._register(journal)
        save(self.slot, new, journal)
        self.slot.store.add_spent_code(self.slot.address.application, self.code, new.authorized_at)
        self.slot.history.add(environment.token_use("a code was exchanged", "authorized", None, new))
        return new

    def _intent(self) -> dict[str, Any]:
        entered = {} if self.registration is None else {"registration": encode(self.registration)}
        return {
            "grant": "authorization_code",
            "generation": 1,
            "asked": list(self.requested_scopes),
            "client_id": self.credentials.client_id,
            "server": self.credentials.server,
            **entered,
        }

    def _replace_secret(self) -> None:
        """Store the entered secret: the client was accepted, only the code was not (RFC 6749 section 5.2)."""
        store, registration = self.slot.store, self.registration
        with contextlib.suppress(VaultError):
            if registration is not None and is_stored(store, registration):
                with store.names_lock():
                    register(store, registration)

    def _register(self, journal: Journal) -> None:
        """Store the application before the tokens, which cannot be refreshed without it.

        Raises:
            KeptInJournal: it cannot be stored; the next call does all of it.
        """
        store, registration = self.slot.store, self.registration
        if registration is None:
            return
        try:
            with store.names_lock():
                register(store, registration)
        except VaultError as error:
            if journal.holds_answer:
                raise KeptInJournal(f"New tokens for {self.slot.address} arrived. {error.what}") from None

    def _refused(self, failure: GrantRefused) -> GrantRefused:
        """Return the server's one sentence for many causes, with the one that is likely here."""
        evidence = about_code(
            self.code,
            self.link,
            self.slot.store.spent_codes(self.slot.address.application),
            self.environment.clock.now(),
            answer_lost=failure.doubt is not None,
        )
        causes = causes_of_refused_code(evidence)
        likely = causes[0].name if causes[0].likelihood <= Likelihood.LIKELY else ""
        cause, alternatives = split(causes)
        refused = GrantRefused(
            f"The server rejected this code. {cause}".rstrip(),
            kept="Nothing was stored.",
            next=_ADVICE.get(likely, NEW_CODE),
        )
        refused.causes = alternatives
        return refused


def _exchange_failure(failure: OAuthFailure, journal: Journal) -> Exception:
    """Return the error for an exchange without tokens; in doubt the journal stays, for what may be in it."""
    if failure.in_doubt:
        is_page = isinstance(failure, NotUnderstood) and failure.piece.lstrip().startswith(b"<")
        hint = f" {LOGIN_PAGE}" if is_page else ""
        return InDoubt(
            f"{failure.what}{hint} It is not known whether the server used the code.",
            kept="Nothing was stored." if failure.kept == failure.default_kept else failure.kept,
            next="Try the same code once more. If it is refused, open the link again for a new one.",
        )
    clear_journal(journal)
    return failure


# -- step 11 CONFIRM -----------------------------------------------------------------------------------


def identify(environment: Environment, slot: Slot) -> Identity:
    """Ask the API whose token is stored, and note it there (step 11).

    A name that a person gave stays. The token pair is not touched.

    Raises:
        NoSuchAccount: nothing is stored there.
        OAuthFailure: the token is refused, or there is no usable answer.
    """
    stored = slot.require()
    try:
        return _identify(environment, slot, stored)
    except TokenRejected:
        slot.add_note(stored, environment.clock.now().wall, REJECTED, rejected=True)
        raise


def identify_late(environment: Environment, slot: Slot) -> None:
    """After a refresh, ask whose the account is if that is not known. Best effort: errors are ignored.

    A fresh token that the API refuses is not noted as dead: each later call would then refresh again.
    """
    with contextlib.suppress(SmilyError):
        stored = slot.require()
        if stored.account_id is None or stored.label in NO_NAMES:
            _identify(environment, slot, stored)


def _identify(environment: Environment, slot: Slot, stored: Authorization) -> Identity:
    from smily_tui.oauth import api
    from smily_tui.oauth.http import Transport

    environment.report("asking")
    identity = api.identify(
        Transport(stored.server, record=environment.record),
        stored.current.access,
        lambda: environment.clock.now().wall,
        granted=stored.current.scopes,
    )
    with slot.lock():
        note = slot.note_about(stored)
        if note is not None and note.rejected and not note.refused:
            slot.drop_note()
        environment.block_signals()  # a cancellation must not leave a temporary file behind
        now = slot.read()
        if now is not None and now.generation == stored.generation:
            slot.save(_identified(now, identity))
    return identity


def _identified(stored: Authorization, identity: Identity) -> Authorization:
    label, account_id = stored.label, stored.account_id
    if identity.business_name and not (stored.named and label not in NO_NAMES):
        label = identity.business_name
    if identity.account_id is not None:
        account_id = identity.account_id
    return stored._replace(used=True, label=label, account_id=account_id)
