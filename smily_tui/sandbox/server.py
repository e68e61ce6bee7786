"""Runs the sandbox: on 127.0.0.1 only, until a signal, or until nobody holds its stdin any more."""

from __future__ import annotations

import functools
import json
import signal
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import uvicorn

from smily_tui.sandbox.app import make_app
from smily_tui.sandbox.connection import Connection
from smily_tui.sandbox.state import Rotation, State
from smily_tui.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

LOOPBACK = "127.0.0.1"
LAST_ANSWERS = 5  # seconds that answers under way have left after a signal


@dataclass(frozen=True)
class Options:
    """How the sandbox behaves.

    Attributes:
        port: 0 takes any free one.
        rotation: when a refresh ends the old pair.
        expires_in: seconds that an access token lives.
        latency_ms: milliseconds that token and API answers take.
        rate_limit: API calls an hour.
        patience: seconds until a request that began to arrive must be here whole.
        seed: makes ids, codes and tokens the same on each run, for pictures; None: random.
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
    """Where the sandbox listens, and the application that is registered there."""

    server: str
    client_id: str
    client_secret: Secret

    def as_json_line(self) -> str:
        """The line that `smily-tui sandbox` prints; these credentials open nothing but this sandbox."""
        return json.dumps(
            {
                "server": self.server,
                "client_id": self.client_id,
                "client_secret": self.client_secret.reveal(),
            }
        )


class Sandbox:
    """A sandbox with its socket already bound; `with` runs it in a thread, `run` in this one."""

    def __init__(
        self,
        options: Options = Options(),
        *,
        log: Callable[[str], None] | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        """Bind the port; raises OSError where it is taken."""
        self.state = State(options.rotation, options.expires_in, options.rate_limit, options.seed)
        if now is not None:
            self.state.now = now
        self._socket = socket.create_server((LOOPBACK, options.port))
        # its connections inherit this; without it each answer waits 40 ms for a delayed acknowledgement
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._config = uvicorn.Config(
            make_app(self.state, options.latency_ms / 1000, log),
            http=functools.partial(Connection, patience=options.patience),  # type: ignore[arg-type]
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            date_header=False,  # the guard sends one, by the sandbox's own clock
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
        """Where it listens."""
        client = self.state.client
        origin = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        return Listening(origin, client.client_id, Secret(client.client_secret))

    def run(self, announce: Callable[[Listening], None]) -> None:
        """Say where it listens, then serve until SIGINT or SIGTERM, or until `stop`."""
        # from before the announcement on: whoever reads it may send the signal at once; and uvicorn,
        # which has handlers of its own while it serves, raises a caught signal again at its end
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self.stop())
        announce(self.listening)
        self._serve()

    def stop(self) -> None:
        """End serving; open answers are finished."""
        self._stopped.set()
        self._server.should_exit = True

    def _go_away(self, seconds: float) -> None:
        self._away = seconds
        self._server.should_exit = True

    def _serve(self) -> None:
        """Serve until stopped; while it is away its port refuses connections, as a dead network does."""
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
