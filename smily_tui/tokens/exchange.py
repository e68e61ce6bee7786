"""Exchange of an authorization code for tokens, and the call that tells whose they are."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from smily_tui.errors import SmilyError
from smily_tui.oauth.diagnosis import Likelihood, causes_of_refused_code, explain
from smily_tui.oauth.errors import GrantRefused, NotUnderstood, OAuthFailure, TokenRejected
from smily_tui.oauth.requests import code_exchange_fields
from smily_tui.text import Clean, clean
from smily_tui.tokens.errors import GrantRefusedAfterDoubt, InDoubt, KeptInJournal, NoCredentials
from smily_tui.tokens.protocol import TokenRequirement, ask, close, gate, leave_note, renew, save, under_lock
from smily_tui.tokens.recovery import (
    PartialResponse,
    about_code,
    first_authorization,
    recover,
    salvaged_authorization,
)
from smily_tui.tokens.registration import is_stored, placed, register, vacate
from smily_tui.vault.errors import NoSuchAccount, VaultError
from smily_tui.vault.model import NO_NAMES, PROVISIONAL, REJECTED, Address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.oauth.api import Identity
    from smily_tui.oauth.requests import IssuedUrl
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import Environment
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.disk import Held
    from smily_tui.vault.journal import Journal
    from smily_tui.vault.model import Authorization, Credentials


def identify_late(environment: Environment, address: Address) -> None:
    """After a refresh, ask whose the account is where that is not known; not knowing is no reason to fail.

    That a fresh token is refused is not noted: each call would get another one.
    """
    with contextlib.suppress(SmilyError):
        stored = _read(environment, address)
        if stored.account_id is None or stored.label in NO_NAMES:
            _identify(environment, address, stored)


def identify(environment: Environment, address: Address) -> Identity:
    """Ask the API whose token is stored at `address`, and note it there.

    A name that a person gave stays. The token pair is not touched.

    Raises:
        NoSuchAccount: nothing is stored there.
        OAuthFailure: the token is refused, or there is no usable answer.
    """
    stored = _read(environment, address)
    try:
        return _identify(environment, address, stored)
    except TokenRejected:
        leave_note(environment, address, stored, REJECTED, rejected=True)
        raise


def _read(environment: Environment, address: Address) -> Authorization:
    stored = environment.store.read(address)
    if stored is None:
        raise NoSuchAccount(f"There is no account {address}.")
    return stored


def _identify(environment: Environment, address: Address, stored: Authorization) -> Identity:
    from smily_tui.oauth import api
    from smily_tui.oauth.http import Transport

    environment.tell("asking")
    transport = Transport(stored.server, record=environment.record)
    scopes = stored.current.scopes
    identity = api.identify(
        transport, stored.current.access, lambda: environment.clock.now().wall, granted=scopes
    )
    with environment.store.lock(address):
        note = environment.store.note_about(address, stored)
        if note is not None and note.rejected and not note.refused:
            environment.store.drop_note(address)
        environment.hold()  # a cancellation must not leave half a file behind
        now = environment.store.read(address)
        if now is not None and now.generation == stored.generation:
            named = now.settled and now.label not in NO_NAMES
            label = now.label if named or not identity.business_name else identity.business_name
            account_id = now.account_id if identity.account_id is None else identity.account_id
            environment.store.save(address, replace(now, confirmed=True, label=label, account_id=account_id))
    return identity


LOGIN_PAGE: Final = "Is a login page of this network in between?"
NEW_CODE: Final = "Open the link again to get a new code."
_MENDED_BY: Final = {
    "damaged": "Copy it whole: the page still shows it.",
    "client": "Open the link that is shown now, and use its code.",
}


def exchange(
    environment: Environment,
    application: str,
    code: Secret,
    asked: Sequence[str],
    link: IssuedUrl | None = None,
    registration: Registration | None = None,
) -> Address:
    """Turn a code into a stored authorization, under a provisional address.

    `link` is the one that the code should come from; it only helps to tell why a code was refused.
    `registration` is what was entered for the application: used instead of what is stored, and stored in
    its place when the server has accepted it. It is in the journal until then, so that no kill parts the
    tokens from the secret that renews them.

    Raises:
        OAuthFailure: refused, or not sent.
        InDoubt: no usable answer; the code may be used up.
        NoCredentials, VaultError: nothing was sent; the code is still good.
        KeptInJournal, KeptElsewhere: the tokens are safe; the account appears when the store can be written.
        KeptNowhere: the tokens are gone; a new code is needed.
    """
    store, wanted = environment.store, tuple(clean(scope) for scope in asked)
    try:
        with contextlib.ExitStack() as naming:
            if registration is not None:
                naming.enter_context(store.names_lock())
                registration = placed(store, registration)
                application = registration.application.key
                store.make_folder(application)
            credentials = registration.credentials if registration else store.credentials(application)
            if credentials is None:
                raise NoCredentials(f"The secret of {application} is not stored here.")
            address = Address(application, f"{PROVISIONAL}{secrets.token_hex(4)}")
            exchange = Exchange(environment, address, code, wanted, link, credentials, registration)
            # once the journal is there, it keeps the application's folder
            new = under_lock(environment, address, lambda held: exchange.carry_out(held, naming.close))
    except SmilyError:
        if registration is not None:
            vacate(store, application)
        raise
    if not new.current.access:
        renew(environment, address, TokenRequirement())
    return address


@dataclass(frozen=True)
class Exchange:
    """One exchange of one code, under the lock of a provisional address."""

    environment: Environment
    address: Address
    code: Secret
    asked: tuple[Clean, ...]
    link: IssuedUrl | None
    credentials: Credentials
    registration: Registration | None

    def carry_out(self, held: Held, noted: Callable[[], None]) -> Authorization:
        """Steps 4 to 9, under the lock `held`; calls `noted` once the intent is in the journal.

        Raises as `exchange` does.
        """
        environment, credentials = self.environment, self.credentials
        environment.hold()
        state = recover(environment.store, self.address, held, environment.machine)
        journal = gate(environment, state, self._intent())
        noted()
        request = code_exchange_fields(credentials.client_id, credentials.client_secret, self.code)
        try:
            asking = ask(environment, credentials.server, request, journal)
            new = first_authorization(
                credentials, self.asked, asking.response, asking.sent, environment.machine
            )
        except PartialResponse as cut:
            new = salvaged_authorization(credentials, self.asked, cut.token, cut.sent, environment.machine)
        except GrantRefused as failure:
            self._replace_secret()
            close(journal)
            raise _refused(environment, self.address.application, self.code, self.link, failure) from None
        except OAuthFailure as failure:
            raise _exchange_failure(failure, journal) from None
        self._register(journal)
        save(environment, self.address, new, journal)
        environment.store.add_spent_code(self.address.application, self.code, new.authorized_at)
        environment.note(self.address, "a code was exchanged", "authorized", None, new)
        return new

    def _intent(self) -> dict[str, Any]:
        client = {"client_id": self.credentials.client_id, "server": self.credentials.server}
        entered = {} if self.registration is None else {"registration": self.registration.as_dict()}
        return {
            "grant": "authorization_code",
            "generation": 1,
            "asked": list(self.asked),
            **client,
            **entered,
        }

    def _replace_secret(self) -> None:
        """The client was accepted, only the code was not (RFC 6749 section 5.2)."""
        store, registration = self.environment.store, self.registration
        with contextlib.suppress(VaultError):
            if registration is not None and is_stored(store, registration):
                with store.names_lock():
                    register(store, registration)

    def _register(self, journal: Journal) -> None:
        """Before the tokens, which nothing renews without it.

        Raises:
            KeptInJournal: it cannot be stored; the next call does all of it.
        """
        store, registration = self.environment.store, self.registration
        if registration is None:
            return
        try:
            with store.names_lock():
                register(store, registration)
        except VaultError as error:
            if journal.holds_answer:
                raise KeptInJournal(f"New tokens for {self.address} arrived. {error.what}") from None


def _exchange_failure(failure: OAuthFailure, journal: Journal) -> Exception:
    """A code exchange that brought no tokens; in doubt the journal stays, for what may be in it."""
    if failure.in_doubt:
        is_page = isinstance(failure, NotUnderstood) and failure.piece.lstrip().startswith(b"<")
        other = f" {LOGIN_PAGE}" if is_page else ""
        return InDoubt(
            f"{failure.what}{other} Whether the server took the code is not known.",
            kept="Nothing was stored." if failure.kept == failure.default_kept else failure.kept,
            next="Try the same code once more; if it is refused, open the link again for a new one.",
        )
    close(journal)
    return failure


def _refused(
    environment: Environment, application: str, code: Secret, link: IssuedUrl | None, failure: GrantRefused
) -> GrantRefused:
    """The server's one sentence for many causes, with the one that is likely by what is known here."""
    lost = isinstance(failure, GrantRefusedAfterDoubt)
    spent = environment.store.spent_codes(application)
    evidence = about_code(code, link, spent, environment.clock.now(), answer_lost=lost)
    causes = causes_of_refused_code(evidence)
    likely = causes[0].name if causes[0].likelihood <= Likelihood.LIKELY else ""
    return GrantRefused(
        f"The server does not accept this code. {explain(causes)}",
        kept="Nothing was stored.",
        next=_MENDED_BY.get(likely, NEW_CODE),
    )
