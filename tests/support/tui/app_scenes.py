"""Scenes of the apps screen: its list, its dialogs, an app that was removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.tui.screens.apps import AppPermissionsScreen, AppsScreen, SecretDialog
from smily_tui.tui.screens.dialogs import FieldDialog, Question
from smily_tui.tui.screens.help import HelpScreen
from tests.support.tui import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot
    from textual.screen import Screen

SECOND_ID = "0718f6e5d4c3b2a1" * 4


async def at_apps(pilot: Pilot[None]) -> None:
    """Two apps, one of them at a server of its own."""
    await scenes.dashboard(pilot)
    scenes.stored_of(pilot).apps.save(
        "Partner API [/b]", SECOND_ID, Secret("5ec4e7" * 11), ["public"], Origin("https://smily.example")
    )
    await pilot.press("A")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, AppsScreen))


def opens(kind: type[Screen[Any]], *keys: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """What these keys open there."""

    async def press(pilot: Pilot[None]) -> None:
        await at_apps(pilot)
        await pilot.press(*keys)
        await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, kind))

    return press


async def wrong_secret(pilot: Pilot[None]) -> None:
    """Something else was pasted as the secret."""
    await opens(SecretDialog, "s")(pilot)
    await pilot.press(*"bookings_read", "enter")


async def removed(pilot: Pilot[None]) -> None:
    """The app with the accounts was removed."""
    await opens(Question, "d")(pilot)
    await pilot.press("tab", "shift+tab", "shift+tab", "enter")
    await scenes.settled(pilot, lambda: not scenes.stored_of(pilot).count_by_app())
    await scenes.settled(pilot, lambda: not pilot.app.screen.workers)


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "apps": (True, at_apps),
    "apps-rename": (True, opens(FieldDialog, "e")),
    "apps-permissions": (True, opens(AppPermissionsScreen, "p")),
    "apps-secret": (True, opens(SecretDialog, "s")),
    "apps-secret-wrong": (True, wrong_secret),
    "apps-remove": (True, opens(Question, "d")),
    "apps-removed": (True, removed),
    "apps-help": (True, opens(HelpScreen, "f1")),
}
