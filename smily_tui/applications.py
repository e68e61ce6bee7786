"""Stored apps of one home, as the front ends use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.errors import UsageError
from smily_tui.text import Clean, Untrusted, clean
from smily_tui.vault.conversion import AtRest
from smily_tui.vault.model import Application
from smily_tui.vault.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.oauth.credentials import KnownCredentials
    from smily_tui.origin import Origin
    from smily_tui.secret import Secret
    from smily_tui.tokens.registration import Registration
    from smily_tui.vault.settings import Home, Preferences, Settings


class Applications:
    """The applications, and the preferences that are stored beside them.

    Args:
        home: where they are stored.
        server: only applications of this origin are seen, and new ones are registered there;
            None: all are seen, and new ones are at Smily.
        keyring: whether a new store is encrypted with a key in the system's keyring.
    """

    def __init__(self, home: Home, *, server: str | None = None, keyring: bool = False) -> None:
        from smily_tui.origin import DEFAULT, Origin

        self.home = home
        self._only = Origin(server) if server else None
        self.server = self._only or DEFAULT
        self._store = Store(home)
        self.at_rest = AtRest(self._store, keyring=keyring)

    @property
    def _settings(self) -> Settings:
        from smily_tui.vault.settings import Settings

        return Settings(self.home, self._store.disk)

    def preferences(self) -> Preferences:
        """Looks and keys; raises SettingsUnreadable."""
        return self._settings.preferences()

    def save_theme(self, name: str) -> None:
        """Remember a theme; raises VaultError where that cannot be saved."""
        self._settings.save_theme(name)

    def applications(self) -> tuple[Application, ...]:
        """The stored applications."""
        found = self._settings.applications()
        return tuple(each for each in found if self._only in (None, each.server))

    def with_key(self, key: str) -> Application | None:
        """The stored application with that key."""
        return next((each for each in self.applications() if each.key == key), None)

    def application(self, spoken: str | Untrusted, client_id: str | None = None) -> Application | None:
        """One stored application, by its key or its name, and by its Client ID where that is known.

        Raises:
            UsageError: several go by that name.
        """
        wanted = clean(spoken).casefold()
        known = [each for each in self.applications() if wanted in (each.key, each.name.casefold())]
        if len(known) > 1 and client_id is not None:
            known = [each for each in known if each.client_id == client_id]
        if len(known) > 1:
            names = ", ".join(f"{each.key} (Client ID {clean(each.client_id, 12)})" for each in known)
            raise UsageError(
                f"“{clean(spoken, 60)}” could be several applications: {names}.",
                next="Say which one by its Client ID: --client-id ID.",
            )
        return next(iter(known), None)

    def named(self, name: str | Untrusted) -> Application:
        """The application that a person names, by its key or its name; raises UsageError without one."""
        found = self.application(name)
        if found is None:
            raise UsageError(f"There is no application “{clean(name, 60)}”.", next="Leave --app out.")
        return found

    def registered(self, client_id: str, origin: Origin | None = None) -> Application | None:
        """The application with that Client ID at an origin; None: at that of new applications."""
        wanted = (client_id, origin or self.server)
        return next((each for each in self.applications() if (each.client_id, each.server) == wanted), None)

    def client_secret(self, key: str) -> Secret | None:
        """The secret of an application; None where none is stored for its Client ID and server."""
        application = self.with_key(key)
        found = self._store.credentials(key)
        if application is None or found is None:
            return None
        same = (found.client_id, found.server) == (application.client_id, application.server)
        return found.client_secret if same else None

    def usable_applications(self) -> tuple[Application, ...]:
        """The stored applications whose secret is stored, too."""
        return tuple(each for each in self.applications() if self.client_secret(each.key))

    def known_credentials(self) -> KnownCredentials:
        """What is stored here that helps to notice a value in the wrong field."""
        from smily_tui.oauth.credentials import KnownCredentials

        found = [self._store.credentials(key) for key in self._store.application_keys()]
        stored = [each for each in found if each is not None]
        return KnownCredentials(
            is_client_id=lambda value: any(each.client_id == value for each in stored),
            is_client_secret=lambda value: any(each.client_secret == value for each in stored),
        )

    def enter(
        self,
        name: str | Untrusted,
        client_id: str,
        client_secret: Secret,
        scopes: Sequence[str],
        origin: Origin | None = None,
    ) -> Registration:
        """An application as it was entered; it is stored when a code was exchanged with it.

        One with the same Client ID and server is updated then, not doubled; its secret, which works, is
        replaced as soon as the server has accepted the new one.

        `origin` is the server it is registered at; None: where new applications are registered.

        In a new store the keyring is asked first, which takes some seconds where it does not answer.

        Raises:
            VaultError: it could not be saved later on.
        """
        from smily_tui.tokens.registration import Registration, placed

        self.at_rest.begin()
        server = origin or self.server
        old = self.registered(client_id, server)
        label = clean(name) or (old.name if old else Clean("My app"))
        application = Application("", label, client_id, tuple(scopes), server)
        registration = placed(self._store, Registration(application, client_secret))
        self._settings.check(registration.application)
        return registration

    def save_application(
        self,
        name: str | Untrusted,
        client_id: str,
        client_secret: Secret,
        scopes: Sequence[str],
        origin: Origin | None = None,
    ) -> Application:
        """Store an application whose secret is known to be right; arguments and errors as of `enter`."""
        from smily_tui.tokens.registration import placed, register

        registration = self.enter(name, client_id, client_secret, scopes, origin)
        with self._store.names_lock():
            registration = placed(self._store, registration)
            register(self._store, registration)
        return registration.application
