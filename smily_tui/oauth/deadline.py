"""One deadline over a whole exchange: httpcore's limits are per read, so a slow drip would last for ever.

Beside it the bytes themselves are kept: httpcore throws away an answer whose head it refuses.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import httpcore
import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable


class Deadline:
    """A moment after which nothing is waited for any more."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def within(self, limit: float | None, late: type[Exception]) -> float:
        """The smaller of `limit` and the seconds that are left; raises `late` when none are."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise late("the deadline has passed")
        return left if limit is None else min(limit, left)


class Wire:
    """What arrived over the newest connection, in clear, and the connection itself.

    Args:
        most: how many bytes are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._streams: list[DeadlineStream] = []
        self.arrived = bytearray()

    def begin(self, stream: DeadlineStream) -> None:
        """From now on this is the connection: what came before belongs to a proxy or to a handshake."""
        self._streams.append(stream)
        self.arrived.clear()

    def keep(self, data: bytes) -> None:
        """Keep what was just read."""
        self.arrived += data[: self._most - len(self.arrived)]

    def drain(self, quiet: float) -> None:
        """Read what is still on its way, until the other side ends or says nothing for `quiet` seconds."""
        with contextlib.suppress(httpcore.ReadError, httpcore.TimeoutException):
            while self._streams and len(self.arrived) < self._most and self._streams[-1].read(65536, quiet):
                pass

    def close(self) -> None:
        """Close all connections."""
        while self._streams:
            self._streams.pop().end()


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose every read and write ends at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, wire: Wire) -> None:
        self._stream = stream
        self._deadline = deadline
        self._wire = wire
        wire.begin(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read some bytes; raises httpcore.ReadTimeout."""
        data = self._stream.read(max_bytes, self._deadline.within(timeout, httpcore.ReadTimeout))
        self._wire.keep(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all bytes; raises httpcore.WriteTimeout."""
        self._stream.write(buffer, self._deadline.within(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Nothing yet: httpcore closes what it refuses, and the rest of it may hold tokens. See `end`."""

    def end(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Go on encrypted; raises httpcore.ConnectTimeout."""
        left = self._deadline.within(timeout, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return DeadlineStream(stream, self._deadline, self._wire)

    def get_extra_info(self, info: str) -> Any:
        """What the connection tells of itself."""
        return self._stream.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections that end at the deadline."""

    def __init__(self, backend: httpcore.NetworkBackend, deadline: Deadline, wire: Wire) -> None:
        self._backend = backend
        self._deadline = deadline
        self._wire = wire

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect; raises httpcore.ConnectTimeout."""
        left = self._deadline.within(timeout, httpcore.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return DeadlineStream(stream, self._deadline, self._wire)


class DeadlineTransport(httpx.HTTPTransport):
    """httpx's own transport over connections that end at the deadline."""

    def __init__(self, deadline: Deadline, wire: Wire, **options: Any) -> None:
        super().__init__(**options)
        # httpx offers no way to pass httpcore's `network_backend`; a test fails when this name changes.
        self._pool._network_backend = DeadlineBackend(  # noqa: SLF001
            self._pool._network_backend,  # noqa: SLF001
            deadline,
            wire,
        )
