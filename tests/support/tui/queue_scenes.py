"""Scenes of the authorization queue: its list, a row, rows that are entered, today's list."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

from smily_tui.oauth.errors import GrantRefused
from smily_tui.oauth.scopes import PRESETS
from smily_tui.queue.queue import Row, RowState
from smily_tui.text import Clean
from smily_tui.tui.flow import IdentityRemarks
from smily_tui.tui.screens.dialogs import Question, TodayScreen
from smily_tui.tui.screens.queue import QueueScreen
from smily_tui.tui.screens.queue_entry import AddRowsScreen, EditRowScreen, PasteArea
from smily_tui.tui.screens.queue_row import QueueRowScreen
from smily_tui.vault.model import Address
from tests.support.records import replaced
from tests.support.tui import scenes
from tests.support.tui.pilot import paste

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot
    from textual.widgets import Input

    from smily_tui.tui.screens.dashboard import DashboardScreen

KEY = "demo-app"
ROWS = (
    Row(Clean("Sea View [b]x[/b]"), 4715),
    Row(Clean("Harbour Loft"), 4716, (Clean("public"), Clean("rentals_read")), state=RowState.WAITING),
    Row(Clean("Mas des Oliviers, Mme Dupont-Lefebvre"), 4717, state=RowState.CODE),
    Row(Clean("Villa Rosa"), 4711, state=RowState.VERIFIED),
    Row(
        Clean("Tower Flat"), 4718, state=RowState.FAILED,
        words=Clean("The server rejected this code. Most likely it has expired: it is 14 min old."),
    ),
    Row(
        Clean("Mill Cottage"), state=RowState.OTHER,
        words=Clean("the code was for Chalet [Alpes] (account 4712)"),
    ),
)  # fmt: skip


def fill(pilot: Pilot[None], *rows: Row) -> None:
    """The queue as it is kept, in states that only a server brings about."""
    at = scenes.NOW - 240
    made = [dataclasses.replace(each, number=n, since=at - 3600 * n) for n, each in enumerate(rows, start=1)]
    scenes.stored_of(pilot).queue(KEY).change(
        lambda queue: dataclasses.replace(queue, rows=tuple(made), newest=9)
    )


async def at_queue(pilot: Pilot[None], *rows: Row) -> None:
    """The queue with these rows."""
    await scenes.dashboard(pilot)
    if rows:
        fill(pilot, *rows)
    await pilot.press("Q")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
    await scenes.settled(pilot, lambda: not pilot.app.screen.workers)


async def empty(pilot: Pilot[None]) -> None:
    """The queue before anything was entered."""
    await at_queue(pilot)


async def all_states(pilot: Pilot[None]) -> None:
    """A row in each state, on one that failed."""
    await at_queue(pilot, *ROWS)
    await pilot.press("down", "down", "down", "down")


async def find(pilot: Pilot[None]) -> None:
    """A search for what waits."""
    await at_queue(pilot, *ROWS)
    await pilot.press("slash", *"sent")


async def limit(pilot: Pilot[None]) -> None:
    """Five accounts are stored."""
    await scenes.dashboard(pilot)
    store = scenes.stored_of(pilot).store
    store.slot(Address(KEY, "sea-view")).save(scenes.authorization("Sea View", 4715, 7000))
    await at_queue(pilot, *ROWS)


async def help_(pilot: Pilot[None]) -> None:
    """The help of the queue."""
    await at_queue(pilot, *ROWS)
    await pilot.press("f1")


async def remove(pilot: Pilot[None]) -> None:
    """The question before an open row goes."""
    await at_queue(pilot, *ROWS)
    await pilot.press("d")


async def row(pilot: Pilot[None]) -> None:
    """The first open row."""
    await at_queue(pilot, *ROWS)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, QueueRowScreen))


async def row_opened(pilot: Pilot[None]) -> None:
    """A row whose link was opened."""
    await row(pilot)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: "Asked your browser" in scenes.grid(pilot.app))  # type: ignore[arg-type]


async def row_refused(pilot: Pilot[None]) -> None:
    """A row whose code the server refused."""
    await row(pilot)
    words = "The server rejected this code. Possible causes: it was used already."

    def refuse(*_: object) -> Address:
        raise GrantRefused(words, kept="Nothing was stored.")

    scenes.stored_of(pilot).exchanged = refuse
    await paste(pilot, "c0de" * 16)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: "Possible causes: it was used already" in scenes.grid(pilot.app))  # type: ignore[arg-type]


async def row_message(pilot: Pilot[None]) -> None:
    """The message to a row's owner."""
    await row(pilot)
    await pilot.press("f4")


