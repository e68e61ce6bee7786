"""Registration of an app: entered credentials replace stored ones only once the server accepted them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Final

from smily_tui.records import INLINE, decode
from smily_tui.secret import Secret
from smily_tui.vault.errors import VaultError
from smily_tui.vault.model import Application, Credentials, address_part

if TYPE_CHECKING:
    from smily_tui.vault.store import Store
    from smily_tui.vault.trash import Removed

_NONE: Final = Secret("")


@dataclass(frozen=True)
class Registration:
    """Application and secret as they were entered; the server has accepted neither yet.

    Attributes:
        application: as it is to be stored.
        client_secret: entered secret; another one may be stored, and stays until this one is accepted.
    """

    application: Annotated[Application, INLINE]
    client_secret: Secret

    @property
    def credentials(self) -> Credentials:
        """Credentials for the token endpoint."""
        return Credentials(self.application.client_id, self.client_secret, self.application.server)


def placed(store: Store, registration: Registration) -> Registration:
    """Return the registration with the key of its application, or a free one; raises SettingsUnreadable."""
    application = registration.application
    stored = store.settings.applications()
    key = next((entry.key for entry in stored if entry.is_same_client(application)), "")
    key = key or _begun(store, application)
    if not key:
        taken = {entry.key for entry in stored} | store.taken_names()
        is_free = application.key and application.key not in taken
        key = application.key if is_free else address_part(application.name, taken, "app")
    return replace(registration, application=application._replace(key=key))


def _begun(store: Store, application: Application) -> str:
    """Return the key of an exchange with that client that is under way or was interrupted; else nothing."""
    for slot in store.unfinished_exchanges():
        with contextlib.suppress(VaultError, KeyError, TypeError, ValueError):
            entry = slot.journal().read()
            if entry is not None:
                begun = decode(Registration, entry.intent.record("registration"))
                if begun.application.is_same_client(application):
                    return slot.address.application
    return ""


def is_stored(store: Store, registration: Registration) -> bool:
    """Return whether an application of that Client ID and server is stored."""
    return any(map(registration.application.is_same_client, store.settings.applications()))


def register(store: Store, registration: Registration) -> None:
    """Durably store the application, under `names_lock`; its secret last: it never lies there alone.

    Raises:
        VaultError: it is not stored whole; doing it again is safe.
    """
    store.settings.save_application(registration.application)
    store.save_credentials(registration.application.key, registration.credentials)


def restore(store: Store, removed: Removed) -> Application:
    """Register a removed application again, under `names_lock`, unless the same client is stored.

    Raises:
        VaultError: it is still in the trash; doing it again is safe.
    """
    application = removed.application
    if store.is_removed(application.key):
        store.finish_removal(removed)
    credentials = store.removed_credentials(removed)
    registration = placed(
        store, Registration(application, credentials.client_secret if credentials else _NONE)
    )
    key = registration.application.key
    if not is_stored(store, registration):
        store.settings.save_application(registration.application)
    if credentials is not None and store.credentials(key) is None:
        store.save_credentials(key, registration.credentials)
    store.restore_queue(removed, key)
    store.trash.drop(removed)
    return registration.application


def vacate(store: Store, application: str) -> None:
    """Delete the folder of an application of which nothing was stored, unless another process is at work."""
    with contextlib.suppress(VaultError), store.names_lock(patience=0.0):
        store.vacate(application)
