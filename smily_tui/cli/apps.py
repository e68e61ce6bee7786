"""`smily-tui apps`: list the stored apps, and rename, change or remove one."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

from smily_tui.cli.common import confirmed, open_accounts
from smily_tui.cli.streams import tell
from smily_tui.errors import UsageError
from smily_tui.json_output import json_output
from smily_tui.messages import apps as say
from smily_tui.system import command
from smily_tui.text import Untrusted, clean, counted

if TYPE_CHECKING:
    from smily_tui.accounts import Accounts
    from smily_tui.secret import Secret
    from smily_tui.vault.model import Application


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from smily_tui.cli.parser import add_place_options

    parser.add_argument("--json", action="store_true", help="print the list as JSON for programs")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")

    def add(name: str, summary: str, *aliases: str, app: bool = True) -> argparse.ArgumentParser:
        description = f"{summary[0].upper()}{summary[1:]}."
        action = actions.add_parser(name, aliases=aliases, help=summary, description=description)
        add_place_options(action)
        if app:
            action.add_argument("app", type=Untrusted, metavar="APP", help="short name or name of the app")
        return action

    listing = add("list", "list the apps, with their permissions and accounts", app=False)
    listing.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
    rename = add("rename", "rename an app, but not its short name")
    rename.add_argument("name", type=Untrusted, metavar="NAME", help="new name")
    permissions = add("permissions", "set the permissions to ask the next owner for")
    permissions.add_argument(
        "scopes",
        type=Untrusted,
        nargs="+",
        metavar="S",
        help="permission or preset (read-only, bookings, everything)",
    )
    secret = add("new-secret", "replace the Client Secret, once the server accepts it", "secret")
    secret.add_argument(
        "--secret-stdin", action="store_true", help="read the Client Secret from the first line of stdin"
    )
    remove = add("remove", "move an app and its accounts to the trash")
    remove.add_argument("--force", action="store_true", help="don't ask")
    add("restore", "restore a removed app, with its accounts")


def run(options: argparse.Namespace) -> int:
    """List the apps, or do what is asked with one."""
    stored = open_accounts(options)
    if options.action in (None, "list"):
        _list(stored, as_json=options.json)
        return 0
    if options.json:
        raise UsageError("--json goes with the list only.")
    if options.action == "restore":
        sys.stdout.write(_restored(stored, options.app))
        return 0
    application = stored.apps.named(options.app)
    if options.action == "rename":
        sys.stdout.write(_renamed(stored, application, options.name))
    elif options.action == "permissions":
        sys.stdout.write(_with_permissions(stored, application, options.scopes))
    elif options.action == "remove":
        sys.stdout.write(_removed(stored, application, ask=not options.force))
    else:
        sys.stdout.write(_with_secret(stored, application, from_stdin=options.secret_stdin))
    return 0


def _list(stored: Accounts, *, as_json: bool) -> None:
    numbers, applications = stored.count_by_app(), stored.apps.all()
    if as_json:
        rows = [_as_dict(stored, application, numbers[application.key]) for application in applications]
        sys.stdout.write(json_output(apps=rows))
        return
    if not applications:
        tell(f"{say.NO_APPS} Add one with smily-tui connect.")
    for application in applications:
        number = counted(numbers[application.key], "account")
        facts = [application.key, application.name, say.short_id(application.client_id), number]
        facts += filter(None, [say.other_server(application), *_missing_secret(stored, application)])
        sys.stdout.write(f"{'  '.join(facts)}  {' '.join(application.scopes)}".rstrip() + "\n")


def _missing_secret(stored: Accounts, application: Application) -> list[str]:
    return [] if stored.apps.client_secret(application.key) else [say.INCOMPLETE]


def _as_dict(stored: Accounts, application: Application, number: int) -> dict[str, Any]:
    return {
        "application": application.key,
        "name": application.name,
        "client_id": application.client_id,
        "server": str(application.server),
        "scopes": list(application.scopes),
        "accounts": number,
        "has_secret": stored.apps.client_secret(application.key) is not None,
    }


def _renamed(stored: Accounts, application: Application, name: Untrusted) -> str:
    renamed = stored.apps.rename(application.key, name)
    return f"{application.name} is now {renamed.name}. {say.ADDRESS_STAYS.format(key=renamed.key)}\n"


def _with_permissions(stored: Accounts, application: Application, typed: list[Untrusted]) -> str:
    from smily_tui.cli.connect import read_scopes
    from smily_tui.messages.connect import advice

    changed = stored.apps.set_scopes(application.key, read_scopes(typed))
    if remark := advice(changed.scopes):
        tell(remark)
    scopes = " ".join(changed.scopes)
    return say.PERMISSIONS_SAVED.format(name=changed.name, scopes=scopes) + "\n"


def _with_secret(stored: Accounts, application: Application, *, from_stdin: bool) -> str:
    secret = _read_secret(stored, application, from_stdin=from_stdin)
    stored.replace_secret(application.key, secret).wait()
    return say.REPLACED.format(name=application.name) + "\n"


def _read_secret(stored: Accounts, application: Application, *, from_stdin: bool) -> Secret:
    """Return the secret that was typed, pasted or piped; raises UsageError if it cannot be one."""
    from smily_tui.cli.console import CommandConsole
    from smily_tui.oauth.credentials import check_client_secret, read_client_secret
    from smily_tui.plain.console import Back, Leave

    if from_stdin:
        typed = Untrusted(sys.stdin.readline())
    else:
        tell(say.PROOF_COST)
        try:
            typed = CommandConsole().ask_hidden(f"New Client Secret of {application.name}")
        except (Back, Leave):
            raise UsageError("The new Client Secret is missing.") from None
    secret = read_client_secret(typed)
    check = check_client_secret(secret, application.client_id, stored.apps.known_credentials())
    if check.problem:
        raise UsageError(check.problem, next="Copy it from Smily's partner panel.")
    return secret


def _removed(stored: Accounts, application: Application, *, ask: bool) -> str:
    number = stored.count_by_app()[application.key]
    question = f"{say.kept_in_trash(number)}\n{say.remove_question(application, number)}"
    if ask and not confirmed(question):
        raise UsageError(
            f"{application.name} was not removed.", next="To remove it without a question: --force."
        )
    stored.remove_app(application.key)
    undo = command("smily-tui", "apps", "restore", application.key)
    return f"{say.removed(application, number)} To restore: {undo}\n"


def _restored(stored: Accounts, named: Untrusted) -> str:
    name = clean(named).casefold()
    for entry in stored.apps.removed():
        if name in (entry.application.key, entry.application.name.casefold()):
            application = stored.restore_app(entry)
            return f"{say.restored(application, stored.count_by_app()[application.key])}\n"
    raise UsageError(
        f"There is no app “{clean(named, 60)}” in the trash.", next="List your apps with smily-tui apps."
    )
