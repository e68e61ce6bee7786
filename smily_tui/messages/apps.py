"""Words about apps: what is registered here, a new secret, removal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.origin import DEFAULT
from smily_tui.text import Clean, clean, counted

if TYPE_CHECKING:
    from smily_tui.vault.model import Application
    from smily_tui.vault.trash import Removed


NO_APPS: Final = "No app is stored."
INCOMPLETE: Final = "no Client Secret"
ADDRESS_STAYS: Final = "Commands still use the short name {key}."
PROOF_COST: Final = (
    "smily-tui asks the server before it replaces the old secret. That takes two requests and costs no token."
)
CHECKING_PROOF: Final = "Checking the secret with {host}"
REPLACED: Final = "The server accepted the new Client Secret of {name}. It is stored."
NOT_REVOKED: Final = "At Smily, its accounts stay authorized until their owners uninstall the app."
PERMISSIONS_SAVED: Final = "{name} will ask the next owner for: {scopes}"
NOTHING_REMOVED: Final = "There is no app in the trash."
_LONGEST_ID: Final = 20


def short_id(client_id: str) -> Clean:
    """Shorten a Client ID in the middle, if it is long."""
    text = clean(client_id)
    return text if len(text) <= _LONGEST_ID else clean(f"{text[:8]}…{text[-4:]}")


def other_server(application: Application) -> str:
    """Return the server of an app, unless it is Smily's."""
    return "" if application.server == DEFAULT else str(application.server)


def remove_question(application: Application, number: int) -> str:
    """Ask whether to remove an app with that many accounts."""
    with_accounts = f" and its {'account' if number == 1 else counted(number, 'account')}" if number else ""
    return f"Remove {application.name}{with_accounts}?"


def kept_in_trash(number: int) -> str:
    """Say what happens to a removed app with that many accounts."""
    if not number:
        return "It stays in the trash for a month."
    return f"Scripts get no more tokens of it. It stays in the trash for a month. {NOT_REVOKED}"


def removed(application: Application, number: int) -> str:
    """Say that an app was removed."""
    return f"Removed {application.name}" + (f" and {counted(number, 'account')}." if number else ".")


def restored(application: Application, number: int) -> str:
    """Say that an app was restored, with that many accounts."""
    return f"Restored {application.name}" + (f" and {counted(number, 'account')}." if number else ".")


def in_trash(entry: Removed, when: str) -> str:
    """Name an app in the trash."""
    return f"{entry.application.name}, removed {when}"
