"""The dashboard in every state of an account, after every kind of failure, and with many accounts."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from smily_tui.batch import BatchRefresh, Result
from smily_tui.oauth.diagnosis import (
    RefreshEvidence,
    Use,
    causes_of_refused_refresh,
    explain,
)
from smily_tui.oauth.errors import NoAnswer, NotTrusted, Offline, RateLimited
from smily_tui.text import clean
from smily_tui.tokens.errors import InDoubt, KeptInJournal
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.vault.errors import not_written
from smily_tui.vault.model import Account, Address
from smily_tui.vault.store import Note, Store
from tests.support.records import replaced
from tests.support.tui import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from textual.pilot import Pilot

    from smily_tui.accounts import Accounts
    from smily_tui.errors import SmilyError

STORE = Path("~/.local/state/smily-tui/demo-app")
CASA, CHALET, MILL, VILLA = (
    Address("demo-app", each) for each in ("casa-azul", "chalet", "old-mill", "villa-rosa")
)


def screen_of(pilot: Pilot[None]) -> DashboardScreen:
    """The dashboard."""
    assert isinstance(pilot.app.screen, DashboardScreen)
    return pilot.app.screen


def store_of(pilot: Pilot[None]) -> Store:
    """What it shows."""
    return scenes.stored_of(pilot).store


async def show(pilot: Pilot[None], address: Address = CASA) -> None:
    """Put the cursor on an account, as it is stored now."""
    from smily_tui.tui.widgets.tables import AccountTable

    screen = screen_of(pilot)
    screen.pane.load()
    screen.query_one(AccountTable).go_to(address)
    await pilot.pause()


# -- how an account can be -------------------------------------------------------------------------------


async def expired(pilot: Pilot[None]) -> None:
    """Expired, and r renews it."""
    await show(pilot)


async def expiring(pilot: Pilot[None]) -> None:
    """Less than ten minutes left."""
    await show(pilot, CHALET)


async def refused(pilot: Pilot[None]) -> None:
    """The server takes no refresh token any more, and what is the likely cause."""
    evidence = RefreshEvidence(replaced=Use("at 09:14", clean("desk: nightly-export < cron")))
    why = explain(causes_of_refused_refresh(evidence))
    words = clean(f"The server no longer accepts this account's refresh token. {why}")
    store_of(pilot).slot(MILL).write_note(Note(1, scenes.NOW - 600, words, refused=True))
    await show(pilot, MILL)


async def unclear(pilot: Pilot[None]) -> None:
    """A refresh was sent, and no answer came: its journal is still there."""
    store = store_of(pilot)
    words = clean("www.bookingsync.com did not answer in time.")
    store.slot(CASA).write_note(Note(1, scenes.NOW - 60, words, refused=False))
    store.slot(CASA).journal().open({"kind": "refresh"}, lambda: None)
    await show(pilot)


async def unreadable(pilot: Pilot[None]) -> None:
    """The file of an account is cut."""
    path = store_of(pilot).slot(CASA).path()
    path.write_bytes(path.read_bytes()[:-9])
    damaged = scenes.stored_of(pilot).account(CASA)
    assert damaged is not None
    shown = replaced(damaged, trouble=clean(damaged.trouble.replace(str(path.parent), str(STORE))))
    scenes.stored_of(pilot).reads(shown)  # the same, wherever the test runs
    await show(pilot)


async def changed_by_another(pilot: Pilot[None]) -> None:
    """Another program renewed the account that is looked at."""
    await show(pilot)
    fresh = scenes.authorization("Casa Azul & Jardín", 4713, 7190)
    store_of(pilot).slot(CASA).save(replaced(fresh, generation=2))
    screen_of(pilot).pane.tick()


# -- how a refresh can fail ------------------------------------------------------------------------------


def failing(error: Callable[[], SmilyError]) -> Callable[[Pilot[None]], Awaitable[None]]:
    """The dashboard after a refresh of one account failed so."""

    async def go(pilot: Pilot[None]) -> None:
        await show(pilot)
        _ended(pilot, [(CASA, error())])

    return go


def _ended(pilot: Pilot[None], results: Sequence[tuple[Address, SmilyError | None]], more: int = 0) -> None:
    """As a refresh ends: with these results, and as many accounts that were not begun."""
    screen, stored = screen_of(pilot), scenes.stored_of(pilot)
    accounts = [_account(stored, address) for address, _ in results]
    renewal = BatchRefresh(stored, [*accounts, *accounts[:1] * more])
    renewal.results += [Result(account, error) for account, (_, error) in zip(accounts, results, strict=True)]
    screen.refreshes.show_outcome(renewal)


def _account(stored: Accounts, address: Address) -> Account:
    account = stored.account(address)
    assert account is not None
    return account


def offline() -> SmilyError:
    """No network."""
    return Offline("Cannot reach www.bookingsync.com.")


def not_trusted() -> SmilyError:
    """A company proxy."""
    return NotTrusted(
        "The connection to www.bookingsync.com is not trusted: unable to get local issuer certificate."
    )


def limited() -> SmilyError:
    """Too many requests."""
    return RateLimited("The server got too many requests (429).").until(scenes.NOW + 38)


def in_doubt() -> SmilyError:
    """Sent, and no answer."""
    failure = NoAnswer("www.bookingsync.com did not answer in time.")
    return InDoubt(f"{failure.what} It is not known whether the server refreshed the tokens.")


def disk_full() -> SmilyError:
    """Found out before anything was sent."""
    return not_written(STORE / "casa-azul.next", OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))


def not_writable() -> SmilyError:
    """Found out before anything was sent."""
    return not_written(STORE / "casa-azul.next", OSError(errno.EROFS, os.strerror(errno.EROFS)))


def in_journal() -> SmilyError:
    """Found out after the answer."""
    return KeptInJournal("The new tokens of Casa Azul & Jardín could not be saved: the disk is full.")


# -- many ------------------------------------------------------------------------------------------------


async def many(pilot: Pilot[None]) -> None:
    """Sixty more, sorted by time left, scrolled."""
    store = store_of(pilot)
    for number in range(60):
        record = scenes.authorization(f"Holiday home {number:02}", 5000 + number, 130.0 * number - 900)
        store.slot(Address("demo-app", f"home-{number:02}")).save(record)
    screen_of(pilot).pane.load()
    await pilot.press("s", "s", *["pagedown"] * 2)


async def filtered(pilot: Pilot[None]) -> None:
    """Only what has expired."""
    await pilot.press("f", "f", "f")


async def not_found(pilot: Pilot[None]) -> None:
    """A search that finds nothing."""
    await pilot.press("slash", *"castle")


async def under_way(pilot: Pilot[None]) -> None:
    """Many are being refreshed."""
    from smily_tui.tui.widgets.bars import RefreshBar

    screen = screen_of(pilot)
    screen.pane.begin([CASA, CHALET])
    screen.query_one(RefreshBar).show(340, 112, 3, stopping=False)


async def partly(pilot: Pilot[None]) -> None:
    """Some have new tokens, some not, and some were not begun."""
    await show(pilot, VILLA)
    _ended(pilot, [(VILLA, None), (CASA, offline()), (CHALET, offline())], more=7)


async def results(pilot: Pilot[None]) -> None:
    """The same, account by account."""
    await partly(pilot)
    await pilot.press("l")


async def export(pilot: Pilot[None]) -> None:
    """In which form shall the token leave?"""
    await show(pilot, VILLA)
    await pilot.press("x", "down", "down")


async def selected(pilot: Pilot[None]) -> None:
    """Two of four accounts, to be refreshed together."""
    await show(pilot, CASA)
    await pilot.press("space", "space")


async def undone(pilot: Pilot[None]) -> None:
    """A forgotten account, and the key that brings it back."""
    await show(pilot, VILLA)
    await pilot.press("d", "shift+tab", "enter")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, DashboardScreen))
    await scenes.settled(pilot, lambda: len(screen_of(pilot).pane.accounts) == 3)


async def messages(pilot: Pilot[None]) -> None:
    """The messages of the session."""
    await partly(pilot)
    screen_of(pilot).status.say("Renamed Villa Nord to Villa Rosa.")
    await pilot.press("L")


async def emptied(pilot: Pilot[None]) -> None:
    """Nothing is stored any more, but for the trash."""
    stored = scenes.stored_of(pilot)
    for account in stored.accounts():
        stored.forget(account.address)
    screen_of(pilot).pane.load()
    await pilot.pause()


async def by_time(pilot: Pilot[None]) -> None:
    """The least time first."""
    await pilot.press("s", "s")


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "dashboard-expired": (True, expired),
    "dashboard-expiring": (True, expiring),
    "dashboard-refused": (True, refused),
    "dashboard-unclear": (True, unclear),
    "dashboard-unreadable": (True, unreadable),
    "dashboard-changed-by-another": (True, changed_by_another),
    "dashboard-offline": (True, failing(offline)),
    "dashboard-not-trusted": (True, failing(not_trusted)),
    "dashboard-rate-limited": (True, failing(limited)),
    "dashboard-in-doubt": (True, failing(in_doubt)),
    "dashboard-disk-full": (True, failing(disk_full)),
    "dashboard-not-writable": (True, failing(not_writable)),
    "dashboard-in-journal": (True, failing(in_journal)),
    "dashboard-many": (True, many),
    "dashboard-filtered": (True, filtered),
    "dashboard-not-found": (True, not_found),
    "dashboard-under-way": (True, under_way),
    "dashboard-partly": (True, partly),
    "dashboard-results": (True, results),
    "dashboard-export": (True, export),
    "dashboard-selected": (True, selected),
    "dashboard-undo": (True, undone),
    "dashboard-messages": (True, messages),
    "dashboard-emptied": (True, emptied),
    "dashboard-by-time": (True, by_time),
}
