"""`smily-tui unprotect`: store everything without encryption again."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from smily_tui.cli.common import authorizations, files

if TYPE_CHECKING:
    import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Define the command's arguments: there are none."""
    del parser


def run(options: argparse.Namespace) -> int:
    """Decrypt every file; a second call goes on where a killed one ended."""
    at_rest = authorizations(options).at_rest
    never_was = at_rest.never_was_encrypted
    count = at_rest.unprotect()
    if never_was and not count:
        sys.stdout.write("Nothing to do: what is stored here is not encrypted.\n")
        return 0
    sys.stdout.write(
        f"Not encrypted: {files(count)} decrypted now. What is stored is for you alone, as before.\n"
        "The key stays in the keyring, for backups that need it.\n"
    )
    return 0
