"""Answers to the sandbox's own pages and programs only; no secret in caches, frames or its log."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest

from smily_tui.errors import UsageError
from smily_tui.oauth.headers import clock_off
from smily_tui.sandbox.server import Options, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.visitor import Visitor


def port_of(visitor: Visitor) -> str:
    return visitor.server.rpartition(":")[2]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:{port}", 200),
        ("localhost:{port}", 200),
        ("[::1]:{port}", 200),
        ("127.0.0.1", 200),
        ("127.0.0.1:", 200),
        ("127.0.0.1:1", 200),
        ("LOCALHOST", 200),
        ("localhost.:{port}", 200),
        ("app.localhost", 200),
        ("[0:0:0:0:0:0:0:1]", 200),
        ("[::ffff:127.0.0.1]:80", 200),
        ("sandbox.example", 200),
        ("Sandbox.Example.:8443", 200),
        ("evil.example:{port}", 403),
        ("evil.sandbox.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("127.0.0.1:x", 403),
        ("user@127.0.0.1", 403),
        ("127.1", 403),
        ("0.0.0.0", 403),  # noqa: S104 - only named
        ("[::]", 403),
        ("[::1", 403),
        (".", 403),
        ("localhost.evil.example:{port}", 403),
        ("", 403),
    ],
)
def test_the_name_of_a_host_counts_and_not_its_port(
    visit: Callable[..., Visitor], host: str, status: int
) -> None:
    visitor = visit(allow_hosts=("SANDBOX.example.",))
    named = {"Host": host.format(port=port_of(visitor))}
    page = visitor.http.get("/oauth/authorize", params=visitor.request(), headers=named)
    assert page.status_code == status
    assert (visitor.client["client_id"] in page.text) == (status == 200)


def test_a_refused_host_is_named_in_answer_and_log(visitor: Visitor) -> None:
    hostile = "evil\tx<script>." + "x" * 5000
    answer = visitor.http.get("/style.css", headers={"Host": hostile})
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("Refused: the Host header “evil x<script>.xxx")
    assert len(answer.text) < 200
    assert answer.text.strip() in visitor.log[-1]
    answer = visitor.http.get("/style.css", headers={"Host": "evil.example"})
    assert "“evil.example” is not a name of this sandbox" in answer.text
    assert "--allow-host" in answer.text


@pytest.mark.parametrize(
    "name", ["", "*", "*.example", "http://a.example", "a.example:80", "a b", "é.example"]
)
def test_only_a_host_name_can_be_allowed(name: str) -> None:
    with pytest.raises(UsageError, match="is not a host name"):
        Sandbox(Options(allow_hosts=(name,)))


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://127.0.0.1:{port}", 422),
        ("null", 422),
        ("http://127.0.0.1", 403),
        ("http://localhost:5173", 403),
        ("https://evil.example", 403),
        ("https://127.0.0.1:{port}.evil.example", 403),
        ("file://", 403),
        ("", 403),
    ],
)
@pytest.mark.parametrize("path", ["/oauth/authorize", "/oauth/authorize/", "//sandbox/faults.json"])
def test_a_form_is_taken_from_its_own_origin_only(
    visitor: Visitor, path: str, origin: str, status: int
) -> None:
    form = visitor.request() | {"account": "4711", "decision": "authorize"}
    origins = {"Origin": origin.format(port=port_of(visitor))}
    answer = visitor.http.post(visitor.server + path, data=form, headers=origins)
    assert answer.status_code == status
    if status == 403:
        assert "Origin header" in answer.text
        assert answer.text.strip() in visitor.log[-1]
    assert not visitor.sandbox.state.codes


@pytest.mark.parametrize("origin", ["http://localhost:5173", "https://evil.example", "null", ""])
def test_a_foreign_origin_is_ignored_elsewhere(visitor: Visitor, origin: str) -> None:
    """As by Doorkeeper: development proxies forward it."""
    foreign = {"Origin": origin}
    tokens = visitor.tokens()
    refresh = visitor.client | {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert visitor.http.post("/oauth/token", data=refresh, headers=foreign).status_code == 200
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    answer = visitor.http.get("/api/v3/me", headers=foreign | bearer)
    assert (answer.status_code, answer.headers["vary"]) == (200, "Origin")
    assert "access-control-allow-origin" not in answer.headers
    visitor.http.cookies.clear()
    page = visitor.http.get("/oauth/authorize", params=visitor.request(), headers=foreign)
    assert page.status_code == 200


@pytest.mark.parametrize("path", ["/{}/", "//{}", "/{}.json", "/{}.json/", "///{}//"])
def test_slashes_and_json_at_the_end_of_a_path_are_ignored(visitor: Visitor, path: str) -> None:
    credentials = visitor.client | {"grant_type": "client_credentials"}
    answer = visitor.http.post(visitor.server + path.format("oauth/token"), data=credentials)
    assert answer.status_code == 200
    bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    for route in ("api/v3/me", "api/v3/accounts", "oauth/token/info", "style.css"):
        assert visitor.http.get(visitor.server + path.format(route), headers=bearer).status_code == 200
    page = visitor.http.get(visitor.server + path.format("oauth/authorize"), params=visitor.request())
    assert visitor.client["client_id"] in page.text


def test_header_names_are_written_as_rails_writes_them(visitor: Visitor) -> None:
    answer = visitor.api("me", visitor.tokens()["access_token"])
    names = {name.decode() for name, _ in answer.headers.raw}
    assert {"Content-Type", "X-RateLimit-Limit", "X-Frame-Options", "Vary", "Date"} <= names
    assert "WWW-Authenticate" in {name.decode() for name, _ in visitor.api("me", "x").headers.raw}


def test_every_answer_is_dated_by_the_sandboxes_own_clock(visitor: Visitor) -> None:
    """In a demo, whose time lapses, it is hours ahead of the machine's: nobody's clock is off by that."""
    ahead = 1_900_000_000.0
    visitor.sandbox.state.now = lambda: ahead
    for path in ("/oauth/authorize", "/api/v3/me", "/nowhere"):
        headers = visitor.http.get(path).headers
        assert headers.get_list("date") == ["Sun, 17 Mar 2030 17:46:40 GMT"]
        assert clock_off(headers, ahead) == 0
    refused = visitor.http.get("/api/v3/me", headers={"Host": "evil.example"})
    assert clock_off(refused.headers, ahead) == 0


def test_it_listens_on_loopback_only(visitor: Visitor) -> None:
    assert visitor.sandbox._socket.getsockname()[0] == "127.0.0.1"
    assert visitor.server.startswith("http://127.0.0.1:")


def test_a_form_counts_only_in_the_browser_it_was_sent_to(visitor: Visitor) -> None:
    page = visitor.http.get("/oauth/authorize", params=visitor.request())
    token = re.search(r'name="token" value="([^"]+)"', page.text)
    assert token
    form = visitor.request() | {"account": "4711", "decision": "authorize"}
    with httpx.Client(base_url=visitor.server, trust_env=False) as second_browser:
        assert second_browser.post("/oauth/authorize", data=form | {"token": token[1]}).status_code == 422
        second_browser.get("/oauth/authorize", params=visitor.request())
        assert second_browser.post("/oauth/authorize", data=form | {"token": token[1]}).status_code == 422
    for forged in ("", "x", "é"):
        assert visitor.http.post("/oauth/authorize", data=form | {"token": forged}).status_code == 422
    assert not visitor.sandbox.state.codes
    assert visitor.http.post("/oauth/authorize", data=form | {"token": token[1]}).status_code == 302


def test_pages_allow_no_script_no_frame_no_cache_and_no_referrer(visitor: Visitor) -> None:
    consent = visitor.http.get("/oauth/authorize", params=visitor.request())
    error = visitor.http.get("/oauth/authorize")
    for page in (consent, visitor.decide(), error):
        policy = page.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "form-action 'self'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-frame-options"] == "DENY"
        assert "<script" not in page.text
        assert "no real account" in page.text
    style = visitor.http.get("/style.css")
    assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")


HEADERS = {
    "cache-control": "no-store",
    "pragma": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
}


def every_answer(visitor: Visitor) -> Iterator[tuple[str, int, httpx.Response]]:
    """Yield every page and answer of the sandbox, with its expected status."""
    http = visitor.http
    yield "consent", 200, http.get("/oauth/authorize", params=visitor.request())
    yield "an impossible request", 200, http.get("/oauth/authorize")
    yield "denied", 400, visitor.decide("deny")
    yield "the code", 200, visitor.decide()
    yield "a redirect", 302, http.get("/oauth/authorize", params=visitor.request(), follow_redirects=False)
    bearer = {"Authorization": f"Bearer {visitor.tokens()['access_token']}"}
    yield "an empty code page", 200, http.get("/oauth/authorize/native")
    yield "a forged form", 422, http.post("/oauth/authorize", data=visitor.request())
    yield "style", 200, http.get("/style.css")
    yield "tokens", 200, visitor.exchange(visitor.code())
    yield "a refused code", 400, visitor.exchange("0" * 64)
    yield "no client", 400, visitor.post(grant_type="authorization_code", client_id="x", client_secret="y")
    for path in ("me", "accounts", "bookings", "clients"):
        yield path, 403 if path == "clients" else 200, http.get(f"/api/v3/{path}", headers=bearer)
        yield f"{path}, no token", 401, http.get(f"/api/v3/{path}")
    yield "nothing", 404, http.get("/nothing")
    yield "another method", 404, http.put("/oauth/token")
    yield "another host", 403, http.get("/oauth/authorize", headers={"Host": "evil.example"})
    yield "another origin", 403, http.post("/oauth/authorize", headers={"Origin": "https://evil.example"})
    yield "faults", 200, http.get("/sandbox/faults")
    yield "revoked", 200, http.post("/oauth/revoke", data=visitor.client)
    yield "not revoked", 403, http.post("/oauth/revoke")
    yield "token info", 200, http.get("/oauth/token/info", headers=bearer)
    yield "no token info", 401, http.get("/oauth/token/info")
    visitor.sandbox.state.clients = None  # type: ignore[assignment]
    yield "a bug", 500, http.get("/oauth/authorize", params=visitor.request())


def test_every_page_and_answer_has_the_headers(visitor: Visitor) -> None:
    for name, status, answer in every_answer(visitor):
        assert answer.status_code == status, name
        headers = {header: answer.headers.get(header) for header in HEADERS}
        assert headers == HEADERS, name
        assert "server" not in answer.headers, name
        for cookie in answer.headers.get_list("set-cookie"):
            assert "httponly" in cookie.lower(), name
            assert re.search("samesite=(strict|lax)", cookie.lower()), name


def test_text_in_a_link_stays_text(visitor: Visitor) -> None:
    hostile = '"><script>alert(1)</script>'
    consent = visitor.http.get("/oauth/authorize", params=visitor.request(account_id=hostile))
    code = visitor.http.get("/oauth/authorize/native", params={"code": hostile})
    for page in (consent, code):
        assert "&lt;script&gt;alert(1)" in page.text
        assert "<script" not in page.text