async def row_help(pilot: Pilot[None]) -> None:
    """The help of a row."""
    await row(pilot)
    await pilot.press("f1")


async def _account_came(pilot: Pilot[None], label: str, number: int, *rows: Row) -> None:
    """A code brought that account for the first row."""
    await at_queue(pilot, *rows)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, QueueRowScreen))
    screen = cast("QueueRowScreen", pilot.app.screen)
    fresh = Address(KEY, "new-1")
    record = replaced(scenes.authorization(label, number, 7190), named=False)
    stored = scenes.stored_of(pilot)
    stored.store.slot(fresh).save(record)
    account = stored.account(fresh)
    assert account is not None
    screen.run_worker(screen.file_account(screen.row, account, IdentityRemarks()), exit_on_error=False)
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, Question))


async def other_account(pilot: Pilot[None]) -> None:
    """The code was for another account."""
    await _account_came(pilot, "Harbour Loft", 4716, *ROWS)


async def to_ask(pilot: Pilot[None]) -> None:
    """A row without a number, and an account of another name."""
    await _account_came(pilot, "Harbour Loft", 4716, Row(Clean("Mme Dupont")))


async def add(pilot: Pilot[None]) -> None:
    """The dialog for rows."""
    await at_queue(pilot)
    await pilot.press("a")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, AddRowsScreen))


async def _add(pilot: Pilot[None], lines: str) -> None:
    await at_queue(pilot, *ROWS)
    await pilot.press("a")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, AddRowsScreen))
    cast("PasteArea", pilot.app.screen.query_one("#lines")).text = lines
    await pilot.press("ctrl+s")


ERRORS = "name;account id;permissions\nBeach Hut;4720;\nSea View;47x15;\nLoft;4716;a\\b\n;;bookings_read\n"


async def add_errors(pilot: Pilot[None]) -> None:
    """One line was added, three have an error."""
    await _add(pilot, ERRORS)
    await scenes.settled(pilot, lambda: pilot.app.screen.query_one("#problems").display)


async def add_unknown(pilot: Pilot[None]) -> None:
    """The question about a permission that Smily's list does not have."""
    await _add(pilot, "Beach Hut;4720;bookings_read\nMill;4721;bokings_read\n")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, Question))


async def edit(pilot: Pilot[None]) -> None:
    """A row that is changed."""
    await at_queue(pilot, *ROWS)
    await pilot.press("down", "e")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, EditRowScreen))


async def edit_errors(pilot: Pilot[None]) -> None:
    """The account number that was entered belongs to another row."""
    await edit(pilot)
    cast("Input", pilot.app.screen.query_one("#number")).value = "4717"
    await pilot.press("ctrl+s")
    await scenes.settled(pilot, lambda: pilot.app.screen.query_one("#problems").display)


async def connected(pilot: Pilot[None]) -> None:
    """Enter on a row that is connected leads to the next one to do."""
    await at_queue(pilot, *ROWS)
    await pilot.press("down", "down", "down", "enter")
    await scenes.settled(pilot, lambda: "Next: " in scenes.grid(pilot.app))  # type: ignore[arg-type]


