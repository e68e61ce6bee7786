"""Poll and paste where the focus is, through a pilot."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from textual.css.query import NoMatches
from textual.events import Paste

from tests.support.polling import PATIENCE
from tests.support.tui.scenes import grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.geometry import Region
    from textual.pilot import Pilot
    from textual.widget import Widget


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Poll a condition that another process makes true; a widget that is not there yet fulfils none."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with contextlib.suppress(NoMatches):
            if condition():
                return
        await pilot.pause(0.05)
    raise AssertionError(grid(pilot.app))  # type: ignore[arg-type]


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste where the focus is, as a terminal does."""
    assert pilot.app.screen.focused is not None
    pilot.app.screen.focused.post_message(Paste(text))
    await pilot.pause()


async def click(pilot: Pilot[None], selector: str | type[Widget], offset: tuple[int, int] = (0, 0)) -> None:
    """Click on a widget once it stays where it is: a page that has just come may not be laid out wholly.

    A button of Textual (8.2.8) takes no click for 0.2 s after another one.
    """
    places: list[Region] = []

    def stays() -> bool:
        widget = pilot.app.screen.query_one(selector)
        places.append(widget.region)
        stays = len(places) > 1 and places[-2] == places[-1] and bool(places[-1])
        return stays and not widget.has_class("-active")

    await until(pilot, stays)
    assert await pilot.click(selector, offset=offset)
