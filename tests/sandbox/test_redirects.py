"""Redirect URIs of web applications: registered, compared exactly, and where code or error is sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from smily_tui.errors import UsageError
from smily_tui.sandbox.grants import WORDS
from smily_tui.sandbox.server import Options, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.support.visitor import Visitor

CALLBACK = "http://localhost:3000/callback"
WITH_QUERY = "https://app.example/cb?tenant=a%20b&x="


def answer_form(visitor: Visitor, decision: str = "authorize", **changes: str) -> httpx.Response:
    """Answer the consent page, and return the redirect."""
    visitor.http.cookies.clear()
    page = visitor.http.get("/oauth/authorize", params=visitor.request(**changes))
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    hidden = {name: value.replace("&amp;", "&") for name, value in hidden.items()}
    form = hidden | {"account": "4711", "decision": decision}
    return visitor.http.post("/oauth/authorize", data=form)


@pytest.mark.parametrize("uri", [CALLBACK, WITH_QUERY, "http://[::1]:8080/cb?", "https://app.example"])
def test_a_code_is_sent_to_a_registered_uri(visit: Callable[..., Visitor], uri: str) -> None:
    visitor = visit(redirect_uris=(CALLBACK, uri))
    location = answer_form(visitor, redirect_uri=uri, state="s t&a=t#e").headers["location"]
    assert location.startswith(uri)
    fields = parse_qs(urlsplit(location).query, keep_blank_values=True)
    assert fields["state"] == ["s t&a=t#e"]
    if uri == WITH_QUERY:
        assert (fields["tenant"], fields["x"]) == (["a b"], [""])
    (code,) = fields["code"]
    refused = visitor.exchange(code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert visitor.exchange(code, redirect_uri=uri + "x").status_code == 400
    assert visitor.exchange(code, redirect_uri=uri).status_code == 200
    signed_in = visitor.http.get("/oauth/authorize", params=visitor.request(redirect_uri=uri))
    assert signed_in.headers["location"].startswith(uri)
    assert "state" not in parse_qs(urlsplit(signed_in.headers["location"]).query)


@pytest.mark.parametrize("ordered", [False, True])
def test_a_refusal_is_sent_there_too(visit: Callable[..., Visitor], *, ordered: bool) -> None:
    visitor = visit(redirect_uris=(WITH_QUERY,), faults=("denied",) if ordered else ())
    decision = "authorize" if ordered else "deny"
    answer = answer_form(visitor, decision, redirect_uri=WITH_QUERY, state="xyz")
    assert answer.status_code == 302
    fields = parse_qs(urlsplit(answer.headers["location"]).query)
    assert fields == {
        "tenant": ["a b"],
        "error": ["access_denied"],
        "error_description": [WORDS["access_denied"]],
        "state": ["xyz"],
    }
    assert not visitor.sandbox.state.codes


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost:3001/callback",
        "http://127.0.0.1:3000/callback",
        "http://localhost:3000/callback/",
        "http://localhost:3000/callback?x=1",
        "http://LOCALHOST:3000/callback",
        "http://localhost:3000/callback#x",
        '"><script>alert(1)</script>',
    ],
)
def test_another_uri_is_refused_on_a_page_that_says_which_are_registered(
    visit: Callable[..., Visitor], uri: str
) -> None:
    visitor = visit(redirect_uris=(CALLBACK,))
    page = visitor.http.get("/oauth/authorize", params=visitor.request(redirect_uri=uri))
    assert page.status_code == 200
    assert "The requested redirect uri is malformed" in page.text
    assert f"<code>{CALLBACK}</code>" in page.text
    assert "exactly, including the port" in page.text
    assert "<script" not in page.text
    assert not visitor.sandbox.state.codes


def test_the_form_may_lead_to_registered_origins_only(visit: Callable[..., Visitor]) -> None:
    visitor = visit(redirect_uris=(CALLBACK, WITH_QUERY, "http://[::1]:8080/"))
    page = visitor.http.get("/oauth/authorize", params=visitor.request())
    expected = "form-action 'self' http://localhost:3000 https://app.example http://*:8080;"
    assert expected in page.headers["content-security-policy"]
    for path in ("/style.css", "/sandbox/faults", "/oauth/authorize/native", "/oauth/authorize"):
        assert "form-action 'self';" in visitor.http.get(path).headers["content-security-policy"]


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "x",
        "/callback",
        "http://",
        "http:///callback",
        "http:localhost",
        "ftp://localhost/",
        "javascript:alert(1)//localhost",
        "myapp://callback",
        "http://app.example/callback",
        "http://192.168.0.1/callback",
        "http://0.0.0.0:3000/",
        "http://127.1/",
        "http://2130706433/",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "http://user:password@localhost/",
        "https://user@app.example/",
        "https://app.example/#fragment",
        "https://app.example/#",
        "https://*.example/",
        "https://*/",
        "http://localhost:*/",
        "http://localhost:/cb",
        "http://localhost:0/",
        "http://localhost:65536/",
        "http://localhost:3000x/",
        "http://[::1/",
        "http://[::2]/",
        "https://app..example/",
        "https://-app.example/",
        "https://äpp.example/",
        "https://app.example/ä",
        "https://app.example/a b",
        "https://app.example/\n",
        "https://app.example/\\evil",
        "https://app.example/'; script-src *",
        "https://app.example; script-src x/",
        "https://app.example,evil.example/",
        "https://app.example/" + "x" * 2000,
    ],
)
def test_what_cannot_be_registered_is_named(uri: str) -> None:
    with pytest.raises(UsageError, match="Cannot register the redirect URI"):
        Sandbox(Options(redirect_uris=(uri,)))


@pytest.mark.parametrize(
    "uri",
    [
        "http://localhost",
        "http://app.localhost:3000/",
        "http://127.0.0.1/",
        "http://127.0.0.2:1/",
        "http://[::1]/",
        "https://localhost:8443/a/b?c=d",
        "https://app.example:65535/~x/%20",
        "urn:ietf:wg:oauth:2.0:oob",
    ],
)
def test_this_computer_and_https_can_be_registered(visit: Callable[..., Visitor], uri: str) -> None:
    client = visit(redirect_uris=(uri, uri)).sandbox.state.client
    assert client.redirect_uris == tuple(dict.fromkeys(("urn:ietf:wg:oauth:2.0:oob", uri)))


@pytest.mark.parametrize("text", ["a\nb", "a\x1b[31m", "a\u202eb", "x" * 300, " x x", "\udcff"])
@pytest.mark.parametrize("field", ["client_id", "client_secret"])
def test_credentials_are_printable_text(field: str, text: str) -> None:
    with pytest.raises(UsageError, match="Cannot register the Client") as raised:
        Sandbox(Options(**{field: text}))  # type: ignore[arg-type]
    assert text not in raised.value.in_lines()


def test_a_name_is_cleaned_and_escaped(visit: Callable[..., Visitor]) -> None:
    visitor = visit(app_name="<b>My\x1b[31m\n app\u202e</b>" + "x" * 200)
    page = visitor.http.get("/oauth/authorize", params=visitor.request())
    assert "&lt;b&gt;My app&lt;/b&gt;xxx" in page.text
    assert "<b>" not in page.text
    with pytest.raises(UsageError, match="name is empty"):
        Sandbox(Options(app_name=" \x1b[31m"))


def test_no_option_shows_the_secret() -> None:
    assert "hunter2" not in repr(Options(client_secret="hunter2"))
