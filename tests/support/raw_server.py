"""Server that answers each connection byte by byte, as the test says."""

from __future__ import annotations

import re
import socket
import threading
from typing import TYPE_CHECKING

from smily_tui.secret import Secret
from tests.support.polling import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN = Secret("t0ken" * 10)


class RawServer:
    """Answers each connection with whatever the test wants, byte by byte."""

    def __init__(self, answer: Callable[[socket.socket], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._answer = answer
        self.requests: list[bytes] = []
        self.origin = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(5)
                try:
                    self.requests.append(_whole_request(connection))
                    self._answer(connection)
                except OSError:
                    continue

    def stop(self) -> None:
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(timeout=PATIENCE)


def _whole_request(connection: socket.socket) -> bytes:
    """The head and as much body as it announces; both may come in several pieces."""
    request = connection.recv(65536)
    while True:
        head, end, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if not request or not request[:1].isalpha() or (end and len(body) >= int(length[1] if length else 0)):
            return request
        request += connection.recv(65536)
