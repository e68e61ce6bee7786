"""`smily-tui` without a command: the full-screen program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.cli.common import authorizations, in_ascii

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Show the dashboard, or the wizard where nothing is stored."""
    from smily_tui.tui.run import run as run_tui

    return run_tui(authorizations(options), ascii=in_ascii(options))
