"""Secrets reach the one origin they are bound to: hostile server addresses, redirects and mixed-up stores."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from smily_tui.errors import SmilyError, UsageError
from smily_tui.oauth import errors
from smily_tui.oauth.api import api_path
from smily_tui.oauth.http import Transport
from smily_tui.oauth.token_response import read_token_response
from smily_tui.origin import DEFAULT, BadServer, Origin, is_loopback
from smily_tui.secret import Secret
from smily_tui.text import Untrusted
from smily_tui.tokens import protocol
from smily_tui.tokens.errors import NoCredentials
from smily_tui.tokens.exchange import exchange, identify
from smily_tui.vault.journal import Answer
from smily_tui.vault.model import Credentials
from tests.support.bodies import ACCESS
from tests.support.listening import Listener, sends
from tests.support.records import replaced
from tests.support.sampling import examples
from tests.support.world import FORCE, World

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.oauth.requests import Fields

FORM: Final = (("code", Secret(ACCESS)),)
REFUSAL: Final = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
NORMAL: Final = re.compile(
    r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?|https?://(127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?"
)
HOST: Final = "www.bookingsync.com"

# what no reading makes an origin that secrets may go to
REFUSED_SCHEMES: Final = (
    "http", "HTTP", "ftp", "file", "ws", "wss", "javascript", "data", "httpss",
    "https+unix", "x", "", " ",
    "h\tttps", "https\u200b", "ｈttps", "httpſ", "https:https", "view-source:https", "blob:https",
)  # fmt: skip
REFUSED_HOSTS: Final = (
    "", ".", "..", "-", "a..b", f".{HOST}", f"{HOST}.", f"{HOST}..", f"-{HOST}", f"{HOST}-", f"{HOST}%00",
    "www。bookingsync。com", "www．bookingsync．com", "www｡bookingsync｡com", "ｗｗｗ.bookingsync.com",
    "www.bооkingsync.com", "www.bookіngsync.com", "www.boo\u212aingsync.com", "www.bookingsync.co\u217f",
    "www.bookingſync.com", "www.book\u0131ngsync.com", "www.book\u0130ngsync.com",
    "www.bookingsync\u0307.com",
    "www.bookingsync.com\u2044x", "www.bookingsync.com\u2100", "www.bookingsync.com\uff0f@evil.example",
    "www.bookingsync\u00ad.com", "www.bookingsync\u200d.com",
    "www.bookingsync\ufeff.com", "\u202ewww.a.example",
    "www.booking\tsync.com", "www.booking\nsync.com", "www.booking\rsync.com", "www.booking\0sync.com",
    "www.booking sync.com", "www.bookingsync.com\x7f", "www.bookingsync.com\x1b[2J", "www\x85.a.example",
    "www%2ebookingsync%2ecom", "www.bookingsync.com%2f@evil.example",
    "www.bookingsync.com%40evil.example",
    "%77ww.bookingsync.com", "www.bookingsync.com%", "www_.bookingsync.com", "www!.com",
    "*", "*.bookingsync.com",
    "www.bookingsync.com,evil.example", "www.bookingsync.com;evil.example",
    "www.bookingsync.com|evil.example",
    "www.bookingsync.com&evil.example", "www.bookingsync.com'", 'www.bookingsync.com"', "<www.a.example>",
    "(www.a.example)", "$HOST", "${HOST}", "`id`", "{www.a.example}", "www.a.example^",
    "~", "www.a.example=",
    "[", "]", "[]", "[www.bookingsync.com]", "[127.0.0.1]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[::]",
    "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[::1%lo]", "[fe80::1]", "[::1",
    "::1]", "[[::1]]",
    "[::1].evil.example", "[::1]evil.example", "evil.example[::1]", "[v1.x]", "[::1]@evil.example", "::1",
    "user@www.a.example", "user:word@www.a.example", ":@www.a.example", "@www.a.example",
    "www.a.example@",
    "www.bookingsync.com@evil.example", "www.bookingsync.com:443@evil.example", "a@b@www.a.example",
    "www.bookingsync.com:443:443", "www.bookingsync.com:http", "www.bookingsync.com:-1",
    "www.bookingsync.com:+1",
    "www.bookingsync.com:65536", "www.bookingsync.com:99999", "www.bookingsync.com:1e3",
    "www.bookingsync.com:0x50",
    "www.bookingsync.com:４４３", "www.bookingsync.com:4 43", "www.bookingsync.com:443\\@evil.example",
    "www.bookingsync.com\\", "www.bookingsync.com\\@evil.example",
    "\\www.bookingsync.com", "\\\\www.a.example",
    "evil.example\\www.bookingsync.com", "/www.bookingsync.com", "//www.bookingsync.com", "exämple.com",
    "a" * 64, f"www.{'a' * 64}.com", "xn--", "xn--.com", "www.xn--.com", "xn--0.com",
    "xn--bookingsnc-dfc.com",
    "xn--bücher.example", "例え.jp", "☃.net", "a" * 300, "a." * 60 + "b", "\ud800.example",
)  # fmt: skip
REFUSED_ENDS: Final = (
    "/x", "//", "//evil.example", "/..", "/../", "/%2e%2e/", "/.", "/oauth/token",
    "/@evil.example", "?x=1", "?@evil",
    "/?next=https://evil.example", "#x", "#@evil.example", "/#/", "\\", "\\evil.example",
    "/\\evil.example",
    "\\@evil.example", "%2f", "%23", "%3f", ";x", "/;x", "\t", "\n/", "/\t",
    "\r\nHost: evil.example", "\u2028", " x",
    "/ ", "\u3000", "／", "？x", "＃x", "@evil.example", ":x@evil.example", "&x", ",https://evil.example",
)  # fmt: skip
PLAIN_HTTP_HOSTS: Final = (
    HOST, "localhost", "LOCALHOST", "localhost.", "127.0.0.2", "127.1", "127.0.1",
    "127.0.0.1.", "0", "0.0.0.0",  # noqa: S104
    "127.000.000.001", "0177.0.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433",
    "017700000001", "127.0.0.1.nip.io",
    "127.0.0.1.evil.example", "127.0.0.1-evil.example", "evil.example.127.0.0.1",
    "127。0。0。1", "１２７.0.0.1",
    "①②⑦.0.0.1", "127.0.0.1%00", "127.0.0.1@evil.example", "evil.example@127.0.0.1",
    "10.0.0.1", "192.168.0.1",
    "169.254.169.254", "[::ffff:127.0.0.1]", "[::2]", "[0::1]", "[::0001]", "ip6-localhost", "localhost6",
)  # fmt: skip
REFUSED: Final = [
    *(f"{scheme}://{HOST}" for scheme in REFUSED_SCHEMES),
    *(f"https://{host}" for host in REFUSED_HOSTS),
    *(f"https://{HOST}{end}" for end in REFUSED_ENDS if end.strip() not in ("", "/")),
    *(f"http://127.0.0.1:8000{end}" for end in REFUSED_ENDS if end.strip() not in ("", "/")),
    *(f"http://{host}" for host in PLAIN_HTTP_HOSTS),
    *(f"http://{host}:8000/" for host in PLAIN_HTTP_HOSTS),
    *(f"{start}{HOST}" for start in ("", "//", "https:", "https:/", "https:///", "https:////", "https:\\\\", "://")),
    *(f"{start}{HOST}" for start in ("https//", "https;//", "https ://", "https: //", "https:/\t/")),
    *(f"{start}{HOST}" for start in ("https:/\\", "\0", "\0https://")),
    *(f"{start}{HOST}" for start in ("https:// ", "-https://", "[https://", "/https://", "\x1b[2J")),
    f"\u202ehttps://{HOST}",
    "", " ", "\0", "https", "https:", "https://", "https:///", "https://:443",
    "https://?", "https://#", "about:blank",
    f"https://{HOST} https://evil.example", f"https://{HOST}\nhttps://evil.example",
    f"[{DEFAULT}]({DEFAULT})",
    f"<{DEFAULT}>", f'"{DEFAULT}"', f"{DEFAULT},", f"{DEFAULT}.", f"{DEFAULT})",
    "--server", "-x", "None", "\ud800",
]  # fmt: skip
NORMALISED: Final = {
    "HTTPS://WWW.BOOKINGSYNC.COM": DEFAULT,
    "hTTpS://wWw.BookingSync.com:0443": DEFAULT,
    "https://www.bookingsync.com:": DEFAULT,
    "https://www.bookingsync.com/?": DEFAULT,
    "https://www.bookingsync.com/#": DEFAULT,
    "\u3000https://www.bookingsync.com\t": DEFAULT,
    "https://www.bookingsync.com:80": "https://www.bookingsync.com:80",
    "https://xn--bookngsync-02i.com": "https://xn--bookngsync-02i.com",
    f"https://{'a' * 63}.com": f"https://{'a' * 63}.com",
    "https://www.bookingsync.com.evil.example": "https://www.bookingsync.com.evil.example",
    "https://2130706433": "https://2130706433",
    "http://127.0.0.1": "http://127.0.0.1",
    "HTTP://127.0.0.1:080/": "http://127.0.0.1",
    "http://127.0.0.1:443": "http://127.0.0.1:443",
    "http://[::1]:08": "http://[::1]:8",
    "https://[::1]:443": "https://[::1]",
}


def test_every_hostile_server_address_is_refused() -> None:
    assert len(set(REFUSED)) >= 300
    taken, unfit = [], []
    for typed in REFUSED:
        try:
            taken.append((typed, Origin(typed)))
        except BadServer as refusal:
            unfit += [] if refusal.what.isprintable() else [typed]
    print(f"G12: {len(set(REFUSED))} hostile server addresses, {len(taken)} taken")  # noqa: T201
    assert (taken, unfit) == ([], [])


@pytest.mark.parametrize(("typed", "origin"), NORMALISED.items())
def test_an_odd_address_has_one_normal_form(typed: str, origin: str) -> None:
    assert Origin(typed) == origin
    assert NORMAL.fullmatch(origin)


@settings(derandomize=True, max_examples=examples(1500), database=None)
@given(
    st.lists(
        st.sampled_from(
            ["https", "http", ":", "/", "//", "127.0.0.1", "[::1]", "evil.example",
            HOST, "@", "\\", "?", "#", "%2e",
            ".", ":443", ":8000", "\t", " ", "[", "]", "::1", "%40", "ſ", "\u212a", "a"]
        ),
        max_size=9,
    ).map("".join)
    | st.text(max_size=30).map("https://{}".format)
)  # fmt: skip
def test_whatever_is_typed_is_refused_or_says_where_it_leads(typed: str) -> None:
    try:
        origin = Origin(typed)
    except BadServer:
        return
    assert NORMAL.fullmatch(origin)
    assert Origin(origin) == origin
    host = origin.partition("://")[2].removesuffix(":443").removesuffix(":8000")
    plain = re.fullmatch(rf"\s*https?://{re.escape(host)}(:[0-9]*)?/?\??#?\s*", typed, re.IGNORECASE)
    assert plain is not None


# -- two origins that record ---------------------------------------------------------------------------


class Origins:
    """The origin that a secret is bound to, and another one; both keep what reaches them."""

    def __init__(self, bound: Listener, other: Listener) -> None:
        self.bound = bound
        self.other = other

    def asks(self, origin: str) -> set[str]:
        """Send secrets to `origin` by both ways; the names of what came of it."""
        names = set()
        for post in (True, False):
            transport = Transport(origin, deadline=8.0)
            try:
                response = (
                    transport.post_form("/oauth/token", FORM)
                    if post
                    else transport.get("/api/v3/me", Secret(ACCESS))
                )
                read_token_response(response.status, response.body)
            except SmilyError as error:
                names.add(error.name)
        return names


@pytest.fixture
def other() -> Iterator[Listener]:
    with Listener(sends(REFUSAL)) as listener:
        yield listener


def locations(bound: Listener, other: Listener) -> list[str]:
    """Where a hostile redirect may point to: the other origin in many spellings, and nonsense."""
    port, there = bound.port, f"127.0.0.1:{other.port}"
    return [
        f"http://{there}/", f"//{there}/", f"///{there}/", f"/\\{there}/",
        f"\\\\{there}/", f"http:\\\\{there}/",
        f"http:/{there}", f"http:{there}", f"HTTP://{there}",
        f"http://user:word@{there}/", f"http://@{there}",
        f"http://127.0.0.1:{port}@{there}/", f"http://{there}#@127.0.0.1:{port}/",
        f"http://{there}?127.0.0.1:{port}",
        f"http://{there}\\@127.0.0.1:{port}/", f"http://{there}%2f@127.0.0.1:{port}/",
        f"@{there}/", f".{there}",
        f"http://localhost:{other.port}/", f"http://[::ffff:127.0.0.1]:{other.port}/",
        f"http://[::1]:{other.port}/",
        f"http://2130706433:{other.port}/", f"http://0x7f.1:{other.port}/", f"http://127.1:{other.port}/",
        f"http://0:{other.port}/", f"http://127.0.0.1.:{other.port}/", f"http://localhost.:{other.port}/",
        f"https://{there}/", f"ftp://{there}/", f"ws://{there}/", f"\thttp://{there}/",
        f"http://{there}\t",
        f"/a/../../{there}", f"/%2e%2e/{there}", f"/oauth/token?next=http://{there}/",
        "/", "", "#", "?", "..",
        "http://", "http://[", "http://[::", "http://:99999999/",
        f"http://127.0.0.1:{port}x/", "http://%zz/", "http://a b/",
        "http://xn--a/", "http://xn--0/", "http://\xe9\xff/", "javascript:alert(1)",
        "data:,x", "file:///etc/passwd",
        "urn:ietf:wg:oauth:2.0:oob", "http://" + "a" * 70 + "/",
        "http://" + "a" * 3000 + ".example/", "x" * 9000,
        "http://-.example/", "http://..", "http://www.bookingsync.com@127.0.0.1:9/",
        "https://www.bookingsync.com/",
    ]  # fmt: skip


def test_no_redirect_carries_a_secret_away(other: Listener) -> None:
    head = b""

    def moved(connection: socket.socket, listener: Listener) -> None:
        sends(head)(connection, listener)

    tried = 0
    with Listener(moved) as bound:
        origins = Origins(bound, other)
        for status in (301, 302, 303, 307, 308):
            for location in locations(bound, other):
                before, tried = len(bound.received), tried + 1
                line = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n"
                head = (line + "Refresh: 0\r\nConnection: close\r\n\r\n").encode("latin-1")
                assert origins.asks(bound.origin) == {"Redirected"}, (status, location)
                assert len(bound.received) == before + 2, (status, location)
        assert all(ACCESS.encode() in request for request in bound.received)
    print(f"G12: {tried} redirects, each met twice, {other.connections} connections to the other origin")  # noqa: T201
    assert tried >= 300
    assert other.connections == 0


def test_an_address_that_names_two_origins_leads_to_the_one_it_is_read_as(other: Listener) -> None:
    with Listener(sends(REFUSAL)) as bound:
        origins = Origins(bound, other)
        refused = 0
        for typed in (bound.origin, bound.origin.upper(), *locations(other, bound), *locations(bound, other)):
            try:
                origin = Origin(typed)
            except BadServer:
                refused += 1
                continue
            if not is_loopback(origin):
                continue  # an https address elsewhere in the world, which this test does not call
            counts = {each.origin: each.connections for each in (bound, other)}
            origins.asks(origin)
            went = {each.origin: each.connections - counts[each.origin] for each in (bound, other)}
            assert {each for each, number in went.items() if number} <= {
                origin,
                origin.replace("https:", "http:"),
            }
        assert refused > 100
        assert bound.received
        assert b"" not in bound.received


@pytest.mark.parametrize("path", ["@{}/", ".{}", ":1@{}/", "", "\\@{}", "http://{}/", "me"])
def test_no_path_makes_another_origin_of_the_address(other: Listener, path: str) -> None:
    behind = path.format(f"127.0.0.1:{other.port}")
    with Listener(sends(REFUSAL)) as bound:
        transport = Transport(bound.origin, deadline=8.0)
        with pytest.raises(BadServer):
            transport.post_form(behind, FORM)
        with pytest.raises(BadServer):
            transport.get(behind, Secret(ACCESS))
        assert (bound.connections, other.connections) == (0, 0)


@pytest.mark.parametrize(
    "path", ["//{}/", "/@{}/", "/\\{}", "/../{}", "/%2e%2e/{}", "/?//{}", "/#//{}", "/x:{}"]
)
def test_a_path_stays_below_its_origin(other: Listener, path: str) -> None:
    with Listener(sends(REFUSAL)) as bound:
        Transport(bound.origin).get(path.format(f"127.0.0.1:{other.port}"), Secret(ACCESS))
        assert (len(bound.received), other.connections) == (1, 0)


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 No\r\n\r\n", b"HTTP/1.1 200 OK\r\n\r\n", b"nonsense", b""])
def test_a_proxy_sees_the_name_of_the_server_and_no_secret(
    monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Listener(sends(answer)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.origin)
        with pytest.raises(errors.OAuthFailure):
            Transport(DEFAULT, deadline=8.0).post_form("/oauth/token", FORM)
        with pytest.raises(errors.OAuthFailure):
            Transport(DEFAULT, deadline=8.0).get("/api/v3/me", Secret(ACCESS))
        assert len(proxy.received) == 2
        for request in proxy.received:
            assert request.startswith(b"CONNECT www.bookingsync.com:443 ")
            assert ACCESS.encode() not in request


@pytest.mark.parametrize(
    "proxy",
    [
        "socks5://me:pa55word@127.0.0.1:1",
        "ftp://127.0.0.1",
        "http://",
        "http://a:b",
        "x://",
        "://",
        ":",
    ],
)
def test_a_proxy_that_cannot_be_used_has_a_name_and_keeps_its_password(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("all_proxy", proxy)
    with pytest.raises((errors.Offline, errors.ProxyUnusable)) as raised:
        Transport(DEFAULT, deadline=2.0).post_form("/oauth/token", FORM)
    assert "all_proxy" in raised.value.next
    assert "pa55word" not in raised.value.in_lines()


def test_a_proxy_may_be_named_without_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Listener(sends(b"HTTP/1.1 407 No\r\n\r\n")) as proxy:
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{proxy.port}")
        with pytest.raises(errors.ProxyUnusable):
            Transport(DEFAULT, deadline=8.0).get("/api/v3/me", Secret(ACCESS))
        assert proxy.received[0].startswith(b"CONNECT www.bookingsync.com:443 ")


@settings(derandomize=True, max_examples=examples(800), database=None)
@given(
    st.text("/@:.?#[]%&=~\\2eEa1 \t\u00e9", max_size=40)
    | st.lists(st.sampled_from(["..", ".", "%2e", "%2E", "/", "%2f", "%2F", "a", "?", "me"])).map("".join)
)
@example("a" * 70_000)
@example("a/%2E%2e/b")
def test_whatever_path_is_typed_is_refused_or_stays_in_the_api(typed: str) -> None:
    try:
        path = api_path(Untrusted(typed))
    except UsageError:
        return
    url = httpx.URL(DEFAULT + path)
    assert (url.scheme, url.host, url.port, url.userinfo) == ("https", HOST, None, b"")
    assert url.raw_path.startswith(b"/api/v3/")
    assert ".." not in unquote(url.raw_path.partition(b"?")[0].decode()).split("/")


# -- what is stored is bound ---------------------------------------------------------------------------


class TwoServers:
    """A world whose protocol really sends: to the sandbox, and to another server."""

    def __init__(self, folder: Path, sandbox: Listener, other: Listener) -> None:
        self.world = World(folder)
        self.sandbox = sandbox
        self.other = other
        self.environment = dataclasses.replace(self.world.environment, post=self._post)

    def _post(self, server: str, fields: Fields, seconds: float) -> Answer:
        response = Transport(server, deadline=seconds).post_form("/oauth/token", fields)
        return Answer(response.status, response.body)

    def bind(self, tokens: str, credentials: str) -> None:
        """Let the stored tokens belong to one server, and the stored credentials to another."""
        world = self.world
        world.slot.save(replaced(world.stored(), server=Origin(tokens)))
        client = world.state.client
        world.store.save_credentials(
            "app", Credentials(client.client_id, Secret(client.client_secret), Origin(credentials))
        )

    def secrets_at(self, listener: Listener) -> int:
        """How many requests with one of the secrets reached a server."""
        current, client = self.world.stored().current, self.world.state.client
        secrets = (current.access.reveal(), current.refresh.reveal(), client.client_secret, "c0de" * 16)
        return sum(any(each.encode() in request for each in secrets) for request in listener.received)


@pytest.mark.parametrize("reverse", [False, True])
def test_what_one_server_gave_is_never_sent_to_another(
    tmp_path: Path, other: Listener, reverse: bool
) -> None:
    with Listener(sends(REFUSAL)) as sandbox:
        two = TwoServers(tmp_path, sandbox, other)
        home, away = (other, sandbox) if reverse else (sandbox, other)
        two.bind(tokens=home.origin, credentials=away.origin)
        before = two.world.store.slot(two.world.address).path().read_bytes()
        with pytest.raises(NoCredentials):
            protocol.refresh(two.environment, two.world.slot, FORCE)
        assert (home.connections, away.connections) == (0, 0)
        with pytest.raises(errors.OAuthFailure):
            identify(two.environment, two.world.slot)
        assert two.secrets_at(home) == home.connections > 0
        assert away.connections == 0
        assert two.world.store.slot(two.world.address).path().read_bytes() == before


@pytest.mark.parametrize("reverse", [False, True])
def test_refresh_and_exchange_go_to_the_server_of_the_credentials(
    tmp_path: Path, other: Listener, reverse: bool
) -> None:
    with Listener(sends(REFUSAL)) as sandbox:
        two = TwoServers(tmp_path, sandbox, other)
        home, away = (other, sandbox) if reverse else (sandbox, other)
        two.bind(tokens=home.origin, credentials=home.origin)
        with pytest.raises(errors.ClientRefused):
            protocol.refresh(two.environment, two.world.slot, FORCE)
        with pytest.raises(errors.ClientRefused):
            exchange(two.environment, two.world.store, "app", Secret("c0de" * 16), ["public"])
        assert two.secrets_at(home) == home.connections == 2
        assert away.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_of_the_token_endpoint_leaves_everything_as_it_was(
    tmp_path: Path, other: Listener, status: int
) -> None:
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {other.origin}/oauth/token\r\nContent-Length: 0\r\n\r\n"
    with Listener(sends(head.encode())) as sandbox:
        two = TwoServers(tmp_path, sandbox, other)
        two.bind(tokens=sandbox.origin, credentials=sandbox.origin)
        before = two.world.store.slot(two.world.address).path().read_bytes()
        with pytest.raises(errors.Redirected):
            protocol.refresh(two.environment, two.world.slot, FORCE)
        assert two.secrets_at(sandbox) == 1
        assert other.connections == 0
        assert two.world.store.slot(two.world.address).path().read_bytes() == before
