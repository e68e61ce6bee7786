"""`smily-tui` without a command: the dashboard, full screen or line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.cli.common import authorizations
from smily_tui.cli.front import show

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Show the dashboard, or the wizard where nothing is stored."""
    return show(authorizations(options), options)
