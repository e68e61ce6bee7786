"""Exchange of a pasted code, line by line: tokens, the account's owner, its name and its place."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.messages import connect as words
from smily_tui.oauth.diagnosis import clock_warning
from smily_tui.origin import host_of
from smily_tui.plain.console import Back, Console, wait_for
from smily_tui.vault.errors import NoSuchAccount
from smily_tui.vault.model import UNNAMED, Account, Address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.plain.link import Link
    from smily_tui.plain.session import Session
    from smily_tui.secret import Secret


DUPLICATE_CHOICES: Final = ("yes: replace its tokens.", "no: keep both.")


@dataclass(frozen=True)
class Identified:
    """Fresh account after the API was asked for its owner.

    Attributes:
        remark: why the owner's name is unknown; empty where it is known.
        clock: by how much this computer's clock is off; empty where it is right.
    """

    account: Account
    remark: str = ""
    clock: str = ""


def exchange(session: Session, link: Link, code: Secret) -> Address:
    """Exchange a code for tokens; return the account's provisional address.

    Raises:
        Back: it goes on by itself.
        SmilyError: whatever the exchange met.
    """
    stored, application = session.stored, link.application
    issued_url = stored.link_shown(application, link.made)
    running = stored.exchange(application, code, link.scopes, issued_url, link.registration)
    return session.end_of(running, words.CHECKING_CODE.format(host=host_of(application.server))).address


def identify(session: Session, address: Address) -> Identified:
    """Ask whose account it is; raises NoSuchAccount where another program forgot it meanwhile."""
    remark = clock = ""
    try:
        identity = session.end_of(session.stored.identify(address), words.IDENTIFYING).identity
        if identity is not None:
            clock = clock_warning(identity.clock_off)
            remark = words.NAME_UNKNOWN.format(remark=identity.remark) if identity.remark else ""
    except Back:
        remark = "The account's name isn't known yet."
    except SmilyError as error:
        remark = words.NOT_IDENTIFIED.format(what=error.what)
    account = session.stored.account(address)
    if account is None:
        raise NoSuchAccount(f"There is no account {address}.")
    return Identified(account, remark, clock)


def place(session: Session, account: Account, label: str) -> Account:
    """Give a fresh account its name and place: that of its duplicate if the person agrees."""
    console, stored = session.console, session.stored
    duplicate = stored.duplicate(account)
    if duplicate is None and label == UNNAMED:
        return account  # provisional, until the API tells whose it is or a person names it
    replaced = None
    if duplicate is not None:
        question = words.DUPLICATE.format(label=duplicate.label, address=duplicate.address)
        if agrees(console, f"{question}\nUpdate its tokens?", explain=DUPLICATE_CHOICES):
            replaced = duplicate.address
    try:
        placed = wait_for(console, partial(stored.name, account.address, label, replace=replaced))
    except SmilyError as error:
        console.refuse(error)  # it is stored all the same, at a provisional address
        return account
    if placed.is_identified:
        _identify_others(session, placed)
    return placed


def _identify_others(session: Session, connected: Account) -> None:
    """Ask whose the application's unidentified accounts are: one may be the account just connected."""
    console, stored = session.console, session.stored
    for account in stored.unidentified(connected.address.application):
        with contextlib.suppress(SmilyError, Back):
            session.end_of(stored.identify(account.address), words.IDENTIFYING)
            settled = wait_for(console, partial(stored.settle, account.address))
            if settled.address != account.address:
                console.say(f"{account.address} is {settled.label}. Its address is now {settled.address}.")


def agrees(console: Console, question: str, *, safe: bool = True, explain: Sequence[str] = ()) -> bool:
    """Ask a question with a safe answer, which leaving it gives as well: the account stays connected."""
    try:
        return console.confirmed(question, default=safe, explain=explain)
    except Back:
        return safe
