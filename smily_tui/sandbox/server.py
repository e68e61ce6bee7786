"""Runs the sandbox: on 127.0.0.1 only, until a signal, or until nobody holds its stdin any more."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import uvicorn

from smily_tui.sandbox.app import make_app
from smily_tui.sandbox.state import Rotation, State
from smily_tui.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Options:
    """How the sandbox behaves.

    Attributes:
        port: 0 takes any free one.
        rotation: when a refresh ends the old pair.
        expires_in: seconds that an access token lives.
        latency_ms: milliseconds that token and API answers take.
        rate_limit: API calls an hour.
        seed: makes ids, codes and tokens the same on each run, for pictures; None: random.
    """

    port: int = 0
    rotation: Rotation = "on-use"
    expires_in: int = 7200
    latency_ms: int = 0
    rate_limit: int = 1000
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
        config = uvicorn.Config(
            make_app(self.state, options.latency_ms / 1000, log),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def listening(self) -> Listening:
        """Where it listens."""
        client = self.state.client
        origin = f"http://{LOOPBACK}:{self._socket.getsockname()[1]}"
        return Listening(origin, client.client_id, Secret(client.client_secret))

    def run(self) -> None:
        """Serve until SIGINT or SIGTERM, or until `stop`."""
        # uvicorn raises a caught signal again when it has shut down: then it has done its work
        signal.signal(signal.SIGTERM, lambda *_: None)
        with contextlib.suppress(KeyboardInterrupt):
            self._serve()

    def stop(self) -> None:
        """End serving; open answers are finished."""
        self._server.should_exit = True

    def _serve(self) -> None:
        self._server.run(sockets=[self._socket])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._thread.join()
        self._socket.close()
