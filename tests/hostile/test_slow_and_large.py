"""Servers that are slow, endless, too large, cut off or not who they say: all end soon, small and named."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from smily_tui.oauth import errors
from smily_tui.oauth.http import Transport
from smily_tui.oauth.token_response import read_token_response
from smily_tui.secret import Secret
from tests.hostile.greedy_client import DEADLINE, GREEDY
from tests.support.bodies import ACCESS, TOKENS
from tests.support.listening import Listener, half_closes, is_silent, repeats, resets, sends

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    Answering = Callable[[socket.socket, Listener], None]

SHORT: Final = 1.5
GROWTH: Final = 8 * 1024
OK: Final = b"HTTP/1.1 200 OK\r\n"
WHOLE: Final = json.dumps(TOKENS).encode()
ANSWER: Final = OK + b"Content-Length: %d\r\n\r\n" % len(WHOLE) + WHOLE
NO_LENGTH: Final = OK + b"Connection: close\r\n\r\n"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"
FORM: Final = (("client_id", "an-id"), ("code", Secret(ACCESS)))
MEBIBYTE: Final = bytes(1 << 20)
ROOT: Final = Path(__file__).parents[2]


def drip(whole: bytes, *, at_once: int = 0) -> Answering:
    """One byte a second, after the first few."""

    def answer(connection: socket.socket, listener: Listener) -> None:
        connection.sendall(whole[:at_once])
        for at in range(at_once, len(whole)):
            connection.sendall(whole[at : at + 1])
            if listener.stopping.wait(1.0):
                return

    return answer


def asks(origin: str, deadline: float = SHORT) -> tuple[str, float]:
    """The name of the error that a token request and an API call both end in, and the longer time."""
    with ThreadPoolExecutor(2) as both:
        (posted, one), (got, other) = both.map(lambda post: _asks(origin, deadline, post=post), (True, False))
    assert posted == got
    return posted, max(one, other)


def _asks(origin: str, deadline: float, *, post: bool) -> tuple[str, float]:
    transport, began = Transport(origin, deadline=deadline), time.monotonic()
    with pytest.raises(errors.OAuthFailure) as raised:
        _ = transport.post_form("/oauth/token", FORM) if post else transport.get("/api/v3/me", Secret(ACCESS))
    seconds = time.monotonic() - began
    assert ACCESS not in raised.value.in_lines()
    return raised.value.name, seconds


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(drip(ANSWER), id="head, one byte a second"),
        pytest.param(drip(ANSWER, at_once=60), id="body, one byte a second"),
        pytest.param(is_silent, id="silence"),
        pytest.param(repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n", every=0.01), id="100 again and again"),
        pytest.param(repeats(b"", b"HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"), id="a flood of 103"),
        pytest.param(repeats(CHUNKED, b"1\r\nx\r\n", every=0.2), id="chunks"),
    ],
)
@pytest.mark.alone
def test_what_is_slow_ends_at_the_deadline(answer: Answering) -> None:
    with Listener(answer) as server:
        name, seconds = asks(server.origin)
        assert server.connections == 2
    assert name == "NoAnswer"
    assert SHORT * 0.9 < seconds < SHORT + 1


@pytest.mark.alone
def test_a_handshake_that_never_comes_ends_at_the_deadline_before_anything_is_sent() -> None:
    with Listener(is_silent, reads_first=False) as server:
        name, seconds = asks(server.origin.replace("http://", "https://"))
    assert name == "Offline"
    assert seconds < SHORT + 1


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(half_closes(ANSWER[:-20]), id="half-close in the body"),
        pytest.param(half_closes(OK), id="half-close in the head"),
        pytest.param(half_closes(), id="half-close at once"),
        pytest.param(resets(ANSWER[:-20]), id="reset in the body"),
        pytest.param(resets(OK), id="reset in the head"),
        pytest.param(resets(), id="reset at once"),
        pytest.param(sends(CHUNKED + b"5\r\nabc"), id="cut chunk"),
        pytest.param(sends(CHUNKED + b"zz\r\nabc\r\n0\r\n\r\n"), id="no chunk length"),
        pytest.param(sends(CHUNKED + b"-1\r\nabc\r\n0\r\n\r\n"), id="negative chunk length"),
        pytest.param(sends(CHUNKED + b"f" * 30 + b"\r\nabc"), id="absurd chunk length"),
        pytest.param(sends(b"SSH-2.0-OpenSSH_9.6\r\n"), id="SSH"),
        pytest.param(sends(b"220 mail.example ESMTP\r\n"), id="SMTP"),
        pytest.param(sends(b"\x15\x03\x03\x00\x02\x02\x46"), id="TLS alert"),
        pytest.param(sends(bytes(range(256)) * 4), id="random"),
        pytest.param(sends(WHOLE), id="a body alone"),
        pytest.param(sends(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), id="HTTP/2"),
        pytest.param(sends(b"HTTP/1.1 099 Low\r\n\r\n"), id="status 099"),
        pytest.param(sends(b"HTTP/1.1 20 Short\r\n\r\n"), id="status 20"),
        pytest.param(sends(b"HTTP/1.1 \xef\xbc\x92\x30\x30 OK\r\n\r\n"), id="status with a wide digit"),
        pytest.param(sends(OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"), id="two lengths"),
        pytest.param(sends(OK + b"Content-Length: -5\r\n\r\nabcde"), id="negative length"),
        pytest.param(sends(OK + b"Content-Length: " + b"9" * 400 + b"\r\n\r\nabcde"), id="absurd length"),
        pytest.param(sends(OK + b"X: a\0b\r\n\r\n"), id="NUL in a header"),
        pytest.param(sends(OK + b" folded\r\n\r\n"), id="a fold of nothing"),
        pytest.param(sends(OK + b"no colon\r\n\r\n"), id="a header without colon"),
        pytest.param(sends(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n"), id="transfer coding"),
    ],
)
@pytest.mark.alone
def test_what_is_cut_or_no_http_is_no_answer_at_once(answer: Answering) -> None:
    with Listener(answer) as server:
        name, seconds = asks(server.origin, deadline=8.0)
    assert name == "NoAnswer"
    assert seconds < 4


def test_a_cut_that_http_cannot_tell_is_told_by_the_body() -> None:
    with Listener(half_closes(NO_LENGTH + WHOLE[:-20])) as server:
        answer = Transport(server.origin, deadline=8.0).post_form("/oauth/token", FORM)
    with pytest.raises(errors.NotUnderstood) as raised:
        read_token_response(answer.status, answer.body)
    assert raised.value.in_doubt


@pytest.mark.parametrize(
    "cookie",
    [
        "a=b; Domain=.com; Max-Age=1e400",
        "=; Expires=x",
        '"\\',
        "a=" + "b" * 9000,
        'a=b; Port="x"; Version=\xff',
    ],
)
def test_a_cookie_changes_nothing(cookie: str) -> None:
    head = OK + b"Set-Cookie: " + cookie.encode("latin-1") + b"\r\nContent-Length: 2\r\n\r\n{}"
    with Listener(sends(head)) as server:
        for _ in range(2):
            assert Transport(server.origin, deadline=8.0).get("/api/v3/me", Secret(ACCESS)).body == b"{}"
        assert not any(b"cookie" in request.lower() for request in server.received)


# -- too large -----------------------------------------------------------------------------------------

BOMB: Final = gzip.compress(MEBIBYTE * 64, 9)
GZIP: Final = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB
LARGE: Final = {
    "200 MB": sends(OK + b"Content-Length: 209715200\r\n\r\n", *[MEBIBYTE] * 200),
    "endless body": repeats(NO_LENGTH, MEBIBYTE),
    "one endless chunk": repeats(CHUNKED + b"fffffff\r\n", MEBIBYTE),
    "endless small chunks": repeats(CHUNKED, b"1\r\nx\r\n" * 1000),
    "a chunk length without end": repeats(CHUNKED + b"1;", b"x" * 10_000),
    "trailers without end": repeats(CHUNKED + b"0\r\n", b"X-Trailer: x\r\n" * 1000),
    "headers without end": repeats(OK, b"X-Header: x\r\n" * 1000),
    "one header without end": repeats(OK + b"X-Header: ", b"x" * 10_000),
    "a first line without end": repeats(b"HTTP/1.1 200 ", b"x" * 10_000),
    "a flood of 100": repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "gzip bomb": sends(GZIP),
    "bomb that hides": sends(OK + b"Content-Encoding: GZip\r\nConnection: close\r\n\r\n" + BOMB),
    "bomb twice": sends(GZIP.replace(b"gzip", b"gzip, gzip")),
    "brotli": sends(GZIP.replace(b"gzip", b"br")),
    "zstd": sends(GZIP.replace(b"gzip", b"zstd")),
    "bomb of chunks": sends(CHUNKED[:-2] + b"Content-Encoding: deflate\r\n\r\n", b"%x\r\n" % len(BOMB), BOMB),
}


@pytest.mark.alone
def test_what_is_too_large_is_not_read() -> None:
    honest = Listener(sends(ANSWER))
    listeners = {"honest": honest} | {name: Listener(answer) for name, answer in LARGE.items()}
    # without the limit the same client grows: the figure would show it
    listeners[GREEDY] = Listener(sends(OK + b"Content-Length: 33554432\r\n\r\n", *[MEBIBYTE] * 32))
    command = [sys.executable, "-m", "tests.hostile.greedy_client"]
    try:
        names = [f"{name}={listener.port}" for name, listener in listeners.items()]
        done = subprocess.run([*command, *names], cwd=ROOT, capture_output=True, timeout=120, check=False)
    finally:
        for listener in listeners.values():
            listener.__exit__()
    assert done.returncode == 0, done.stderr.decode()
    found = {name: rest for name, *rest in map(json.loads, done.stdout.decode().splitlines())}
    assert list(found) == list(listeners)
    assert found.pop("honest")[0] == ""
    assert found.pop(GREEDY)[2] > 2 * GROWTH
    growth = sum(each[2] for each in found.values())
    slowest = max(each[1] for each in found.values())
    print(f"G11: {len(found)} large answers: {growth / 1024:.1f} MiB more, at most {slowest:.1f} s")  # noqa: T201
    assert {
        name: each[0] for name, each in found.items() if each[0] not in ("NoAnswer", "NotUnderstood")
    } == {}
    assert growth <= GROWTH
    assert slowest < DEADLINE + 1


# -- not who they say ----------------------------------------------------------------------------------


def test_only_a_certificate_that_holds_is_given_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("cryptography")
    from tests.support.certificates import HOST, Authority

    authority, elsewhere = Authority(tmp_path), tmp_path / "stranger"
    elsewhere.mkdir()
    stranger = Authority(elsewhere)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    for name in ("SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    wrong = {
        "expired": authority.server(days=(-9, -1)),
        "not valid yet": authority.server(days=(1, 9)),
        "self-signed": authority.server(self_signed=True),
        "of a stranger": stranger.server(),
        "of another host": authority.server(host="www.bookingsync.com"),
        "of a host below": authority.server(host="*.localhost"),
    }
    for label, context in wrong.items():
        with Listener(sends(ANSWER), tls=context) as server:
            name, _ = asks(f"https://{HOST}:{server.port}", deadline=8.0)
            assert (label, name, server.connections) == (label, "NotTrusted", 2)
        assert b"".join(server.received) == b"", label
    with Listener(sends(ANSWER), tls=authority.server()) as server:
        answer = Transport(f"https://{HOST}:{server.port}").post_form("/oauth/token", FORM)
    assert answer.body == WHOLE
    assert ACCESS.encode() in server.received[0]
