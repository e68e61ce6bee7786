"""Connection to a client: dropped if a request takes too long, closed if it is not HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from smily_tui.sandbox.guard import HEADERS, policy

if TYPE_CHECKING:
    from asyncio import TimerHandle, Transport

    from smily_tui.sandbox.log import Log


class Connection(H11Protocol):
    """Connection that closes on a slow request, and that sends the guard's headers with uvicorn's own 400.

    uvicorn 0.54 has no limit for the time that a request takes to arrive.

    Args:
        patience: seconds for a request to arrive.
        log: receives a line for what never becomes a request.
    """

    def __init__(self, *parts: Any, patience: float, log: Log, **named_parts: Any) -> None:
        super().__init__(*parts, **named_parts)
        self._patience = patience
        self._log = log
        self._limit: TimerHandle | None = None
        self._began = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Start the limit for the first request."""
        super().connection_made(transport)
        self._start_limit()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; lift the limit once it is complete."""
        # Windows' event loop hands over what it was reading when the connection was closed
        if self.transport.is_closing():
            return
        self._began = True
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
        self._log.add("400", "not a complete HTTP request")
        headers = HEADERS | policy() | {"Content-Length": "0", "Connection": "close"}
        head = h11.Response(status_code=400, headers=[*headers.items()], reason=b"Bad Request")
        for event in (head, h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _drop(self) -> None:
        if self._began:  # browsers open connections in advance, which stay silent
            self._log.add("dropped", f"the request took longer than {self._patience:g} s to arrive")
        self.transport.close()

    def _start_limit(self) -> None:
        if self._limit is None:
            self._limit = self.loop.call_later(self._patience, self._drop)

    def _lift_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None
