"""A keyring that hangs while the wizard stores an application: the screen answers keys, and then says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.accounts import Accounts
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.screens.help import HelpScreen
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.support.keyrings import HANGS, StandIn, stand_in
from tests.support.tui import scenes
from tests.support.tui.pilot import until
from tests.support.tui.scenes import Frozen, World, grid, running, wizard

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["stand_in"]


async def test_a_keyring_that_hangs_holds_up_no_key(tmp_path: Path, stand_in: StandIn) -> None:
    stand_in.becomes(HANGS)
    home = Home.at(tmp_path / "home")
    stored = Accounts(home, keyring=True)
    world = World(stored, Store(home), SmilyApp(stored), Frozen())
    async with running(world, (80, 24)) as pilot:
        await scenes.application(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: wizard(pilot).query_one("#scopes").has_focus)
        await pilot.press("enter")
        await until(pilot, lambda: "Checking the store" in grid(world.app))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(world.app.screen, HelpScreen))
        assert stored.apps.all() == (), "the keyring has not answered yet, and the help is there"
        await pilot.press("escape")
        await until(pilot, lambda: wizard(pilot).query_one("#code").has_focus)
    assert stored.at_rest.words == "not encrypted (the keyring did not answer)"
