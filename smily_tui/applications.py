"""Stored apps of one home, as the front ends use them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from smily_tui.errors import UsageError
from smily_tui.text import Clean, Untrusted, clean
from smily_tui.vault.model import Application

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.oauth.credentials import KnownCredentials
    from smily_tui.origin import Origin
    from smily_tui.secret import Secret
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.conversion import AtRest
    from smily_tui.vault.store import Store

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
            raise UsageError(f"There is no app “{clean(name, 60)}”.", next="Leave --app out.")
        return application

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

    def rename(self, key: str, name: str | Untrusted) -> Application:
        """Give an application another name; its key, which commands use, stays.

        Raises:
            UsageError, VaultError: nothing was changed.
        """
        application = self.named(key)
        renamed = replace(application, name=clean(name) or application.name)
        with self._store.names_lock():
            self._store.settings.save_application(renamed)
        return renamed

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
