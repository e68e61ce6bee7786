"""Starts the plain mode, where there is a terminal for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.errors import SmilyError
from smily_tui.messages.accounts import NOT_USED
from smily_tui.plain.console import Console
from smily_tui.plain.dialogue import Dialogue
from smily_tui.plain.outside import Outside
from smily_tui.plain.session import Session
from smily_tui.plain.wire import Heard
from smily_tui.vault.settings import Preferences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smily_tui.accounts import Authorizations
    from smily_tui.demo import DemoInfo
    from smily_tui.plain.terminal import Terminal
    from smily_tui.vault.model import Application


def preferences(stored: Authorizations) -> Preferences:
    """What the settings say; the program's own choice where they cannot be read, which the dialogue tells."""
    try:
        return stored.preferences()
    except SmilyError:
        return Preferences()


def run(
    stored: Authorizations,
    terminal: Terminal,
    doctor: Callable[[], Iterable[str]],
    *,
    looks: Preferences,
    demo: DemoInfo | None = None,
    connect: bool = False,
    application: Application | None = None,
    because: str = "",
) -> int:
    """The dialogue; `because` says why there is no full screen, where nobody asked for the plain mode.

    Raises:
        KeyUnavailable: what is stored is encrypted, and its key cannot be had.
    """
    console = Console(terminal, demo.ordered if demo else None)
    stored.at_rest.check()
    if because:
        console.say(f"Plain mode: {because}. Full screen: TERM=xterm-256color smily-tui")
    console.say(f"smily-tui{', the demo: no real account' if demo else ''}.", "? explains, quit leaves.")
    console.say(*(NOT_USED.format(what=each) for each in looks.ignored))
    session = Session(console, stored, Outside(way=looks.clipboard), Heard(), doctor, demo)
    Dialogue(session).run(connect=connect, application=application)
    return 0
