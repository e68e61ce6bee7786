"""Turning a code into a stored authorization, by the same steps: its answer comes only once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.errors import GrantRefused, NotUnderstood, OAuthFailure
from smily_tui.oauth.likely_causes import Likelihood, told, why_code_refused
from smily_tui.oauth.token_request import for_code
from smily_tui.refresh.decision import Need
from smily_tui.refresh.errors import GrantRefusedAfterDoubt, InDoubt, NoCredentials
from smily_tui.refresh.evidence import about_code
from smily_tui.refresh.generation import first_authorization, salvaged_authorization
from smily_tui.refresh.protocol import ask, close, gate, renew, save, under_lock
from smily_tui.refresh.recovery import recover
from smily_tui.refresh.salvage import Salvaged
from smily_tui.text import clean
from smily_tui.vault.account import Address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.oauth.authorization_request import LinkShown
    from smily_tui.refresh.surroundings import Surroundings
    from smily_tui.secret import Secret
    from smily_tui.vault.application import Credentials
    from smily_tui.vault.authorization import Authorization
    from smily_tui.vault.journal import Journal
    from smily_tui.vault.locks import Held

PROVISIONAL: Final = "new-"
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
) -> Address:
    """Turn a code into a stored authorization, under a provisional address.

    `link` is the one that the code should come from; it only helps to tell why a code was refused.

    Raises:
        OAuthFailure: refused, or not sent.
        InDoubt: no usable answer; the code may be used up.
        NoCredentials, VaultError: nothing was sent; the code is still good.
        KeptInJournal, KeptElsewhere: the tokens are safe; the account appears when the store can be written.
        KeptNowhere: the tokens are gone; a new code is needed.
    """
    credentials = around.store.credentials(application)
    if credentials is None:
        raise NoCredentials(f"The secret of {application} is not stored here.")
    address = Address(application, f"{PROVISIONAL}{secrets.token_hex(4)}")
    wanted = tuple(clean(each) for each in asked)

    def work(held: Held) -> Authorization:
        around.hold()
        left_behind = recover(around.store, address, held, around.machine)
        journal = gate(around, left_behind, _intent(credentials, asked))
        request = for_code(credentials.client_id, credentials.client_secret, code)
        try:
            asking = ask(around, credentials.server, request, journal)
            new = first_authorization(credentials, wanted, asking.response, asking.sent, around.machine)
        except Salvaged as cut:
            new = salvaged_authorization(credentials, wanted, cut.token, cut.sent, around.machine)
        except GrantRefused as failure:
            close(journal)
            raise _refused(around, application, code, link, failure) from None
        except OAuthFailure as failure:
            raise _exchange_failure(failure, journal) from None
        save(around, address, new, journal)
        around.store.add_spent_code(application, code, new.authorized_at)
        around.note(address, "a code was exchanged", "authorized", None, new)
        return new

    new = under_lock(around, address, work)
    if not new.current.access:
        renew(around, address, Need())
    return address


def _intent(credentials: Credentials, asked: Sequence[str]) -> dict[str, object]:
    client = {"client_id": credentials.client_id, "server": credentials.server}
    return {"grant": "authorization_code", "generation": 1, "asked": list(asked), **client}


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
