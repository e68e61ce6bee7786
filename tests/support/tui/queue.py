"""The authorization queue over a sandbox: its world, its rows, and the way to each of its screens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from smily_tui.accounts import Accounts
from smily_tui.queue.queue import Row
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.queue import QueueScreen
from smily_tui.tui.screens.queue_row import QueueRowScreen
from tests.support.tui.pilot import until
from tests.support.tui.scenes import Frozen, World, app_over, make_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.vault.model import Address

KEY = "demo-app"
PUBLIC = ("public",)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Options()) as running_sandbox:
        yield running_sandbox


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> World:
    """The program with the sandbox's application stored."""
    made = make_world(tmp_path / "home", accounts=False)
    found = sandbox.listening
    stored = Accounts(made.stored.home, server=found.server)
    stored.apps.save("Demo app", found.client_id, found.client_secret, ["public"])
    app = app_over(stored)
    return World(stored, made.store, app, Frozen())


def put(world: World, *rows: tuple[str, int | None]) -> None:
    """Rows in the queue."""
    made = [Row(Clean(label), number) for label, number in rows]
    world.stored.queue(KEY).change(lambda queue: queue.with_rows(made, 1.0))


def states(world: World) -> list[str]:
    """How far each row is, as the disk has it."""
    return [each.state.word for each in world.stored.queue(KEY).read().rows]


async def at_dashboard(pilot: Pilot[None]) -> None:
    """The accounts, whatever was shown first."""
    await until(pilot, lambda: len(pilot.app.screen_stack) > 1)
    await pilot.pause()
    while not isinstance(pilot.app.screen, DashboardScreen):
        await pilot.press("escape")
        await pilot.pause()


async def at_queue(pilot: Pilot[None]) -> None:
    """The queue, as a person comes there."""
    await at_dashboard(pilot)
    await pilot.press("Q")
    await until(pilot, lambda: isinstance(pilot.app.screen, QueueScreen))
    await pilot.pause()


async def at_row(pilot: Pilot[None]) -> None:
    """The first open row."""
    await at_queue(pilot)
    await pilot.press("enter")
    await until(pilot, lambda: shows(pilot, QueueRowScreen) and code(pilot).has_focus)


def shows(pilot: Pilot[None], screen: type[object]) -> bool:
    return isinstance(pilot.app.screen, screen)


def says(pilot: Pilot[None], words: str) -> bool:
    """Whether the screen says that, wherever its lines break."""
    told = (str(each.render()) for each in pilot.app.screen.query("Static, Button") if each.display)
    return words in " ".join(" ".join(told).split())


def code(pilot: Pilot[None]) -> Input:
    return pilot.app.screen.query_one("#code", Input)


def connect(sandbox: Sandbox, world: World, number: int) -> Address:
    """An account that is connected but for its name."""
    application = world.stored.apps.find(KEY)
    assert application is not None
    code = Secret(sandbox.state.grant(number, PUBLIC))
    address = world.stored.exchange(application, code, PUBLIC).wait().address
    world.stored.identify(address).wait()
    return address
