"""Leaving the wizard loses nothing: what was entered is kept, without the secret, and offered again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from smily_tui.tui.pages.permissions import ScopeList
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.screens.wizard import KEPT_EACH, WizardScreen
from smily_tui.vault.drafts import Draft
from tests.support.tui import scenes, wizard_scenes
from tests.support.tui.scenes import (
    CLIENT_ID,
    CLIENT_SECRET,
    SERVER,
    World,
    grid,
    is_at,
    make_world,
    running,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from textual.pilot import Pilot


SIZE = (80, 24)


def texts_below(folder: Path) -> str:
    """All that is stored outside of the vault's files with secrets in them."""
    files = [each for each in folder.rglob("*") if each.is_file() and each.name != "application.json"]
    return "\n".join(each.read_bytes().decode("latin-1") for each in files)


@contextlib.asynccontextmanager
async def started_again(folder: Path, later: float = 0.0) -> AsyncIterator[tuple[World, Pilot[None]]]:
    """The next start of the program over the same store, with its question on the screen."""
    world = make_world(folder, accounts=False)
    world.clock.wall += later
    async with world.app.run_test(size=SIZE) as pilot:
        world.app.animation_level = "none"
        await settled(pilot, lambda: isinstance(world.app.screen, Question))
        yield world, pilot


@pytest.mark.parametrize(
    ("go", "step"),
    [(scenes.application, 1), (scenes.permissions, 2), (scenes.authorize, 3)],
)
@pytest.mark.parametrize("end", ["ctrl+q", "escape"])
async def test_quitting_anywhere_is_offered_again_and_holds_no_secret(
    tmp_path: Path, go: Callable[[Pilot[None]], Awaitable[None]], step: int, end: str
) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await go(pilot)
        await pilot.press(*([end] * (step if end == "escape" else 1)))
        if end == "escape":
            await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
    assert CLIENT_SECRET.reveal() not in texts_below(tmp_path)
    draft = world.stored.unfinished()
    assert draft is not None
    assert (draft.name, draft.client_id) == ("", CLIENT_ID)
    assert draft.number == (1 if end == "escape" else step)


async def test_the_link_is_shown_again_with_its_age_and_the_code_is_asked_for(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.authorize(pilot)
        link = scenes.wizard(pilot).flow.url
        await pilot.press("ctrl+q")
    async with started_again(tmp_path, 1500) as (world, pilot):
        assert "You were connecting an app: step 3 of 4, Authorize." in grid(world.app)
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#client-secret"))
        await scenes.paste(pilot, "#client-secret", CLIENT_SECRET.reveal())
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#scopes"))
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#code"))
        assert scenes.wizard(pilot).flow.url == link
        assert "It doesn't expire." in " ".join(grid(world.app).split())
        assert scenes.wizard(pilot).query_one("#client-secret", Input).value == CLIENT_SECRET.reveal()
        await pilot.press("escape")
        await settled(pilot, lambda: is_at(pilot, "#scopes"))
        assert scenes.wizard(pilot).query_one(ScopeList).chosen == ("public", "bookings_read")


async def test_before_the_application_is_stored_the_secret_is_asked_for_again(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.permissions(pilot)
        await pilot.press("ctrl+q")
    async with started_again(tmp_path) as (world, pilot):
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#client-secret"))
        assert "Paste the Client Secret again (drafts don't hold it)." in grid(world.app)
        await scenes.paste(pilot, "#client-secret", CLIENT_SECRET.reveal())
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#scopes"))
        assert scenes.wizard(pilot).query_one(ScopeList).chosen == ("public", "bookings_read")


async def test_starting_over_drops_the_draft_and_opens_an_empty_page(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.left_off(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot, lambda: is_at(pilot, "#client-id"))
        assert scenes.wizard(pilot).query_one("#client-id", Input).value == ""
        assert world.stored.unfinished() is None


async def test_what_is_typed_is_kept_each_second_without_leaving_the_page(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.application(pilot)
        for _ in range(100):
            draft = world.stored.unfinished()
            if draft is not None and draft.client_id == CLIENT_ID:
                return
            await pilot.pause(KEPT_EACH / 10)
    raise AssertionError("it was never kept whole")


async def test_a_client_id_alone_may_be_the_secret_and_is_not_kept(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.paste(pilot, "#client-id", CLIENT_SECRET.reveal())
        await pilot.press("ctrl+q")
    assert world.stored.unfinished() is None
    assert CLIENT_SECRET.reveal() not in texts_below(tmp_path)


async def test_where_nothing_was_entered_nothing_is_offered(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard_empty(pilot)
        assert world.stored.unfinished() is None
        await pilot.press("n")
        await settled(pilot, lambda: is_at(pilot, "#client-id"))


async def test_adding_another_account_where_one_was_left_asks_nothing(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await pilot.press("a")
        await settled(pilot, lambda: is_at(pilot, "#code"))
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        world.clock.wall += 600
        await pilot.press("a")
        await settled(pilot, lambda: is_at(pilot, "#code"))
        assert "It doesn't expire." in grid(world.app)


async def test_an_account_that_was_connected_after_all_is_not_offered(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    draft = Draft("authorize", SERVER, "Demo app", CLIENT_ID, "demo-app")
    world.stored.drafts.keep(draft)
    assert world.stored.unfinished() == draft, "its accounts are older"
    world.clock.wall = scenes.NOW - 7200 * 4
    world.stored.drafts.keep(draft)
    assert world.stored.unfinished() is None
    assert world.stored.drafts.find() is None


async def test_the_question_is_answered_by_the_safe_answer_first(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.left_off(pilot)
        focused = world.app.screen.focused
        assert isinstance(focused, Button)
        assert str(focused.label).startswith("Continue ")
        await pilot.press("escape")
        await settled(pilot, lambda: is_at(pilot, "#code"))
        assert isinstance(world.app.screen, WizardScreen)
