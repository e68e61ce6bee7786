"""First screen: two values by one paste or key by key, where to find them, the demo; the name at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from smily_tui.accounts import Accounts
from smily_tui.demo import TRY_DEMO
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.support.tui import scenes
from tests.support.tui.all_scenes import SCENES
from tests.support.tui.pilot import click, paste, until
from tests.support.tui.scenes import (
    CLIENT_ID,
    Frozen,
    World,
    app_over,
    grid,
    is_at,
    make_world,
    running,
    settled,
)

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

SIZE = (80, 24)
SECRET = scenes.CLIENT_SECRET.reveal()
PASTES = {
    "two lines": f"{CLIENT_ID}\r\n{SECRET}\r\n",
    "env": f"export SMILY_CLIENT_SECRET='{SECRET}'\nexport SMILY_CLIENT_ID='{CLIENT_ID}'\n",
    "table": f"Name\tMy app\nClient ID\t{CLIENT_ID}\nClient Secret\t{SECRET}\n",
}


def value(pilot: Pilot[None], field: str) -> str:
    return scenes.wizard(pilot).query_one(field, Input).value


@pytest.mark.parametrize("field", ["#client-id", "#client-secret"])
@pytest.mark.parametrize("form", PASTES)
async def test_one_paste_into_either_field_fills_both(tmp_path: Path, form: str, field: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.paste(pilot, field, PASTES[form])
        assert (value(pilot, "#client-id"), value(pilot, "#client-secret")) == (CLIENT_ID, SECRET)
        assert scenes.says(pilot, "✓ 64 characters, ending in 0718")
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#scopes"))


async def test_a_label_goes_from_the_field_as_soon_as_it_is_pasted(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.paste(pilot, "#client-id", f"Client ID: {CLIENT_ID}")
        assert value(pilot, "#client-id") == CLIENT_ID


async def test_enter_goes_on_to_the_empty_field_without_complaint(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.paste(pilot, "#client-id", CLIENT_ID)
        await pilot.press("enter")
        assert is_at(pilot, "#client-secret")
        assert "✗" not in grid(world.app)


async def test_a_complaint_goes_when_the_field_is_filled(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await pilot.press("enter")
        await settled(pilot, lambda: "✗ The Client ID is missing" in grid(world.app))
        await paste(pilot, CLIENT_ID)
        await settled(pilot, lambda: "missing" not in grid(world.app))


@pytest.mark.parametrize("way", ["key", "mouse"])
async def test_the_panel_is_named_with_the_login_for_partners(tmp_path: Path, way: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        if way == "key":
            await pilot.press("ctrl+n")
        else:
            await click(pilot, "#do-place")
        await settled(pilot, lambda: "www.bookingsync.com/en/partners/signup" in grid(world.app))
        assert scenes.says(pilot, "Partners sign up and log in separately from owners")
        assert is_at(pilot, "#client-id") or way == "mouse"
        await pilot.press("ctrl+n")
        await settled(pilot, lambda: "partners/signup" not in grid(world.app))


async def test_the_demo_is_a_key_away_while_nothing_is_entered(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await pilot.press("a", "left", "ctrl+d")
        assert value(pilot, "#client-id") == "", "with text, ctrl+d deletes to the right"
        assert world.app.is_running
        await pilot.press("ctrl+d")
        await settled(pilot, lambda: not world.app.is_running)
    assert world.app.return_code == TRY_DEMO


async def test_with_accounts_no_demo_is_offered(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await pilot.press("n")
        await settled(pilot, lambda: is_at(pilot, "#client-id"))
        assert "Try the demo" not in grid(world.app)
        await pilot.press("ctrl+d")
        assert world.app.is_running


@pytest.mark.parametrize("scene", ["wizard-authorize", "wizard-client-refused", "wizard-authorize-refused"])
async def test_no_app_is_stored_before_a_code_worked(tmp_path: Path, scene: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await SCENES[scene][1](pilot)
        assert world.stored.apps.all() == ()


@pytest.mark.parametrize("typed", ["", "Channel sync"])
async def test_the_name_of_a_new_app_is_asked_for_at_the_end(tmp_path: Path, typed: str) -> None:
    with Sandbox(Options()) as sandbox:
        home = Home.at(tmp_path)
        stored = Accounts(home, server=sandbox.listening.server)
        world = World(stored, Store(home), app_over(stored), Frozen())
        async with running(world, SIZE) as pilot:
            await paste(pilot, f"{sandbox.listening.client_id}\n{sandbox.listening.client_secret.reveal()}")
            await pilot.press("enter")
            await until(pilot, lambda: is_at(pilot, "#scopes"))
            await pilot.press("enter")
            await until(pilot, lambda: is_at(pilot, "#code"))
            await paste(pilot, sandbox.state.grant(4711, ("public",)))
            await pilot.press("enter")
            await until(pilot, lambda: is_at(pilot, "#do-right"))
            assert value(pilot, "#app-name") == "My app"
            scenes.wizard(pilot).query_one("#app-name", Input).value = typed
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
    [app] = stored.apps.all()
    assert (app.key, app.name) == ("my-app", typed or "My app")


async def test_a_second_app_gets_a_name_of_its_own(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    for letter in "abc":
        world.stored.apps.save("", letter * 64, scenes.CLIENT_SECRET, ["public"])
    assert [app.name for app in world.stored.apps.all()] == ["My app", "My app 2", "My app 3"]
