"""Pages are whole after the wire view and resizes in any order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.all_scenes import SCENES
from tests.tui.layout import findings
from tests.tui.pictures import at_rest
from tests.tui.scenes import grid, make_world, running, settled

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


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_is_whole_after_the_wire_view_and_resizes_in_any_order(
    name: str, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, SMALL) as pilot:
        await go(pilot)
        await at_rest(world, pilot)
        before, alike = grid(world.app), 0
        while alike < 5:  # a status line makes room for itself a moment later
            await pilot.pause(0.05)
            alike, before = (alike + 1 if grid(world.app) == before else 0), grid(world.app)
        for sequence, steps in SEQUENCES.items():
            with subtests.test(sequence):
                await go_through(pilot, steps)
                await at_rest(world, pilot)
                await settled(pilot, lambda: grid(world.app) == before)
                assert not findings(world.app.screen)
