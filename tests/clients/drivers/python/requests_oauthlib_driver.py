"""Driver of requests-oauthlib."""

from __future__ import annotations

from typing import Any

from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error
from requests.auth import HTTPBasicAuth
from requests_oauthlib import OAuth2Session

from tests.clients.drivers.python.serving import Setup, serve


class Client:
    """OAuth2Session."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._session = OAuth2Session(
            setup.client_id,
            redirect_uri=setup.redirect_uri,
            scope=setup.scopes,
            pkce="S256" if setup.pkce else None,
        )

    @staticmethod
    def reported(error: Exception) -> str:
        return str(error.error) if isinstance(error, OAuth2Error) else ""

    def authorize(self, state: str) -> dict[str, Any]:
        return {"url": self._session.authorization_url(self._setup.authorize, state=state)[0]}

    def exchange(self, code: str, url: str) -> dict[str, Any]:
        grant = {"authorization_response": url} if self._setup.by_redirect else {"code": code}
        return {"tokens": self._session.fetch_token(self._setup.token, **grant, **self._authentication())}

    def declined(self, url: str) -> dict[str, Any]:
        return self.exchange("", url)

    def get(self, path: str, access_token: str) -> dict[str, Any]:
        token = {"access_token": access_token, "token_type": "Bearer"}
        response = OAuth2Session(self._setup.client_id, token=token).get(self._setup.server + path)
        return {"status": response.status_code, "json": response.json() if response.content else None}

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        credentials = self._authentication()
        if "auth" not in credentials:
            credentials["client_id"] = self._setup.client_id
        return {
            "tokens": self._session.refresh_token(
                self._setup.token, refresh_token=refresh_token, **credentials
            )
        }

    def client_credentials(self) -> dict[str, Any]:
        session = OAuth2Session(client=BackendApplicationClient(self._setup.client_id))
        return {"tokens": session.fetch_token(self._setup.token, **self._authentication())}

    def _authentication(self) -> dict[str, Any]:
        setup = self._setup
        if setup.authentication == "basic":
            return {"auth": HTTPBasicAuth(setup.client_id, setup.client_secret)}
        return {"client_secret": setup.client_secret, "include_client_id": True}


if __name__ == "__main__":
    serve(Client)
