"""Driver of oauthlib alone, which writes requests and reads answers, over httpx."""

from __future__ import annotations

from typing import Any

import httpx
from oauthlib.oauth2 import BackendApplicationClient, OAuth2Error, WebApplicationClient

from tests.clients.drivers.python.serving import Setup, serve


class Client:
    """WebApplicationClient."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._client = WebApplicationClient(setup.client_id)
        if setup.pkce:
            self._client.create_code_challenge(self._client.create_code_verifier(64), "S256")
        self._http = httpx.Client(trust_env=False)

    @staticmethod
    def reported(error: Exception) -> str:
        return str(error.error) if isinstance(error, OAuth2Error) else ""

    def authorize(self, state: str) -> dict[str, Any]:
        setup, client = self._setup, self._client
        challenge = {"code_challenge": client.code_challenge, "code_challenge_method": "S256"}
        url, _, _ = client.prepare_authorization_request(
            setup.authorize,
            state=state,
            redirect_url=setup.redirect_uri,
            scope=setup.scopes,
            **(challenge if setup.pkce else {}),
        )
        return {"url": url}

    def exchange(self, code: str, url: str) -> dict[str, Any]:
        grant = {"authorization_response": url} if self._setup.by_redirect else {"code": code}
        if self._setup.pkce:
            grant["code_verifier"] = self._client.code_verifier
        request = self._client.prepare_token_request(
            self._setup.token,
            redirect_url=self._setup.redirect_uri,
            include_client_id=bool(self._secret),
            **grant,
            **self._secret,
        )
        return self._send(request)

    def declined(self, url: str) -> dict[str, Any]:
        self._client.parse_request_uri_response(url, state=self._client.state)
        return {}

    def get(self, path: str, access_token: str) -> dict[str, Any]:
        client = WebApplicationClient(self._setup.client_id, access_token=access_token)
        url, headers, _ = client.add_token(self._setup.server + path, "GET")
        response = self._http.get(url, headers=headers)
        return {"status": response.status_code, "json": response.json() if response.content else None}

    def refresh(self, refresh_token: str) -> dict[str, Any]:
        credentials = {"client_id": self._setup.client_id, **self._secret} if self._secret else {}
        request = self._client.prepare_refresh_token_request(
            self._setup.token, refresh_token=refresh_token, **credentials
        )
        return self._send(request)

    def client_credentials(self) -> dict[str, Any]:
        client = BackendApplicationClient(self._setup.client_id)
        return self._send(
            client.prepare_token_request(self._setup.token, include_client_id=True, **self._secret)
        )

    def revoke(self, token: str) -> dict[str, Any]:
        credentials = {"client_id": self._setup.client_id, **self._secret} if self._secret else {}
        url, headers, body = self._client.prepare_token_revocation_request(
            self._setup.revoke, token, **credentials
        )
        response = self._http.post(url, headers=headers, content=body, auth=self._auth)
        return {"done": True} if response.status_code == 200 else {"error": str(response.status_code)}

    def _send(self, request: tuple[str, dict[str, str], str]) -> dict[str, Any]:
        url, headers, body = request
        response = self._http.post(url, headers=headers, content=body, auth=self._auth)
        return {"tokens": self._client.parse_request_body_response(response.text)}

    @property
    def _auth(self) -> httpx.Auth:
        setup = self._setup
        return httpx.Auth() if self._secret else httpx.BasicAuth(setup.client_id, setup.client_secret)

    @property
    def _secret(self) -> dict[str, str]:
        """Secret for the body; with HTTP Basic none."""
        setup = self._setup
        return {} if setup.authentication == "basic" else {"client_secret": setup.client_secret}


if __name__ == "__main__":
    serve(Client)
