"""Guard: refuses foreign hosts and forged forms, limits bodies, adds headers, and keeps the log."""

from __future__ import annotations

import re
from email.utils import formatdate
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse

from smily_tui.sandbox.hosts import is_loopback, split_authority
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from smily_tui.sandbox.log import Log
    from smily_tui.sandbox.state import State


LARGEST_BODY: Final = 64 * 1024
CONSENT: Final = "/oauth/authorize"
FAULTS: Final = "/sandbox/faults"
# the only paths that take a form from a browser
FORMS: Final = frozenset({CONSENT, FAULTS})
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Pragma": "no-cache",
    "Referrer-Policy": "no-referrer",
    "Vary": "Origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY: Final = (
    "default-src 'none'; style-src 'self'; form-action {targets}; frame-ancestors 'none'; base-uri 'none'"
)
_USUAL_CASE: Final = {
    "www-authenticate": "WWW-Authenticate",
    "etag": "ETag",
    "x-ratelimit-limit": "X-RateLimit-Limit",
    "x-ratelimit-remaining": "X-RateLimit-Remaining",
    "x-ratelimit-reset": "X-RateLimit-Reset",
    # uvicorn 0.54 looks for it in this case only
    "connection": "connection",
}
_SLASHES: Final = re.compile(r"/{2,}")


def policy(origins: Iterable[str] = ()) -> dict[str, str]:
    """Return the Content-Security-Policy of a page; its form may lead to these origins, too."""
    return {"Content-Security-Policy": POLICY.format(targets=" ".join(("'self'", *origins)))}


class Guard:
    """Outermost middleware, so that it also sees the answer to a bug.

    Args:
        app: answers the request, whose path has one form.
        log: receives a line for each answer.
        state: its clock dates the answers; it may be ahead of the machine's.
        allowed: host names that are answered besides those of this computer.
    """

    def __init__(self, app: ASGIApp, log: Log, state: State, allowed: Iterable[str] = ()) -> None:
        self._app = app
        self._log = log
        self._state = state
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        self._log.begin(scope)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = self._complete(message["headers"])
                self._log.answered(scope, message["status"])
            await send(message)

        routed = {**scope, "path": canonical(scope["path"])}
        if refusal := self._refusal(routed):
            scope["state"]["reason"] = refusal
            await PlainTextResponse(f"{refusal}\n", 403)(scope, receive, answer)
        else:
            await self._app(routed, _limit_body(scope, receive), answer)

    def _complete(self, headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Add the headers that every answer has, and write all names as Rails does."""
        written = [(_usual_case(name.decode("latin-1")), value) for name, value in headers]
        present = {name for name, _ in written}
        always = HEADERS | policy() | {"Date": formatdate(self._state.now(), usegmt=True)}
        written += [(name, value.encode()) for name, value in always.items() if name not in present]
        return [(name.encode("latin-1"), value) for name, value in written]

    def _refusal(self, scope: Scope) -> str:
        """Return why the request is refused; empty if it is not.

        The host is checked against DNS rebinding. A client without browser may leave it out (HTTP/1.0).
        """
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host")
        if host is not None and (problem := self._problem_of_host(host, scope["path"])):
            return problem
        if scope["method"] == "POST" and scope["path"] in FORMS:
            return _problem_of_origin(headers)
        return ""

    def _problem_of_host(self, host: str, path: str) -> str:
        authority = split_authority(host)
        if authority is None:
            return f"Refused: the Host header “{clean(host, 80)}” is malformed."
        name, _ = authority
        if is_loopback(name):
            return ""
        if name not in self._allowed:
            return (
                f"Refused: “{clean(host, 80)}” is not a name of this sandbox (Host header). "
                "To allow a name, start the sandbox with --allow-host NAME."
            )
        return "Refused: this page is for this computer only." if path == FAULTS else ""


def canonical(path: str) -> str:
    """Return a path without doubled and final slashes and without `.json`, which Rails ignores."""
    short = _SLASHES.sub("/", path).rstrip("/")
    name = short.rpartition("/")[2]
    return (short if name == ".json" else short.removesuffix(".json")) or "/"


def _problem_of_origin(headers: Mapping[str, str]) -> str:
    """Return why a form is refused; empty if it comes from a page of this server.

    Because of `no-referrer` browsers send the forms of our own pages with the origin `null`; the token in
    the form proves where it comes from.
    """
    origin = headers.get("origin", "null")
    scheme, _, authority = origin.partition("://")
    same = split_authority(authority) == split_authority(headers.get("host", ""))
    if origin == "null" or (scheme in ("http", "https") and split_authority(authority) and same):
        return ""
    return f"Refused: this form was sent by a page of “{clean(origin, 80)}” (Origin header)."


def _limit_body(scope: Scope, receive: Receive) -> Receive:
    """Count a body while it arrives; if it is too long, raise HTTPException (413) and keep nothing."""
    arrived = 0

    async def counted() -> Message:
        nonlocal arrived
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > LARGEST_BODY:
            scope["state"]["reason"] = f"body longer than {LARGEST_BODY // 1024} KiB"
            raise HTTPException(413, headers={"Connection": "close"})
        return message

    return counted


def _usual_case(name: str) -> str:
    return _USUAL_CASE.get(name.lower()) or "-".join(part.capitalize() for part in name.split("-"))
