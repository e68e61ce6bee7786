"""Scenes about sizes, keys and looks: the QR code, the dialogs, the palette."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.tui.widgets.token_bar import TokenBar
from tests.support.tui import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot


async def start(pilot: Pilot[None]) -> None:
    """Step 1 as it opens."""
    await scenes.settled(pilot, lambda: scenes.wizard(pilot).query_one("#client-id").has_focus)


async def code(pilot: Pilot[None]) -> None:
    """Step 3 with the code in its field."""
    await scenes.authorize(pilot)
    await scenes.paste(pilot, "#code", "c0de" * 16)


async def qr(pilot: Pilot[None]) -> None:
    """The link as a QR code where it fits; else which size it needs."""
    await scenes.authorize(pilot)
    await pilot.press("ctrl+g")


async def rename(pilot: Pilot[None]) -> None:
    """A new name for an account."""
    await scenes.dashboard(pilot)
    await pilot.press("e")


async def history(pilot: Pilot[None]) -> None:
    """The uses of a refresh token: none yet."""
    await scenes.dashboard(pilot)
    await pilot.press("h")


async def copy_question(pilot: Pilot[None]) -> None:
    """The question before the first copy."""
    await scenes.dashboard(pilot)
    await pilot.press("c")


async def revealed(pilot: Pilot[None]) -> None:
    """The tokens in full."""
    await scenes.dashboard(pilot)
    pilot.app.screen.query_one(TokenBar).now = lambda: 0.0  # its seconds stand still
    await pilot.press("v")


async def needs_you(pilot: Pilot[None]) -> None:
    """The account that the server refused."""
    await scenes.dashboard(pilot)
    await pilot.press("up")


async def wizard_help(pilot: Pilot[None]) -> None:
    """The help of the wizard."""
    await scenes.authorize(pilot)
    await pilot.press("f1")


async def palette(pilot: Pilot[None]) -> None:
    """Every action by name."""
    await scenes.dashboard(pilot)
    await pilot.press("ctrl+p")
    await scenes.settled(pilot, lambda: bool(pilot.app.screen.query("CommandList")))


async def where(pilot: Pilot[None]) -> None:
    """Where a person finds the credentials."""
    await scenes.application(pilot)
    await pilot.press("tab", "tab", "enter")


async def filtered(pilot: Pilot[None]) -> None:
    """The permissions that a word finds."""
    await scenes.permissions(pilot)
    await pilot.press("slash", *"rates")


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "wizard-start": (False, start),
    "wizard-code": (False, code),
    "wizard-application-where": (False, where),
    "wizard-permissions-filter": (False, filtered),
    "wizard-qr": (False, qr),
    "wizard-help": (False, wizard_help),
    "dashboard-rename": (True, rename),
    "dashboard-history-empty": (True, history),
    "dashboard-copy": (True, copy_question),
    "dashboard-revealed": (True, revealed),
    "dashboard-needs-you": (True, needs_you),
    "palette": (True, palette),
}
