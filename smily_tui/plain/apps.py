"""Apps in the plain mode: list, rename, new secret, permissions, remove, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.errors import UsageError
from smily_tui.messages import apps as say
from smily_tui.messages.accounts import day_and_time
from smily_tui.oauth.credentials import check_client_secret, read_client_secret
from smily_tui.origin import host_of
from smily_tui.plain.account import SHORT, Offer, serve
from smily_tui.plain.connect import choose_permissions
from smily_tui.plain.console import UNKNOWN, Choice, sentences, wait_for
from smily_tui.text import clean, counted

if TYPE_CHECKING:
    from smily_tui.plain.session import Session
    from smily_tui.vault.model import Application


RESTORE = "restore"
CHOICES = ("Type a number or a name to open an app.", "restore: restore the last removed app.")


def show_apps(session: Session) -> None:
    """List the apps, and open one."""
    console, stored = session.console, session.stored
    applications, numbers = stored.apps.all(), stored.count_by_app()
    console.say(*([] if applications else [say.NO_APPS]))
    for number, application in enumerate(applications, 1):
        console.say(f"{number} {application.name}, {counted(numbers[application.key], 'account')}")
    typed = console.ask("App, or restore", explain=CHOICES).casefold()
    if typed == RESTORE:
        _restore(session)
        return
    for number, application in enumerate(applications, 1):
        if typed in (str(number), application.key, application.name.casefold()):
            _open(session, application.key)
            return
    console.say(UNKNOWN)


def _open(session: Session, key: str) -> None:
    """Say what an app is, then do what is asked for, until the person goes back."""

    def offer() -> Offer | None:
        application = session.stored.apps.with_key(key)
        if application is None:
            return None
        name = clean(application.name, SHORT)
        return Offer(name, list(_facts(session, application)), _choices(session, application))

    serve(session, offer)


def _choices(session: Session, application: Application) -> list[Choice]:
    return [
        Choice("e", "rename", "Rename this app.", lambda: _rename(session, application)),
        Choice("s", "secret", "Replace the Client Secret.", lambda: _replace_secret(session, application)),
        Choice(
            "p", "permissions", "Choose what to ask the next owner for.",
            lambda: _set_permissions(session, application),
        ),
        Choice("d", "remove", "Move this app to the trash.", lambda: _remove(session, application)),
    ]  # fmt: skip


def _facts(session: Session, application: Application) -> list[str]:
    facts = [
        f"{application.name}. Short name: {application.key}.",
        f"Client ID: {say.short_id(application.client_id)}.",
        f"Permissions: {', '.join(application.scopes) or 'none'}.",
    ]
    if server := say.other_server(application):
        facts.append(f"Server: {server}")
    if session.stored.apps.client_secret(application.key) is None:
        facts.append(f"Problem: {say.INCOMPLETE}.")
    return facts


def _rename(session: Session, application: Application) -> None:
    console = session.console
    console.say(say.ADDRESS_STAYS.format(key=application.key))
    name = console.ask_unchanged("New name", default=application.name)
    renamed = wait_for(console, lambda: session.stored.apps.rename(application.key, name))
    console.say(f"Its name is {renamed.name}.")


def _replace_secret(session: Session, application: Application) -> None:
    console = session.console
    console.say(*sentences(say.PROOF_COST))
    secret = read_client_secret(console.ask_hidden("New Client Secret"))
    check = check_client_secret(secret, application.client_id, session.stored.apps.known_credentials())
    if check.problem:
        raise UsageError(check.problem, next="Copy it from Smily's partner panel.")
    running = session.stored.replace_secret(application.key, secret)
    session.end_of(running, say.CHECKING_PROOF.format(host=host_of(application.server)))
    console.say(*sentences(say.REPLACED.format(name=application.name)))


def _set_permissions(session: Session, application: Application) -> None:
    scopes = choose_permissions(session.console, application.scopes)
    changed = wait_for(session.console, lambda: session.stored.apps.set_scopes(application.key, scopes))
    session.console.say(say.PERMISSIONS_SAVED.format(name=changed.name, scopes=", ".join(changed.scopes)))


def _remove(session: Session, application: Application) -> None:
    console = session.console
    number = session.stored.count_by_app()[application.key]
    console.say(*sentences(say.kept_in_trash(number)))
    if console.confirmed(say.remove_question(application, number)):
        wait_for(console, lambda: session.stored.remove_app(application.key))
        console.say(say.removed(application, number), "Type restore in the list of apps to undo it.")


def _restore(session: Session) -> None:
    """Restore the app that was removed last, with its accounts."""
    console, stored = session.console, session.stored
    removed = next(iter(stored.apps.removed()), None)
    if removed is None:
        console.say(say.NOTHING_REMOVED)
        return
    at = day_and_time(removed.at, stored.clock.now().wall)
    if console.confirmed(f"Restore {say.in_trash(removed, at)}?", default=True):
        application = wait_for(console, lambda: stored.restore_app(removed))
        console.say(say.restored(application, stored.count_by_app()[application.key]))
