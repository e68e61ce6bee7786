"""Refreshing all accounts that are due: a few at a time, a line for each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from smily_tui.errors import SmilyError
from smily_tui.plain.keeping import renewed
from smily_tui.plain.waiting import wait_for
from smily_tui.refresh.decision import Need
from smily_tui.vault.account import SOON
from smily_tui.words.account import due
from smily_tui.words.questions import NONE_DUE

if TYPE_CHECKING:
    from smily_tui.plain.session import Session
    from smily_tui.vault.account import Account

AT_ONCE: Final = 4


def refresh_due(session: Session) -> None:
    """Renew every account with little time left."""
    accounts = due(session.stored.accounts(), session.stored.clock.now(), SOON)
    if not accounts:
        session.console.say(NONE_DUE)
        return

    def all_of_them() -> list[SmilyError | None]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda account: _failure(session, account), accounts))

    failures = wait_for(session.console, all_of_them, f"Refreshing {len(accounts)}")
    for account, error in zip(accounts, failures, strict=True):
        if error is None:
            session.console.say(renewed(session, account))
        else:
            session.console.say(f"{account.label}: not refreshed.")
            session.console.error(error)


def _failure(session: Session, account: Account) -> SmilyError | None:
    try:
        running = session.stored.refresh(account.address, Need(force=True, seen=account.generation))
        running.tell(session.heard)
        running.wait()
    except SmilyError as error:
        return error
    return None
