"""Slides: each step is performed for real, errors are ordered by key, and nothing secret is shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Input

from smily_tui.accounts import Accounts
from smily_tui.clock import SimulatedClock
from smily_tui.demo import TROUBLES, DemoInfo, queue_lines
from smily_tui.queue.reading import read_text
from smily_tui.sandbox.accounts import ACCOUNTS
from smily_tui.sandbox.owner import Owner
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.text import Untrusted
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.input import UNDER_WAY
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.slides import SlidesScreen
from smily_tui.tui.screens.wizard import WizardScreen
from smily_tui.tui.slides import STEPS, asked_for
from smily_tui.tui.wire.log import CONNECT, REFRESH, Progress, large_picture
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.support.tui.pilot import until
from tests.support.tui.scenes import Frozen, World, grid

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

SIZES = ((80, 24), (120, 36))
MOST_WORDS = 12
PIECE = 12
"""Characters of a secret that must not be seen in a row."""


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """The demo's server, in this process."""
    with Sandbox(Options()) as running:
        yield running


@pytest.fixture
def world(sandbox: Sandbox, tmp_path: Path) -> World:
    """The demo of a presenter."""
    clock = SimulatedClock()

    def order(line: dict[str, Any]) -> None:
        sandbox.state.apply_order(json.dumps(line))

    listening, home = sandbox.listening, Home.at(tmp_path)
    stored = Accounts(home, server=listening.server, clock=clock)
    demo = DemoInfo(
        listening.client_id, listening.client_secret, listening.server,
        order=order, clock=clock, owner=Owner(listening.server),
    )  # fmt: skip
    return World(stored, Store(home), SmilyApp(stored, demo=demo, presenter=True), Frozen())


def is_at(world: World, number: int) -> bool:
    """Return whether the slide with that number is on the screen, and its step is to be performed."""
    screen = world.app.screen
    at = f"{number} of {len(STEPS)} "
    return isinstance(screen, SlidesScreen) and at in grid(world.app) and not screen.under_way


async def go_to(pilot: Pilot[None], world: World, number: int) -> None:
    """Perform the steps before the slide with that number."""
    await until(pilot, lambda: isinstance(world.app.screen, SlidesScreen))
    for before in range(1, number):
        await until(pilot, lambda before=before: is_at(world, before))  # type: ignore[misc]
        await pilot.press("right")
    await until(pilot, lambda: is_at(world, number))


def test_each_sentence_has_at_most_twelve_words() -> None:
    sentences = [step.sentence for step in STEPS] + [asked_for(trouble) for trouble in TROUBLES]
    assert [sentence for sentence in sentences if len(sentence.split()) > MOST_WORDS] == []


async def test_each_step_is_performed_for_real(world: World) -> None:
    async with world.app.run_test(size=SIZES[0]) as pilot:
        await go_to(pilot, world, len(STEPS))
        (account,) = world.stored.accounts()
        assert (account.label, account.account_id) == (ACCOUNTS[0].business_name, ACCOUNTS[0].number)
        assert account.generation == 2, "it was refreshed"
        assert account.left(world.stored.clock.now()) > 7000
        paths = [exchange.path for exchange in world.app.wire.exchanges]
        assert paths == ["/oauth/token", "/api/v3/me", "/api/v3/accounts", "/oauth/token"]
        await pilot.press("right")
        await until(pilot, lambda: "Press Home to start again." in grid(world.app))


async def test_a_look_back_undoes_nothing(world: World) -> None:
    async with world.app.run_test(size=SIZES[0]) as pilot:
        await go_to(pilot, world, 4)
        page = world.app.wire.progress
        await pilot.press("left", "pageup")
        await until(pilot, lambda: is_at(world, 2))
        assert re.search(r"✓ .* open ", grid(world.app))
        await pilot.press("space", "pagedown")
        await until(pilot, lambda: is_at(world, 4))
        assert world.app.wire.progress == page
        assert world.stored.accounts() == ()


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_secret_can_be_read_on_any_slide(
    world: World, sandbox: Sandbox, size: tuple[int, int]
) -> None:
    seen = ""
    async with world.app.run_test(size=size) as pilot:
        for number in range(1, len(STEPS) + 1):
            await go_to(pilot, world, 1) if number == 1 else await pilot.press("right")
            await until(pilot, lambda number=number: is_at(world, number))  # type: ignore[misc]
            shown = grid(world.app)
            await pilot.press("w")
            await until(pilot, lambda shown=shown: grid(world.app) != shown)  # type: ignore[misc]
            seen += shown + grid(world.app)
            await pilot.press("w")
            await until(pilot, lambda: "you  " in grid(world.app))
    secrets = [sandbox.state.client.client_secret, *sandbox.state.codes]
    secrets += [token for pair in sandbox.state.pairs for token in (pair.access, pair.refresh) if token]
    assert len(secrets) == 6
    pieces = (secret[at : at + PIECE] for secret in secrets for at in range(len(secret) - PIECE + 1))
    assert not any(piece in seen for piece in pieces)


async def test_the_requests_scroll_by_the_arrow_keys(world: World) -> None:
    async with world.app.run_test(size=SIZES[0]) as pilot:
        await go_to(pilot, world, 4)
        await pilot.press("w")
        await until(pilot, lambda: "POST http" in grid(world.app))
        await pilot.press("down")
        await until(pilot, lambda: world.app.screen.query_one("#http").scroll_y > 0)
        await pilot.press("up", "w")
        await until(pilot, lambda: "you  " in grid(world.app))


