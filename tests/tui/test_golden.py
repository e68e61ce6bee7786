"""Each pictured state, as text, at both sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.scenes import SCENES, SIZES, grid, make_world, running

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", SCENES)
async def test_the_screen_shows_what_it_should(
    name: str, size: tuple[int, int], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, size) as pilot:
        await go(pilot)
        await pilot.pause()
        shown = grid(world.app)
    golden = GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")
