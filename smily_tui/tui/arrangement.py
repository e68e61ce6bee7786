"""Arrangement of the accounts list: search words, filter and order."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from smily_tui.vault.model import Account, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from smily_tui.clock import Instant

FOREVER: Final = float("inf")
_Choice = TypeVar("_Choice", bound=Enum)


class Order(Enum):
    """Order of the list; what needs the person most comes first.

    The value is its name in sentences and in the settings file.
    """

    NAME = "name"
    STATE = "state"
    LEFT = "time left"
    NUMBER = "number"
    APP = "app"
    REFRESHED = "last refresh"

    @classmethod
    def named(cls, name: str) -> Order:
        """Return the order of that name; by name of the account where there is none."""
        return next((order for order in cls if order.value == name), cls.NAME)


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


class Counter(NamedTuple):
    """Counter of a filter: the glyph before the number, and the colour of both."""

    glyph: str
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
COUNTERS: Final = {
    Only.VALID: Counter("✓", "valid"),
    Only.EXPIRING: Counter("!", "expiring"),
    Only.EXPIRED: Counter("✗", "expired"),
    Only.NEEDS_ATTENTION: Counter("▲", "attention"),
}
_RANK: Final = {state: rank for rank, state in enumerate(URGENCY)}


def _least_left(account: Account, now: Instant) -> float:
    """Sort by time left; first come those that no refresh helps."""
    return -FOREVER if account.unreadable or account.refused else account.left(now)


_SORTING: Final[dict[Order, Callable[[Account, Instant], object]]] = {
    Order.STATE: lambda account, now: (_RANK[account.state(now)], account.left(now)),
    Order.LEFT: _least_left,
    Order.NUMBER: lambda account, _: FOREVER if account.account_id is None else account.account_id,
    Order.APP: lambda account, _: account.address.application,
    Order.REFRESHED: lambda account, _: -(account.refreshed_at or 0.0),
}


class Searchable:
    """Accounts with the texts that a search reads; these are made once, at the first search.

    Args:
        accounts: all of them.
    """

    def __init__(self, accounts: Sequence[Account]) -> None:
        self._accounts = accounts

    @functools.cached_property
    def _texts(self) -> list[str]:
        return [
            f"{account.label} {account.address} {account.account_id}".casefold() for account in self._accounts
        ]

    def with_words(self, words: str, now: Instant) -> list[Account]:
        """Return the accounts that have each word in their name, address, number or state."""
        if not words.split():
            return list(self._accounts)
        matches = list(zip(self._accounts, self._texts, strict=True))
        for word in words.casefold().split():
            states = {state for state in State if word in state.word}
            matches = [
                (account, text)
                for account, text in matches
                if word in text or (states and account.state(now) in states)
            ]
        return [account for account, _ in matches]


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

    @property
    def follows_clock(self) -> bool:
        """The list may change although nothing was saved."""
        return not self.is_whole or self.order is Order.STATE

    def next_order(self, orders: Collection[Order]) -> Arrangement:
        """Return this arrangement in the next of these orders."""
        return replace(self, order=_after(self.order, orders))

    def next_only(self, kinds: Collection[Only]) -> Arrangement:
        """Return this arrangement with the next of these filters, or without one."""
        return replace(self, only=_after(self.only, {Only.ALL, *kinds}))

    def toggled(self, only: Only) -> Arrangement:
        """Return this arrangement with that filter, or without it where it has it."""
        return replace(self, only=Only.ALL if self.only is only else only)

    def of(self, accounts: Searchable, now: Instant) -> list[Account]:
        """Return the accounts that are listed, in their order; they come sorted by name."""
        listed = accounts.with_words(self.words, now)
        if self.only is not Only.ALL:
            listed = [account for account in listed if URGENCY[account.state(now)].only is self.only]
        if sorting := _SORTING.get(self.order):
            listed.sort(key=lambda account: sorting(account, now))  # type: ignore[arg-type, return-value]
        return listed


def _after(choice: _Choice, choices: Collection[_Choice]) -> _Choice:
    """Return the next choice, in the order of the enumeration; the first one after the last."""
    every = list(type(choice))
    following = every[every.index(choice) + 1 :] + every
    return next((candidate for candidate in following if candidate in choices), choice)
