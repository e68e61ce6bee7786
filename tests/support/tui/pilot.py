"""Poll and paste where the focus is, through a pilot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.events import Paste

from tests.support.tui.scenes import grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Poll a condition that another process makes true."""
    for _ in range(400):
        if condition():
            return
        await pilot.pause(0.05)
    raise AssertionError(grid(pilot.app))  # type: ignore[arg-type]


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste where the focus is, as a terminal does."""
    assert pilot.app.screen.focused is not None
    pilot.app.screen.focused.post_message(Paste(text))
    await pilot.pause()
