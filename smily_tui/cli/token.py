"""`smily-tui token`: print a valid access token."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import authorizations, spoken
from smily_tui.clock import process_started
from smily_tui.errors import UsageError
from smily_tui.refresh.decision import MIN_VALID, Need
from smily_tui.secret import Secret
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments."""
    parser.add_argument(
        "account",
        nargs="?",
        type=Untrusted,
        metavar="ACCOUNT",
        help="APPLICATION/ACCOUNT, or less where clear",
    )
    parser.add_argument(
        "--min-valid",
        type=float,
        default=MIN_VALID,
        metavar="SECONDS",
        help="refresh if it expires sooner than this (default 300)",
    )
    parser.add_argument(
        "--rejected-stdin",
        action="store_true",
        help="read from stdin an access token that the API refused: refresh only if it is the stored one",
    )


def run(options: argparse.Namespace) -> int:
    """Print the token and a newline; only after it is durably saved."""
    if options.min_valid < 0:
        raise UsageError("--min-valid takes seconds, zero or more.")
    rejected = Secret(sys.stdin.readline().strip()) if options.rejected_stdin else None
    if rejected is not None and not rejected:
        raise UsageError("--rejected-stdin: there is no token on the first line of stdin.")
    stored = authorizations(options)
    account = stored.find(spoken(options))
    token = stored.valid_token(account.address, Need(options.min_valid, rejected, began=process_started()))
    sys.stdout.write(token.reveal() + "\n")
    return 0
