"""Driver of httpx-oauth, which is asynchronous only, and reads no redirect URL itself."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import httpx
from httpx_oauth.oauth2 import BaseOAuth2, OAuth2RequestError

from tests.clients.drivers.python.serving import Setup, serve

VERIFIER = "verifier-of-at-least-forty-three-characters-0"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class Client:
    """BaseOAuth2."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._client = BaseOAuth2(
            setup.client_id,
            setup.client_secret,
            setup.authorize,
            setup.token,
            setup.token,
            setup.revoke,
            token_endpoint_auth_method=setup.method,
            revocation_endpoint_auth_method=setup.method,
        )

    @staticmethod
    def reported(error: Exception) -> str:
        if isinstance(error, OAuth2RequestError) and error.response is not None and error.response.content:
            return str(error.response.json()["error"])
        return ""

    async def authorize(self, state: str) -> dict[str, Any]:
        setup = self._setup
        pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"} if setup.pkce else {}
        return {
            "url": await self._client.get_authorization_url(setup.redirect_uri, state, setup.scopes, **pkce)
        }

    async def exchange(self, code: str, url: str) -> dict[str, Any]:
        del url
        verifier = VERIFIER if self._setup.pkce else None
        return {"tokens": await self._client.get_access_token(code, self._setup.redirect_uri, verifier)}

    def get(self, path: str, access_token: str) -> dict[str, Any]:
        response = httpx.get(
            self._setup.server + path, headers={"Authorization": f"Bearer {access_token}"}, trust_env=False
        )
        return {"status": response.status_code, "json": response.json() if response.content else None}

    async def refresh(self, refresh_token: str) -> dict[str, Any]:
        return {"tokens": await self._client.refresh_token(refresh_token)}

    async def revoke(self, token: str) -> dict[str, Any]:
        await self._client.revoke_token(token)
        return {"done": True}


if __name__ == "__main__":
    serve(Client)
