"""The wizard in the states that lead on: what was found, refused, missing, or left the day before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot


async def step_2(pilot: Pilot[None]) -> None:
    """Step 2 as it opens."""
    await scenes.application(pilot)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: scenes.wizard(pilot).query_one("#scopes").has_focus)


async def find(pilot: Pilot[None]) -> None:
    """Step 2 after a wish was typed and the recommended way ticked."""
    await step_2(pilot)
    await pilot.press("slash", *"create", "space", *"bookings", "enter", "space")


async def find_endpoint(pilot: Pilot[None]) -> None:
    """Step 2 after an endpoint was typed."""
    await step_2(pilot)
    await scenes.paste(pilot, "#filter", "GET /rentals")


async def unknown(pilot: Pilot[None]) -> None:
    """Step 2 with a name that the reference lacks, before Enter adds it."""
    await step_2(pilot)
    await scenes.paste(pilot, "#filter", "pigeons_read")


async def everything(pilot: Pilot[None]) -> None:
    """Step 2 with all permissions, and what speaks against that."""
    await step_2(pilot)
    await pilot.click("#preset-everything")


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "wizard-permissions-find": (False, find),
    "wizard-permissions-endpoint": (False, find_endpoint),
    "wizard-permissions-unknown": (False, unknown),
    "wizard-permissions-everything": (False, everything),
}
