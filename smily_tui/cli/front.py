"""The front end for a person: the full screen or, where it is not wanted or cannot be, the plain mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui import system
from smily_tui.cli.common import in_ascii

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.text import Untrusted


def asks_for_plain(options: argparse.Namespace) -> bool:
    """Whether --plain was given, before or after the command."""
    return bool(getattr(options, "plain", False))


def is_plain(options: argparse.Namespace) -> bool:
    """Whether the plain mode is asked for, or is all that this terminal can show."""
    from smily_tui.plain.console import chosen_by_itself

    return asks_for_plain(options) or bool(chosen_by_itself())


def check_terminal(options: argparse.Namespace) -> None:
    """See that somebody can read and type; raises UsageError."""
    if is_plain(options):
        from smily_tui.plain.console import ASKS

        system.check_terminal(ASKS)
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
) -> int:
    """Run the front end; its arguments are those of `tui.run.run`.

    Raises:
        UsageError: there is no terminal, or no such application.
        KeyUnavailable: what is stored is encrypted, and its key cannot be had.
    """
    if not is_plain(options):
        from smily_tui.tui.app import run as run_tui

        return run_tui(
            stored,
            demo=demo,
            connect=connect,
            application=application,
            presenter=presenter,
            ascii=in_ascii(options) or not system.has_all_letters(),
        )
    from smily_tui.plain.app import preferences
    from smily_tui.plain.app import run as run_plain
    from smily_tui.plain.console import LineTerminal, chosen_by_itself

    because = "" if asks_for_plain(options) else chosen_by_itself()
    named = stored.apps.named(application) if application else None
    looks = preferences(stored)
    return run_plain(
        stored,
        LineTerminal(ascii=in_ascii(options) or looks.ascii),
        lambda: _doctor(stored),
        demo=demo,
        connect=connect,
        application=named,
        because=because,
        looks=looks,
    )


def _doctor(stored: Accounts) -> Iterator[str]:
    """The findings of `smily-tui doctor`, as lines."""
    from smily_tui.cli.doctor import findings

    for each in findings(stored):
        yield each.words if each.good else f"Trouble. {each.words}"
        if each.fix:
            yield f"Fix: {each.fix}"
