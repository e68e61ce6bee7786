"""`smily-tui protect` and `unprotect`: encrypt what is stored with a key in the system's keyring, or not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import open_accounts

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
        f"Encrypted: {_files(at_rest.protect())} now, and whatever is stored from now on. "
        "The key is in the keyring of this system.\n"
        "Where that keyring does not answer, every command stops and nothing is sent: "
        "under cron or ssh, run smily-tui token once before you rely on it.\n"
        "Copies in backups, and what the disk has not overwritten yet, are as they were.\n"
    )


def _decrypt(at_rest: AtRest) -> str:
    never_was = at_rest.never_was_encrypted
    count = at_rest.unprotect()
    if never_was and not count:
        return "Nothing to do: what is stored here is not encrypted.\n"
    return (
        f"Not encrypted: {_files(count)} decrypted now. What is stored is for you alone, as before.\n"
        "The key stays in the keyring, for backups that need it.\n"
    )


def _files(count: int) -> str:
    return f"{count} file{'' if count == 1 else 's'}"
