"""What holds for every request: this host and origin only, a bounded body, no caching, a line in the log."""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import Response

from smily_tui.secret import MASK

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from smily_tui.sandbox.state import State

LARGEST_BODY: Final = 64 * 1024
FORMS: Final = "/oauth/authorize"  # the only path that a browser sends a form of ours to
HOSTS: Final = ("127.0.0.1", "localhost", "[::1]")
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
}
_SECRET = re.compile(r"[0-9a-f]{64}")


class Guard:
    """Refuses other hosts and origins, adds the headers that pages with codes need, writes the log.

    Args:
        app: what answers.
        log: is given a line for each answer.
        state: its clock dates the answers; it may run ahead of the machine's.
    """

    def __init__(self, app: ASGIApp, log: Callable[[str], None] | None, state: State) -> None:
        self._app = app
        self._log = log
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        scope.setdefault("state", {})["note"] = ""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                dated = HEADERS | {"Date": formatdate(self._state.now(), usegmt=True)}
                for name, value in dated.items():
                    if name.lower().encode() not in own:
                        message["headers"].append((name.lower().encode(), value.encode()))
                if self._log:
                    self._log(_line(scope, message["status"]))
            await send(message)

        if _is_ours(scope):
            await self._app(scope, _bounded(receive), answer)
        else:
            await Response(status_code=403, media_type="text/html")(scope, receive, answer)


def _bounded(receive: Receive) -> Receive:
    """Count a body while it arrives; raises HTTPException (413) where it is too long, keeping none of it."""
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > LARGEST_BODY:
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return counted


def _line(scope: Scope, status: int) -> str:
    """Method, path, grant and status; never the query, nor a token that was put into the path."""
    return _SECRET.sub(MASK, f"{scope['method']} {scope['path']}{scope['state']['note']} {status}")


def _is_ours(scope: Scope) -> bool:
    """Whether host and, where it is told, origin are this server: another site's page gets nowhere.

    The pages say `no-referrer`, so that a browser sends their own forms with the origin `null`; those
    are known by the token in the form. Elsewhere `null` is a page that hides where it is from.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    hosts = {f"{host}:{scope['server'][1]}" for host in HOSTS}
    origins = {None, *(f"http://{host}" for host in hosts)} | ({"null"} if scope["path"] == FORMS else set())
    return headers.get("host") in hosts and headers.get("origin") in origins
