"""Entry point of the command line: from arguments to a command, from an error to words and exit code."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, Protocol, cast

from smily_tui import __version__
from smily_tui.cli.common import open_accounts
from smily_tui.cli.streams import drop_errors, make_whole, tell
from smily_tui.errors import REPORT, SmilyError, SystemRefused
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence


EXAMPLES: Final = {
    "": ("smily-tui", "smily-tui demo", "smily-tui token my-app/villa-rosa"),
    "demo": ("smily-tui demo", "smily-tui demo --presenter"),
    "connect": ("smily-tui connect", "smily-tui connect --plain --app my-app --scope bookings"),
    "token": (
        "smily-tui token my-app/villa-rosa",
        'curl -H "Authorization: Bearer $(smily-tui token)" https://www.bookingsync.com/api/v3/me',
    ),
    "refresh": ("smily-tui refresh my-app/villa-rosa", "smily-tui refresh --all"),
    "accounts": ("smily-tui accounts --json", "smily-tui accounts --history my-app/villa-rosa"),
    "api": ("smily-tui api me", "smily-tui api rentals my-app/villa-rosa"),
    "export": ("smily-tui export --format curl", "smily-tui export my-app/villa-rosa --format json"),
    "handover": (
        "smily-tui handover my-app/villa-rosa",
        "smily-tui handover my-app/villa-rosa --take-back",
    ),
    "forget": ("smily-tui forget my-app/villa-rosa", "smily-tui forget --restore my-app/villa-rosa"),
    "protect": ("smily-tui protect",),
    "unprotect": ("smily-tui unprotect",),
    "sandbox": ("smily-tui sandbox", "smily-tui sandbox --port 8080 --rotation immediate"),
    "doctor": ("smily-tui doctor", "smily-tui doctor --probe-rotation my-app/villa-rosa"),
}


def examples(command: str) -> str:
    """Write the examples of a command, or of the program where that is empty, for the end of its help."""
    return "\n".join(("examples:", *(f"  {line}" for line in EXAMPLES[command])))


INTERRUPTED = 130
COMMANDS = {
    "demo": "try the program with a sandbox: no account, no network",
    "connect": "connect an account",
    "token": "print a valid access token, refreshing only if needed",
    "refresh": "refresh tokens now",
    "accounts": "list accounts with state, time left and permissions",
    "api": "send a GET request to the API",
    "export": "export the access token for a shell, curl, HTTPie or Postman",
    "handover": "hand an account's refresh token over to another program",
    "forget": "move an account to the trash",
    "protect": "encrypt the store with a key in the system's keyring",
    "unprotect": "decrypt the store",
    "sandbox": "run a Smily-like OAuth server on this computer",
    "doctor": "check store, keyring, network, clock, terminal and clipboard",
}
MODULES = {"unprotect": "protect"}  # where it is not the command's name
FULL_SCREEN = frozenset({"demo", "connect"})
EPILOG = """\
exit codes: 0 done, 1 a bug, 2 usage, 3 no such account, or several, 4 needs authorization,
            5 the server refused, 6 network, or no answer, 7 the store cannot be read, locked or written

Without a command, smily-tui starts in full screen, or line by line with --plain or a dumb terminal.
Secrets are never accepted as arguments."""


class Command(Protocol):
    """Module of a command."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Define the command's arguments."""

    def run(self, options: argparse.Namespace) -> int:
        """Do it; return the exit code of the contract."""


def _command(name: str) -> Command:
    """Import the module of a command; the others would cost time at the start."""
    return cast("Command", importlib.import_module(f"smily_tui.cli.{MODULES.get(name, name)}"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; return the exit code of the contract."""
    try:
        return _answer(arguments)
    finally:
        try:
            sys.stderr.flush()
        except OSError:  # Python would end with exit code 120
            drop_errors()


def _answer(arguments: Sequence[str] | None) -> int:
    make_whole()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        try:
            options = _parser(arguments).parse_args(arguments)
        finally:  # help that cannot be written, too, ends as any output does
            sys.stdout.flush()
        code = _run(options)
        sys.stdout.flush()
    except SmilyError as error:
        tell(f"smily-tui: {error.in_lines()}")
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - its text may hold anything: only type and place are told
        if refusal := SystemRefused.behind(error):
            return _system_refused(error, refusal)
        import traceback

        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}:{place.lineno}"
        tell(f"smily-tui: A bug: {type(error).__name__} at {where}. {REPORT}")
        return 1
    return code


def _run(options: argparse.Namespace) -> int:
    if options.command is None:
        from smily_tui.cli.front import show

        return show(open_accounts(options), options)
    return _command(options.command).run(options)


def _system_refused(error: Exception, refusal: SystemRefused) -> int:
    """Report what the system refused, but for a closed pipe."""
    # what could not be written is tried again at the end, and Python would report that
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    # `| head` has read enough: no fault to report. Python ignores SIGPIPE, so it comes as EPIPE
    if isinstance(error, BrokenPipeError):
        return 1
    tell(f"smily-tui: {refusal.what}")
    return refusal.exit_code


class _Parser(argparse.ArgumentParser):
    """ArgumentParser whose error messages are cleaned."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        super().error(clean(message))


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser: it knows all commands, and the options of those that are named."""
    everywhere = _Parser(add_help=False)
    everywhere.add_argument(
        "--server",
        metavar="ORIGIN",
        default=argparse.SUPPRESS,
        help="origin of the server (default https://www.bookingsync.com, env SMILY_TUI_SERVER)",
    )
    everywhere.add_argument(
        "--home",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="folder for settings and state (env SMILY_TUI_HOME)",
    )
    full_screen = _Parser(add_help=False)
    full_screen.add_argument(
        "--ascii", action="store_true", default=argparse.SUPPRESS, help="full screen in ASCII only"
    )
    full_screen.add_argument(
        "--plain",
        action="store_true",
        default=argparse.SUPPRESS,
        help="line by line, for screen readers and simple terminals",
    )
    parser = _Parser(
        prog="smily-tui",
        description="Get OAuth tokens for the Smily (BookingSync) API v3, and keep them valid.",
        epilog=f"{examples('')}\n\n{EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[everywhere, full_screen],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"smily-tui {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        sub = commands.add_parser(
            name,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=examples(name),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            parents=[everywhere, full_screen] if name in FULL_SCREEN else [everywhere],
            allow_abbrev=False,
        )
        if name in arguments:
            _command(name).add_arguments(sub)
    return parser
