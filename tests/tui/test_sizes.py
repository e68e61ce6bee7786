"""Every screen and dialog at every size: nothing overlaps, nothing is cut without a sign, nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tui.layout import findings
from tests.tui.scenes import SCENES, make_world, running

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (
    (60, 16), (60, 24), (69, 19), (72, 40), (80, 24), (90, 29),
    (100, 30), (119, 36), (120, 30), (120, 36), (160, 45), (200, 60),
)  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
async def test_nothing_overlaps_and_nothing_is_cut_without_a_sign(name: str, tmp_path: Path) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    found = []
    async with running(world, (80, 24)) as pilot:
        await go(pilot)
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await pilot.pause()
            found += [f"{size[0]}x{size[1]}: {words}" for words in findings(world.app.screen)]
    assert not found, "\n".join(found)
