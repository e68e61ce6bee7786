"""`smily-tui refresh`: get new tokens now."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.batch import Limits
from smily_tui.cli.common import authorizations, settle, spoken, tell, valid_until
from smily_tui.errors import SmilyError, UsageError
from smily_tui.text import Untrusted
from smily_tui.tokens.protocol import TokenRequirement
from smily_tui.vault.errors import NoSuchAccount

if TYPE_CHECKING:
    import argparse

    from smily_tui.accounts import Accounts
    from smily_tui.vault.model import Account

AT_ONCE = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments."""
    parser.add_argument("account", nargs="?", type=Untrusted, metavar="ACCOUNT", help="APPLICATION/ACCOUNT")
    parser.add_argument("--all", action="store_true", help="every account that is not handed over")
    parser.add_argument(
        "--here", action="store_true", help="from now on this computer holds tokens that another one obtained"
    )


def run(options: argparse.Namespace) -> int:
    """Refresh one account, or all; each says until when it is valid now."""
    if options.all and options.account:
        raise UsageError("Say ACCOUNT or --all, not both.")
    if options.all and options.here:
        raise UsageError("--here is about one ACCOUNT.")
    stored = authorizations(options)
    if not options.all:
        account = stored.find(spoken(options))
        sys.stdout.write(_refreshed(stored, account, here=options.here) + "\n")
        settle(stored, account)
        return 0
    from concurrent.futures import ThreadPoolExecutor

    limits = Limits()
    accounts = [each for each in stored.accounts() if each.handed_over is None]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(lambda account: _result(stored, account, limits), accounts))
    code = max((error.exit_code for _, error in results if error), default=0)
    for account in accounts:
        settle(stored, account)
    for words, error in results:
        if code:
            tell(words)
        else:
            sys.stdout.write(words + "\n")
        if error:
            tell(error.in_lines())
    return code


def _refreshed(stored: Accounts, account: Account, *, here: bool = False) -> str:
    need = TokenRequirement(force=True, seen=account.generation, here=here)
    stored.refresh(account.address, need).wait()
    return valid_until(stored.account(account.address) or account, stored)


def _result(stored: Accounts, account: Account, limits: Limits) -> tuple[str, SmilyError | None]:
    try:
        with limits.asking(account.address.application):
            return _refreshed(stored, account), None
    except NoSuchAccount:
        return f"{account.address}: not there any more.", None  # another process named or forgot it
    except SmilyError as error:
        return f"{account.address}: not refreshed.", error
