"""Arrangement of the accounts list: search words, filter and order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from smily_tui.vault.model import SOON, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smily_tui.clock import Instant
    from smily_tui.vault.model import Account

FOREVER: Final = float("inf")
_Choice = TypeVar("_Choice", bound=Enum)


class Order(Enum):
    """Order of the list; what needs the person most comes first."""

    NAME = "name"
    STATE = "state"
    LEFT = "time left"


class Only(Enum):
    """Filter: the kind of account that is listed."""

    ALL = "all"
    NEEDS_ATTENTION = "needs attention"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    VALID = "valid"


class Urgency(NamedTuple):
    """Urgency of a state: the filter that lists it, and its colour.

    The colour is a variable of the theme, as in `$expiring`. A widget gets it by the class `state-expiring`.
    """

    only: Only
    colour: str


URGENCY: Final = {  # the most urgent first, which is the order by state
    State.UNREADABLE: Urgency(Only.NEEDS_ATTENTION, "attention"),
    State.NEEDS_AUTHORIZATION: Urgency(Only.NEEDS_ATTENTION, "attention"),
    State.IN_DOUBT: Urgency(Only.EXPIRING, "expiring"),
    State.EXPIRED: Urgency(Only.EXPIRED, "expired"),
    State.EXPIRING: Urgency(Only.EXPIRING, "expiring"),
    State.NO_REFRESH: Urgency(Only.VALID, "expiring"),
    State.HANDED_OVER: Urgency(Only.VALID, "elsewhere"),
    State.VALID: Urgency(Only.VALID, "valid"),
}
_RANK: Final = {state: rank for rank, state in enumerate(URGENCY)}


@dataclass(frozen=True)
class Arrangement:
    """Arrangement of the list.

    Attributes:
        words: typed text; each word is a part of a name, address, number or state.
        only: filter.
        order: order.
    """

    words: str = ""
    only: Only = Only.ALL
    order: Order = Order.NAME

    @property
    def is_whole(self) -> bool:
        """Neither search nor filter hides an account."""
        return self.only is Only.ALL and not self.words.split()

    def next_order(self) -> Arrangement:
        """Return this arrangement in the next order."""
        return replace(self, order=_after(self.order))

    def next_only(self) -> Arrangement:
        """Return this arrangement with the next filter."""
        return replace(self, only=_after(self.only))

    def of(self, accounts: Iterable[Account], now: Instant) -> list[Account]:
        """Return the accounts that are listed, in their order; they come sorted by name."""
        words = self.words.casefold().split()
        listed = [account for account in accounts if self._is_listed(account, words, now)]
        if self.order is Order.LEFT:
            listed.sort(key=lambda account: -FOREVER if account.unreadable else account.left(now))
        elif self.order is Order.STATE:
            listed.sort(key=lambda account: (_RANK[account.state(now)], account.left(now)))
        return listed

    def lasts(self, accounts: Iterable[Account], now: Instant) -> float:
        """Return the seconds until the list may change although nothing was saved."""
        if self.is_whole and self.order is not Order.STATE:
            return FOREVER
        return _until_change(accounts, now)

    def _is_listed(self, account: Account, words: Sequence[str], now: Instant) -> bool:
        state = account.state(now)
        if self.only is not Only.ALL and URGENCY[state].only is not self.only:
            return False
        if not words:
            return True  # without search the text below is not made: there may be thousands
        text = f"{account.label} {account.address} {account.account_id} {state.word}".casefold()
        return all(word in text for word in words)


def _until_change(accounts: Iterable[Account], now: Instant) -> float:
    """Return the seconds until the first account changes its state by the clock alone."""
    lefts = (account.left(now) for account in accounts)
    return min((left - SOON if left > SOON else left for left in lefts if left > 0), default=FOREVER)


def _after(choice: _Choice) -> _Choice:
    choices = list(type(choice))
    return choices[(choices.index(choice) + 1) % len(choices)]
