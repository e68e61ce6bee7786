"""Pages are whole after the wire view and resizes in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.tui.all_scenes import SCENES
from tests.support.tui.layout import findings
from tests.support.tui.pictures import at_rest
from tests.support.tui.scenes import grid, make_world, running

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

PAGES = (
    "wizard-application", "wizard-application-error", "wizard-permissions", "wizard-authorize",
    "wizard-authorize-refused", "wizard-done", "wizard-done-less", "dashboard", "queue", "queue-row",
    "queue-row-opened", "queue-row-refused",
)  # fmt: skip
SMALL, LARGE = (80, 24), (120, 36)
SEQUENCES: dict[str, tuple[tuple[int, int] | str, ...]] = {
    "wire beside, small, wire off": (LARGE, "f2", SMALL, "f2"),
    "wire as page, large, wire off, small": ("f2", LARGE, "f2", SMALL),
    "wire as page and off": ("f2", "f2"),
    "wire on and off at both": ("f2", "f2", LARGE, "f2", "f2", SMALL),
    "tiny and back": ((40, 10), SMALL),
    "wire, tiny, back, off": ("f2", (40, 10), (120, 36), (60, 16), SMALL, "f2"),
    "twice through": (LARGE, "f2", SMALL, LARGE, SMALL, "f2", (60, 16), LARGE, SMALL),
}


async def go_through(pilot: Pilot[None], steps: tuple[tuple[int, int] | str, ...]) -> None:
    """Press and resize, in that order, without a rest."""
    for step in steps:
        if isinstance(step, str):
            await pilot.press(step)
        else:
            await pilot.resize_terminal(*step)


async def from_the_top(pilot: Pilot[None]) -> str:
    """What the screen shows when all that scrolls is at its begin."""
    for each in pilot.app.screen.query("*"):
        each.scroll_home(animate=False)
    await pilot.pause()
    return grid(pilot.app)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_whole_after_the_wire_view_and_resizes_in_any_order(
    name: str, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, SMALL) as pilot:
        await go(pilot)
        await at_rest(world, pilot)
        before, alike = "", 0
        while alike < 5:  # a status line makes room for itself a moment later
            now = await from_the_top(pilot)
            alike, before = (alike + 1 if now == before else 0), now
            await pilot.pause(0.05)
        for sequence, steps in SEQUENCES.items():
            with subtests.test(sequence):
                await go_through(pilot, steps)
                await at_rest(world, pilot)
                for _ in range(200):
                    if (now := await from_the_top(pilot)) == before:
                        break
                assert now == before
                assert not findings(world.app.screen)
