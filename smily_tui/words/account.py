"""An account in words: its state as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.vault.model import State
from smily_tui.words.amounts import in_words, time_of_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant
    from smily_tui.vault.model import Account


_LEFT: Final = (
    "The file was left as it is. Put a backup in its place; or {forget}, which moves it to the trash, and "
    "then {add} to connect the account again."
)
UNREADABLE: Final = _LEFT.format(forget="press {forget}", add="{add}")
UNREADABLE_TYPED: Final = _LEFT.format(forget="type forget", add="add")
NONE_DUE: Final = "None is due: all have more than 10 minutes left."
NONE_CAN: Final = "None is due that can be refreshed."
HELD: Final = "another computer: {machine}"


def sentence(account: Account, now: Instant, *, renew: str, ask: str) -> str:
    """How an account is, and what mends it; `renew` and `ask` are what a person presses or types for that."""
    left, at = account.left(now), time_of_day(account.expires_at(now))
    if account.is_dead and account.state(now) in {State.EXPIRED, State.HANDED_OVER}:
        mended = f"{renew} renews it" if account.handed_over is None else "another holder refreshes it"
        return f"The API refuses its token; {mended}"
    return {
        State.VALID: f"Valid until {at}",
        State.NO_REFRESH: f"Valid until {at}; this server gives no refresh tokens, so then {ask}",
        State.EXPIRING: f"Expires at {at}; {renew} renews it",
        State.EXPIRED: f"Expired {in_words(left)} ago; {renew} renews it",
        State.UNCLEAR: f"Unclear: no answer came to the last refresh; {renew} finds out, else {ask}",
        State.REFUSED: f"Needs you: {ask} asks the owner again",
        State.HANDED_OVER: f"Another holder refreshes it; {'valid until' if left > 0 else 'expired at'} {at}",
        State.UNREADABLE: "Cannot be read; nothing was overwritten",
    }[account.state(now)]


def count(accounts: Sequence[Account], now: Instant) -> tuple[str, ...]:
    """How many accounts there are and, where some do, how many need the person."""
    need = sum(each.state(now) in {State.REFUSED, State.UNREADABLE} for each in accounts)
    all_of_them = f"{len(accounts)} account{'' if len(accounts) == 1 else 's'}"
    return (all_of_them, f"{need} need{'s' if need == 1 else ''} you") if need else (all_of_them,)


def due(accounts: Sequence[Account], now: Instant, soon: float) -> list[Account]:
    """Those that have `soon` seconds left or less and can be refreshed."""
    can = (each for each in accounts if each.is_renewable and not each.refused and each.handed_over is None)
    return [each for each in can if each.left(now) <= soon]


def none_due(accounts: Sequence[Account], now: Instant, soon: float) -> str:
    """Why there is nothing to refresh."""
    ending = [each for each in accounts if each.left(now) <= soon]
    return NONE_CAN if ending else NONE_DUE
