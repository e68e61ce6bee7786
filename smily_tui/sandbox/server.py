"""Sandbox server: routes, request limits, slow clients, start and stop."""

from __future__ import annotations

import functools
import json
import re
import signal
import socket
import threading
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final, Self

import anyio
import h11
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from smily_tui.sandbox.api import Api
from smily_tui.sandbox.consent import Consent
from smily_tui.sandbox.grants import Grants
from smily_tui.sandbox.state import Rotation, State
from smily_tui.sandbox.token import Token
from smily_tui.secret import MASK, Secret

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    Endpoint = Callable[[Request], Awaitable[Response]]


LARGEST_BODY: Final = 64 * 1024
# the only path that takes a form from a browser
FORMS: Final = "/oauth/authorize"
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
    """Middleware that refuses other hosts and origins, adds headers against leaks, and writes the log.

    Args:
        app: answers the request.
        log: receives a line for each answer.
        state: its clock dates the answers; it may be ahead of the machine's.
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
                present = {name.lower() for name, _ in message["headers"]}
                headers = HEADERS | {"Date": formatdate(self._state.now(), usegmt=True)}
                for name, value in headers.items():
                    if name.lower().encode() not in present:
                        message["headers"].append((name.lower().encode(), value.encode()))
                if self._log:
                    self._log(_line(scope, message["status"]))
            await send(message)

        if _is_allowed(scope):
            await self._app(scope, _limit_body(receive), answer)
        else:
            await Response(status_code=403, media_type="text/html")(scope, receive, answer)


def _limit_body(receive: Receive) -> Receive:
    """Count a body while it arrives; if it is too long, raise HTTPException (413) and keep nothing."""
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
    """Write a log line: method, path, grant and status; no query, and no token within the path."""
    return _SECRET.sub(MASK, f"{scope['method']} {scope['path']}{scope['state']['note']} {status}")


def _is_allowed(scope: Scope) -> bool:
    """Check that `Host` and `Origin` name this server, against pages of other sites and DNS rebinding.

    Because of `no-referrer` browsers send the forms of our own pages with the origin `null`; the token in
    the form proves where it comes from. On other paths `null` is a page that hides its origin.
    """
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    hosts = {f"{host}:{scope['server'][1]}" for host in HOSTS}
    origins = {None, *(f"http://{host}" for host in hosts)} | ({"null"} if scope["path"] == FORMS else set())
    return headers.get("host") in hosts and headers.get("origin") in origins


class Connection(H11Protocol):
    """Connection that closes on a slow request, and that sends the guard's headers with uvicorn's own 400.

    uvicorn 0.54 has no limit for the time that a request takes to arrive.

    Args:
        patience: seconds for a request to arrive.
    """

    def __init__(self, *parts: Any, patience: float, **named_parts: Any) -> None:
        super().__init__(*parts, **named_parts)
        self._patience = patience
        self._limit: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the limit for the first request."""
        super().connection_made(transport)
        self._start_limit()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; lift the limit once it is complete."""
        self._start_limit()
        super().data_received(data)
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._lift_limit()

    def connection_lost(self, exc: Exception | None) -> None:
        """Lift the limit of a lost connection."""
        self._lift_limit()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse a malformed request, without the message of h11."""
        del msg
        headers: list[Any] = [*HEADERS.items(), ("Content-Length", "0"), ("Connection", "close")]
        head = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        for event in (head, h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _start_limit(self) -> None:
        if self._limit is None:
            self._limit = self.loop.call_later(self._patience, self.transport.close)

    def _lift_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


def make_app(state: State, latency: float, log: Callable[[str], None] | None) -> ASGIApp:
    """Build the server over `state`; token and API answers take `latency` seconds.

    The guard is outermost, so that it also sees the answer to a bug.
    """
    grants = Grants(state)
    consent = Consent(state, grants)
    token = Token(state, grants)
    api = Api(state)

    def slowly(endpoint: Endpoint) -> Endpoint:
        async def delayed(request: Request) -> Response:
            delay = state.faults.slow if state.faults.take("slow") else latency
            await anyio.sleep(delay / 2)
            response = await endpoint(request)
            await anyio.sleep(delay / 2)
            return response

        return delayed

    routes = [
        Route("/oauth/authorize", consent.ask, methods=["GET"]),
        Route("/oauth/authorize", consent.answer, methods=["POST"]),
        Route("/oauth/authorize/native", consent.show_code, methods=["GET"]),
        Route("/style.css", consent.style, methods=["GET"]),
        Route("/oauth/token", slowly(token.answer), methods=["POST"]),
        *(Route(path, slowly(endpoint), methods=["GET"]) for path, endpoint in api.routes().items()),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_found})
    app.router.redirect_slashes = False
    return Guard(app, log, state)


