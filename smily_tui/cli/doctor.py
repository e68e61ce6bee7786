"""`smily-tui doctor`: print findings and fixes, or probe when the server rotates refresh tokens."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from smily_tui.cli.common import confirmed, open_accounts
from smily_tui.errors import UsageError
from smily_tui.text import Untrusted, clean

if TYPE_CHECKING:
    import argparse

    from smily_tui.accounts import Accounts

PROBE: Final = """\
This refreshes {label}, then sends the spent refresh token once more. It costs one extra refresh.
A server that takes this for theft may end the authorization, so use a test account.
Continue?"""
ROTATIONS: Final = {
    "rotates-on-use": "rotates on use. A spent refresh token works until the new access token is used, "
    "so a lost answer can be requested again.",
    "rotates-at-once": "rotates at once. A spent refresh token never works again, so a lost answer "
    "costs the authorization.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--probe-rotation",
        type=Untrusted,
        metavar="ACCOUNT",
        help="find out whether the server rotates on use or at once (costs one refresh)",
    )
    parser.add_argument("--yes", action="store_true", help="don't ask for confirmation")


def run(options: argparse.Namespace) -> int:
    """Print the findings; the exit code is that of the worst."""
    from smily_tui.doctor import findings

    stored = open_accounts(options)
    if options.probe_rotation:
        return _probe(stored, options.probe_rotation, agreed=options.yes)
    code = 0
    for finding in findings(stored):
        sys.stdout.write(f"{'ok ' if finding.good else '!! '} {finding.sentence}\n")
        if finding.fix:
            sys.stdout.write(f"    {finding.fix}\n")
        code = max(code, finding.code)
    return code


def _probe(stored: Accounts, spoken: Untrusted, *, agreed: bool) -> int:
    account = stored.find(spoken)
    if not agreed and not confirmed(PROBE.format(label=account.label)):
        raise UsageError("Nothing was sent.", next="Without a terminal: add --yes.")
    outcome = stored.probe_rotation(account.address).wait()
    sys.stdout.write(f"{clean(account.server)} {ROTATIONS[outcome.kind]}\n")
    return 0
