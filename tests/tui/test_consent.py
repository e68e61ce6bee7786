"""The demo where there is no browser: the owner's page in the terminal gives a code for an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.demo import DemoInfo
from smily_tui.messages.connect import DECLINED, TITLE_BADGE
from smily_tui.sandbox.owner import Owner
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.screens.link_dialogs import IN_FIELD, ConsentDialog
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.support.tui.demo_scenes import HINT, at_the_link, the_page
from tests.support.tui.pilot import click, until
from tests.support.tui.scenes import Frozen, World, grid, make_world, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


SIZE = (80, 24)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with Sandbox(Options()) as sandbox:
        found = sandbox.listening
        home, server = Home.at(tmp_path), found.server
        stored = Accounts(home, server=server)
        demo = DemoInfo(found.client_id, found.client_secret, server, owner=Owner(server))
        yield World(stored, Store(home), SmilyApp(stored, demo=demo), Frozen())


async def test_a_yes_with_keys_alone_connects_the_chosen_account(world: World) -> None:
    async with running(world, SIZE) as pilot:
        await at_the_link(pilot, world)
        await the_page(pilot, world)
        assert "It will be able to: See public information" in grid(world.app)
        assert "(•) Villa Rosa" in grid(world.app)
        await pilot.press("down", "tab")
        chosen = [row for row in grid(world.app).splitlines() if "(•)" in row]
        assert [number for number in ("4711", "4712") if number in chosen[0]] == ["4712"]
        assert len(chosen) == 1
        await pilot.press("enter")
        await until(pilot, lambda: IN_FIELD in grid(world.app))
        await pilot.press("enter")
        await until(pilot, lambda: world.app.screen.query_one("#do-right").has_focus)
        assert [each.account_id for each in world.stored.accounts()] == [4712]


@pytest.mark.parametrize("size", [SIZE, (60, 16)])
async def test_the_title_says_at_every_step_that_no_account_is_real(
    world: World, size: tuple[int, int]
) -> None:
    async with running(world, size) as pilot:
        assert TITLE_BADGE in grid(world.app)
        await at_the_link(pilot, world)
        await until(pilot, lambda: f"1 permission  {TITLE_BADGE}" in grid(world.app))


async def test_a_no_stores_nothing_and_says_so(world: World) -> None:
    async with running(world, SIZE) as pilot:
        await at_the_link(pilot, world)
        await the_page(pilot, world)
        await click(pilot, "#decline")
        await until(pilot, lambda: DECLINED in grid(world.app))
        assert world.stored.accounts() == ()


async def test_a_page_that_is_left_can_be_opened_again(world: World) -> None:
    async with running(world, SIZE) as pilot:
        await at_the_link(pilot, world)
        for _ in range(2):
            await the_page(pilot, world)
            await pilot.press("escape")
            await until(pilot, lambda: not isinstance(world.app.screen, ConsentDialog))
        assert HINT in grid(world.app)


async def test_outside_of_the_demo_nobody_plays_the_owner(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await pilot.press("a")
        await until(pilot, lambda: world.app.screen.query_one("#code").has_focus)
        assert "Be the owner" not in {each.label for each in world.app.entries_on(world.app.screen)}
        await pilot.press("f8")
        await pilot.pause()
        assert not isinstance(world.app.screen, ConsentDialog)
