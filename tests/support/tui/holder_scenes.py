"""Scenes of who holds an account's tokens: history, handed over, of another computer, in the trash."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from smily_tui.system import Machine
from smily_tui.text import Clean
from smily_tui.vault.history import TokenUse
from smily_tui.vault.model import Address
from tests.support.records import replaced
from tests.support.tui import scenes

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from smily_tui.tui.screens.dashboard import DashboardScreen

VILLA = Address("demo-app", "villa-rosa")


async def _chosen(pilot: Pilot[None]) -> None:
    """The dashboard at Villa Rosa, with what is stored now."""
    screen = cast("DashboardScreen", pilot.app.screen)
    screen.pane.load()
    await pilot.press("down", "down", "down")


async def history(pilot: Pilot[None]) -> None:
    """Refresh token history."""
    rows = (
        ("authorized", "a code was exchanged", "", "0a1b2c3d", "smily-tui 812 < bash < tmux"),
        ("renewed", "less than 300 s left", "0a1b2c3d", "4e5f6a7b", "smily-tui 2291 < nightly-export < cron"),
        ("in doubt", "asked for", "4e5f6a7b", "4e5f6a7b", "smily-tui 3107 < bash < tmux"),
        ("renewed", "the API refused the access token", "4e5f6a7b", "8c9d0e1f", "smily-tui 3111 < bash"),
    )
    ledger = scenes.stored_of(pilot).store.slot(VILLA).history
    for number, (outcome, why, spent, got, process) in enumerate(rows):
        ledger.add(
            TokenUse(
                at=1_795_496_000.0 + 1900 * number, why=Clean(why), outcome=Clean(outcome),
                host=Clean("desk"), process=Clean(process), generation=number + 1,
                spent=Clean(spent), got=Clean(got),
            )
        )  # fmt: skip
    await _chosen(pilot)
    await pilot.press("h")


async def handed_over(pilot: Pilot[None]) -> None:
    """An account that another holder refreshes."""
    store = scenes.stored_of(pilot).store
    stored = store.slot(VILLA).read()
    assert stored is not None
    store.slot(VILLA).save(replaced(stored, handed_over=1_795_500_000.0))
    await _chosen(pilot)


async def elsewhere(pilot: Pilot[None]) -> None:
    """The question before tokens of another computer are refreshed here."""
    store = scenes.stored_of(pilot).store
    stored = store.slot(VILLA).read()
    assert stored is not None
    there = Machine("another computer", Clean("old-laptop"))
    store.slot(VILLA).save(replaced(stored, machine=there))
    scenes.stored_of(pilot).is_on(Machine("this computer", Clean("desk")))
    await _chosen(pilot)
    await pilot.press("r")


async def restore(pilot: Pilot[None]) -> None:
    """The question before an account is brought back from the trash."""
    screen = cast("DashboardScreen", pilot.app.screen)
    scenes.stored_of(pilot).forget(VILLA)
    screen.pane.load()
    await pilot.press("U")


SCENES = {
    "dashboard-history": (True, history),
    "dashboard-handed-over": (True, handed_over),
    "dashboard-elsewhere": (True, elsewhere),
    "dashboard-restore": (True, restore),
}
