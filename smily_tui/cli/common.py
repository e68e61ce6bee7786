"""Parts that several commands share: the store they work on, a question, and times in words."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Final

from smily_tui.cli.streams import tell
from smily_tui.errors import SmilyError
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from smily_tui.accounts import Accounts
    from smily_tui.vault.model import Account

ACCOUNT: Final = "APP/ACCOUNT, or a shorter name if unambiguous"
NO_ACCOUNT: Final = "No account is stored. Add one with smily-tui connect."


def open_accounts(options: argparse.Namespace | None = None) -> Accounts:
    """Open the store that the options or the environment name.

    Raises:
        BadServer: the server's address cannot be used.
    """
    from smily_tui.accounts import Accounts
    from smily_tui.vault.home import Home

    server = getattr(options, "server", None) or os.environ.get("SMILY_TUI_SERVER") or None
    keyring = os.environ.get("SMILY_TUI_KEYRING") != "off"
    return Accounts(Home.at(getattr(options, "home", None)), server=server, keyring=keyring)


def add_account_argument(parser: argparse.ArgumentParser) -> None:
    """Define ACCOUNT, which may be left out."""
    parser.add_argument("account", nargs="?", type=Untrusted, metavar="ACCOUNT", help=ACCOUNT)


def in_ascii(options: argparse.Namespace) -> bool:
    """Return whether --ascii was given."""
    return bool(getattr(options, "ascii", False))


def confirmed(question: str) -> bool:
    """Return whether a person at a terminal confirms; False without a terminal."""
    if not sys.stdin.isatty():
        return False
    from smily_tui.cli.console import CommandConsole
    from smily_tui.plain.console import Back, Leave

    try:
        return CommandConsole().confirmed(question)
    except (Back, Leave):
        return False


def settle(stored: Accounts, account: Account) -> None:
    """Give an account its lasting place, where it was not known whose it is and may be known now."""
    if account.is_identified:
        return
    with contextlib.suppress(SmilyError):  # the next refresh does it
        present = stored.account(account.address)
        if present is None or present.account_id is None:  # nobody knows yet: no lock for that
            return
        settled = stored.settle(account.address)
        if settled.address != account.address:
            tell(f"{account.address} is {settled.label}. Its address is now {settled.address}.")


def in_columns(rows: Sequence[Sequence[str]]) -> str:
    """Write rows, a line each, with their columns below each other in any script."""
    columns = map(_padded, zip(*rows, strict=True))
    return "".join("  ".join(row).rstrip() + "\n" for row in zip(*columns, strict=True))


def _padded(column: Sequence[str]) -> list[str]:
    if "".join(column).isascii():
        widest = max(map(len, column))
        return [text.ljust(widest) for text in column]
    from rich.cells import cell_len  # takes longer to load than most lists take

    widths = list(map(cell_len, column))
    widest = max(widths)
    return [text + " " * (widest - width) for text, width in zip(column, widths, strict=True)]


def valid_until(account: Account, stored: Accounts) -> str:
    """Say until when the access token is good, in local time."""
    from smily_tui.messages.accounts import duration

    now = stored.clock.now()
    at = time.strftime("%H:%M:%S", time.localtime(account.expires_at(now)))
    return f"{account.address}: valid until {at} ({duration(account.left(now))} left)"
