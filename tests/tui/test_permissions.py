"""Choosing permissions: by key, wish, endpoint, preset or exact name; always readable without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.oauth.scopes import PRESETS
from smily_tui.tui.pages.permissions import ScopeList
from tests.support.tui import scenes, wizard_scenes
from tests.support.tui.scenes import CLIENT_ID, CLIENT_SECRET, grid, make_world, running, settled, wizard

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

SIZE = (80, 24)


def chosen(pilot: Pilot[None]) -> tuple[str, ...]:
    return wizard(pilot).query_one(ScopeList).chosen


async def test_a_wish_leads_to_the_recommended_permission(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.find(pilot)
        assert chosen(pilot) == ("public", "bookings_write_owned")
        shown = grid(world.app)
        assert "[x] write_owned Create bookings, change own  (recommended)" in shown
        assert "bookings_write_owned: create, and change only" in shown, "the protocol's own name is told"
        assert "2 selected" in shown


async def test_what_a_search_hides_stays_ticked(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.find(pilot)
        await scenes.paste(pilot, "#filter", " GET /rentals")
        assert chosen(pilot) == ("public", "bookings_write_owned")


@pytest.mark.parametrize("name", PRESETS)
async def test_a_preset_takes_the_place_of_the_ticks(tmp_path: Path, name: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.find(pilot)
        await pilot.click(f"#preset-{name}")
        assert chosen(pilot) == PRESETS[name]
        assert wizard(pilot).query_one("#scopes").has_focus
        assert f"{len(PRESETS[name])} selected" in grid(world.app)


@pytest.mark.parametrize("typed", ["pigeons_read", "+pigeons_read", "+rates"])
async def test_a_name_that_the_reference_lacks_can_be_entered(tmp_path: Path, typed: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await scenes.paste(pilot, "#filter", typed)
        await pilot.press("enter")
        await settled(pilot, lambda: wizard(pilot).query_one("#scopes").has_focus)
        assert chosen(pilot) == ("public", typed.removeprefix("+"))
        assert "isn't in Smily's list" in grid(world.app)


@pytest.mark.parametrize("typed", ["two words that nothing fits", "/nowhere", "bücher"])
async def test_what_cannot_be_a_name_adds_nothing(tmp_path: Path, typed: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await scenes.paste(pilot, "#filter", typed)
        await pilot.pause()
        assert "No match. Try: create bookings" in grid(world.app)
        await pilot.press("enter")
        assert chosen(pilot) == ("public",)


async def test_the_last_choice_is_one_button_away_where_there_was_one(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    world.stored.apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public", "rates_read", "pigeons"])
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await pilot.click("#preset-last")
        assert chosen(pilot) == ("public", "rates_read", "pigeons")


async def test_without_a_last_time_nothing_is_offered(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        assert "Same as last time" not in grid(world.app)


async def test_what_is_too_much_is_named_with_what_includes_it(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await scenes.paste(pilot, "#filter", "guests")
        await pilot.press("enter", "space", "down", "space")
        assert "“clients_read” isn't needed: “clients_write” includes it." in grid(world.app)
