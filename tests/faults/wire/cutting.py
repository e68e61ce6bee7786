"""A proxy in front of a real sandbox that cuts the next answer where it is told to."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Callable

End = Literal["fin", "rst"]
LINGER: Final = struct.pack("ii", 1, 0)  # closing resets the connection


@dataclass
class Cut:
    """What happens to the next answer: so many bytes of it arrive, and then this; or another one instead.

    `bend` makes another answer of its body.
    """

    after: int | None = None
    end: End = "fin"
    instead: bytes | None = None
    bend: Callable[[bytes], bytes] | None = None


class CuttingProxy:
    """Passes requests on to a sandbox, and its answers back as far as it is told to."""

    def __init__(self, server: str) -> None:
        self._target = int(server.rpartition(":")[2])
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._port = self._listener.getsockname()[1]
        self.origin = f"http://127.0.0.1:{self._port}"
        self.next: Cut | None = None
        self.requests = 0
        self.last = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                self._pass_on(client)

    def _pass_on(self, client: socket.socket) -> None:
        request = _message(client)
        if not request:
            return
        self.requests += b"grant_type=refresh_token" in request or b"grant_type=authorization_code" in request
        ours, theirs = (f"127.0.0.1:{port}".encode() for port in (self._port, self._target))
        request = request.replace(b"Host: " + ours, b"Host: " + theirs, 1)
        with socket.create_connection(("127.0.0.1", self._target)) as server:
            server.sendall(request)
            answer = self.last = _message(server)
        cut, self.next = self.next, None
        if cut is not None and cut.instead is not None:
            answer = cut.instead
        if cut is not None and cut.bend is not None:
            answer = cut.bend(answer.partition(b"\r\n\r\n")[2])
        if cut is not None and cut.after is not None:
            answer = answer[: cut.after]
        with contextlib.suppress(OSError):
            client.sendall(answer)
            if cut is not None and cut.end == "rst":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)


def _message(connection: socket.socket) -> bytes:
    """One request or answer, head and body."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
