"""`smily-tui protect` and `unprotect`: encrypt what is stored with a key in the system's keyring, or not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import open_accounts
from smily_tui.text import counted

if TYPE_CHECKING:
    import argparse

    from smily_tui.vault.conversion import AtRest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser


def run(options: argparse.Namespace) -> int:
    """Convert every file that holds secrets; a second call goes on where a killed one ended."""
    at_rest = open_accounts(options).at_rest
    sys.stdout.write(_encrypt(at_rest) if options.command == "protect" else _decrypt(at_rest))
    return 0


def _encrypt(at_rest: AtRest) -> str:
    return (
        f"Encrypted {counted(at_rest.protect(), 'file')}. New files are encrypted as well. "
        "The key is in the system's keyring.\n"
        "Commands stop where that keyring does not answer. "
        "Before you rely on it under cron or ssh, run smily-tui token there once.\n"
        "Backups and deleted copies on the disk stay unencrypted.\n"
    )


def _decrypt(at_rest: AtRest) -> str:
    never_was = at_rest.never_was_encrypted
    count = at_rest.unprotect()
    if never_was and not count:
        return "Nothing to do: the store is not encrypted.\n"
    return (
        f"Decrypted {counted(count, 'file')}. "
        "The store is no longer encrypted, but still readable only by you.\n"
        "The key stays in the keyring for backups.\n"
    )
