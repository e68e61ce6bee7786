"""What the demo shows and the program does not: the owner's page in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.messages.connect import NO_BROWSER
from smily_tui.tui.screens.link_dialogs import ConsentDialog
from tests.support.tui import scenes
from tests.support.tui.pilot import until
from tests.support.tui.scenes import World, grid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot


HINT = NO_BROWSER.format(key="F8")


async def consent(pilot: Pilot[None]) -> None:
    """The owner's page over step 3."""
    from smily_tui.sandbox.accounts import ACCOUNTS
    from smily_tui.sandbox.owner import ConsentPage
    from smily_tui.text import Clean, clean

    await scenes.authorize(pilot)
    accounts = tuple((str(each.number), clean(each.business_name)) for each in ACCOUNTS)
    question = Clean("Authorize Demo app to use your account?")
    allows = (Clean("See public information"), Clean("See bookings"))
    pilot.app.push_screen(ConsentDialog(ConsentPage(question, accounts, "4711", allows, {})))
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, ConsentDialog))
    await pilot.pause()


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {"demo-consent": (False, consent)}


async def at_the_link(pilot: Pilot[None], world: World) -> None:
    await until(pilot, lambda: "Press Enter to continue" in grid(world.app))
    await pilot.press("enter")
    await until(pilot, lambda: world.app.screen.query_one("#scopes").has_focus)
    await pilot.press("enter")
    await until(pilot, lambda: HINT in grid(world.app))


async def the_page(pilot: Pilot[None], world: World) -> None:
    await pilot.press("f8")
    await until(pilot, lambda: isinstance(world.app.screen, ConsentDialog))
    await pilot.pause()
