"""Driver of Authlib over requests; its session reads no error from a redirect URL."""

from __future__ import annotations

from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session

from tests.clients.drivers.python.serving import Setup, serve

VERIFIER = "verifier-of-at-least-forty-three-characters-0"


class Client:
    """OAuth2Session; a class derived from it says which HTTP client carries it."""

    Session: Any = OAuth2Session

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._session = self._new_session(redirect_uri=setup.redirect_uri, scope=" ".join(setup.scopes))

    def _new_session(self, **options: Any) -> Any:
        setup = self._setup
        if setup.pkce:
            options["code_challenge_method"] = "S256"
        return self.Session(
            setup.client_id, setup.client_secret, token_endpoint_auth_method=setup.method, **options
        )

    @staticmethod
    def reported(error: Exception) -> str:
        return str(error.error) if isinstance(error, AuthlibBaseError) else ""

    def authorize(self, state: str) -> dict[str, Any]:
        verifier = {"code_verifier": VERIFIER} if self._setup.pkce else {}
        url, _ = self._session.create_authorization_url(self._setup.authorize, state=state, **verifier)
        return {"url": url}

    def exchange(self, code: str, url: str) -> dict[str, Any]:
        grant = {"authorization_response": url} if self._setup.by_redirect else {"code": code}
        if self._setup.pkce:
            grant["code_verifier"] = VERIFIER
        return {"tokens": self._session.fetch_token(self._setup.token, **grant)}

    def get(self, path: str, access_token: str) -> dict[str, Any]:
        session = self._new_session(token={"access_token": access_token, "token_type": "Bearer"})
        response = session.get(self._setup.server + path)
        return {"status": response.status_code, "json": response.json() if response.content else None}

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        return {"tokens": self._session.refresh_token(self._setup.token, refresh_token=refresh_token)}

    def client_credentials(self) -> dict[str, Any]:
        return {"tokens": self._new_session().fetch_token(self._setup.token, grant_type="client_credentials")}

    def revoke(self, token: str) -> dict[str, Any]:
        response = self._session.revoke_token(self._setup.revoke, token)
        return {"done": True} if response.status_code == 200 else {"error": str(response.status_code)}

    def introspect(self, token: str) -> dict[str, Any]:
        response = self._session.introspect_token(self._setup.introspect, token)
        return {"done": True} if response.status_code == 200 else {"error": str(response.status_code)}


if __name__ == "__main__":
    serve(Client)
