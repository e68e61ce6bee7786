"""What several commands share: the store they work on, and how times are written."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from smily_tui.errors import SmilyError
from smily_tui.messages.accounts import YES, countdown
from smily_tui.vault.settings import Home

if TYPE_CHECKING:
    import argparse

    from smily_tui.accounts import Accounts
    from smily_tui.text import Clean, Untrusted
    from smily_tui.vault.model import Account


def authorizations(options: argparse.Namespace) -> Accounts:
    """The store that the options or the environment name.

    Raises:
        BadServer: the server's address cannot be used.
    """
    from smily_tui.accounts import Accounts

    server = getattr(options, "server", None) or os.environ.get("SMILY_TUI_SERVER") or None
    keyring = os.environ.get("SMILY_TUI_KEYRING") != "off"
    return Accounts(Home.at(getattr(options, "home", None)), server=server, keyring=keyring)


def spoken(options: argparse.Namespace) -> Untrusted | None:
    """The account that was named on the command line."""
    found: Untrusted | None = options.account
    return found


def in_ascii(options: argparse.Namespace) -> bool:
    """Whether the full-screen program is to show nothing but ASCII."""
    return bool(getattr(options, "ascii", False))


def tell(words: str, *, end: str = "\n") -> None:
    """Words for a person, on stderr; `print` would take anything, text from outside, too."""
    try:
        sys.stderr.write(words + end)
        sys.stderr.flush()
    except OSError:
        drop_errors()


def drop_errors() -> None:
    """Have stderr go nowhere, which could not be written: what was asked for is done all the same."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())


def confirmed(question: str) -> bool:
    """Whether a person at a terminal says yes; without one nobody does."""
    if not sys.stdin.isatty():
        return False
    tell(f"{question} yes or no [no]: ", end="")
    return sys.stdin.readline().strip().lower() in YES


def settle(stored: Accounts, account: Account) -> None:
    """Give an account its lasting place, where it was not known whose it is and may be known now."""
    if account.is_identified:
        return
    with contextlib.suppress(SmilyError):  # the next refresh does it
        settled = stored.settle(account.address)
        if settled.address != account.address:
            tell(f"{account.address} is {settled.label}: its address is {settled.address} now.")


def duration(seconds: float) -> str:
    """Time left, such as 1:59:50; `expired` when none is."""
    return countdown(seconds) if seconds > 0 else "expired"


def valid_until(account: Account, authorizations: Accounts) -> str:
    """Until when the access token is good, in local time."""
    now = authorizations.clock.now()
    at = time.strftime("%H:%M:%S", time.localtime(account.expires_at(now)))
    return f"{account.address}: valid until {at} ({duration(account.left(now))} left)"


def joined(scopes: tuple[Clean, ...]) -> str:
    """Scopes as the protocol writes them."""
    return " ".join(scopes)


def files(count: int) -> str:
    """So many files, in words."""
    return f"{count} file{'' if count == 1 else 's'}"
