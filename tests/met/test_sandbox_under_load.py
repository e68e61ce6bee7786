"""A sandbox that is sent too much, or never the whole of it, stays small and keeps answering (L13)."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from smily_tui.sandbox.guard import HEADERS, LARGEST_BODY
from smily_tui.sandbox.server import Options, Sandbox
from tests.support.polling import until
from tests.support.processes import SandboxProcess, clean_environment

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024


def sent(origin: str, *pieces: bytes) -> bytes:
    """What a server answers to raw bytes, until it closes the connection."""
    answer = b""
    with socket.create_connection((urlsplit(origin).hostname, urlsplit(origin).port), 20) as connection:
        with contextlib.suppress(ConnectionError):  # it need not hear all of it
            for piece in pieces:
                connection.sendall(piece)
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(65536):
                answer += piece
    return answer


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def head(origin: str, *lines: str) -> bytes:
    start = ["POST /oauth/token HTTP/1.1", f"Host: {urlsplit(origin).netloc}", *lines]
    return "\r\n".join([*start, "", ""]).encode()


@pytest.mark.parametrize("kind", ["announced", "chunked"])
def test_a_body_of_a_hundred_megabytes_takes_no_memory(tmp_path: Path, kind: str) -> None:
    with SandboxProcess(environ=clean_environment(tmp_path)) as process:
        memory = Path(f"/proc/{process.pid}/status")
        before = _peak(memory)
        length = f"Content-Length: {100 * MIB}" if kind == "announced" else "Transfer-Encoding: chunked"
        piece = bytes(MIB) if kind == "announced" else b"100000\r\n" + bytes(MIB) + b"\r\n"
        answer = sent(process.server, head(process.server, length, "Connection: close"), *[piece] * 100)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert _peak(memory) - before < 20 * 1024, "KiB"
        assert httpx.get(f"{process.server}/oauth/authorize", trust_env=False).status_code == 200


def _peak(status: Path) -> int:
    """The most memory that a process has used so far, in KiB."""
    line = next(line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])


@pytest.mark.parametrize(("size", "status"), [(LARGEST_BODY, 400), (LARGEST_BODY + 1, 413)])
@pytest.mark.parametrize("path", ["/oauth/token", "/oauth/authorize"])
def test_the_limit_of_a_body_is_the_same_at_each_path(
    sandbox: Sandbox, path: str, size: int, status: int
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = b"a=" + b"b" * (size - 2)
    answer = httpx.post(sandbox.listening.server + path, content=body, headers=form, trust_env=False)
    assert answer.status_code == (422 if path.endswith("authorize") and status == 400 else status)
    assert answer.headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "raw", [b"no HTTP\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\r\n\r\n"]
)
def test_what_is_no_http_is_refused_with_the_headers_of_every_answer(sandbox: Sandbox, raw: bytes) -> None:
    answer = sent(sandbox.listening.server, raw).decode()
    assert answer.startswith("HTTP/1.1 400 ")
    for name, value in HEADERS.items():
        assert f"{name}: {value}\r\n" in answer


@pytest.mark.parametrize(
    "beginning",
    ["", "POST /oauth/token HTTP/1.1\r\nHost:", "Content-Length: 100", "Transfer-Encoding: chunked"],
)
def test_a_request_that_never_ends_is_dropped(beginning: str) -> None:
    with Sandbox(Options(patience=0.2)) as hasty:
        server = hasty.listening.server
        raw = head(server, beginning) if ": " in beginning else beginning.encode()
        assert sent(server, raw) == b""


def test_three_hundred_half_requests_are_all_dropped() -> None:
    with Sandbox(Options(patience=1.0)) as hasty, contextlib.ExitStack() as open_ones:
        address = urlsplit(hasty.listening.server)
        connections = [
            open_ones.enter_context(socket.create_connection((address.hostname, address.port), 20))
            for _ in range(300)
        ]
        for connection in connections:
            connection.sendall(b"POST /oauth/token HTTP/1.1\r\n")
            connection.setblocking(False)
        until(lambda: all(map(_is_closed, connections)))


def _is_closed(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True  # the server closed it before it had read all: the kernel answers so


def test_a_slow_answer_is_no_slow_request() -> None:
    """The limit is for the request alone: an answer and an idle connection have their own time."""
    with Sandbox(Options(patience=0.2, latency_ms=600)) as slow, httpx.Client(trust_env=False) as client:
        for _ in range(2):
            assert client.get(f"{slow.listening.server}/api/v3/me").status_code == 401
