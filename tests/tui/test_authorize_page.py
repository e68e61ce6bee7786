"""Page of the link: Enter opens it, errors stand at the code, the diagram runs with the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Paste
from textual.widgets import Input

from smily_tui.tui.wire.log import CONNECT, Progress, picture
from tests.support.tui import scenes, trouble_scenes
from tests.support.tui.all_scenes import SCENES
from tests.support.tui.pilot import click
from tests.support.tui.scenes import grid, is_at, make_world, running, settled

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (80, 24)
CAUSES = "ctrl+r"


async def test_enter_without_a_code_opens_the_link(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.authorize(pilot)
        await pilot.press("enter")
        await settled(pilot, lambda: "Asked your browser to open it." in grid(world.app))
        await settled(pilot, lambda: "✓ opened 06:00" in grid(world.app))
        assert is_at(pilot, "#code")
        assert "✗" not in grid(world.app)


async def test_a_paste_anywhere_goes_to_the_code_with_its_length(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.authorize(pilot)
        scenes.wizard(pilot).set_focus(None)
        world.app.post_message(Paste("c0de" * 10))
        await settled(pilot, lambda: "40 characters" in grid(world.app))
        assert is_at(pilot, "#code")


@pytest.mark.parametrize(
    "scene", ["wizard-authorize-refused", "wizard-authorize-offline", "wizard-authorize-own-link"]
)
async def test_the_first_key_after_a_refusal_begins_a_new_code(tmp_path: Path, scene: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await SCENES[scene][1](pilot)
        await settled(pilot, lambda: is_at(pilot, "#code"))
        assert bool(scenes.wizard(pilot).query("ErrorCard.-open"))
        await pilot.press("a")
        assert scenes.wizard(pilot).query_one("#code", Input).value == "a"
        await settled(pilot, lambda: not scenes.wizard(pilot).query("ErrorCard.-open"))


@pytest.mark.parametrize("way", ["key", "mouse"])
async def test_other_causes_are_folded_below_the_code(tmp_path: Path, way: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await SCENES["wizard-authorize-damaged"][1](pilot)
        assert scenes.says(pilot, "✗ The server rejected this code. Most likely it was not copied")
        assert "Other possible causes" not in grid(world.app)
        for _ in range(2):
            before = grid(world.app)
            if way == "key":
                await pilot.press(CAUSES)
            else:
                await click(pilot, "#authorize #do-causes")
            await settled(pilot, lambda before=before: grid(world.app) != before)  # type: ignore[misc]
            is_open = "Other possible causes" in before
            assert ("it belongs to another app" in grid(world.app)) is not is_open
        assert is_at(pilot, "#code") or way == "mouse"


async def test_an_error_without_other_causes_offers_none(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await SCENES["wizard-authorize-offline"][1](pilot)
        assert "Other causes" not in grid(world.app)
        await pilot.press(CAUSES)
        assert scenes.wizard(pilot).query_one("#code", Input).value == trouble_scenes.CODE


@pytest.mark.parametrize("scene", sorted(trouble_scenes.SCENES))
async def test_an_error_is_told_once(tmp_path: Path, scene: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (120, 36)) as pilot:
        await SCENES[scene][1](pilot)
        assert grid(world.app).count("✗ ") + grid(world.app).count("! ") <= 1


async def test_the_servers_own_words_are_folded(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (120, 36)) as pilot:
        await SCENES["wizard-client-refused"][1](pilot)
        await settled(pilot, lambda: is_at(pilot, "#client-secret"))
        assert "Client authentication failed" not in grid(world.app)
        await pilot.press(CAUSES)
        await settled(pilot, lambda: "The server says: “Client authentication failed" in grid(world.app))


@pytest.mark.parametrize("done", [2, 6])
def test_the_awaited_arrow_runs_from_its_beginning_to_its_end(done: int) -> None:
    def arrow(share: float | None) -> str:
        return picture(Progress(CONNECT, done), 48, share).plain.split("\n")[1 + done]

    still = arrow(None)
    frames = [arrow(step / 10) for step in range(11)]
    assert len(set(frames)) > 5
    assert frames[-1] == still
    assert all(len(frame) == len(still) for frame in frames)
    assert all(frame.count("▶") + frame.count("◀") == 2 for frame in frames), "a sign and a head"


async def test_the_arrow_runs_only_while_a_server_is_awaited(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (120, 36)) as pilot:
        await scenes.authorize(pilot)
        world.app.animation_level = "full"
        waiting = "◀─ tokens ─┤"
        assert waiting in grid(world.app)
        world.app.wire.step("sending")
        await settled(pilot, lambda: waiting not in grid(world.app))
        world.app.wire.step("asking")
        await settled(pilot, lambda: waiting in grid(world.app))
