"""Refreshing all accounts that are due: a few at a time, a line for each; Ctrl-C begins no more of them."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from smily_tui.batch import Limits
from smily_tui.errors import SmilyError
from smily_tui.messages.accounts import due, none_due, summary
from smily_tui.plain.keeping import renewed, settle
from smily_tui.plain.waiting import wait_for
from smily_tui.tokens.protocol import Need
from smily_tui.vault.model import SOON

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.plain.session import Session
    from smily_tui.vault.model import Account

AT_ONCE: Final = 4


def refresh_due(session: Session) -> None:
    """Renew every account with little time left."""
    every, now = session.stored.accounts(), session.stored.clock.now()
    accounts = due(every, now, SOON)
    if not accounts:
        session.console.say(none_due(every, now, SOON))
        return
    batch = Batch(session, accounts)
    wait_for(session.console, batch.wait, f"Refreshing {len(accounts)}", batch.stop)
    for account, error in batch.results():
        if error is None:
            session.console.say(renewed(session, account))
            settle(session, account)
        else:
            session.console.say(f"{account.label}: not refreshed.")
            session.console.error(error)
    if len(accounts) > 1:
        errors = [error for _, error in batch.results()]
        failed = sum(error is not None for error in errors)
        session.console.say(summary(len(errors) - failed, failed, len(accounts) - len(errors)))


class Batch:
    """Accounts that are being renewed in threads."""

    def __init__(self, session: Session, accounts: Sequence[Account]) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE)
        limits = Limits()
        self._begun = [(each, self._pool.submit(_failure, session, each, limits)) for each in accounts]

    def stop(self) -> bool:
        """Begin no more; what has begun is finished and saved."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        return True

    def wait(self) -> None:
        """Until all have ended that were not stopped."""
        for _, future in self._begun:
            _ended(future)
        self._pool.shutdown()

    def results(self) -> list[tuple[Account, SmilyError | None]]:
        """What came of each that was begun, after `wait`."""
        return [(account, future.result()) for account, future in self._begun if not future.cancelled()]


def _ended(future: Future[SmilyError | None]) -> None:
    try:
        future.result()
    except CancelledError:
        return


def _failure(session: Session, account: Account, limits: Limits) -> SmilyError | None:
    try:
        with limits.asking(account.address.application):
            running = session.stored.refresh(account.address, Need(force=True, seen=account.generation))
            running.tell(session.heard)
            running.wait()
    except SmilyError as error:
        return error
    return None
