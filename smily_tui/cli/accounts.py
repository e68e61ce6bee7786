"""`smily-tui accounts`: one line per account, never a secret."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from smily_tui.cli.common import ACCOUNT, NO_ACCOUNT, in_columns, open_accounts
from smily_tui.cli.streams import tell
from smily_tui.errors import UsageError
from smily_tui.json_output import json_output, rfc3339
from smily_tui.messages.accounts import change, duration
from smily_tui.text import Untrusted, anchored

if TYPE_CHECKING:
    import argparse

    from smily_tui.accounts import Accounts
    from smily_tui.clock import Instant
    from smily_tui.vault.model import Account


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "account", nargs="?", type=Untrusted, metavar="ACCOUNT", help=f"with --history: {ACCOUNT}"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs")
    parser.add_argument(
        "--history", action="store_true", help="show when and by what an account's refresh token was used"
    )


def run(options: argparse.Namespace) -> int:
    """Print the accounts, or the history of one."""
    from smily_tui.accounts import no_garbage

    with no_garbage():
        return _print(options)


def _print(options: argparse.Namespace) -> int:
    stored = open_accounts(options)
    if options.history:
        return _history(stored, options)
    if options.account:
        raise UsageError("ACCOUNT needs --history.")

    now = stored.clock.now()
    accounts = stored.accounts()
    if options.json:
        sys.stdout.write(json_output(accounts=[_as_dict(account, now) for account in accounts]))
        return 0
    if not accounts:
        tell(NO_ACCOUNT)
        return 0
    # before anything is written: it may be the store that cannot be read
    kept = stored.at_rest.words
    sys.stdout.write(in_columns([_row(account, now) for account in accounts]))
    tell(f"The store is {kept} and readable only by you.")
    return 0


def _history(stored: Accounts, options: argparse.Namespace) -> int:
    address = stored.find(options.account).address
    uses = stored.history(address)
    if options.json:
        import dataclasses

        rows = [dataclasses.asdict(use) | {"at": rfc3339(use.at)} for use in uses]
        sys.stdout.write(json_output(account=str(address), history=rows))
        return 0
    for use in uses:
        at = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(use.at))
        sys.stdout.write(f"{at}  {use.outcome}  ({use.why})  {change(use)}  {use.host}: {use.process}\n")
    if not uses:
        tell("No uses of its refresh token yet.")
    return 0


def _row(account: Account, now: Instant) -> tuple[str, str, str, str, str]:
    left = account.left(now)
    return (
        str(account.address),
        anchored(account.label),
        account.state_with(left).word,
        "-" if account.unreadable else duration(left),
        account.trouble or " ".join(account.granted_scopes),
    )


def _as_dict(account: Account, now: Instant) -> dict[str, Any]:
    readable = not account.unreadable
    return {
        "account": str(account.address),
        "application": account.address.application,
        "name": account.label,
        "account_id": account.account_id,
        "server": account.server,
        "state": account.state(now).identifier,
        "expires_at": rfc3339(account.expires_at(now)) if readable and not account.is_dead else None,
        "expires_in": max(0, int(account.left(now))) if readable else None,
        "scopes": list(account.granted_scopes),
        "requested_scopes": list(account.requested_scopes),
        "authorized_at": rfc3339(account.authorized_at) if readable else None,
        "refreshed_at": rfc3339(account.refreshed_at),
        "refreshable": account.is_refreshable if readable else None,
        "handed_over_at": rfc3339(account.handed_over),
        "machine": account.machine.name or None,
        "trouble": account.trouble or None,
    }
