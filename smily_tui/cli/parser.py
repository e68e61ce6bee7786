"""Arguments of the command line: commands, options, and the text of the help."""

from __future__ import annotations

import argparse
import importlib
from typing import TYPE_CHECKING, Any, Final, NoReturn, Protocol, cast

from smily_tui import __version__
from smily_tui.errors import UsageError
from smily_tui.text import clean, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence


EXAMPLES: Final = {
    "": ("smily-tui", "smily-tui demo", "smily-tui token my-app/villa-rosa"),
    "demo": ("smily-tui demo", "smily-tui demo --presenter"),
    "connect": ("smily-tui connect", "smily-tui connect --plain --app my-app --scope bookings"),
    "queue": (
        "smily-tui queue",
        "smily-tui queue add owners.csv",
        "smily-tui queue list --json",
        "smily-tui queue run",
    ),
    "token": (
        "smily-tui token my-app/villa-rosa",
        'curl -H "Authorization: Bearer $(smily-tui token)" https://www.bookingsync.com/api/v3/me',
    ),
    "refresh": ("smily-tui refresh my-app/villa-rosa", "smily-tui refresh --all"),
    "accounts": ("smily-tui accounts --json", "smily-tui accounts --history my-app/villa-rosa"),
    "apps": ("smily-tui apps", "smily-tui apps new-secret my-app", "smily-tui apps remove my-app"),
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
    "keys": ("smily-tui keys",),
    "doctor": ("smily-tui doctor", "smily-tui doctor --probe-rotation my-app/villa-rosa"),
}


def examples(name: str) -> str:
    """Write the examples of a command, or of the program where that is empty, for the end of its help."""
    return "\n".join(("examples:", *(f"  {line}" for line in EXAMPLES[name])))


COMMANDS = {
    "demo": "try the program with a sandbox: no account, no network",
    "connect": "connect an account",
    "queue": "connect many accounts, one after the other",
    "token": "print a valid access token, refreshing only if needed",
    "refresh": "refresh tokens now",
    "accounts": "list accounts with state, time left and permissions",
    "apps": "list, rename, change or remove the stored apps",
    "api": "send a GET request to the API",
    "export": "export the access token for a shell, curl, HTTPie or Postman",
    "handover": "hand an account's refresh token over to another program",
    "forget": "move an account to the trash",
    "protect": "encrypt the store with a key in the system's keyring",
    "unprotect": "decrypt the store",
    "sandbox": "run a Smily-like OAuth server on this computer",
    "doctor": "check store, keyring, network, clock, terminal and clipboard",
    "keys": "print all keys of the full screen",
}
MODULES = {"unprotect": "protect"}  # where it is not the command's name
FULL_SCREEN = frozenset({"demo", "connect", "queue"})
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


def command_named(name: str) -> Command:
    """Import the module of a command; the others would cost time at the start."""
    return cast("Command", importlib.import_module(f"smily_tui.cli.{MODULES.get(name, name)}"))


class _Parser(argparse.ArgumentParser):
    """ArgumentParser whose error messages are cleaned."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        super().error(clean(message))


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; a command that comes first by its own parser, without those of all others."""
    if arguments and arguments[0] in COMMANDS:
        name = arguments[0]
        parser = _Parser(prog=f"smily-tui {name}", **_form(name))
        parser.set_defaults(command=name)
        _add_options(parser, name)
        return parser.parse_args(arguments[1:])
    _check_command(arguments)
    return _whole_parser(arguments).parse_args(arguments)


def _check_command(arguments: Sequence[str]) -> None:
    """Refuse an unknown command, with the one that may be meant; argparse would list all of them.

    Raises:
        UsageError: there is no such command.
    """
    parser = _Parser(add_help=False, allow_abbrev=False)
    add_shared_options(parser, full_screen=True)
    parser.add_argument("command", nargs="?")
    name = parser.parse_known_args(arguments)[0].command
    if name is not None and name not in COMMANDS:
        from smily_tui.command import command  # knows the system: no help needs it

        meant = nearest(name, COMMANDS)
        advice = (
            f"Did you mean {command('smily-tui', meant)}?" if meant else "List them with smily-tui --help."
        )
        raise UsageError(f"There is no command “{clean(name, 60)}”.", next=advice)


def _whole_parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser that knows all commands, and the options of those that are named."""
    parser = _Parser(
        prog="smily-tui",
        description="Get OAuth tokens for the Smily (BookingSync) API v3, and keep them valid.",
        epilog=f"{examples('')}\n\n{EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_shared_options(parser, full_screen=True)
    parser.add_argument("--version", action="version", version=f"smily-tui {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, summary in COMMANDS.items():
        if name in arguments:
            _add_options(commands.add_parser(name, help=summary, **_form(name)), name)
        else:  # for the list of commands alone
            commands.add_parser(name, help=summary, add_help=False)
    return parser


def _form(command: str) -> dict[str, Any]:
    """Return the arguments of `ArgumentParser` for a command."""
    summary = COMMANDS[command]
    return {
        "description": f"{summary[0].upper()}{summary[1:]}.",
        "epilog": examples(command),
        "formatter_class": argparse.RawDescriptionHelpFormatter,
        "allow_abbrev": False,
    }


def _add_options(parser: argparse.ArgumentParser, command: str) -> None:
    add_shared_options(parser, full_screen=command in FULL_SCREEN)
    command_named(command).add_arguments(parser)


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """Define the options that name a server and a folder."""
    parser.add_argument(
        "--server",
        metavar="ORIGIN",
        default=argparse.SUPPRESS,
        help="origin of the server (default https://www.bookingsync.com, env SMILY_TUI_SERVER)",
    )
    parser.add_argument(
        "--home",
        metavar="DIR",
        default=argparse.SUPPRESS,
        help="folder for settings and state (env SMILY_TUI_HOME)",
    )


def add_shared_options(parser: argparse.ArgumentParser, *, full_screen: bool) -> None:
    """Define the options of all commands, and those of a full screen."""
    add_place_options(parser)
    if not full_screen:
        return
    parser.add_argument(
        "--ascii", action="store_true", default=argparse.SUPPRESS, help="full screen in ASCII only"
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        default=argparse.SUPPRESS,
        help="line by line, for screen readers and simple terminals",
    )
