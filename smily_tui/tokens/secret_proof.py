"""Proof of a new Client Secret before it replaces the stored one.

The token endpoint judges the client before the code, as Doorkeeper 5.5.0 does (RFC 6749 section 4.1.3). To a
made-up code it answers `invalid_client` where the secret is wrong and `invalid_grant` where it is right. No
code, refresh token or access token is spent. A second request, with a secret that is certainly wrong, shows
that this server does tell them apart.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.errors import ClientRefused, GrantRefused, NoUsableAnswer
from smily_tui.oauth.requests import MADE_UP_CODE, code_exchange_fields
from smily_tui.secret import Secret
from smily_tui.tokens.errors import NoCredentials, SecretNotProven
from smily_tui.tokens.recovery import read_answer
from smily_tui.vault.model import Application, Credentials

if TYPE_CHECKING:
    from smily_tui.tokens.context import Environment
    from smily_tui.vault.store import Store


TIME: Final = 20.0  # seconds for each of the two requests
OLD_STAYS: Final = "The old secret is still stored."


def replace_secret(environment: Environment, store: Store, key: str, client_secret: Secret) -> None:
    """Store a new Client Secret of an application, once the server has accepted it.

    Raises:
        ClientRefused: the server refuses it.
        SecretNotProven: the server's answer is the same for a wrong one.
        OAuthFailure: there was no usable answer.
        NoCredentials: the application is not stored, or was changed meanwhile.
        VaultError: it could not be saved.
    """
    application = _stored(store, key)
    credentials = Credentials(application.client_id, client_secret, application.server)
    _prove(environment, credentials)
    environment.block_signals()  # a cancellation must not leave a temporary file behind
    with store.names_lock():
        if not _stored(store, key).is_same_client(application):
            raise NoCredentials(f"{key} was changed meanwhile.", next="Try again.").saying(kept=OLD_STAYS)
        store.save_credentials(key, credentials)


def _stored(store: Store, key: str) -> Application:
    for application in store.settings.applications():
        if application.key == key:
            return application
    raise NoCredentials(f"The app {key} is no longer stored here.", kept="Nothing was stored.")


def _prove(environment: Environment, credentials: Credentials) -> None:
    if not _is_accepted(environment, credentials, credentials.client_secret):
        raise ClientRefused(
            "The server refuses this Client Secret.",
            kept=OLD_STAYS,
            next="Copy it again from Smily's partner panel. It belongs to the Client ID "
            f"{credentials.client_id[:8]}….",
        )
    if _is_accepted(environment, credentials, Secret(secrets.token_hex(32))):
        raise SecretNotProven("This server gives the same answer to a wrong secret.")


def _is_accepted(environment: Environment, credentials: Credentials, client_secret: Secret) -> bool:
    """Return whether the server takes a secret; raises OAuthFailure where its answer does not say."""
    request = code_exchange_fields(credentials.client_id, client_secret, MADE_UP_CODE)
    sent = environment.clock.now()
    try:
        read_answer(environment.post(credentials.server, request, TIME), sent)
    except GrantRefused:
        return True
    except ClientRefused:
        return False
    except NoUsableAnswer as failure:
        raise failure.saying(kept=OLD_STAYS) from None
    raise SecretNotProven("The server accepted a made-up code.")
