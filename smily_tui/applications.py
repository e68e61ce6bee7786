"""Stored apps of one home and every change to them, for the front ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.errors import UsageError
from smily_tui.text import Clean, Untrusted, clean, nearest
from smily_tui.vault.errors import Locked
from smily_tui.vault.model import LONGEST_NAME, Application

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from smily_tui.oauth.credentials import KnownCredentials
    from smily_tui.origin import Origin
    from smily_tui.secret import Secret
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.conversion import AtRest
    from smily_tui.vault.store import Store
    from smily_tui.vault.trash import Forgotten, Removed

MY_APP: Final = "My app"


class Applications:
    """Applications of one store.

    Args:
        store: where they are stored.
        at_rest: encrypts a new store, before the first application is stored.
        server: where new ones are registered.
        only: only those of this origin are seen; None: all are.
    """

    def __init__(self, store: Store, at_rest: AtRest, server: Origin, only: Origin | None) -> None:
        self._store = store
        self._at_rest = at_rest
        self._server = server
        self._only = only

    # -- stored ones -----------------------------------------------------------------------------------

    def all(self) -> tuple[Application, ...]:
        """Return the stored applications."""
        stored = self._store.settings.applications()
        return tuple(application for application in stored if self._only in (None, application.server))

    def usable(self) -> tuple[Application, ...]:
        """Return the stored applications with a stored secret."""
        return tuple(application for application in self.all() if self.client_secret(application.key))

    def with_key(self, key: str) -> Application | None:
        """Return the stored application with that key."""
        return next((application for application in self.all() if application.key == key), None)

    def registered(self, client_id: str, origin: Origin | None = None) -> Application | None:
        """Return the application with that Client ID at an origin; None: at that of new applications."""
        client = client_id, origin or self._server
        return next((app for app in self.all() if (app.client_id, app.server) == client), None)

    def find(self, spoken: str | Untrusted, client_id: str | None = None) -> Application | None:
        """Return one stored application by its key or name, and by its Client ID where that is known.

        Raises:
            UsageError: several go by that name.
        """
        name = clean(spoken).casefold()
        matches = [app for app in self.all() if name in (app.key, app.name.casefold())]
        if len(matches) > 1 and client_id is not None:
            matches = [app for app in matches if app.client_id == client_id]
        if len(matches) > 1:
            names = ", ".join(f"{app.key} (Client ID {clean(app.client_id, 12)})" for app in matches)
            raise UsageError(
                f"“{clean(spoken, 60)}” could be several apps: {names}.",
                next="Name one by its Client ID: --client-id ID.",
            )
        return next(iter(matches), None)

    def named(self, name: str | Untrusted) -> Application:
        """Return the application that a person names, by its key or name; raises UsageError without one."""
        application = self.find(name)
        if application is None:
            raise self._missing(name)
        return application

    def only(self) -> Application | None:
        """Return the only stored application; None without any; raises UsageError where there are several."""
        applications = self.all()
        if len(applications) > 1:
            keys = ", ".join(application.key for application in applications)
            raise UsageError(f"There are several apps: {keys}.", next="Name one: --app NAME")
        return next(iter(applications), None)

    def _missing(self, name: str | Untrusted) -> UsageError:
        stored = self.all()
        meant = nearest(clean(name, 60), [part for app in stored for part in (app.key, app.name)])
        advice = f"Did you mean {meant}?" if meant else "List your apps with smily-tui apps."
        return UsageError(f"There is no app “{clean(name, 60)}”.", next=advice)

    # -- changes ---------------------------------------------------------------------------------------

    def rename(self, key: str, name: str | Untrusted) -> Application:
        """Give an application another name; its key, which commands use, stays.

        Raises:
            UsageError, VaultError: nothing was changed.
        """
        return self._change(
            key, lambda stored: stored._replace(name=clean(name, LONGEST_NAME) or stored.name)
        )

    def set_scopes(self, key: str, scopes: Sequence[str]) -> Application:
        """Set the permissions to ask the next owner for; raises as `rename`."""
        return self._change(key, lambda stored: stored._replace(scopes=tuple(scopes)))

    def _change(self, key: str, edit: Callable[[Application], Application]) -> Application:
        with self._store.names_lock():
            changed = edit(self._require(key))
            self._store.settings.save_application(changed)
        return changed

    def _require(self, key: str) -> Application:
        application = self.with_key(key)
        if application is None:
            raise self._missing(key)
        return application

    def remove(self, key: str, at: float) -> Removed:
        """Move an application and its accounts to the trash, at that time (UTC seconds).

        At the server the accounts stay authorized. If this is stopped on the way, the application is still
        stored, with the accounts that were not moved yet.

        Raises:
            Locked: one of its accounts is being refreshed or connected.
            UsageError, VaultError: the application is still stored; doing it again is safe.
        """
        self._require(key)
        for address in self._store.addresses():
            if address.application == key:
                slot = self._store.slot(address)
                # not under `names_lock`, for which an exchange may wait while it has an account's lock
                with slot.lock():
                    slot.forget(at)
        with self._store.names_lock():
            application = self._require(key)
            if self._store.is_in_use(key):
                raise Locked(f"An account of {application.name} is being connected.")
            return self._store.remove_application(application, at)

    def removed(self) -> list[Removed]:
        """Return the applications in the trash, newest first."""
        return self._store.trash.applications()

    def restore(self, removed: Removed) -> Application:
        """Restore an application from the trash, without its accounts; to a new key if that is taken.

        Raises:
            VaultError: it is still in the trash.
        """
        from smily_tui.tokens.registration import restore

        with self._store.names_lock():
            return restore(self._store, removed)

    def restored_for(self, forgotten: Forgotten) -> str:
        """Return the key of a forgotten account's application, after restoring that if it was removed.

        Raises:
            VaultError: it could not be restored.
        """
        key = forgotten.address.application
        later = [
            removed
            for removed in self.removed()
            if removed.application.key == key and removed.at >= forgotten.at
        ]
        # the first removal since: an application of the same key may have come and gone after it; a removal
        # that was killed may have left an entry without credentials
        oldest = min(later, key=lambda removed: (not removed.credentials.exists(), removed.at), default=None)
        return self.restore(oldest).key if oldest else key

    # -- their credentials -----------------------------------------------------------------------------

    def client_secret(self, key: str) -> Secret | None:
        """Return an application's secret; None where none is stored for its Client ID and server."""
        application, credentials = self.with_key(key), self._store.credentials(key)
        if application is None or credentials is None:
            return None
        stored_for = credentials.client_id, credentials.server
        is_same = stored_for == (application.client_id, application.server)
        return credentials.client_secret if is_same else None

    def known_credentials(self) -> KnownCredentials:
        """Return what is stored here and helps to notice a value in the wrong field."""
        from smily_tui.oauth.credentials import KnownCredentials

        stored = list(filter(None, map(self._store.credentials, self._store.application_keys())))
        return KnownCredentials(
            is_client_id=lambda value: any(credentials.client_id == value for credentials in stored),
            is_client_secret=lambda value: any(credentials.client_secret == value for credentials in stored),
        )

    # -- new ones --------------------------------------------------------------------------------------

    def enter(
        self,
        name: str | Untrusted,
        client_id: str,
        client_secret: Secret,
        scopes: Sequence[str],
        origin: Origin | None = None,
    ) -> Registration:
        """Return an application as it was entered; it is stored once a code was exchanged with it.

        One with the same Client ID and server is updated then, not doubled; its secret, which works, is
        replaced as soon as the server has accepted the new one.

        `origin` is the server it is registered at; None: where new applications are registered.

        In a new store the keyring is asked first, which takes some seconds where it does not answer.

        Raises:
            VaultError: it could not be saved later on.
        """
        from smily_tui.tokens.registration import Registration, placed

        self._at_rest.begin()
        server = origin or self._server
        old = self.registered(client_id, server)
        label = clean(name) or (old.name if old else self._free_name())
        application = Application("", label, client_id, tuple(scopes), server)
        registration = placed(self._store, Registration(application, client_secret))
        self._store.settings.check(registration.application)
        return registration

    def _free_name(self) -> Clean:
        """Return a name that no stored application has."""
        taken = {application.name for application in self.all()}
        numbered = (f"{MY_APP} {number}" for number in range(2, len(taken) + 3))
        return Clean(next(name for name in (MY_APP, *numbered) if name not in taken))

    def save(
        self,
        name: str | Untrusted,
        client_id: str,
        client_secret: Secret,
        scopes: Sequence[str],
        origin: Origin | None = None,
    ) -> Application:
        """Store an application with a secret known to be right; arguments and errors as of `enter`."""
        from smily_tui.tokens.registration import placed, register

        registration = self.enter(name, client_id, client_secret, scopes, origin)
        with self._store.names_lock():
            registration = placed(self._store, registration)
            register(self._store, registration)
        return registration.application
