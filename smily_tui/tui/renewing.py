"""Renewing many accounts, a few at a time: what has begun is finished and saved, the rest can be stopped."""

from __future__ import annotations

from asyncio import gather
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.refresh.decision import Need
from smily_tui.refresh.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.refresh.authorizations import Authorizations
    from smily_tui.refresh.running import Running
    from smily_tui.vault.account import Account

AT_ONCE: Final = 4


@dataclass(frozen=True)
class Result:
    """What came of one account; no error: it has new tokens."""

    account: Account
    error: SmilyError | None


class Renewal:
    """One wish of a person to renew these accounts; helper processes do the work.

    Args:
        stored: starts the helpers.
        accounts: what is to be renewed, in this order.
        here: this computer becomes the holder of tokens that another one obtained.
    """

    def __init__(self, stored: Authorizations, accounts: Sequence[Account], *, here: bool = False) -> None:
        self.accounts = tuple(accounts)
        self.results: list[Result] = []
        self.stopped = False
        self._stored = stored
        self._here = here
        self._waiting = deque(self.accounts)
        self._limits = Limits()

    @property
    def failures(self) -> list[Result]:
        """What was not renewed."""
        return [each for each in self.results if each.error is not None]

    @property
    def not_begun(self) -> int:
        """How many are still waiting, or were stopped before they began, once it is over."""
        return len(self.accounts) - len(self.results)

    def stop(self) -> None:
        """Begin no more; those that have begun are finished and saved."""
        self.stopped = True
        self._waiting.clear()

    async def run(self, began: Callable[[Account, Running], None], ended: Callable[[Account], None]) -> None:
        """Until all have ended; tells of each that begins and of each that has ended."""

        async def one_after_the_other() -> None:
            while self._waiting:
                account = self._waiting.popleft()
                try:
                    self.results.append(Result(account, await self._renew(account, began)))
                finally:
                    ended(account)

        await gather(*(one_after_the_other() for _ in range(AT_ONCE)))

    async def _renew(self, account: Account, began: Callable[[Account, Running], None]) -> SmilyError | None:
        """One account; where the server has had too many requests of an application it is asked no more."""
        need = Need(force=True, seen=account.generation, here=self._here)
        try:
            with self._limits.asking(account.address.application):
                running = self._stored.refresh(account.address, need)
                began(account, running)
                await running.ended()
        except SmilyError as error:
            return error
        return None
