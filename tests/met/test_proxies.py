"""Proxies of companies: SOCKS, those that want a login or refuse, and servers that need none."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from smily_tui.batch import Limits
from smily_tui.oauth.errors import NotTrusted, NoUsableAnswer, Offline, ProxyUnusable
from smily_tui.oauth.http import Transport
from smily_tui.origin import DEFAULT
from smily_tui.secret import Secret
from tests.support.listening import Listener, is_silent, repeats, sends
from tests.support.polling import until
from tests.support.proxies import connect_proxy, says, socks_proxy

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.bent_server import BentServer
    from tests.support.certificates import Authority
    from tests.support.person import Person

SECRET: Final = "c0de" * 16
FORM: Final = (("code", Secret(SECRET)),)
BAD_GATEWAY: Final = b"HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n"
FORBIDDEN: Final = b"HTTP/1.1 403 \x1b[2JNo\r\nContent-Length: 0\r\n\r\n"


# -- SOCKS -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("variable", ["https_proxy", "ALL_PROXY"])
def test_a_socks_proxy_leads_to_the_server_by_its_name(connected: Person, scheme: str, variable: str) -> None:
    asked: list[str] = []
    with socks_proxy(asked) as proxy:
        address = f"{scheme}://127.0.0.1:{proxy.port}"
        assert connected.run("refresh", **{variable: address}).returncode == 0
        words = connected.run("doctor", **{variable: address}).stdout
    assert set(asked) == {f"localhost:{connected.server.port}"}
    assert f"Proxy: {address} ({variable})." in words
    assert connected.holds_a_live_token()


def test_a_socks_proxy_takes_a_login(connected: Person) -> None:
    asked: list[str] = []
    with socks_proxy(asked, login=("me@home", "p#ss")) as proxy:
        there = f"127.0.0.1:{proxy.port}"
        refreshed = connected.run("refresh", all_proxy=f"socks5://me%40home:p%23ss@{there}")
        without = connected.run("refresh", all_proxy=f"socks5://{there}")
        wrong = connected.run("refresh", all_proxy=f"socks5://me:wr0ng@{there}")
        words = connected.run("doctor", all_proxy=f"socks5://me%40home:p%23ss@{there}").stdout
    assert refreshed.returncode == 0, refreshed.stderr
    assert (without.returncode, wrong.returncode) == (6, 6)
    assert f"The proxy socks5://{there} (all_proxy) needs a login." in without.stderr
    assert f"The proxy socks5://{there} (all_proxy) rejected the login." in wrong.stderr
    assert not any(part in wrong.stderr + words for part in ("wr0ng", "p%23ss", "p#ss"))
    assert len(asked) == 2, "the refresh, and doctor"


def test_no_connection_to_a_socks_proxy_is_left_open(alone: pytest.MonkeyPatch) -> None:
    with socks_proxy([], refusal=2) as proxy:
        alone.setenv("https_proxy", f"socks5://127.0.0.1:{proxy.port}")
        before = open_files()
        gc.disable()  # which would close it some time
        try:
            for _ in range(5):
                failure(DEFAULT)
            until(lambda: open_files() <= before)
        finally:
            gc.enable()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_login_that_socks_cannot_hold_is_no_bug(alone: pytest.MonkeyPatch) -> None:
    """RFC 1929 has one byte for its length."""
    with socks_proxy([], login=("me", "pa55word")) as proxy:
        alone.setenv("https_proxy", f"socks5://{'u' * 300}:pa55word@127.0.0.1:{proxy.port}")
        assert failure(DEFAULT).what.endswith("(https_proxy) sent no usable answer.")


def test_without_the_package_for_socks_its_name_is_told(connected: Person, tmp_path: Path) -> None:
    """As after `pip install smily-tui` without the extra: the package cannot be found."""
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import sys\nsys.modules['socksio'] = None\n")
    environ = {"PYTHONPATH": str(hidden), "all_proxy": "socks5://me:pa55word@127.0.0.1:1"}
    ended = connected.run("refresh", **environ)
    assert ended.returncode == 6
    assert "all_proxy names a SOCKS proxy" in ended.stderr
    assert "pip install 'smily-tui[socks]'" in ended.stderr
    assert "pa55word" not in ended.stderr
    assert connected.run("refresh").returncode == 0


@pytest.mark.parametrize(
    "pieces",
    [(b"",), (b"\x05",), (b"\x04\x00",), (b"\x05\x00", b"\x05\x00\x00"), (b"HTTP/1.1 400 No\r\n\r\n",),
     (b"\x05\x00" * 99,)],
    ids=["silence", "half", "SOCKS 4", "cut", "HTTP", "too much"],
)  # fmt: skip
def test_nonsense_from_a_socks_proxy_ends_in_time_and_is_no_doubt(
    alone: pytest.MonkeyPatch, pieces: tuple[bytes, ...]
) -> None:
    with Listener(says(*pieces), reads_first=False) as proxy:
        alone.setenv("https_proxy", f"socks5://127.0.0.1:{proxy.port}")
        began = time.monotonic()
        error = failure(DEFAULT)
        assert time.monotonic() - began < 5.0
    assert type(error) is Offline
    assert f"socks5://127.0.0.1:{proxy.port} (https_proxy)" in error.what


def test_what_a_socks_proxy_cannot_reach_is_told(alone: pytest.MonkeyPatch) -> None:
    with socks_proxy([], refusal=4) as proxy:
        alone.setenv("https_proxy", f"socks5://127.0.0.1:{proxy.port}")
        error = failure("https://gone.example:444")
    assert type(error) is Offline
    assert error.what.endswith("(https_proxy) did not connect to gone.example:444.")


# -- a proxy that needs a login, or refuses ---------------------------------------------------------------


def test_a_proxy_that_wants_a_login_says_so_and_takes_one(connected: Person) -> None:
    with connect_proxy(login="me:p#s@s/?") as proxy:
        there = f"127.0.0.1:{proxy.port}"
        without = connected.run("refresh", https_proxy=there)
        assert proxy.connections == 1, "too many wrong logins lock a person out"
        wrong = connected.run("refresh", https_proxy=f"http://me:wr0ng@{there}")
        assert proxy.connections == 2
        right = connected.run("refresh", https_proxy=f"http://me:p%23s%40s%2F%3F@{there}")
        words = connected.run("doctor", https_proxy=f"http://me:p%23s%40s%2F%3F@{there}").stdout
    assert (without.returncode, wrong.returncode, right.returncode) == (6, 6, 0)
    assert f"The proxy http://{there} (https_proxy) needs a login." in without.stderr
    assert "Set https_proxy to http://USER:PASSWORD@HOST:PORT." in without.stderr
    assert f"The proxy http://{there} (https_proxy) rejected the login." in wrong.stderr
    assert f"Proxy: http://{there} (https_proxy)." in words
    assert not any(part in wrong.stderr + words for part in ("wr0ng", "p%23s"))
    assert connected.holds_a_live_token()


def test_a_login_that_is_not_accepted_is_not_tried_for_every_account(alone: pytest.MonkeyPatch) -> None:
    """As `refresh --all` does it: too many wrong logins lock a person out."""
    limits = Limits()
    with connect_proxy(login="me:right") as proxy:
        alone.setenv("https_proxy", f"http://me:wr0ng@127.0.0.1:{proxy.port}")
        for application in ("first", "first", "second"):
            with pytest.raises(ProxyUnusable) as raised, limits.asking(application):
                Transport(DEFAULT, deadline=3.0).post_form("/oauth/token", FORM)
        assert proxy.connections == 1
    assert raised.value.what.startswith("Skipped: The proxy ")
    assert "https_proxy" in raised.value.next


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (sends(FORBIDDEN), "did not connect to www.bookingsync.com (403)."),
        (sends(BAD_GATEWAY), "did not connect to www.bookingsync.com (502)."),
        (sends(b"HTTP/1.1 407 \r\n\r\n"), "needs a login."),
        (sends(b"SSH-2.0-OpenSSH\r\n\r\n"), "sent no usable answer."),
        (sends(b""), "sent no usable answer."),
        (repeats(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", every=0.05), "did not answer in time."),
        (is_silent, "did not answer in time."),
    ],
    ids=["403", "502", "407", "SSH", "the end", "drip", "silence"],
)  # fmt: skip
def test_a_proxy_that_does_not_lead_on_is_named_and_nothing_was_sent(
    alone: pytest.MonkeyPatch, answer: Callable[..., None], words: str
) -> None:
    with Listener(answer) as proxy:
        alone.setenv("https_proxy", f"http://me:pa55word@127.0.0.1:{proxy.port}")
        error = failure(DEFAULT)
        assert SECRET.encode() not in b"".join(proxy.received)
    expected = words.replace("needs a login", "rejected the login")
    assert error.what == f"The proxy http://127.0.0.1:{proxy.port} (https_proxy) {expected}"
    assert not error.in_doubt
    assert "still good" in error.kept
    assert "https_proxy" in error.next


def test_a_proxy_that_speaks_no_tls_is_named(alone: pytest.MonkeyPatch) -> None:
    with Listener(sends(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as proxy:
        alone.setenv("https_proxy", f"https://127.0.0.1:{proxy.port}")
        error = failure(DEFAULT)
    assert isinstance(error, NotTrusted)
    assert error.what.startswith(f"The proxy https://127.0.0.1:{proxy.port} (https_proxy) is not trusted")
    assert "http://" in error.next


def test_an_encrypted_proxy_is_trusted_as_servers_are(
    connected: Person, authority: Authority, tmp_path: Path
) -> None:
    """Both certificates are of the authority that SSL_CERT_FILE names."""
    with connect_proxy(tls=authority.server()) as proxy:
        address = f"https://localhost:{proxy.port}"
        assert connected.run("refresh", https_proxy=address).returncode == 0
        assert proxy.connections == 1
    assert connected.holds_a_live_token()


@pytest.mark.parametrize(
    ("value", "url"),
    [
        ("http://proxy.example:3128\n", "http://proxy.example:3128"),
        ("  proxy.example:3128 ", "http://proxy.example:3128"),
    ],
)
def test_blanks_around_the_address_of_a_proxy_do_not_count(
    alone: pytest.MonkeyPatch, value: str, url: str
) -> None:
    from smily_tui.oauth.route import proxy_for

    alone.setenv("https_proxy", value)
    proxy = proxy_for("https://www.bookingsync.com")
    assert proxy is not None
    assert str(proxy.url) == url


# -- servers that are reached without a proxy -------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "direct"),
    [
        ("localhost:{port}", True), ("localhost", True), (".localhost", True), ("*", True),
        ("a.example, LOCALHOST:{port} ,b.example", True), ("a.example,localhost", True),
        ("localhost:1", False), ("ocalhost", False), ("localhost.example", False), ("", False),
        ("127.0.0.1", False), ("{port}", False), (":{port}", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("variable", ["no_proxy", "NO_PROXY"])
def test_no_proxy_may_name_a_port(
    alone: pytest.MonkeyPatch, encrypted: BentServer, authority: Authority,
    variable: str, value: str, direct: bool,
) -> None:  # fmt: skip
    alone.setenv("SSL_CERT_FILE", str(authority.file))
    alone.setenv(variable, value.format(port=encrypted.port))
    with connect_proxy() as proxy:
        alone.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
        assert Transport(encrypted.origin, deadline=8.0).look("/api/v3/me").status == 401
        assert proxy.connections == (0 if direct else 1)


@pytest.mark.parametrize("value", ["www.bookingsync.com:443", "bookingsync.com:443", "bookingsync.com"])
def test_the_usual_port_may_be_named_too(alone: pytest.MonkeyPatch, value: str) -> None:
    from smily_tui.oauth.route import proxy_for

    alone.setenv("https_proxy", "http://127.0.0.1:9")
    assert proxy_for(DEFAULT) is not None
    alone.setenv("no_proxy", value)
    assert proxy_for(DEFAULT) is None


def failure(origin: str) -> NoUsableAnswer:
    with pytest.raises(NoUsableAnswer) as raised:
        Transport(origin, deadline=2.0).post_form("/oauth/token", FORM)
    assert SECRET not in raised.value.in_lines()
    assert "pa55word" not in raised.value.in_lines()
    assert raised.value.what.isprintable()
    return raised.value
