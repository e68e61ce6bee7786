"""Tally of the accounts by the filter that lists them, kept in step with the clock."""

from __future__ import annotations

import heapq
from collections import Counter
from typing import TYPE_CHECKING, Final

from smily_tui.tui.arrangement import FOREVER, URGENCY, Only
from smily_tui.vault.model import SOON, Account, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.clock import Instant

_ROUNDING: Final = 1e-3
"""Seconds after which a change is certain although the clock counts in floating point."""


class Tally:
    """Number of accounts of each kind.

    A second costs as much as accounts change their state in it, not as much as there are accounts.

    Args:
        accounts: all of them.
        now: the present moment.

    Attributes:
        expired: accounts whose access token expired between the last two moments.
    """

    def __init__(self, accounts: Sequence[Account], now: Instant) -> None:
        self._accounts = accounts
        self.expired: tuple[Account, ...] = ()
        self._count(now)

    def _count(self, now: Instant) -> None:
        self._at, self._passed = now, 0.0
        self._kinds = [URGENCY[account.state(now)].only for account in self._accounts]
        self._counts = Counter(self._kinds)
        # the next moment at which an account changes its state by the clock alone, in seconds from `now`
        self._changes = [
            (moment, index)
            for index, account in enumerate(self._accounts)
            if (moment := _until_change(account, now)) > 0
        ]
        heapq.heapify(self._changes)

    def __getitem__(self, only: Only) -> int:
        return self._counts.total() if only is Only.ALL else self._counts[only]

    def advance(self, now: Instant) -> bool:
        """Count what has changed until now, and return whether anything has.

        All is counted anew where the clock was set back.
        """
        before, passed = self._counts.copy(), now.since(self._at)
        expired: list[Account] = []
        if passed < self._passed:
            self._count(now)
        self._passed = now.since(self._at)
        while self._changes and self._changes[0][0] <= self._passed:
            account = self._accounts[index := heapq.heappop(self._changes)[1]]
            if (left := _until_change(account, now)) > 0:
                heapq.heappush(self._changes, (self._passed + left, index))
            state = account.state(now)
            if state is State.EXPIRED:
                expired.append(account)
            kind = URGENCY[state].only
            self._counts[self._kinds[index]] -= 1
            self._counts[kind] += 1
            self._kinds[index] = kind
        self.expired = tuple(expired)
        return self._counts != before

    def until_change(self, now: Instant) -> float:
        """Return the seconds until an account changes its state although nothing is saved."""
        return self._changes[0][0] - now.since(self._at) if self._changes else FOREVER

    def kinds(self) -> set[Only]:
        """Return the kinds of which there are accounts."""
        return {only for only, number in self._counts.items() if number > 0}


def _until_change(account: Account, now: Instant) -> float:
    """Return the seconds until an account changes its state by the clock alone; 0 where it stays as it is."""
    left = account.left(now)
    if left <= 0:
        return 0.0
    return (left - SOON if left > SOON else left) + _ROUNDING
