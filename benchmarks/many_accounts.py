"""What 5,000 accounts cost the dashboard against 50: a second, a change, a typed letter, a new order; ratios.

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
    """How long it takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


async def costs(number: int, folder: Path) -> dict[str, float]:
    """Seconds for each thing, median, in the program's own process: what keeps the screen from answering."""
    world = make_world(folder, accounts=True)
    fill(world, number)
    found = {"read all": [seconds(Accounts(world.stored.home, clock=world.clock).accounts)]}
    async with running(world, (80, 24)) as pilot:
        screen = world.app.screen
        assert isinstance(screen, DashboardScreen)
        await settled(pilot, lambda: screen.query_one(AccountTable).row_count == number + 4)
        for turn in range(ROUNDS):
            found.setdefault("a second", []).append(seconds(screen.pane.tick))
            world.store.slot(Address("demo-app", "home-0007")).save(authorization("New", 7, 100.0 * turn))
            found.setdefault("a change", []).append(seconds(screen.pane.tick))
            arranged = screen.pane.arrangement
            typed = type(arranged)(words="home 1"[: turn % 6 + 1])
            found.setdefault("a letter", []).append(seconds(lambda typed=typed: screen.pane.list_as(typed)))  # type: ignore[misc]
            found.setdefault("an order", []).append(seconds(screen.action_sort))
            screen.pane.list_as(arranged)
            await pilot.pause()
    return {name: statistics.median(each) for name, each in found.items()}


def main() -> None:
    """Print both columns and their ratio."""
    both = []
    for number in (FEW, MANY):
        with tempfile.TemporaryDirectory() as folder:
            both.append(asyncio.run(costs(number, Path(folder))))
    few, many = both
    for name, each in few.items():
        ratio = many[name] / each
        words = (
            f"{name:<10}{FEW}: {each * 1000:8.2f} ms   {MANY}: {many[name] * 1000:8.2f} ms   x {ratio:.1f}"
        )
        sys.stdout.write(words + "\n")


if __name__ == "__main__":
    main()
