"""Which accounts are listed, and in which order: what was typed, their kind, and what they are sorted by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeVar

from smily_tui.vault.model import SOON, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smily_tui.clock import Instant
    from smily_tui.vault.model import Account

FOREVER: Final = float("inf")
_Choice = TypeVar("_Choice", bound=Enum)


class Order(Enum):
    """What the list is sorted by; what needs the person most comes first."""

    NAME = "name"
    STATE = "state"
    LEFT = "time left"


class Only(Enum):
    """Which kind of account is listed."""

    ALL = "all"
    NEEDS_YOU = "needs you"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    VALID = "valid"


_KINDS: Final = {
    State.UNREADABLE: Only.NEEDS_YOU,
    State.REFUSED: Only.NEEDS_YOU,
    State.UNCLEAR: Only.EXPIRING,
    State.EXPIRED: Only.EXPIRED,
    State.EXPIRING: Only.EXPIRING,
    State.NO_REFRESH: Only.VALID,
    State.HANDED_OVER: Only.VALID,
    State.VALID: Only.VALID,
}
_RANK: Final = {state: rank for rank, state in enumerate(_KINDS)}


@dataclass(frozen=True)
class Arrangement:
    """How the list is to be.

    Attributes:
        words: what was typed: each word is a part of a name, address, number or state.
        only: the kind of account.
        order: what it is sorted by.
    """

    words: str = ""
    only: Only = Only.ALL
    order: Order = Order.NAME

    @property
    def is_whole(self) -> bool:
        """Whether all accounts are listed."""
        return self.only is Only.ALL and not self.words.split()

    def next_order(self) -> Arrangement:
        """Sorted by the next thing."""
        return replace(self, order=_after(self.order))

    def next_only(self) -> Arrangement:
        """With the next kind of account."""
        return replace(self, only=_after(self.only))

    def of(self, accounts: Iterable[Account], now: Instant) -> list[Account]:
        """The accounts that are listed, in their order; they come sorted by name."""
        words = self.words.casefold().split()
        found = [each for each in accounts if self._is_listed(each, words, now)]
        if self.order is Order.LEFT:
            found.sort(key=lambda each: -FOREVER if each.unreadable else each.left(now))
        elif self.order is Order.STATE:
            found.sort(key=lambda each: (_RANK[each.state(now)], each.left(now)))
        return found

    def lasts(self, accounts: Iterable[Account], now: Instant) -> float:
        """Seconds until the list may be another one although nothing was saved."""
        if self.is_whole and self.order is not Order.STATE:
            return FOREVER
        return _until_change(accounts, now)

    def _is_listed(self, account: Account, words: Sequence[str], now: Instant) -> bool:
        if self.only is not Only.ALL and _KINDS[account.state(now)] is not self.only:
            return False
        if not words:
            return True
        state = account.state(now).word
        searched = f"{account.label} {account.address} {account.account_id} {state}".casefold()
        return all(word in searched for word in words)


def _until_change(accounts: Iterable[Account], now: Instant) -> float:
    """Seconds until the first account changes its state by the clock alone."""
    moments = (each.left(now) for each in accounts)
    return min((left - SOON if left > SOON else left for left in moments if left > 0), default=FOREVER)


def _after(present: _Choice) -> _Choice:
    every = list(type(present))
    return every[(every.index(present) + 1) % len(every)]
