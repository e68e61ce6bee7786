"""What the demo shows and the program does not: the owner's page in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.tui import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot


async def consent(pilot: Pilot[None]) -> None:
    """The owner's page over step 3."""
    from smily_tui.sandbox.owner import ConsentPage
    from smily_tui.sandbox.state import ACCOUNTS
    from smily_tui.text import Clean, clean
    from smily_tui.tui.screens.link_dialogs import ConsentDialog

    await scenes.authorize(pilot)
    accounts = tuple((str(each.number), clean(each.business_name)) for each in ACCOUNTS)
    question = Clean("Authorize Sandbox app to use your account?")
    allows = (Clean("See public information"), Clean("See bookings"))
    pilot.app.push_screen(ConsentDialog(ConsentPage(question, accounts, "4711", allows, {})))
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, ConsentDialog))
    await pilot.pause()


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {"demo-consent": (False, consent)}
