"""`smily-tui handover`: give an account's refresh token to another holder, or take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.cli.common import ACCOUNT, confirmed, open_accounts
from smily_tui.cli.streams import tell, write_exactly
from smily_tui.errors import UsageError
from smily_tui.messages.accounts import HAND_OVER_QUESTION, TAKE_BACK_QUESTION
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("account", type=Untrusted, metavar="ACCOUNT", help=ACCOUNT)
    parser.add_argument("--take-back", action="store_true", help="let smily-tui refresh the account again")
    parser.add_argument("--yes", action="store_true", help="don't ask for confirmation")


def run(options: argparse.Namespace) -> int:
    """Ask, note it durably, then print the refresh token."""
    stored = open_accounts(options)
    account = stored.find(options.account)
    asked = TAKE_BACK_QUESTION if options.take_back else HAND_OVER_QUESTION
    question = asked.format(label=account.label, shown="printed on stdout")
    if not options.yes and not confirmed(question):
        done = "taken back" if options.take_back else "handed over"
        raise UsageError(f"Nothing was {done}.", next="Without a terminal: add --yes.")
    if options.take_back:
        stored.take_back(account.address)
        tell(f"{account.address} is refreshed by smily-tui again.")
        return 0
    token = stored.hand_over(account.address)
    write_exactly(token.reveal() + "\n")
    return 0
