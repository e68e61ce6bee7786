"""`smily-tui protect`: encrypt what is stored, with a key in the keyring of the system."""

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
    """Encrypt every file that holds secrets; a second call goes on where a killed one ended."""
    count = authorizations(options).at_rest.protect()
    sys.stdout.write(
        f"Encrypted: {files(count)} now, and whatever is stored from now on. "
        "The key is in the keyring of this system.\n"
        "Where that keyring does not answer, every command stops and nothing is sent: "
        "under cron or ssh, run smily-tui token once before you rely on it.\n"
        "Copies in backups, and what the disk has not overwritten yet, are as they were.\n"
    )
    return 0
