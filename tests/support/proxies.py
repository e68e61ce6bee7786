"""Proxies that really lead on: one that takes CONNECT, and one that speaks SOCKS5 (RFC 1928, RFC 1929)."""

from __future__ import annotations

import base64
import contextlib
import selectors
import socket
from typing import TYPE_CHECKING

from tests.support.listening import Listener
from tests.support.polling import PATIENCE

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable


def connect_proxy(*, login: str = "", tls: ssl.SSLContext | None = None) -> Listener:
    """An HTTP proxy; with `login` as `user:password` it wants one."""

    def serve(connection: socket.socket, listener: Listener) -> None:
        request = listener.received[-1]
        basic = b"Proxy-Authorization: Basic " + base64.b64encode(login.encode())
        if login and basic not in request:
            connection.sendall(b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n")
            return
        host, _, port = request.split()[1].decode().partition(":")
        with socket.create_connection((host, int(port)), timeout=PATIENCE) as server:
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            _relay(connection, server)

    return Listener(serve, tls=tls)


def socks_proxy(asked: list[str], *, login: tuple[str, str] | None = None, refusal: int = 0) -> Listener:
    """A SOCKS5 proxy.

    `asked` gets the names that it is asked for; `refusal` is its reply to each (RFC 1928 section 6).
    """

    def serve(connection: socket.socket, _: Listener) -> None:
        methods = _exactly(connection, _exactly(connection, 2)[1])
        method = 2 if login else 0
        if method not in methods:
            connection.sendall(b"\x05\xff")
            return
        connection.sendall(bytes([5, method]))
        if login:
            name = _exactly(connection, _exactly(connection, 2)[1]).decode()
            password = _exactly(connection, _exactly(connection, 1)[0]).decode()
            connection.sendall(b"\x01\x00" if (name, password) == login else b"\x01\x01")
            if (name, password) != login:
                return
        kind = _exactly(connection, 4)[3]
        assert kind == 3, "names are looked up by the proxy"
        host = _exactly(connection, _exactly(connection, 1)[0]).decode()
        port = int.from_bytes(_exactly(connection, 2), "big")
        asked.append(f"{host}:{port}")
        connection.sendall(bytes([5, refusal, 0, 1, 0, 0, 0, 0, 0, 0]))
        if not refusal:
            with socket.create_connection((host, port), timeout=PATIENCE) as server:
                _relay(connection, server)

    return Listener(serve, reads_first=False)


def says(*pieces: bytes) -> Callable[[socket.socket, Listener], None]:
    """Answer the first bytes with these pieces, then keep silent with the connection open."""

    def serve(connection: socket.socket, listener: Listener) -> None:
        connection.recv(4096)
        for piece in pieces:
            connection.sendall(piece)
        listener.stopping.wait(10)

    return serve


def _exactly(connection: socket.socket, size: int) -> bytes:
    piece = connection.recv(size, socket.MSG_WAITALL)
    if len(piece) < size:
        raise ConnectionResetError
    return piece


def _relay(client: socket.socket, server: socket.socket) -> None:
    """Both ways, until one side ends."""
    with selectors.DefaultSelector() as ready, contextlib.suppress(OSError):
        ready.register(client, selectors.EVENT_READ, server)
        ready.register(server, selectors.EVENT_READ, client)
        while True:
            for key, _ in ready.select(10):
                piece = key.fileobj.recv(65536)  # type: ignore[union-attr]
                if not piece:
                    return
                key.data.sendall(piece)
