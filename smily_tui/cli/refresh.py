"""`smily-tui refresh`: get new tokens now."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import (
    NO_ACCOUNT,
    add_account_argument,
    confirmed,
    open_accounts,
    settle,
    valid_until,
)
from smily_tui.cli.streams import tell
from smily_tui.errors import UsageError
from smily_tui.messages.accounts import STOPPED, fail_alike, summary, under_way
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.errors import NoSuchAccount

if TYPE_CHECKING:
    import argparse

    from smily_tui.accounts import Accounts
    from smily_tui.batch import BatchRefresh, Result
    from smily_tui.vault.model import Account


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_account_argument(parser)
    parser.add_argument("--all", action="store_true", help="refresh every account that is not handed over")
    parser.add_argument("--here", action="store_true", help="take over tokens from another computer")


def run(options: argparse.Namespace) -> int:
    """Refresh one account, or all; print until when each is valid now."""
    if options.all and options.account:
        raise UsageError("Use ACCOUNT or --all, not both.")
    if options.all and options.here:
        raise UsageError("--here takes one ACCOUNT.")
    stored = open_accounts(options)
    if options.all:
        return _refresh_all(stored)
    account = stored.find(options.account)
    stored.refresh(
        account.address, TokenRequirement(force=True, seen=account.generation, here=options.here)
    ).wait()
    sys.stdout.write(valid_until(stored.account(account.address) or account, stored) + "\n")
    settle(stored, account)
    return 0


def _refresh_all(stored: Accounts) -> int:
    from smily_tui.batch import BatchRefresh

    accounts = stored.accounts()
    if not accounts:
        tell(NO_ACCOUNT)
    batch = BatchRefresh(stored, [account for account in accounts if account.handed_over is None])
    if not batch.accounts:
        return 0
    try:
        _run(batch)
        while batch.held_back and _may_go_on(batch):
            batch.go_on()
            _run(batch)
    except KeyboardInterrupt:
        failed = len(batch.failures)
        tell(STOPPED.format(summary=summary(len(batch.results) - failed, failed, 0)))
        raise
    lines = [_line(stored, account, result) for account, result in batch.by_account()]
    for account in batch.accounts:
        settle(stored, account)
    code = max((_exit_code(result) for result in batch.results), default=0)
    for line in lines:
        if code:
            tell(line)
        else:
            sys.stdout.write(line + "\n")
    return code


def _run(batch: BatchRefresh) -> None:
    """Refresh; a person at a terminal sees how far it has got."""

    def show_progress(*_: Account) -> None:
        progress = under_way(len(batch.accounts), len(batch.results), len(batch.failures))
        tell(f"\r{progress}", end="")  # never shorter than the one before

    if not sys.stderr.isatty():
        batch.run_in_loop()
        return
    show_progress()
    try:
        batch.run_in_loop(ended=show_progress)
    finally:
        tell("")


def _may_go_on(batch: BatchRefresh) -> bool:
    """Ask whether to go on after failures of one kind; a script has said so by --all."""
    return not sys.stdin.isatty() or confirmed(fail_alike(batch))


def _exit_code(result: Result) -> int:
    # an account that is gone was named or forgotten by another process, as somebody wanted
    return result.error.exit_code if result.error and not isinstance(result.error, NoSuchAccount) else 0


def _line(stored: Accounts, account: Account, result: Result | None) -> str:
    if result is None:
        return f"{account.address}: skipped."
    if result.error is None:
        return valid_until(stored.account(account.address) or account, stored)
    if isinstance(result.error, NoSuchAccount):
        return f"{account.address}: no longer stored."
    return f"{account.address}: not refreshed.\n{result.error.in_lines()}"
