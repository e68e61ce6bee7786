"""Choosing permissions: by key, wish, endpoint, preset or exact name; always readable without colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

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
        assert "bookings_write_owned: Create bookings, and change those." in shown, (
            "the protocol's own name is told"
        )
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


async def test_public_alone_gets_a_warning_with_the_key_to_more(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        assert scenes.says(pilot, "! With “public” alone, your app sees only published information. Press 1")
        await pilot.press("1")
        await settled(pilot, lambda: len(chosen(pilot)) > 1)
        assert "! With “public”" not in grid(world.app)


async def test_what_another_permission_includes_is_shown_as_included(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await scenes.paste(pilot, "#filter", "bookings_write")
        await pilot.press("enter", "down", "space")
        await scenes.paste(pilot, "#filter", "bookings_")
        await pilot.press("enter")
        await settled(pilot, lambda: grid(world.app).count("[+] ") == 2)
        shown = grid(world.app)
        assert "[x] write" in shown
        assert "bookings_read: Included in “bookings_write”." in shown
        assert chosen(pilot)[:1] == ("public",)


@pytest.mark.parametrize(
    ("typed", "meant"), [("bokings_read", "bookings_read"), ("rental_write", "rentals_write")]
)
async def test_a_mistyped_name_finds_the_one_that_is_meant(tmp_path: Path, typed: str, meant: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await scenes.paste(pilot, "#filter", typed)
        await settled(
            pilot, lambda: scenes.says(pilot, f"“{typed}” isn't in Smily's list. Did you mean this?")
        )
        await pilot.press("enter", "space")
        assert chosen(pilot) == ("public", meant)


async def test_a_mistyped_name_after_a_plus_is_added_with_a_remark(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await scenes.paste(pilot, "#filter", "+bokings_read")
        question = "“bokings_read” isn't in Smily's list. Did you mean “bookings_read”?"
        await settled(pilot, lambda: scenes.says(pilot, question))
        await pilot.press("enter")
        assert chosen(pilot) == ("public", "bokings_read")
        assert scenes.says(pilot, question)


@pytest.mark.parametrize("keys", [["slash"], ["slash", "r"], ["slash", "r", "enter"]])
async def test_esc_ends_the_search_before_it_goes_back(tmp_path: Path, keys: list[str]) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await pilot.press(*keys, "escape")
        await settled(pilot, lambda: wizard(pilot).query_one("#scopes").has_focus)
        assert wizard(pilot).query_one("#filter", Input).value == ""
        await pilot.press("escape")
        await settled(pilot, lambda: not wizard(pilot).query_one("#scopes").is_on_screen)


@pytest.mark.parametrize("query", ["GET /rentals", "guests", "bookings_"])
async def test_the_cursor_is_on_the_first_hit_and_space_takes_it(tmp_path: Path, query: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await scenes.paste(pilot, "#filter", query)
        await pilot.press("enter", "space")
        assert len(chosen(pilot)) == 2
        assert "public" in chosen(pilot)
