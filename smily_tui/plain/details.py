"""Account in lines: the important word first, a fact a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.api_call import as_curl, first_path
from smily_tui.clock import Instant, in_words
from smily_tui.messages.accounts import HELD_ELSEWHERE, UNREADABLE_TYPED, day_and_time, next_step, sentence
from smily_tui.messages.api_call import FIRST_CALL
from smily_tui.messages.connect import not_granted
from smily_tui.plain.console import sentences, spoken
from smily_tui.plain.session import AGAIN, REFRESH, Session
from smily_tui.system import command
from smily_tui.text import clean
from smily_tui.vault.model import Account, State

if TYPE_CHECKING:
    from collections.abc import Iterator


def headline(account: Account, now: Instant) -> str:
    """Write name and state, with what to do about it."""
    state = sentence(account, now)
    step = next_step(account, now, refresh=f"Type {REFRESH}", ask=f"Type {AGAIN}")
    return f"{account.label}: {state[0].lower()}{state[1:]}{_time_left(account, now)}. {step}".rstrip()


def account_row(number: int, account: Account, now: Instant) -> str:
    """Write number, name, state and time left in words."""
    state = account.state(now)
    if state is State.EXPIRED and not account.is_dead:
        return f"{number} {account.label}: expired {in_words(account.left(now))} ago"
    return f"{number} {account.label}: {state.word}{_time_left(account, now)}"


def _time_left(account: Account, now: Instant) -> str:
    left = account.left(now)
    return f", {in_words(left)} left" if not account.unreadable and left > 0 else ""


def facts(session: Session, account: Account) -> Iterator[str]:
    """List everything that is known of an account, but for its secrets."""
    stored = session.stored
    now = stored.clock.now()
    yield headline(account, now)
    if account.unreadable:
        yield account.trouble
        yield from sentences(UNREADABLE_TYPED)
        return
    tokens = stored.tokens(account.address)
    yield f"Access token: {spoken(tokens.access)}."
    yield f"Refresh token: {spoken(tokens.refresh) if tokens.refresh else 'none'}."
    yield f"Permissions: {' '.join(account.granted_scopes) or 'none'}."
    if missing := not_granted(account):
        yield f"Not granted: {' '.join(missing)}."
    yield f"Requested: {' '.join(account.requested_scopes) or 'nothing'}."
    application = stored.apps.with_key(account.address.application)
    yield f"App: {application.name if application else account.address.application}."
    if account.account_id is not None:
        yield f"Number: {account.account_id}."
    yield f"Authorized: {day_and_time(account.authorized_at, now.wall)}."
    yield f"Last refresh: {day_and_time(account.refreshed_at, now.wall)}."
    if account.handed_over is not None:
        yield f"Handed over: {day_and_time(account.handed_over, now.wall)}."
    if stored.is_elsewhere(account):
        yield f"Held by {HELD_ELSEWHERE.format(machine=account.machine.name)}."
    if account.trouble:
        yield f"Error: {account.trouble}"
    yield f"Saved in: {clean(stored.home.state)}"
    yield f"{stored.at_rest.words.capitalize()}, readable only by you."
    yield f"In a script: {command('smily-tui', 'token', account.address)}"
    yield f"{FIRST_CALL}: {as_curl(stored, account, first_path(account.granted_scopes)).line}"
