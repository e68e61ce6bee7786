"""From the command line to a command, and from an error to its words and exit code."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from smily_tui import __version__
from smily_tui.cli import (
    accounts,
    api,
    connect,
    demo,
    doctor,
    forget,
    handover,
    protect,
    refresh,
    sandbox,
    token,
    unprotect,
)
from smily_tui.cli.common import tell
from smily_tui.errors import SmilyError
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
COMMANDS = {
    "demo": (demo, "the program against a server of its own: no account, no network"),
    "connect": (connect, "authorize one more account"),
    "token": (token, "print a valid access token, refreshing only if needed"),
    "refresh": (refresh, "refresh now"),
    "accounts": (accounts, "list the accounts: name, state, time left, scopes"),
    "api": (api, "GET a path of the API with a valid token"),
    "handover": (handover, "give an account's refresh token to another holder"),
    "forget": (forget, "put what is stored here for an account into the trash"),
    "protect": (protect, "encrypt what is stored, with a key in the system's keyring"),
    "unprotect": (unprotect, "store it without encryption again"),
    "sandbox": (sandbox, "run a Smily-like OAuth server on this machine"),
    "doctor": (doctor, "check store, clock, network, terminal and clipboard; prints fixes"),
}
FULL_SCREEN = frozenset({"demo", "connect"})
EPILOG = """\
exit codes: 0 done, 1 a bug, 2 usage, 3 no such account, or several, 4 a new authorization is needed,
            5 the server refused, 6 network, or no answer, 7 the store cannot be read, locked or written
Without a command the full-screen program starts; with --plain, or where TERM is dumb, the same
line by line. No secret is ever accepted as an argument."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; the exit code is that of the contract."""
    if sys.stdout is None:  # closed by whoever started this: writing shall fail as on any bad descriptor
        sys.stdout = open(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")  # noqa: PTH123, SIM115
    options = _parser().parse_args(arguments)
    try:
        code = _run(options)
        sys.stdout.flush()
    except SmilyError as error:
        tell(f"smily-tui: {error.in_lines()}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        return _system_refused(error)
    except Exception as error:  # noqa: BLE001 - its text may hold anything: only type and place are told
        import traceback

        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        tell(f"smily-tui: A bug: {type(error).__name__} at {where}. Please report it.")
        return 1
    return code


def _run(options: argparse.Namespace) -> int:
    if options.command is None:
        from smily_tui.cli import tui

        return tui.run(options)
    module, _ = COMMANDS[options.command]
    code: int = module.run(options)
    return code


def _system_refused(error: OSError) -> int:
    """A closed pipe needs no words; whatever else the system refuses does."""
    with contextlib.suppress(OSError):  # what could not be written is tried again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return 1
    tell(f"smily-tui: The system refused: {clean(error.strerror or type(error).__name__)}.")
    return 1


class _Parser(argparse.ArgumentParser):
    """Repeats what it does not know, cleaned."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        super().error(clean(message))


def _parser() -> argparse.ArgumentParser:
    everywhere = _Parser(add_help=False)
    everywhere.add_argument(
        "--server",
        metavar="ORIGIN",
        default=argparse.SUPPRESS,
        help="the server's origin (default https://www.bookingsync.com; env SMILY_TUI_SERVER)",
    )
    everywhere.add_argument(
        "--home",
        metavar="DIR",
        type=Path,
        default=argparse.SUPPRESS,
        help="keep settings and state below this folder (env SMILY_TUI_HOME)",
    )
    full_screen = _Parser(add_help=False)
    full_screen.add_argument(
        "--ascii", action="store_true", default=argparse.SUPPRESS, help="full screen: show nothing but ASCII"
    )
    full_screen.add_argument(
        "--plain",
        action="store_true",
        default=argparse.SUPPRESS,
        help="line by line, no full screen: for screen readers and terminals without a cursor",
    )
    parser = _Parser(
        prog="smily-tui",
        description="From a Client ID to a valid token that stays valid, for the Smily (BookingSync) API v3.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[everywhere, full_screen],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"smily-tui {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=summary,
            description=f"{summary}.".capitalize(),
            parents=[everywhere, full_screen] if name in FULL_SCREEN else [everywhere],
            allow_abbrev=False,
        )
        module.add_arguments(sub)
    return parser
