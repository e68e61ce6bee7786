"""A connection to the sandbox: uvicorn's, with a limit on how long a request may take to arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from smily_tui.sandbox.guard import HEADERS

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport


class Connection(H11Protocol):
    """Drops whoever does not finish a request; what uvicorn refuses by itself gets the guard's headers.

    Args:
        patience: seconds that a request may take to arrive.
    """

    def __init__(self, *parts: Any, patience: float, **named_parts: Any) -> None:
        super().__init__(*parts, **named_parts)
        self._patience = patience
        self._limit: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request, and wait no more once it is whole."""
        self._wait()
        super().data_received(data)
        if self.conn.their_state not in {h11.IDLE, h11.SEND_BODY}:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the limit with the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; `msg` is h11's own and of no use to anybody."""
        del msg
        headers: list[Any] = [*HEADERS.items(), ("Content-Length", "0"), ("Connection", "close")]
        head = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        for event in (head, h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _wait(self) -> None:
        if self._limit is None:
            self._limit = self.loop.call_later(self._patience, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
