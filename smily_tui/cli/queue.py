"""`smily-tui queue`: accounts to connect one after the other; the list for scripts."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, Final

from smily_tui.cli.common import in_columns, open_accounts
from smily_tui.cli.front import asks_for_plain, show
from smily_tui.cli.streams import tell
from smily_tui.errors import UsageError
from smily_tui.json_output import json_output, rfc3339
from smily_tui.messages import queue as say
from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.text import Untrusted, counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from smily_tui.accounts import Accounts
    from smily_tui.queue.reading import Found, Sorted
    from smily_tui.vault.model import Application


ACTIONS: Final = {
    "add": "add the accounts of a list: lines, or CSV",
    "list": "list the rows with their states",
    "run": "connect the accounts line by line, as --plain does",
    "remove": "remove rows",
    "clear": "remove connected rows",
}
SEE_ROWS: Final = "See the rows with smily-tui queue list."
APP: Final = "name of the app, if there are several"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from smily_tui.cli.parser import add_shared_options

    parser.add_argument("--app", type=Untrusted, metavar="NAME", help=APP)
    actions = parser.add_subparsers(dest="action", metavar="[ACTION]")
    parsers = {
        name: actions.add_parser(
            name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", allow_abbrev=False
        )
        for name, summary in ACTIONS.items()
    }
    for name, action in parsers.items():
        add_shared_options(action, full_screen=name == "run")
        # SUPPRESS: else its default would replace what was given before the action
        action.add_argument("--app", type=Untrusted, metavar="NAME", default=argparse.SUPPRESS, help=APP)
    add = parsers["add"]
    add.add_argument("file", type=Untrusted, metavar="FILE", help="the list, or - for stdin")
    add.add_argument("--any-scope", action="store_true", help="take permissions that aren't in Smily's list")
    add.add_argument("--again", action="store_true", help="add accounts that are connected already")
    parsers["list"].add_argument("--json", action="store_true", help="print JSON for programs")
    parsers["remove"].add_argument("rows", nargs="+", type=int, metavar="ROW", help="number in the list")


def run(options: argparse.Namespace) -> int:
    """Open the queue, or do one thing with it."""
    stored = open_accounts(options)
    if options.action == "list":
        return _list(stored, options)
    application = _application(stored, options.app)
    if options.action == "add":
        return _add(stored, application, options)
    if options.action == "remove":
        return _remove(stored, application, options.rows)
    if options.action == "clear":
        queue = stored.queue(application.key).read()
        done = [row.number for row in queue.rows if row.state is RowState.VERIFIED]
        return _remove(stored, application, done)
    options.plain = asks_for_plain(options) or options.action == "run"
    return show(stored, options, queue=application)


def _application(stored: Accounts, name: Untrusted | None) -> Application:
    application = stored.apps.named(name) if name else stored.apps.only()
    if application is None:
        raise UsageError(say.NO_APPLICATION, next="Connect your first account: smily-tui connect")
    return application


# -- the list ------------------------------------------------------------------------------------------


def _list(stored: Accounts, options: argparse.Namespace) -> int:
    """Print the rows of one application, or of all."""
    applications = [stored.apps.named(options.app)] if options.app else stored.apps.all()
    rows = [(app, row) for app in applications for row in stored.queue(app.key).read().rows]
    if options.json:
        sys.stdout.write(json_output(rows=[_as_dict(app, row) for app, row in rows]))
    elif rows:
        several = len({app.key for app, _ in rows}) > 1
        sys.stdout.write(in_columns([_columns(app, row)[not several :] for app, row in rows]))
    else:
        tell("The queue is empty. Add accounts with smily-tui queue add FILE.")
    return 0


def _columns(application: Application, row: Row) -> tuple[str, ...]:
    number = "-" if row.account_id is None else str(row.account_id)
    return application.key, str(row.number), row.name, number, row.state.word, row.words


def _as_dict(application: Application, row: Row) -> dict[str, Any]:
    return {
        "application": application.key,
        "row": row.number,
        "name": row.label,
        "account_id": row.account_id,
        "state": row.state.identifier,
        "changed_at": rfc3339(row.since),
        "requested_scopes": list(row.scopes or application.scopes),
        "note": row.words or None,
    }


# -- changes -------------------------------------------------------------------------------------------


def _add(stored: Accounts, application: Application, options: argparse.Namespace) -> int:
    """Add the good lines; those that cannot be used are an error then."""
    from smily_tui.queue.reading import read_bytes

    reading = read_bytes(_data(options.file), any_scope=options.any_scope)
    accounts = () if options.again else stored.accounts()
    sorted_out = stored.queue(application.key).add(reading.rows, accounts)
    for remark in (*say.guesses(reading), *say.skipped(sorted_out)):
        tell(remark)
    if reading.problems:
        raise _unusable(reading, sorted_out)
    _print_rows("Added", (row for _, row in sorted_out.new))
    return 0


def _data(path: Untrusted) -> bytes:
    from smily_tui.desktop.files import read_chosen
    from smily_tui.queue.reading import LARGEST

    return sys.stdin.buffer.read(LARGEST + 1) if path.for_parsing() == "-" else read_chosen(path, LARGEST)


def _unusable(reading: Found, sorted_out: Sorted) -> UsageError:
    count = len(reading.problems)
    added = f" {say.names(sorted_out.new)}." if sorted_out.new else ""
    return UsageError(
        f"{counted(count, 'line')} can't be used.\n{say.problems(reading.problems)}",
        kept=f"{say.ADDED.format(count=len(sorted_out.new))}{added}",
        next=say.FIX_LINES,
    )


def _remove(stored: Accounts, application: Application, numbers: Iterable[int]) -> int:
    """Remove rows, all or none."""
    chosen, rows = set(numbers), list[Row]()

    def remove(queue: Queue) -> Queue:
        rows[:] = (row for row in queue.rows if row.number in chosen)
        if missing := chosen - {row.number for row in rows}:
            raise UsageError(f"There is no row {min(missing)} in the queue.", next=SEE_ROWS)
        return queue.without(chosen)

    stored.queue(application.key).change(remove)
    if not rows:
        tell(say.NOTHING_DONE)
    _print_rows("Removed", rows)
    return 0


def _print_rows(done: str, rows: Iterable[Row]) -> None:
    sys.stdout.write("".join(f"{done} {row.called}\n" for row in rows))
