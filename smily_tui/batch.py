"""Refresh of many accounts: a few at a time, stopping for an app once the server rate-limits it (429)."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.oauth.errors import ClientRefused, NotTrusted, NoUsableAnswer, ProxyUnusable, RateLimited
from smily_tui.tokens.errors import (
    HandedOver,
    InDoubt,
    KeptElsewhere,
    KeptInJournal,
    NoCredentials,
    WorkerFailed,
)
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.errors import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from smily_tui.accounts import Accounts
    from smily_tui.clock import Instant
    from smily_tui.tokens.running import Running, Worker
    from smily_tui.vault.model import Account


class Limits:
    """Rate limits of applications, and a proxy that cannot be used: reasons to send no further request."""

    def __init__(self) -> None:
        self._rate_limited: dict[str, RateLimited] = {}
        self._proxy: ProxyUnusable | None = None

    @contextlib.contextmanager
    def asking(self, application: str) -> Iterator[None]:
        """Enclose a request for the application with that key.

        Raises:
            RateLimited: the server says so now or said so before; then nothing is asked.
            ProxyUnusable: the proxy cannot be used for any account; a wrong login is not tried for each.
        """
        if self._proxy is not None:
            raise ProxyUnusable(f"Skipped: {self._proxy.what}", next=self._proxy.next)
        if limit := self._rate_limited.get(application):
            error = RateLimited(f"Skipped: {limit.what}", next=limit.next)
            error.again_at = limit.again_at
            raise error
        try:
            yield
        except RateLimited as error:
            self._rate_limited[application] = error
            raise
        except ProxyUnusable as error:
            self._proxy = error
            raise


_ACTIONS: Final = (
    ((NotTrusted, ProxyUnusable), ""),
    ((ClientRefused, NoCredentials), "new"),
    ((HandedOver,), "again"),
    (
        (NoUsableAnswer, RateLimited, InDoubt, WorkerFailed, KeptInJournal, KeptElsewhere, VaultError),
        "refresh",
    ),
)


def next_action(error: SmilyError) -> str:
    """Return the action of the dashboard that helps after an error; empty where none does."""
    return next((action for kinds, action in _ACTIONS if isinstance(error, kinds)), "")


def due(accounts: Sequence[Account], now: Instant, soon: float) -> list[Account]:
    """Return those that have `soon` seconds left or less and can be refreshed."""
    return [
        account
        for account in accounts
        if account.is_refreshable
        and not account.refused
        and account.handed_over is None
        and account.left(now) <= soon
    ]


AT_ONCE: Final = 4
EACH: Final = 0.2
"""Seconds that an account is assumed to take, with `AT_ONCE` at once, until some have shown it: no
measurement holds for all servers and machines."""
ALIKE: Final = 5
"""Failures of one kind, one after the other, after which the application's others likely fail as well."""


@dataclass(frozen=True)
class Result:
    """End of one account's refresh; no error: it has new tokens."""

    account: Account
    error: SmilyError | None


class BatchRefresh:
    """Refresh of these accounts in a few worker processes.

    Args:
        stored: starts the workers.
        accounts: in this order.
        here: this computer becomes the holder of tokens that another one obtained.

    Attributes:
        results: of those that have ended, in that order.
        stopped: no more are begun.
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
        """Return the results with an error."""
        return [result for result in self.results if result.error is not None]

    def by_account(self) -> list[tuple[Account, Result | None]]:
        """Pair the accounts, in their order, with their results; None: not begun."""
        results = {result.account.address: result for result in self.results}
        return [(account, results.get(account.address)) for account in self.accounts]

    @property
    def failed_alike(self) -> int:
        """Count the failures of one kind before the first account that is held back."""
        return len(self._alike[self.held_back[0].address.application]) if self.held_back else 0

    @property
    def not_begun(self) -> int:
        """Count those that still wait or, once it is over, were stopped before they began."""
        return len(self.accounts) - len(self.results)

    @property
    def seconds_each(self) -> float | None:
        """Seconds per account so far, with `AT_ONCE` at once; None: too few have ended."""
        seconds = self._seconds + (time.monotonic() - self._began if self._began else 0.0)
        return seconds / len(self.results) if len(self.results) >= AT_ONCE else None

    def stop(self) -> None:
        """Begin no more; those that have begun are finished and saved. Any thread may call this."""
        self.stopped = True
        self._waiting.clear()
        self.held_back.clear()

    def go_on(self) -> None:
        """Begin those that are held back with the next `run`."""
        self._agreed |= {account.address.application for account in self.held_back}
        self._waiting.extend(self.held_back)
        self.held_back.clear()

    def run_in_loop(
        self,
        began: Callable[[Account, Running], None] = lambda _account, _running: None,
        ended: Callable[[Account], None] = lambda _account: None,
    ) -> None:
        """Do `run` in an event loop of its own, for front ends that have none."""
        import asyncio
        from selectors import DefaultSelector
        from socket import socketpair

        # Where too few files are left, asyncio (Python 3.11 to 3.13) warns about a half-made loop and about
        # the coroutine. So what a loop opens is opened once before, to fail with words of ours.
        with DefaultSelector():
            for end in socketpair():
                end.close()
        asyncio.run(self.run(began, ended))

    async def run(
        self,
        began: Callable[[Account, Running], None] = lambda _account, _running: None,
        ended: Callable[[Account], None] = lambda _account: None,
    ) -> None:
        """Refresh until all have ended or are held back; call `began` and `ended` for each."""
        # here: commands that refresh nothing import this module, too
        from asyncio import gather

        from smily_tui.tokens.running import Worker

        async def one_after_the_other() -> None:
            async with contextlib.aclosing(Worker()) as worker:
                while True:
                    try:
                        account = self._waiting.popleft()
                    except IndexError:
                        # `stop` may have emptied it in another thread
                        return
                    if self._fails_alike(account.address.application):
                        self.held_back.append(account)
                        continue
                    try:
                        self._note(Result(account, await self._refresh(account, began, worker)))
                    finally:
                        ended(account)

        self._began = time.monotonic()
        try:
            await gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        finally:
            self._seconds += time.monotonic() - self._began
            self._began = 0.0

    def _note(self, result: Result) -> None:
        """Store a result; count the failures of one kind since the application's last success."""
        self.results.append(result)
        alike = self._alike.setdefault(result.account.address.application, [])
        if result.error is None or (alike and alike[-1].what != result.error.what):
            alike.clear()
        if result.error is not None and not isinstance(result.error, RateLimited):  # has its own limits
            alike.append(result.error)

    def _fails_alike(self, application: str) -> bool:
        return application not in self._agreed and len(self._alike.get(application, ())) >= ALIKE

    async def _refresh(
        self, account: Account, began: Callable[[Account, Running], None], worker: Worker
    ) -> SmilyError | None:
        need = TokenRequirement(force=True, seen=account.generation, here=self._here)
        try:
            with self._limits.asking(account.address.application):
                running = self._stored.refresh(account.address, need, worker)
                began(account, running)
                await running.ended()
        except SmilyError as error:
            return error
        return None
