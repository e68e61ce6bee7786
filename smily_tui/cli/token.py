"""`smily-tui token`: print a valid access token."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Final

from smily_tui.cli.common import add_account_argument, open_accounts, settle
from smily_tui.cli.streams import tell, write_exactly
from smily_tui.clock import in_words, process_started
from smily_tui.errors import UsageError
from smily_tui.text import Untrusted
from smily_tui.tokens.requirement import MIN_VALID, TokenRequirement

if TYPE_CHECKING:
    import argparse

    from smily_tui.accounts import Accounts
    from smily_tui.secret import Secret
    from smily_tui.vault.model import Address

NOT_STORED: Final = (
    "smily-tui: The token from stdin is not the one stored for {account}. Nothing was refreshed for it."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_account_argument(parser)
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
        help="read a rejected access token from stdin, and refresh if it is the stored one",
    )


def run(options: argparse.Namespace) -> int:
    """Print the token and a newline; only after it is durably saved."""
    # in this form for nan, which float() reads: each comparison with it is false
    if not 0 <= options.min_valid < math.inf:
        raise UsageError("--min-valid takes seconds, zero or more.")
    rejected = _rejected() if options.rejected_stdin else None
    return _print(open_accounts(options), options.account, options.min_valid, rejected)


def print_token(account: str | None = None) -> int:
    """Do what `run` does where no option was given."""
    return _print(open_accounts(), None if account is None else Untrusted(account), MIN_VALID, None)


def _print(stored: Accounts, spoken: Untrusted | None, min_valid: float, rejected: Secret | None) -> int:
    account = stored.find(spoken)
    if rejected is not None and rejected != stored.tokens(account.address).access:
        tell(NOT_STORED.format(account=account.address))
    token = stored.valid_token(
        account.address, TokenRequirement(min_valid, rejected, began=process_started())
    )
    # a good one that nobody rejected was not replaced: no need to read it again
    is_enough = rejected is None and account.left(stored.clock.now()) >= min_valid
    short = "" if is_enough else _shorter_than(min_valid, stored, account.address)
    write_exactly(token.reveal() + "\n")
    if short:
        tell(short)
    settle(stored, account)
    return 0


def _rejected() -> Secret:
    """Read the token on the first line of stdin that is not empty, or in the JSON that begins there."""
    from smily_tui.oauth.credentials import read_access_token

    # not all of it: at a terminal, or a pipe that stays open, the end may never come
    handed = next((line for line in sys.stdin if line.strip()), "")
    if not handed:
        raise UsageError("--rejected-stdin: no token on the first line of stdin.")
    # a token response as jq prints it, over several lines; editors of Windows put the mark before it
    if handed.strip(" \ufeff").startswith("{") and "}" not in handed:
        handed += sys.stdin.read()
    token = read_access_token(Untrusted(handed))
    if token is None:
        raise UsageError(
            "--rejected-stdin: this does not look like an access token.",
            next="Send the rejected access token on one line.",
        )
    return token


def _shorter_than(min_valid: float, stored: Accounts, address: Address) -> str:
    """Say that the token lives less long than it should, and why; else nothing."""
    account = stored.account(address)
    left = account.left(stored.clock.now()) if account else min_valid
    if account is None or left >= min_valid:
        return ""
    why = (
        "this server's tokens don't last longer"
        if account.is_refreshable
        else "this server gives no refresh tokens"
    )
    return f"Valid for {in_words(left)}, not {min_valid:.0f} s: {why}."