async def _not_found(_request: Request, _error: Exception) -> Response:
    # Rails has an empty body here, and no 405
    return Response(status_code=404, media_type="text/html")


LOOPBACK = "127.0.0.1"
LAST_ANSWERS: Final = 5  # seconds for answers under way after a signal


@dataclass(frozen=True)
class Options:
    """Behaviour of the sandbox.

    Attributes:
        port: 0 takes any free one.
        rotation: when a refresh ends the old pair.
        expires_in: lifetime of an access token in seconds.
        latency_ms: milliseconds that token and API answers take.
        rate_limit: API calls an hour.
        patience: seconds for a request to arrive.
        seed: makes IDs, codes and tokens the same on each run, for pictures; None: random.
    """

    port: int = 0
    rotation: Rotation = "on-use"
    expires_in: int = 7200
    latency_ms: int = 0
    rate_limit: int = 1000
    patience: float = 10.0
    seed: int | None = None


@dataclass(frozen=True)
class Listening:
    """Origin of the sandbox, and the application that is registered there."""

    server: str
    client_id: str
    client_secret: Secret

    def as_json_line(self) -> str:
        """Write the line that `smily-tui sandbox` prints; its credentials are valid for this sandbox only."""
        return json.dumps(
            {
                "server": self.server,
                "client_id": self.client_id,
                "client_secret": self.client_secret.reveal(),
            }
        )


class Sandbox:
    """Sandbox with its socket bound; `with` runs it in a thread of its own, `run` in the present one."""

    def __init__(
        self,
        options: Options = Options(),
        *,
        log: Callable[[str], None] | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        """Bind the port; raises OSError if it is taken."""
        self.state = State(options.rotation, options.expires_in, options.rate_limit, options.seed)
        if now is not None:
            self.state.now = now
        self._socket = socket.create_server((LOOPBACK, options.port))
        # inherited by connections; with Nagle's algorithm an answer waits 40 ms for a delayed acknowledgement
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._config = uvicorn.Config(
            make_app(self.state, options.latency_ms / 1000, log),
            http=functools.partial(Connection, patience=options.patience),  # type: ignore[arg-type]
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            # the guard sends one, by the sandbox's own clock
            date_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=LAST_ANSWERS,
        )
        self._server = uvicorn.Server(self._config)
        self._stopped = threading.Event()
        self._away = 0.0
        self.state.faults.away = self._go_away
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def listening(self) -> Listening:
        """Origin and application."""
        client = self.state.client
        origin = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        return Listening(origin, client.client_id, Secret(client.client_secret))

    def run(self, announce: Callable[[Listening], None]) -> None:
        """Announce the origin, then serve until SIGINT, SIGTERM or `stop`."""
        # Before the announcement: its reader may send a signal at once. uvicorn 0.54 installs handlers of
        # its own while it serves, and raises a caught signal once more at its end.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())
        announce(self.listening)
        self._serve()

    def stop(self) -> None:
        """Stop serving; open answers are finished."""
        self._stopped.set()
        self._server.should_exit = True

    def _go_away(self, seconds: float) -> None:
        self._away = seconds
        self._server.should_exit = True

    def _serve(self) -> None:
        """Serve until stopped; during the fault `offline` the port refuses connections."""
        address = self._socket.getsockname()
        while not self._stopped.is_set():
            self._server.run(sockets=[self._socket])
            if self._stopped.wait(self._away) or not self._away:
                return
            self._away = 0.0
            self._server = uvicorn.Server(self._config)
            self._socket = socket.create_server(address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join()
        self._socket.close()