async def right_to_left(pilot: Pilot[None]) -> None:
    """A row whose name runs from right to left, with many permissions."""
    scopes = tuple(Clean(name) for name in PRESETS["everything"])
    name, failed = Clean("بيت البحر"), Clean("The server rejected this code. It was used already.")
    await at_queue(pilot, Row(name, 4718, scopes, state=RowState.FAILED, words=failed), *ROWS[:2])
    await pilot.press("up", "up")


async def row_right_to_left(pilot: Pilot[None]) -> None:
    """The same row, opened."""
    await right_to_left(pilot)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, QueueRowScreen))


async def row_after_another(pilot: Pilot[None]) -> None:
    """The row after one that has just been connected."""
    await row(pilot)
    screen = cast("QueueRowScreen", pilot.app.screen)
    fresh = Address(KEY, "new-1")
    record = replaced(scenes.authorization("Sea View", 4715, 7190), named=False)
    stored = scenes.stored_of(pilot)
    stored.store.slot(fresh).save(record)
    account = stored.account(fresh)
    assert account is not None
    screen.run_worker(screen.file_account(screen.row, account, IdentityRemarks()), exit_on_error=False)
    await scenes.settled(pilot, lambda: "Next: " in scenes.grid(pilot.app))  # type: ignore[arg-type]


async def add_duplicates(pilot: Pilot[None]) -> None:
    """Rows that were on the list already are named."""
    await _add(pilot, "Beach Hut;4720\nSea View again;4715\nbeach hut\nTower Flat\n")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
    await scenes.settled(pilot, lambda: "1 added" in scenes.grid(pilot.app))  # type: ignore[arg-type]


async def add_connected(pilot: Pilot[None]) -> None:
    """The question about rows whose account is connected already."""
    await _add(pilot, "Beach Hut;4720\nChalet;4712\n")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, Question))


async def today(pilot: Pilot[None]) -> None:
    """The accounts authorized today."""
    await scenes.dashboard(pilot)
    fill(pilot, *ROWS)
    store = scenes.stored_of(pilot).store
    less = scenes.authorization("Sea View", 4715, 7000, "public")
    asked = (Clean("public"), Clean("rentals_read"))
    store.slot(Address(KEY, "sea-view")).save(
        replaced(less, requested_scopes=asked, authorized_at=scenes.NOW - 90)
    )
    cast("DashboardScreen", pilot.app.screen).pane.load()
    await pilot.press("T")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, TodayScreen))


async def today_empty(pilot: Pilot[None]) -> None:
    """No accounts authorized today."""
    await scenes.dashboard_empty(pilot)
    await pilot.press("T")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, TodayScreen))


async def no_application(pilot: Pilot[None]) -> None:
    """The queue before any application is stored."""
    await scenes.dashboard_empty(pilot)
    await pilot.press("Q")


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "queue-empty": (True, empty),
    "queue": (True, all_states),
    "queue-find": (True, find),
    "queue-limit": (True, limit),
    "queue-help": (True, help_),
    "queue-remove": (True, remove),
    "queue-row": (True, row),
    "queue-row-opened": (True, row_opened),
    "queue-row-refused": (True, row_refused),
    "queue-row-message": (True, row_message),
    "queue-row-help": (True, row_help),
    "queue-other-account": (True, other_account),
    "queue-to-ask": (True, to_ask),
    "queue-add": (True, add),
    "queue-add-errors": (True, add_errors),
    "queue-add-unknown": (True, add_unknown),
    "queue-edit": (True, edit),
    "queue-edit-errors": (True, edit_errors),
    "queue-connected": (True, connected),
    "queue-right-to-left": (True, right_to_left),
    "queue-row-right-to-left": (True, row_right_to_left),
    "queue-row-after-another": (True, row_after_another),
    "queue-add-duplicates": (True, add_duplicates),
    "queue-add-connected": (True, add_connected),
    "queue-today": (True, today),
    "queue-today-empty": (False, today_empty),
    "queue-no-application": (False, no_application),
}
