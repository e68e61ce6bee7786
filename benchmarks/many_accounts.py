"""Measure the dashboard with 5,000 accounts against 50: ratios for a second, a change, a letter, an order.

Run: .venv/bin/python benchmarks/many_accounts.py
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent.parent))

from smily_tui.accounts import Accounts
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.vault.model import Address
from tests.support.tui.scenes import authorization, fill, make_world, running, settled

if TYPE_CHECKING:
    from collections.abc import Callable

FEW, MANY = 50, 5000
ROUNDS = 9


def seconds(act: Callable[[], object]) -> float:
    """Return the time that a call takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


async def costs(number: int, folder: Path) -> dict[str, float]:
    """Return median seconds by action, in the process of the screen, which they block."""
    world = make_world(folder, accounts=True)
    fill(world, number)
    times = {"read all": [seconds(Accounts(world.stored.home, clock=world.clock).accounts)]}
    async with running(world, (80, 24)) as pilot:
        screen = world.app.screen
        assert isinstance(screen, DashboardScreen)
        await settled(pilot, lambda: screen.query_one(AccountTable).row_count == number + 4)
        for turn in range(ROUNDS):
            times.setdefault("a second", []).append(seconds(screen.pane.tick))
            world.store.slot(Address("demo-app", "home-0007")).save(authorization("New", 7, 100.0 * turn))
            times.setdefault("a change", []).append(seconds(screen.pane.tick))
            arranged = screen.pane.arrangement
            typed = type(arranged)(words="home 1"[: turn % 6 + 1])
            times.setdefault("a letter", []).append(seconds(lambda typed=typed: screen.pane.list_as(typed)))  # type: ignore[misc]
            times.setdefault("an order", []).append(seconds(screen.action_sort))
            screen.pane.list_as(arranged)
            await pilot.pause()
    return {name: statistics.median(samples) for name, samples in times.items()}


def main() -> None:
    """Print both columns and their ratio."""
    both = []
    for number in (FEW, MANY):
        with tempfile.TemporaryDirectory() as folder:
            both.append(asyncio.run(costs(number, Path(folder))))
    few, many = both
    for name, time_of_few in few.items():
        columns = f"{FEW}: {time_of_few * 1000:8.2f} ms   {MANY}: {many[name] * 1000:8.2f} ms"
        sys.stdout.write(f"{name:<10}{columns}   x {many[name] / time_of_few:.1f}\n")


if __name__ == "__main__":
    main()
