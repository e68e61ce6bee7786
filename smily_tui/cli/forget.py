"""`smily-tui forget`: delete what is stored here for an account."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import authorizations

if TYPE_CHECKING:
    import argparse

NOT_REVOKED = (
    "At Smily the authorization still stands. To end it, the account's owner uninstalls the application: "
    "sign in at Smily, open Apps, choose the application, uninstall."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments."""
    parser.add_argument("account", metavar="ACCOUNT", help="APPLICATION/ACCOUNT")


def run(options: argparse.Namespace) -> int:
    """Delete the account's tokens here, and say what that does not do."""
    stored = authorizations(options)
    account = stored.find(options.account)
    stored.forget(account.address)
    sys.stdout.write(f"{account.address} ({account.label}) is forgotten on this computer.\n{NOT_REVOKED}\n")
    return 0
