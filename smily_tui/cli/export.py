"""`smily-tui export`: a valid access token as a text that another program takes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import add_account_argument, open_accounts, settle
from smily_tui.cli.streams import tell, write_exactly
from smily_tui.clock import process_started
from smily_tui.messages.accounts import FORMATS, advice
from smily_tui.tokens.requirement import TokenRequirement

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_account_argument(parser)
    kinds = ". ".join(f"{name}: {use}" for name, use in FORMATS.items())
    parser.add_argument("--format", choices=FORMATS, required=True, help=kinds)


def run(options: argparse.Namespace) -> int:
    """Write the text to stdout, with a token that is durably saved; until when it is good to stderr."""
    stored = open_accounts(options)
    account = stored.find(options.account)
    from smily_tui.export import as_text, export_of

    stored.valid_token(account.address, TokenRequirement(began=process_started()))
    export = export_of(stored, account.address)
    write_exactly(as_text(export, options.format))
    sys.stdout.flush()  # nothing is said about a text that did not arrive
    tell(advice(export))
    settle(stored, account)
    return 0
