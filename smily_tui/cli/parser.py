"""Arguments of the command line: commands, options, and the text of the help."""

from __future__ import annotations

import argparse
from importlib import import_module

from smily_tui import __version__
from smily_tui.errors import UsageError
from smily_tui.text import clean, nearest

TYPE_CHECKING = False  # see smily_tui.text
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any, Final, NoReturn


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


def command_named(name: str) -> ModuleType:
    """Import the module of a command, with `add_arguments` and `run`; the others would cost time."""
    return import_module(f"smily_tui.cli.{MODULES.get(name, name)}")


class _Parser(argparse.ArgumentParser):
    """ArgumentParser whose error messages are cleaned."""

    def error(self, message: str) -> NoReturn:
        """Leave with exit code 2."""
        super().error(clean(message))


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments; those of a command by its own parser.

    Raises:
        UsageError: there is no such command.
    """
    if arguments and arguments[0] in COMMANDS:
        return _read_command(arguments[0], arguments[1:], argparse.Namespace())
    return _program_parser().parse_args(arguments)


def _read_command(name: str, arguments: Sequence[str], options: argparse.Namespace) -> argparse.Namespace:
    options.command = name
    parser = _Parser(prog=f"smily-tui {name}", **_form(name))
    add_shared_options(parser, full_screen=name in FULL_SCREEN)
    command_named(name).add_arguments(parser)
    return parser.parse_args(arguments, options)


class _Command(argparse.Action):
    """Command with its arguments; argparse's own sub-parsers would all be made, for the list in the help."""

    def __call__(
        self, _parser: argparse.ArgumentParser, options: argparse.Namespace, values: Any, _option: Any = None
    ) -> None:
        name, *arguments = values
        if name not in COMMANDS:
            raise _unknown(name)
        _read_command(name, arguments, options)

    def _get_subactions(self) -> list[argparse.Action]:
        """Return the list in the help, which argparse asks for by this name (3.11 to 3.13)."""
        return [argparse.Action([], name, help=summary) for name, summary in COMMANDS.items()]


def _unknown(name: str) -> UsageError:
    from smily_tui.system import command  # knows the system: no help needs it

    meant = nearest(name, COMMANDS)
    advice = f"Did you mean {command('smily-tui', meant)}?" if meant else "List them with smily-tui --help."
    return UsageError(f"There is no command “{clean(name, 60)}”.", next=advice)


def _program_parser() -> argparse.ArgumentParser:
    """Build the parser for arguments that do not begin with a command."""
    parser = _Parser(
        prog="smily-tui",
        description="Get OAuth tokens for the Smily (BookingSync) API v3, and keep them valid.",
        epilog=f"{examples('')}\n\n{EPILOG}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add_shared_options(parser, full_screen=True)
    parser.add_argument("--version", action="version", version=f"smily-tui {__version__}")
    command = parser.add_argument("command", metavar="COMMAND", action=_Command, nargs=argparse.PARSER)
    command.required = False
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
