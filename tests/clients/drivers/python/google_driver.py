"""Driver of google-auth-oauthlib and the google-auth below it; they send PKCE in any case."""

from __future__ import annotations

from typing import Any

from google.auth.exceptions import RefreshError
from google.auth.transport.requests import AuthorizedSession, Request
from google.oauth2.credentials import Credentials
from google_auth_oauthlib.flow import Flow
from oauthlib.oauth2 import OAuth2Error

from tests.clients.drivers.python.serving import Setup, serve


class Client:
    """Flow, Credentials and AuthorizedSession."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        registered = {
            "client_id": setup.client_id,
            "client_secret": setup.client_secret,
            "auth_uri": setup.authorize,
            "token_uri": setup.token,
        }
        self._flow = Flow.from_client_config(
            {"web": registered}, setup.scopes, redirect_uri=setup.redirect_uri
        )

    @staticmethod
    def reported(error: Exception) -> str:
        if isinstance(error, RefreshError):
            return str(error.args[1]["error"])
        return str(error.error) if isinstance(error, OAuth2Error) else ""

    def authorize(self, state: str) -> dict[str, Any]:
        return {"url": self._flow.authorization_url(state=state)[0]}

    def exchange(self, code: str, url: str) -> dict[str, Any]:
        grant = {"authorization_response": url} if self._setup.by_redirect else {"code": code}
        return {"tokens": self._flow.fetch_token(**grant)}

    def declined(self, url: str) -> dict[str, Any]:
        return self.exchange("", url)

    def get(self, path: str, access_token: str) -> dict[str, Any]:
        session = AuthorizedSession(Credentials(access_token), refresh_status_codes=())
        response = session.get(self._setup.server + path)
        return {"status": response.status_code, "json": response.json() if response.content else None}

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        setup = self._setup
        credentials = Credentials(
            None,
            refresh_token=refresh_token,
            token_uri=setup.token,
            client_id=setup.client_id,
            client_secret=setup.client_secret,
        )
        credentials.refresh(Request())
        return {"tokens": {"access_token": credentials.token, "refresh_token": credentials.refresh_token}}


if __name__ == "__main__":
    serve(Client)