async def test_a_blank_screen_shows_nothing_and_the_next_key_shows_it_again(world: World) -> None:
    async with world.app.run_test(size=SIZES[0]) as pilot:
        await go_to(pilot, world, 2)
        await pilot.press("b")
        await until(pilot, lambda: not grid(world.app).strip())
        await pilot.press("right")
        await until(pilot, lambda: is_at(world, 2))


async def test_the_page_is_the_wizard_with_the_code_and_then_the_account(world: World) -> None:
    async with world.app.run_test(size=SIZES[1]) as pilot:
        await go_to(pilot, world, 4)
        await pilot.press("f")
        await until(pilot, lambda: bool(world.app.screen.query("#code")))
        await until(pilot, lambda: len(world.app.screen.query_one("#code", Input).value) == 64)
        await until(pilot, lambda: bool(world.app.screen.query("WirePanel")))
        await pilot.press("escape")
        await until(pilot, lambda: is_at(world, 4))
        await pilot.press("right", "right")
        await until(pilot, lambda: is_at(world, 6))
        await pilot.press("right")
        await until(pilot, lambda: is_at(world, 7))
        await pilot.press("f")
        await until(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await until(pilot, lambda: "Villa Rosa" in grid(world.app))
        await pilot.press("a")
        await until(pilot, lambda: isinstance(world.app.screen, WizardScreen))
        await until(pilot, lambda: bool(world.app.screen.query("WirePanel")))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(world.app.screen, SlidesScreen))


async def test_a_code_that_is_being_exchanged_is_on_no_page(sandbox: Sandbox, world: World) -> None:
    async with world.app.run_test(size=SIZES[0]) as pilot:
        await go_to(pilot, world, 6)
        sandbox.state.faults.order("slow", 2 * UNDER_WAY)
        await pilot.press("right", "f")
        await until(pilot, lambda: is_at(world, 7))
        assert not any(isinstance(screen, WizardScreen) for screen in world.app.screen_stack)


async def test_the_story_goes_on_from_an_account_that_was_connected_by_hand(world: World) -> None:
    async with world.app.run_test(size=SIZES[0]) as pilot:
        await go_to(pilot, world, 4)
        await pilot.press("f")
        await until(pilot, lambda: bool(world.app.screen.query("#code")))
        await until(pilot, lambda: len(world.app.screen.query_one("#code", Input).value) == 64)
        await pilot.press("enter")
        await until(pilot, lambda: "Villa Rosa" in grid(world.app))
        await pilot.press("escape")
        await until(pilot, lambda: is_at(world, 7))


async def test_a_click_does_what_a_key_does(world: World) -> None:
    async with world.app.run_test(size=SIZES[1]) as pilot:
        await go_to(pilot, world, 1)
        await click(pilot, world, "→ Next")
        await until(pilot, lambda: is_at(world, 2))
        await click(pilot, world, "← Back")
        await until(pilot, lambda: is_at(world, 1))
        await click(pilot, world, "x Trouble")
        await pilot.pause()
        await pilot.click("#fault-2")
        await until(pilot, lambda: "Ordered: The next owner declines." in grid(world.app))
        await click(pilot, world, "t Time")
        await until(pilot, lambda: "×60\n" in grid(world.app))
        await click(pilot, world, "t Time")
        await until(pilot, lambda: "×60\n" not in grid(world.app))


async def test_each_error_has_its_key(world: World) -> None:
    async with world.app.run_test(size=SIZES[1]) as pilot:
        await go_to(pilot, world, 1)
        for key, trouble in enumerate(TROUBLES, 1):
            if trouble.fault != "offline":
                await pilot.press(str(key))
                await until(pilot, lambda trouble=trouble: f"Ordered: {trouble.help}" in grid(world.app))  # type: ignore[misc]


async def click(pilot: Pilot[None], world: World, label: str) -> None:
    """Click where a text stands."""
    await until(pilot, lambda: label in grid(world.app))
    row, line = next((row, line) for row, line in enumerate(grid(world.app).splitlines()) if label in line)
    await pilot.click(offset=(line.index(label) + 1, row))


async def test_leaving_the_slides_opens_the_program_as_usual(world: World) -> None:
    async with world.app.run_test(size=SIZES[0]) as pilot:
        await go_to(pilot, world, 1)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(world.app.screen, WizardScreen))
        titles = {command.label: command for command in world.app.entries_on(world.app.screen)}
        titles["Demo: slides"].act()
        await until(pilot, lambda: is_at(world, 1))


@pytest.mark.parametrize("course", [CONNECT, REFRESH])
@pytest.mark.parametrize(("width", "height"), [(56, 2), (56, 3), (76, 15), (116, 24), (200, 40)])
def test_the_large_picture_fits_and_shows_the_awaited_arrow(course: Any, width: int, height: int) -> None:
    for done in range(len(course) + 1):
        lines = large_picture(Progress(course, done), width, height).plain.split("\n")
        assert len(lines) <= height
        assert all(len(line) <= width for line in lines)
        assert done == len(course) or any(line.startswith("▶") and "━" in line for line in lines)


def test_the_queue_of_the_demo_can_be_played_through() -> None:
    reading = read_text(Untrusted(queue_lines({ACCOUNTS[0].number, None})))
    assert not reading.problems
    assert [row.account_id for _, row in reading.rows] == [account.number for account in ACCOUNTS[1:]]
    assert len(ACCOUNTS) == 12
