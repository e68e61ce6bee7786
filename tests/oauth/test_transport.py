"""HTTP against real servers that misbehave, on loopback."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING

import pytest

from smily_tui.oauth import errors
from smily_tui.oauth.http import LARGEST_ANSWER, Transport
from smily_tui.secret import Secret
from tests.support.raw_server import TOKEN, RawServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Thing: a\x1bb\r\n\r\n{}"


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], RawServer]]:
    """Start raw servers; all are stopped at the end."""
    started: list[RawServer] = []

    def serve(answer: Callable[[socket.socket], None]) -> RawServer:
        started.append(RawServer(answer))
        return started[-1]

    yield serve
    for server in started:
        server.stop()


Serve = "Callable[[Callable[[socket.socket], None]], RawServer]"


def test_a_form_goes_in_the_body_with_the_documented_headers(serve: Callable[..., RawServer]) -> None:
    server = serve(lambda connection: connection.sendall(OK))
    answer = Transport(server.origin).post_form("/oauth/token", (("a", "b c"), ("code", Secret("s&t"))))
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == b"a=b+c&code=s%26t"
    assert head.startswith(b"POST /oauth/token HTTP/1.1\r\n")
    lines = head.lower().split(b"\r\n")
    for line in (
        b"host: " + server.origin.removeprefix("http://").encode(),
        b"accept: application/json",
        b"accept-encoding: identity",
        b"content-type: application/x-www-form-urlencoded",
        b"content-length: 16",
    ):
        assert lines.count(line) == 1
    assert any(line.startswith(b"user-agent: smily-tui/") for line in lines)
    assert (answer.status, answer.body, answer.headers["x-thing"]) == (200, b"{}", "ab")


@pytest.mark.parametrize(
    "path", ["/rentals;a=1/2;b?c=d;e&f[g]=%C3%A9", "/rentals?include=rates_table", "/a//b?"]
)
def test_a_path_arrives_as_it_is(serve: Callable[..., RawServer], path: str) -> None:
    server = serve(lambda connection: connection.sendall(OK))
    Transport(server.origin).get(f"/api/v3{path}", TOKEN)
    assert server.requests[0].startswith(f"GET /api/v3{path} HTTP/1.1\r\n".encode())


def test_headers_that_come_twice_are_one_list(serve: Callable[..., RawServer]) -> None:
    challenges = b"WWW-Authenticate: Basic\r\nwww-authenticate: Bearer \xe9\r\n"
    refusal = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n" + challenges + b"\r\n"
    server = serve(lambda connection: connection.sendall(refusal))
    answer = Transport(server.origin).get("/api/v3/me", TOKEN)
    assert answer.headers["www-authenticate"] == "Basic, Bearer \ufffd"


def test_a_redirect_is_not_followed(serve: Callable[..., RawServer]) -> None:
    elsewhere = serve(lambda connection: connection.sendall(OK))
    moved = f"HTTP/1.1 307 x\r\nLocation: {elsewhere.origin}/\r\nContent-Length: 0\r\n\r\n".encode()
    server = serve(lambda connection: connection.sendall(moved))
    assert Transport(server.origin).post_form("/x", (("code", TOKEN),)).status == 307
    assert not elsewhere.requests


def test_loopback_is_reached_without_the_proxy_of_the_environment(
    serve: Callable[..., RawServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server = serve(lambda connection: connection.sendall(OK))
    assert Transport(server.origin).get("/api/v3/me", TOKEN).status == 200
    assert b"authorization: bearer " + TOKEN.reveal().encode() in server.requests[0].lower()


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(errors.Offline) as raised:
        Transport(f"http://127.0.0.1:{port}").get("/", TOKEN)
    assert "still good" in raised.value.kept


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        connection.sendall(b"X-Header: x\r\n")
        threading.Event().wait(0.05)


def drip_body(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    ends = time.monotonic() + 10
    while time.monotonic() < ends:
        connection.sendall(b"x")
        threading.Event().wait(0.05)


def silence(connection: socket.socket) -> None:
    threading.Event().wait(3)


@pytest.mark.alone
@pytest.mark.parametrize("answer", [drip, drip_body, silence])
def test_one_deadline_holds_over_the_whole_exchange(
    serve: Callable[..., RawServer], answer: Callable[[socket.socket], None]
) -> None:
    server = serve(answer)
    began = time.monotonic()
    with pytest.raises(errors.NoAnswer) as raised:
        Transport(server.origin, deadline=1.0).get("/", TOKEN)
    assert time.monotonic() - began < 2.5
    assert raised.value.in_doubt


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n" + b"x" * 70000, errors.NotUnderstood),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\n\x8b\x01\x80",
            errors.NotUnderstood,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", errors.NoAnswer),
        (b"nonsense\r\n\r\n", errors.NoAnswer),
        (b"", errors.NoAnswer),
        (b"HTTP/1.1 200 OK\r\n" + b"A: " + b"x" * 200_000, errors.NoAnswer),
    ],
)
def test_an_answer_that_is_too_much_or_too_little(
    serve: Callable[..., RawServer], sent: bytes, named: type[errors.OAuthFailure]
) -> None:
    server = serve(lambda connection: connection.sendall(sent))
    with pytest.raises(named) as raised:
        Transport(server.origin, deadline=5).get("/", TOKEN)
    assert raised.value.in_doubt
    assert TOKEN.reveal() not in raised.value.in_lines()


def test_the_start_of_an_overlong_answer_is_kept(serve: Callable[..., RawServer]) -> None:
    """Keep it: a refresh token may be in it."""
    body = b'{"refresh_token":"abc"}'.ljust(70_000)
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 70000\r\n\r\n"
    server = serve(lambda connection: connection.sendall(head + body))
    with pytest.raises(errors.NotUnderstood) as raised:
        Transport(server.origin, deadline=5).post_form("/oauth/token", (("code", TOKEN),))
    assert (raised.value.status, raised.value.piece) == (200, body[:LARGEST_ANSWER])


def test_a_server_without_a_certificate_is_not_trusted(serve: Callable[..., RawServer]) -> None:
    server = serve(lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
    with pytest.raises(errors.NotTrusted) as raised:
        Transport(server.origin.replace("http://", "https://")).post_form("/", (("code", TOKEN),))
    assert TOKEN.reveal().encode() not in b"".join(server.requests)
    assert "never skips" in raised.value.next
    assert ssl.OPENSSL_VERSION
