"""`smily-tui connect`: authorize one more account, full screen or line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.cli.common import authorizations
from smily_tui.cli.front import asks_for_plain, is_plain, show
from smily_tui.errors import UsageError
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments."""
    parser.add_argument(
        "--app", type=Untrusted, metavar="NAME", help="the application; its stored credentials are used"
    )
    parser.add_argument("--client-id", type=Untrusted, metavar="ID", help="the application's Client ID")
    parser.add_argument(
        "--secret-stdin", action="store_true", help="the first line of stdin is the Client Secret"
    )
    parser.add_argument(
        "--scope",
        action="append",
        type=Untrusted,
        default=[],
        metavar="S",
        help="a permission to ask for, or several: read-only, bookings, everything; can be repeated",
    )
    parser.add_argument(
        "--account-id", type=int, metavar="N", help="the account that the page should have chosen"
    )
    parser.add_argument("--yes", action="store_true", help="answer questions with the safe default")


def run(options: argparse.Namespace) -> int:
    """Run the wizard, or its plain twin."""
    stored = authorizations(options)
    given = any((options.client_id, options.secret_stdin, options.scope, options.account_id, options.yes))
    if asks_for_plain(options) or (given and is_plain(options)):
        from smily_tui.cli.plain import connect

        return connect(stored, options)
    if given:
        raise UsageError("Without --plain the wizard asks for these itself; add --plain.")
    return show(stored, options, connect=True, application=options.app)
