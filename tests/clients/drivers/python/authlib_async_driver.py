"""Driver of Authlib over httpx, asynchronous."""

from __future__ import annotations

from typing import Any

from authlib.integrations.httpx_client import AsyncOAuth2Client

from tests.clients.drivers.python import authlib_driver
from tests.clients.drivers.python.serving import serve


class Client(authlib_driver.Client):
    """AsyncOAuth2Client: replies are coroutines, which the loop of the driver runs."""

    Session = AsyncOAuth2Client

    async def exchange(self, code: str, url: str) -> dict[str, Any]:  # type: ignore[override]
        return await _awaited(super().exchange(code, url))

    async def get(self, path: str, access_token: str) -> dict[str, Any]:  # type: ignore[override]
        session = self._new_session(token={"access_token": access_token, "token_type": "Bearer"})
        response = await session.get(self._setup.server + path)
        return {"status": response.status_code, "json": response.json() if response.content else None}

    async def refresh(self, refresh_token: str) -> dict[str, Any]:  # type: ignore[override]
        return await _awaited(super().refresh(refresh_token))

    async def client_credentials(self) -> dict[str, Any]:  # type: ignore[override]
        return await _awaited(super().client_credentials())

    async def revoke(self, token: str) -> dict[str, Any]:  # type: ignore[override]
        response = await self._session.revoke_token(self._setup.revoke, token)
        return {"done": True} if response.status_code == 200 else {"error": str(response.status_code)}

    async def introspect(self, token: str) -> dict[str, Any]:  # type: ignore[override]
        response = await self._session.introspect_token(self._setup.introspect, token)
        return {"done": True} if response.status_code == 200 else {"error": str(response.status_code)}


async def _awaited(reply: dict[str, Any]) -> dict[str, Any]:
    return {"tokens": await reply["tokens"]}


if __name__ == "__main__":
    serve(Client)
