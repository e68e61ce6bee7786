"""Exchange of an authorization code for tokens, and the call that tells whose they are."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from smily_tui.errors import SmilyError
from smily_tui.oauth.diagnosis import Likelihood, told, why_code_refused
from smily_tui.oauth.errors import GrantRefused, NotUnderstood, OAuthFailure, TokenRejected
from smily_tui.oauth.requests import for_code
from smily_tui.text import Clean, clean
from smily_tui.tokens.errors import GrantRefusedAfterDoubt, InDoubt, KeptInJournal, NoCredentials
from smily_tui.tokens.protocol import Need, ask, close, gate, leave_note, renew, save, under_lock
from smily_tui.tokens.recovery import (
    Salvaged,
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
    from smily_tui.oauth.requests import LinkShown
    from smily_tui.secret import Secret
    from smily_tui.tokens.context import Surroundings
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.disk import Held
    from smily_tui.vault.journal import Journal
    from smily_tui.vault.model import Authorization, Credentials


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


LOGIN_PAGE: Final = "Is a login page of this network in between?"
NEW_CODE: Final = "Open the link again to get a new code."
_MENDED_BY: Final = {
    "damaged": "Copy it whole: the page still shows it.",
    "client": "Open the link that is shown now, and use its code.",
}


def exchange(
    around: Surroundings,
    application: str,
    code: Secret,
    asked: Sequence[str],
    link: LinkShown | None = None,
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
    store, wanted = around.store, tuple(clean(scope) for scope in asked)
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
            exchange = Exchange(around, address, code, wanted, link, credentials, registration)
            # once the journal is there, it keeps the application's folder
            new = under_lock(around, address, lambda held: exchange.carry_out(held, naming.close))
    except SmilyError:
        if registration is not None:
            vacate(store, application)
        raise
    if not new.current.access:
        renew(around, address, Need())
    return address


@dataclass(frozen=True)
class Exchange:
    """One exchange of one code, under the lock of a provisional address."""

    around: Surroundings
    address: Address
    code: Secret
    asked: tuple[Clean, ...]
    link: LinkShown | None
    credentials: Credentials
    registration: Registration | None

    def carry_out(self, held: Held, noted: Callable[[], None]) -> Authorization:
        """Steps 4 to 9, under the lock `held`; calls `noted` once the intent is in the journal.

        Raises as `exchange` does.
        """
        around, credentials = self.around, self.credentials
        around.hold()
        left_behind = recover(around.store, self.address, held, around.machine)
        journal = gate(around, left_behind, self._intent())
        noted()
        request = for_code(credentials.client_id, credentials.client_secret, self.code)
        try:
            asking = ask(around, credentials.server, request, journal)
            new = first_authorization(credentials, self.asked, asking.response, asking.sent, around.machine)
        except Salvaged as cut:
            new = salvaged_authorization(credentials, self.asked, cut.token, cut.sent, around.machine)
        except GrantRefused as failure:
            self._replace_secret()
            close(journal)
            raise _refused(around, self.address.application, self.code, self.link, failure) from None
        except OAuthFailure as failure:
            raise _exchange_failure(failure, journal) from None
        self._register(journal)
        save(around, self.address, new, journal)
        around.store.add_spent_code(self.address.application, self.code, new.authorized_at)
        around.note(self.address, "a code was exchanged", "authorized", None, new)
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
        store, registration = self.around.store, self.registration
        with contextlib.suppress(VaultError):
            if registration is not None and is_stored(store, registration):
                with store.names_lock():
                    register(store, registration)

    def _register(self, journal: Journal) -> None:
        """Before the tokens, which nothing renews without it.

        Raises:
            KeptInJournal: it cannot be stored; the next call does all of it.
        """
        store, registration = self.around.store, self.registration
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
    around: Surroundings, application: str, code: Secret, link: LinkShown | None, failure: GrantRefused
) -> GrantRefused:
    """The server's one sentence for many causes, with the one that is likely by what is known here."""
    lost = isinstance(failure, GrantRefusedAfterDoubt)
    spent = around.store.spent_codes(application)
    evidence = about_code(code, link, spent, around.clock.now(), answer_lost=lost)
    causes = why_code_refused(evidence)
    likely = causes[0].name if causes[0].likelihood <= Likelihood.LIKELY else ""
    return GrantRefused(
        f"The server does not accept this code. {told(causes)}",
        kept="Nothing was stored.",
        next=_MENDED_BY.get(likely, NEW_CODE),
    )
