"""Servers on loopback that answer byte by byte as a test wants, and keep whatever reached them."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

PATIENCE = 10.0


class Listener:
    """Hands each connection to `answer`, in a thread of its own, after the request has been read.

    Attributes:
        received: what came in over each connection, in clear; with TLS nothing but what the client sent
            after it had trusted the server.
        connections: how many were accepted.
        stopping: set at the end of the test; answers that drip wait on it instead of sleeping.
    """

    def __init__(
        self,
        answer: Callable[[socket.socket, Listener], None],
        *,
        tls: ssl.SSLContext | None = None,
        reads_first: bool = True,
    ) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._answer = answer
        self._tls = tls
        self._reads_first = reads_first
        self._threads: list[threading.Thread] = []
        self.port: int = self._socket.getsockname()[1]
        self.origin = f"http{'s' if tls else ''}://127.0.0.1:{self.port}"
        self.received: list[bytes] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._start(self._accept)

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not any(thread.is_alive() for thread in self._threads)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE / 2)
        with contextlib.suppress(OSError), connection:  # the client may leave at any time
            if self._tls is None:
                self._converse(connection)
                return
            with self._tls.wrap_socket(connection, server_side=True) as encrypted:
                self._converse(encrypted)

    def _converse(self, connection: socket.socket) -> None:
        if self._reads_first:
            self.received.append(_request(connection))
        self._answer(connection, self)


def _request(connection: socket.socket) -> bytes:
    """The head and as much body as it announces; what came, where the connection ends before."""
    request = b""
    while True:
        head, end, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if end and len(body) >= int(length[1] if length else 0):
            return request
        piece = connection.recv(65536)
        request += piece
        if not piece or not request[:1].isalpha():  # TLS where none is spoken
            return request


def sends(*pieces: bytes) -> Callable[[socket.socket, Listener], None]:
    """An answer in so many pieces, and the end."""

    def answer(connection: socket.socket, _: Listener) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return answer


def repeats(head: bytes, piece: bytes, *, every: float = 0.0) -> Callable[[socket.socket, Listener], None]:
    """A head, then `piece` again and again until the client leaves."""

    def answer(connection: socket.socket, listener: Listener) -> None:
        connection.sendall(head)
        while not listener.stopping.wait(every) if every else not listener.stopping.is_set():
            connection.sendall(piece)

    return answer


def resets(*pieces: bytes) -> Callable[[socket.socket, Listener], None]:
    """Pieces of an answer, then RST instead of an end."""

    def answer(connection: socket.socket, listener: Listener) -> None:
        sends(*pieces)(connection, listener)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return answer


def half_closes(*pieces: bytes) -> Callable[[socket.socket, Listener], None]:
    """Pieces of an answer, then the end of one direction only."""

    def answer(connection: socket.socket, listener: Listener) -> None:
        sends(*pieces)(connection, listener)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)

    return answer


def is_silent(_: socket.socket, listener: Listener) -> None:
    """No answer at all, over an open connection."""
    listener.stopping.wait(PATIENCE)
