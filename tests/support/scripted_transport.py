"""The transport of the program, before a server that is a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpcore

from smily_tui.oauth.http import Transport

if TYPE_CHECKING:
    from collections.abc import Callable

    Reply = Callable[[httpcore.Request], httpcore.Response]


class ScriptedPool(httpcore.ConnectionPool):
    """A wire inside the process."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        request.extensions["trace"]("connection.connect_tcp.started", {})  # as httpcore does
        return self._reply(request)


class ScriptedTransport(Transport):
    """A sender whose requests a function answers."""

    def __init__(self, server: str, reply: Reply, deadline: float = 30.0) -> None:
        super().__init__(server, deadline=deadline)
        self._reply = reply

    def _pool(self) -> httpcore.ConnectionPool:
        return ScriptedPool(self._reply)
