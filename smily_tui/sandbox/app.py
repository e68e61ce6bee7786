"""The routes, and what holds for every request: loopback only, no caching, no framing, a line in the log."""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smily_tui.sandbox.api import Api
from smily_tui.sandbox.consent import Consent
from smily_tui.sandbox.grants import Grants

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from smily_tui.sandbox.state import State

HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
LARGEST_BODY: Final = 64 * 1024
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
    ),
}


def make_app(state: State, latency: float, log: Callable[[str], None] | None) -> Starlette:
    """The server over `state`; token and API answers take `latency` seconds."""
    grants = Grants(state)
    consent = Consent(state, grants)
    api = Api(state)

    async def token(request: Request) -> Response:
        await anyio.sleep(latency / 2)
        try:
            fields = await _fields(request)
        except ValueError:
            return Response(status_code=400, media_type="text/html")
        request.state.note = f" grant_type={fields.get('grant_type', '-')[:40]}"
        status, headers, body = grants.answer_token_request(str(request.url.replace(query="")), fields)
        await anyio.sleep(latency / 2)
        return JSONResponse(body, status, headers)

    def slowly(answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def after_a_while(request: Request) -> Response:
            await anyio.sleep(latency)
            response: Response = await answer(request)
            return response

        return after_a_while

    routes = [
        Route("/oauth/authorize", consent.ask, methods=["GET"]),
        Route("/oauth/authorize", consent.answer, methods=["POST"]),
        Route("/oauth/authorize/native", consent.show_code, methods=["GET"]),
        Route("/oauth/token", token, methods=["POST"]),
        Route("/api/v3/me", slowly(api.me), methods=["GET"]),
        Route("/api/v3/accounts", slowly(api.accounts), methods=["GET"]),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(Guard, log=log)],
        exception_handlers={404: _nothing, 405: _nothing},
    )


async def _nothing(_request: Request, error: Exception) -> Response:
    return Response(status_code=getattr(error, "status_code", 404), media_type="text/html")


async def _fields(request: Request) -> dict[str, str]:
    """The parameters of a token request, wherever they were put: this family of servers takes them all.

    Raises:
        ValueError: the body is not what its type says.
    """
    body = await request.body()
    if len(body) > LARGEST_BODY:
        raise ValueError
    fields = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        found = json.loads(body)
        if not isinstance(found, dict):
            raise ValueError
        fields |= {str(name): str(value) for name, value in found.items()}
    else:
        fields |= dict(
            parse_qsl(
                body.decode("ascii"), keep_blank_values=True, strict_parsing=bool(body), errors="strict"
            )
        )
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except binascii.Error:
            raise ValueError from None
        fields |= {"client_id": name, "client_secret": secret}
    return fields


class Guard:
    """Refuses other hosts and origins, adds the headers that pages with codes need, writes the log."""

    def __init__(self, app: ASGIApp, log: Callable[[str], None] | None) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})["note"] = ""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                for name, value in HEADERS.items():
                    if name.lower().encode() not in own:
                        message["headers"].append((name.lower().encode(), value.encode()))
                if self._log:
                    note = scope["state"]["note"]
                    self._log(f"{scope['method']} {scope['path']}{note} {message['status']}")
            await send(message)

        if _is_ours(scope):
            await self._app(scope, receive, answer)
        else:
            await Response(status_code=403, media_type="text/html")(scope, receive, answer)


def _is_ours(scope: Scope) -> bool:
    """Whether host and, where it is told, origin are this server: another site's page gets nowhere."""
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    port = scope["server"][1]
    hosts = {f"{host}:{port}" for host in HOSTS}
    origin = headers.get("origin", "null" if scope["method"] == "GET" else "")
    return headers.get("host", "") in hosts and (
        origin in {"", "null"} or origin in {f"http://{host}" for host in hosts}
    )
