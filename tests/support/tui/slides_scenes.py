"""Slides on a projector, each as it is before its step, and what can be opened over them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from smily_tui.demo import TROUBLES, DemoInfo
from smily_tui.tui.screens.slides import SlidesScreen
from smily_tui.tui.slides import OWNER_AGAIN, STEPS, Interruption, Story, asked_for
from smily_tui.vault.model import Address
from tests.support.tui.scenes import CLIENT_ID, CLIENT_SECRET, SERVER, settled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    from smily_tui.tui.app import SmilyApp

CONNECTED = 6
"""Index of the first slide after an account is connected."""


async def slide(pilot: Pilot[None], index: int, *, interruption: Interruption | None = None) -> SlidesScreen:
    """Return the slide with that index, on the screen."""
    app: SmilyApp = pilot.app  # type: ignore[assignment]
    app.present()
    demo = DemoInfo(CLIENT_ID, CLIENT_SECRET, SERVER, order=lambda _: None)
    story = Story(app.stored, demo, app.wire, lambda _: None)
    url = f"{SERVER}/oauth/authorize?client_id={CLIENT_ID}&response_type=code&scope=public%20bookings_read"
    app.wire.ask_owner(url, SERVER, CLIENT_ID)
    if index >= CONNECTED:
        story.connected(Address("demo-app", "villa-rosa"))
    story.reached, story.interruption = index, interruption
    screen = SlidesScreen(story, demo)
    await app.push_screen(screen)
    await settled(pilot, lambda: screen.size == app.size)
    return screen


async def slide_alone(pilot: Pilot[None], index: int) -> None:
    await slide(pilot, index)


async def interrupted(pilot: Pilot[None]) -> None:
    """A code that was ordered to be too old."""
    met = Interruption(asked_for(TROUBLES[0]), OWNER_AGAIN, 1)
    screen = await slide(pilot, 4, interruption=met)
    screen.app.wire.reach(6, "400")


async def http(pilot: Pilot[None]) -> None:
    """The authorization URL, explained."""
    await slide(pilot, 1)
    await pilot.press("w")


async def faults(pilot: Pilot[None]) -> None:
    """The errors by their keys, one of them ordered."""
    await slide(pilot, 2)
    await pilot.press("2", "x")


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    **{f"slides-{index + 1}": (True, partial(slide_alone, index=index)) for index in range(len(STEPS))},
    "slides-interrupted": (True, interrupted),
    "slides-http": (True, http),
    "slides-faults": (True, faults),
}
