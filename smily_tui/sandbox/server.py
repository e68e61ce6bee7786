"""Sandbox server: options, routes, start and stop."""

from __future__ import annotations

import functools
import json
import signal
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import anyio
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from smily_tui.errors import UsageError
from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.sandbox.api import METHODS, ROOT, Api
from smily_tui.sandbox.connection import Connection
from smily_tui.sandbox.consent import Consent
from smily_tui.sandbox.faults import Fault, checked_fault
from smily_tui.sandbox.faults_page import FaultsPage
from smily_tui.sandbox.forms import Forms, style
from smily_tui.sandbox.grants import Grants
from smily_tui.sandbox.guard import CONSENT, FAULTS, Guard
from smily_tui.sandbox.hosts import checked_host
from smily_tui.sandbox.log import Log
from smily_tui.sandbox.redirects import checked_redirect_uri
from smily_tui.sandbox.state import Client, Rotation, State
from smily_tui.sandbox.token import Token
from smily_tui.secret import Secret
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp

    Endpoint = Callable[[Request], Awaitable[Response]]


LOOPBACK: Final = "127.0.0.1"
LAST_ANSWERS: Final = 5  # seconds for answers under way after a signal
LONGEST_CREDENTIAL: Final = 255
LONGEST_NAME: Final = 80


def make_app(state: State, latency: float, log: Log, allow_hosts: tuple[str, ...] = ()) -> ASGIApp:
    """Build the server over `state`; token and API answers take `latency` seconds."""
    grants, forms = Grants(state), Forms()
    consent = Consent(state, grants, forms)
    faults = FaultsPage(state, forms)
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
        Route(CONSENT, consent.ask, methods=["GET"]),
        Route(CONSENT, consent.answer, methods=["POST"]),
        Route(f"{CONSENT}/native", consent.show_code, methods=["GET"]),
        Route("/style.css", style, methods=["GET"]),
        Route(FAULTS, faults.show, methods=["GET"]),
        Route(FAULTS, faults.change, methods=["POST"]),
        Route("/oauth/token", slowly(token.answer), methods=["POST"]),
        Route("/oauth/token/info", slowly(token.describe), methods=["GET"]),
        Route("/oauth/revoke", slowly(token.revoke), methods=["POST"]),
        Route(f"{ROOT}{{path:path}}", slowly(api.answer), methods=METHODS),
    ]
    app = Starlette(routes=routes, exception_handlers={404: _not_found, 405: _not_found})
    app.router.redirect_slashes = False
    return Guard(app, log, state, allow_hosts)


async def _not_found(_request: Request, _error: Exception) -> Response:
    # Rails has an empty body here, and no 405
    return Response(status_code=404, media_type="text/html")


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
        world_seed: makes the same invented accounts and records again.
        client_id: of the registered application; empty: made.
        client_secret: valid for this sandbox only; empty: made.
        app_name: name on the consent page.
        redirect_uris: registered besides the out-of-band URI.
        pkce: check `code_challenge` and `code_verifier`, as a Doorkeeper whose table has the columns.
        allow_hosts: host names that are answered, such as that of a TLS proxy.
        faults: ordered at the start; each happens once.
    """

    port: int = 0
    rotation: Rotation = "on-use"
    expires_in: int = 7200
    latency_ms: int = 0
    rate_limit: int = 1000
    patience: float = 10.0
    seed: int | None = None
    world_seed: int = 1
    client_id: str = ""
    client_secret: str = field(default="", repr=False)
    app_name: str = Client.name
    redirect_uris: tuple[str, ...] = ()
    pkce: bool = False
    allow_hosts: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    def registration(self) -> dict[str, object]:
        """Return the fields of the registered application.

        Raises:
            UsageError: one of them cannot be registered.
        """
        for label, text in (("Client ID", self.client_id), ("Client Secret", self.client_secret)):
            if len(text) > LONGEST_CREDENTIAL or not text.isprintable() or text != text.strip():
                raise UsageError(
                    f"Cannot register the {label}: it is too long, or has hidden characters.",
                    next="Choose another, or omit the option to get a generated one.",
                )
        name = clean(self.app_name, LONGEST_NAME)
        if not name:
            raise UsageError("The app's name is empty.", next="Choose another, or omit the option.")
        uris = dict.fromkeys((OUT_OF_BAND, *map(checked_redirect_uri, self.redirect_uris)))
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "name": name,
            "redirect_uris": tuple(uris),
        }


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
        """Bind the port.

        Raises:
            OSError: the port is taken.
            UsageError: the options cannot be used.
        """
        self.state = State(
            options.rotation,
            options.expires_in,
            options.rate_limit,
            options.seed,
            registration=options.registration(),
            pkce=options.pkce,
            world_seed=options.world_seed,
        )
        if now is not None:
            self.state.now = now
        allow_hosts = tuple(map(checked_host, options.allow_hosts))
        faults = tuple(map(checked_fault, options.faults))
        self._socket = socket.create_server((LOOPBACK, options.port))
        # inherited by connections; with Nagle's algorithm an answer waits 40 ms for a delayed acknowledgement
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        log_lines = Log(self.state, log)
        connection = functools.partial(Connection, patience=options.patience, log=log_lines)
        self._config = uvicorn.Config(
            make_app(self.state, options.latency_ms / 1000, log_lines, allow_hosts),
            http=connection,  # type: ignore[arg-type]
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
        for fault in faults:
            self.state.faults.order(fault)
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
            if self._away:  # ordered before the start
                self._socket.close()
            else:
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
