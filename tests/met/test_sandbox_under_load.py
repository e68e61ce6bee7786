"""A sandbox that is sent too much, or never the whole of it, stays small and keeps answering (L13)."""

from __future__ import annotations

import contextlib
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.sandbox.grants import Grants
from smily_tui.sandbox.guard import HEADERS, LARGEST_BODY
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.sandbox.state import MOST, PUBLIC, Pair, State
from tests.support.polling import PATIENCE, until
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


MULTIPART = "Content-Type: multipart/form-data; boundary=b"


@pytest.mark.sampled(6)
@pytest.mark.parametrize(
    ("start", "statuses"),
    [
        ("POST /oauth/token", {413}),
        ("POST /oauth/authorize", {413}),
        ("POST /sandbox/faults", {413}),
        ("POST /oauth/revoke", {413}),
        ("POST /nowhere", {404}),
        ("GET /style.css", {200}),
    ],
)
def test_others_are_answered_beside_half_requests_and_a_gigabyte(
    tmp_path: Path, start: str, statuses: set[int]
) -> None:
    environ = clean_environment(tmp_path)
    with SandboxProcess(environ=environ) as process, contextlib.ExitStack() as half_open:
        address = urlsplit(process.server)
        for _ in range(300):
            connection = socket.create_connection((address.hostname, address.port), 20)
            half_open.enter_context(connection).sendall(b"POST /oauth/token HTTP/1.1\r\n")
        lines = [f"{start} HTTP/1.1", f"Host: {address.netloc}", MULTIPART, "Transfer-Encoding: chunked"]
        first = b'--b\r\nContent-Disposition: form-data; name="client_id"\r\n\r\n'
        piece = b"100000\r\n" + bytes(MIB) + b"\r\n"
        opening = "\r\n".join([*lines, "", f"{len(first):x}", ""]).encode() + first + b"\r\n"
        with ThreadPoolExecutor(1) as pool:
            gigabyte = pool.submit(sent, process.server, opening, *[piece] * 1024)
            for _ in range(20):
                page = httpx.get(f"{process.server}/oauth/authorize", trust_env=False, timeout=PATIENCE)
                assert page.status_code == 200
            answer = gigabyte.result()
        # a client that is still sending may see the connection reset before it reads the answer
        assert not answer or int(answer.split()[1]) in statuses
        assert _peak(Path(f"/proc/{process.pid}/status")) < 150 * 1024, "KiB"


def test_no_number_of_requests_makes_it_grow() -> None:
    """Tokens and codes that can still be used are kept longest."""
    state = State()
    grants = Grants(state)
    credentials = {"client_id": state.client.client_id, "client_secret": state.client.client_secret}
    fields = {"grant_type": "authorization_code", "code": state.grant(4711, (PUBLIC,))}
    kept = grants.answer_token_request(credentials | fields | {"redirect_uri": OUT_OF_BAND}).content
    for number in range(MOST + MOST // 4):
        state.issue(Pair(f"a{number}", None, "x", None, (PUBLIC,), state.now(), 7200))
        state.grant(4711, (PUBLIC, str(number)))
    assert len(state.pairs) <= MOST
    assert len(state.codes) <= MOST
    assert len(state.granted) <= MOST
    fields = {"grant_type": "refresh_token", "refresh_token": kept["refresh_token"]}
    for _ in range(3):
        answer = grants.answer_token_request(credentials | fields)
        assert answer.status == 200
        fields["refresh_token"] = answer.content["refresh_token"]


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
