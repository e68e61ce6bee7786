"""Every scene by its name: whether accounts are stored, and how to get there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.tui import (
    app_scenes,
    dashboard_scenes,
    demo_scenes,
    holder_scenes,
    queue_scenes,
    scenes,
    size_scenes,
    slides_scenes,
    trouble_scenes,
    try_it_scenes,
    wire_scenes,
    wizard_scenes,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "wizard-application": (False, scenes.application),
    "wizard-application-error": (False, scenes.application_with_error),
    "wizard-permissions": (False, scenes.permissions),
    "wizard-authorize": (False, scenes.authorize),
    "wizard-authorize-own-link": (False, scenes.authorize_own_link),
    "wizard-done": (False, scenes.done),
    "dashboard": (True, scenes.dashboard),
    "dashboard-empty": (False, scenes.dashboard_empty),
    "dashboard-help": (True, scenes.help_),
    "dashboard-forget": (True, scenes.forget),
    "dashboard-find": (True, scenes.find),
    **holder_scenes.SCENES,
    **wire_scenes.SCENES,
    **size_scenes.SCENES,
    **wizard_scenes.SCENES,
    **demo_scenes.SCENES,
    **dashboard_scenes.SCENES,
    **trouble_scenes.SCENES,
    **queue_scenes.SCENES,
    **app_scenes.SCENES,
    **slides_scenes.SCENES,
    **try_it_scenes.SCENES,
}


# One scene for each screen, page and dialog: their actions do not depend on what they show.
OURS = (
    "wizard-application", "wizard-permissions", "wizard-authorize", "wizard-done", "wizard-qr", "wizard-help",
    "wizard-done-less", "wizard-message", "wizard-left-off",
    "dashboard", "dashboard-empty", "dashboard-find", "dashboard-forget", "dashboard-history",
    "dashboard-rename", "dashboard-export", "dashboard-results", "dashboard-messages", "dashboard-emptied",
    "wire-connected", "presenter",
    "apps", "apps-rename", "apps-permissions", "apps-secret", "apps-remove",
    "demo-consent", "queue", "queue-row", "queue-add", "queue-today", "slides-5", "try-it",
)  # fmt: skip
