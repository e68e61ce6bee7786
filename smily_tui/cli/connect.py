"""`smily-tui connect`: authorize another account, full screen or line by line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from smily_tui.cli.common import in_ascii, open_accounts
from smily_tui.cli.demo import show_with_demo
from smily_tui.cli.front import asks_for_plain, is_plain
from smily_tui.cli.streams import tell
from smily_tui.errors import UsageError
from smily_tui.text import Untrusted, clean

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from smily_tui.accounts import Accounts
    from smily_tui.plain.connect import Start
    from smily_tui.vault.model import Application

UNCHANGED: Final = "No code was used. Nothing was changed."
CODE_USED: Final = "The code was used. If the server accepted it, smily-tui accounts lists the account."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--app",
        type=Untrusted,
        metavar="NAME",
        help="name of the app (credentials of a stored app are reused)",
    )
    parser.add_argument("--client-id", type=Untrusted, metavar="ID", help="Client ID of the app")
    parser.add_argument(
        "--secret-stdin", action="store_true", help="read the Client Secret from the first line of stdin"
    )
    parser.add_argument(
        "--scope",
        action="append",
        type=Untrusted,
        default=[],
        metavar="S",
        help="permission or preset (read-only, bookings, everything) to request, repeatable",
    )
    parser.add_argument(
        "--account-id", type=int, metavar="N", help="number of the account to preselect on Smily's page"
    )
    parser.add_argument("--yes", action="store_true", help="answer questions with the safe default")


def run(options: argparse.Namespace) -> int:
    stored = open_accounts(options)
    answered = any((options.client_id, options.secret_stdin, options.scope, options.account_id, options.yes))
    if asks_for_plain(options) or (answered and is_plain(options)):
        return connect(stored, options)
    if answered:
        raise UsageError("These options need --plain.")
    return show_with_demo(stored, options, connect=True, application=options.app)


def connect(stored: Accounts, options: argparse.Namespace) -> int:
    """Ask what the options do not answer, exchange the code, name the account, print its address.

    Raises:
        SmilyError: with what was kept; nothing is stored before the code was exchanged.
    """
    from smily_tui.cli.console import CommandConsole
    from smily_tui.desktop.clipboard import Clipboard
    from smily_tui.plain.app import preferences
    from smily_tui.plain.connect import Connecting
    from smily_tui.plain.console import Back, InputEnded, Leave
    from smily_tui.plain.session import Session

    console = CommandConsole(silent=options.yes, ascii=in_ascii(options))
    stored.check_writable()
    start = _start(stored, options)
    session = Session(console, stored, Clipboard(preferences(stored).clipboard), is_command=True)
    connecting = Connecting(session, start)
    account, reason = None, "You left before the account was connected."
    try:
        account = connecting.run()
    except InputEnded as end:
        reason = f"{end.question} is missing: the input ended."
    except (Back, Leave):
        pass
    if account is None:
        raise UsageError(reason, kept=CODE_USED if connecting.code_used else UNCHANGED)
    tell(
        f"{account.label} is stored in {clean(stored.home.state)}. "
        f"The store is {stored.at_rest.words} and readable only by you."
    )
    console.hand_out(str(account.address))
    return 0


def _start(stored: Accounts, options: argparse.Namespace) -> Start:
    """Begin at the link where the application is stored as the options name it; else with their answers.

    A stored application keeps its name and its server; its secret is replaced once the server accepts
    another.
    """
    from smily_tui.oauth.credentials import read_client_id
    from smily_tui.plain.connect import Answers, Start

    scopes = read_scopes(options.scope)
    client_id = read_client_id(options.client_id) if options.client_id else ""
    application = _application(stored, options.app, client_id)
    is_same = application is not None and client_id in ("", application.client_id)
    if application and is_same and not options.secret_stdin and stored.apps.client_secret(application.key):
        return Start(application, scopes or application.scopes, options.account_id)
    if options.secret_stdin and not client_id and application is None:
        raise UsageError("--secret-stdin needs --client-id, or --app with the name of a stored app.")
    if application is None or not is_same:
        application = stored.apps.registered(client_id) if client_id else None
        name = clean(options.app) if options.app else application.name if application else ""
    else:
        name = application.name
    typed_id = options.client_id or (Untrusted(application.client_id) if application else None)
    secret = Untrusted(sys.stdin.readline()) if options.secret_stdin else None
    answers = Answers(name, typed_id, secret, scopes, application.server if application else None)
    return Start(None, (), options.account_id, answers)


def _application(stored: Accounts, name: Untrusted | None, client_id: str) -> Application | None:
    """Return the stored application of that name; the only one where nothing is named."""
    if name:
        return stored.apps.find(name, client_id or None)
    return None if client_id else stored.apps.only()


def read_scopes(typed: Iterable[Untrusted]) -> tuple[str, ...]:
    """Return the scopes that are named, presets as what they stand for; empty where none is.

    Raises:
        UsageError: one cannot be the name of a scope.
    """
    from smily_tui.oauth.scopes import expand, is_valid_name

    names = [name for text in typed for name in text.for_parsing().replace(",", " ").split()]
    wrong = [name for name in names if not is_valid_name(name)]
    if wrong:
        raise UsageError(f"“{clean(wrong[0], 60)}” is not a valid permission name.")
    return expand(names) if names else ()
