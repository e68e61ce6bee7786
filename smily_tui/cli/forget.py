"""`smily-tui forget`: put an account into the trash, bring it back, or empty the trash."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from smily_tui.cli.common import add_account_argument, open_accounts
from smily_tui.errors import UsageError
from smily_tui.messages.accounts import NOT_REVOKED
from smily_tui.system import command
from smily_tui.text import Untrusted, clean, counted
from smily_tui.vault.errors import NoSuchAccount

if TYPE_CHECKING:
    import argparse

    from smily_tui.accounts import Accounts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_account_argument(parser)
    trash = parser.add_mutually_exclusive_group()
    trash.add_argument("--restore", action="store_true", help="restore the account from the trash")
    trash.add_argument("--list", action="store_true", help="list the accounts in the trash")
    trash.add_argument("--empty-trash", action="store_true", help="delete the accounts in the trash for good")


def run(options: argparse.Namespace) -> int:
    """Forget an account, restore it, or list or empty the trash."""
    stored = open_accounts(options)
    if options.list or options.empty_trash:
        if options.account:
            raise UsageError("--list and --empty-trash take no ACCOUNT.")
        sys.stdout.write(_listed(stored) if options.list else _emptied(stored))
        return 0
    account = options.account
    if not account:
        raise UsageError("Which account? List them with smily-tui accounts.")
    sys.stdout.write(_restored(stored, account) if options.restore else _forget(stored, account))
    return 0


def _forget(stored: Accounts, named: Untrusted) -> str:
    account = stored.find(named)
    stored.forget(account.address)
    return (
        f"{account.address} ({account.label}) is in the trash for a month.\n"
        f"To restore it: {command('smily-tui', 'forget', '--restore', account.address)}. "
        f"To delete it for good: smily-tui forget --empty-trash.\n{NOT_REVOKED}\n"
    )


def _restored(stored: Accounts, named: Untrusted) -> str:
    application, slash, name = named.for_parsing().rpartition("/")
    addresses = [
        forgotten.address
        for forgotten in stored.forgotten()
        if name == forgotten.address.account and (not slash or application == forgotten.address.application)
    ]
    if not addresses:
        raise NoSuchAccount(
            f"There is no {clean(named, 100)} in the trash.",
            next="List the trash with smily-tui forget --list.",
        )
    account = stored.restore(addresses[0])
    return f"{account.address} ({account.label}) is restored.\n"


def _listed(stored: Accounts) -> str:
    rows = [
        f"{forgotten.address}  forgotten {time.strftime('%Y-%m-%d %H:%M', time.localtime(forgotten.at))}\n"
        for forgotten in stored.forgotten()
    ]
    return "".join(rows) or "The trash is empty.\n"


def _emptied(stored: Accounts) -> str:
    count = stored.empty_trash()
    return f"{counted(count, 'account')} deleted for good.\n"
