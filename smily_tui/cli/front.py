"""Front end of a command: the full screen or, where it is not wanted or cannot be shown, the plain mode."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from smily_tui import system
from smily_tui.cli.common import in_ascii

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.text import Untrusted
    from smily_tui.vault.model import Application

PLAIN_MODE: Final = "The plain mode"
# Textual's variables that change how it looks and feels; others write or show what is typed, or load code
HARMLESS: Final = frozenset(
    {"TEXTUAL_ANIMATIONS", "TEXTUAL_DISABLE_KITTY_KEY", "TEXTUAL_FPS", "TEXTUAL_SMOOTH_SCROLL"}
)
# Textual believes them, of whatever size, before the terminal
SIZES: Final = frozenset({"COLUMNS", "LINES"})


def asks_for_plain(options: argparse.Namespace) -> bool:
    """Return whether --plain was given, before or after the command."""
    return bool(getattr(options, "plain", False))


def is_plain(options: argparse.Namespace) -> bool:
    """Return whether the plain mode is asked for, or is all that this terminal can show."""
    return asks_for_plain(options) or bool(system.why_no_full_screen())


def check_terminal(options: argparse.Namespace) -> None:
    """Raise UsageError unless somebody can read and type."""
    if is_plain(options):
        system.check_terminal(PLAIN_MODE)
    else:
        system.check_terminal()


def show(
    stored: Accounts,
    options: argparse.Namespace,
    *,
    demo: DemoInfo | None = None,
    connect: bool = False,
    application: Untrusted | None = None,
    presenter: bool = False,
    queue: Application | None = None,
) -> int:
    """Run the front end; its arguments are those of `tui.app.run`.

    Raises:
        UsageError: there is no terminal, or no such application.
        KeyUnavailable: what is stored is encrypted, and its key cannot be had.
    """
    if not is_plain(options):
        _drop_switches()
        with _without_collection():
            from smily_tui.tui.app import run as run_tui
        return run_tui(
            stored,
            demo=demo,
            connect=connect,
            application=application,
            presenter=presenter,
            ascii=in_ascii(options) or not system.has_all_letters(),
            queue=queue,
        )
    from smily_tui.plain.app import preferences
    from smily_tui.plain.app import run as run_plain
    from smily_tui.plain.console import LineTerminal

    named = stored.apps.named(application) if application else None
    looks = preferences(stored)
    check_terminal(options)
    return run_plain(
        stored,
        LineTerminal(ascii=in_ascii(options) or looks.ascii),
        demo=demo,
        connect=connect,
        application=named,
        because="" if asks_for_plain(options) else system.why_no_full_screen(),
        looks=looks,
        queue=queue,
    )


@contextmanager
def _without_collection() -> Iterator[None]:
    """Search for no garbage during imports: modules have none. Later searches pass over what they made."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _drop_switches() -> None:
    """Drop the variables of the environment that Textual reads when it is imported."""
    for name in list(os.environ):
        if name in SIZES or (name.startswith("TEXTUAL") and name not in HARMLESS):
            del os.environ[name]
