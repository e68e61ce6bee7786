"""Refresh of many accounts: a few at a time, stopping for an app once the server rate-limits it (429)."""

from __future__ import annotations

import contextlib
import time
from asyncio import gather
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.oauth.errors import ProxyUnusable, RateLimited
from smily_tui.tokens.protocol import TokenRequirement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smily_tui.accounts import Accounts
    from smily_tui.tokens.running import Running
    from smily_tui.vault.model import Account


class Limits:
    """What the server said of each application while several accounts are renewed, in threads or not."""

    def __init__(self) -> None:
        self._found: dict[str, RateLimited] = {}
        self._proxy: ProxyUnusable | None = None

    @contextlib.contextmanager
    def asking(self, application: str) -> Iterator[None]:
        """Around a request for the application with that key.

        Raises:
            RateLimited: the server has said so, now or before; then nothing is asked.
            ProxyUnusable: the proxy cannot be used for any account; a wrong login is not tried for each.
        """
        if self._proxy is not None:
            raise ProxyUnusable(f"Not tried: {self._proxy.what}", next=self._proxy.next)
        if found := self._found.get(application):
            error = RateLimited(f"Not asked for: {found.what}", next=found.next)
            error.again_at = found.again_at
            raise error
        try:
            yield
        except RateLimited as error:
            self._found[application] = error
            raise
        except ProxyUnusable as error:
            self._proxy = error
            raise


AT_ONCE: Final = 4
EACH: Final = 0.2
"""Seconds that an account is assumed to take, with so many at once, until some have shown it: no measurement
holds for all servers and machines."""
ALIKE: Final = 5
"""Failures of one kind, one after the other, after which the application's others likely fail as well."""


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

    Attributes:
        results: what came of those that have ended, in that order.
        stopped: whether no more are begun.
        held_back: accounts whose application has failed alike too often to go on without being asked.
    """

    def __init__(self, stored: Accounts, accounts: Sequence[Account], *, here: bool = False) -> None:
        self.accounts = tuple(accounts)
        self.results: list[Result] = []
        self.stopped = False
        self.held_back: list[Account] = []
        self._stored = stored
        self._here = here
        self._waiting = deque(self.accounts)
        self._limits = Limits()
        self._alike: dict[str, list[SmilyError]] = {}
        self._agreed: set[str] = set()
        self._began = self._seconds = 0.0

    @property
    def failures(self) -> list[Result]:
        """What was not renewed."""
        return [each for each in self.results if each.error is not None]

    @property
    def failed_alike(self) -> int:
        """How many failures of one kind there were before the first account that is held back."""
        return len(self._alike[self.held_back[0].address.application]) if self.held_back else 0

    @property
    def not_begun(self) -> int:
        """How many are still waiting, or were stopped before they began, once it is over."""
        return len(self.accounts) - len(self.results)

    @property
    def each(self) -> float | None:
        """Seconds that an account has taken so far, with so many at once; None: too few have ended."""
        seconds = self._seconds + (time.monotonic() - self._began if self._began else 0.0)
        return seconds / len(self.results) if len(self.results) >= AT_ONCE else None

    def stop(self) -> None:
        """Begin no more; those that have begun are finished and saved."""
        self.stopped = True
        self._waiting.clear()
        self.held_back.clear()

    def go_on(self) -> None:
        """Begin those that are held back all the same, with the next `run`."""
        self._agreed |= {each.address.application for each in self.held_back}
        self._waiting.extend(self.held_back)
        self.held_back.clear()

    async def run(self, began: Callable[[Account, Running], None], ended: Callable[[Account], None]) -> None:
        """Until all have ended; tells of each that begins and of each that has ended."""

        async def one_after_the_other() -> None:
            while self._waiting:
                account = self._waiting.popleft()
                if self._fails_alike(account.address.application):
                    self.held_back.append(account)
                    continue
                try:
                    self._note(Result(account, await self._renew(account, began)))
                finally:
                    ended(account)

        self._began = time.monotonic()
        try:
            await gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        finally:
            self._seconds += time.monotonic() - self._began
            self._began = 0.0

    def _note(self, result: Result) -> None:
        """Keep a result; count the failures of one kind since the application's last success."""
        self.results.append(result)
        alike = self._alike.setdefault(result.account.address.application, [])
        if result.error is None or (alike and alike[-1].what != result.error.what):
            alike.clear()
        if result.error is not None and not isinstance(result.error, RateLimited):  # has its own limits
            alike.append(result.error)

    def _fails_alike(self, application: str) -> bool:
        return application not in self._agreed and len(self._alike.get(application, ())) >= ALIKE

    async def _renew(self, account: Account, began: Callable[[Account, Running], None]) -> SmilyError | None:
        """One account; where the server has had too many requests of an application it is asked no more."""
        need = TokenRequirement(force=True, seen=account.generation, here=self._here)
        try:
            with self._limits.asking(account.address.application):
                running = self._stored.refresh(account.address, need)
                began(account, running)
                await running.ended()
        except SmilyError as error:
            return error
        return None
