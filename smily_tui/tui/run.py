"""Starts the full-screen program, where there is a terminal for it."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

from smily_tui import signals, system
from smily_tui.system import check_terminal

if TYPE_CHECKING:
    from smily_tui.accounts import Authorizations
    from smily_tui.demo import DemoInfo
    from smily_tui.text import Untrusted
    from smily_tui.tui.app import SmilyApp

# the toolkit's variables that change how it looks and feels; others write or show what is typed, or load code
HARMLESS: Final = frozenset(
    {"TEXTUAL_ANIMATIONS", "TEXTUAL_DISABLE_KITTY_KEY", "TEXTUAL_FPS", "TEXTUAL_SMOOTH_SCROLL"}
)
# the toolkit believes them, of whatever size, before the terminal
SIZES: Final = frozenset({"COLUMNS", "LINES"})
LEAVING: Final = 5.0  # seconds until a signal ends the program, whatever hangs


def run(
    authorizations: Authorizations,
    *,
    demo: DemoInfo | None = None,
    connect: bool = False,
    application: Untrusted | None = None,
    presenter: bool = False,
    ascii: bool = False,  # noqa: A002
) -> int:
    """Show the dashboard, or the wizard where nothing is stored or `connect` asks for it; the exit code.

    Raises:
        UsageError: there is no terminal, or no such application.
        KeyUnavailable: what is stored is encrypted, and its key cannot be had.
    """
    check_terminal()
    threading.Thread(target=lambda: None).start()  # where none starts, the toolkit fails for another reason
    authorizations.at_rest.check()
    authorizations.at_rest.ask_beside()
    _drop_switches()
    from smily_tui.tui.app import SmilyApp

    app = SmilyApp(
        authorizations,
        demo=demo,
        connect=connect,
        application=application,
        presenter=presenter,
        ascii=ascii,
    )
    asyncio.run(_run(app))
    if app.clear():
        from smily_tui.desktop.clipboard import CLEARED

        sys.stderr.write(f"{CLEARED}\n")
    return 1 if app.return_code is None else app.return_code


def _drop_switches() -> None:
    """Drop what the environment tells the toolkit, which reads it when it is imported."""
    for name in list(os.environ):
        if name in SIZES or (name.startswith("TEXTUAL") and name not in HARMLESS):
            del os.environ[name]


async def _run(app: SmilyApp) -> None:
    """Run the program; a signal that would end it has it leave in order, so that the terminal comes back."""
    loop = asyncio.get_running_loop()

    def leave(number: int) -> None:
        system.end_after(LEAVING)
        loop.call_soon_threadsafe(app.leave, number)

    with signals.ending(leave, interrupt=True):
        await app.run_async()
    system.call_off()
