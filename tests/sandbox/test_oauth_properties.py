"""Any request to the OAuth endpoints: a documented form comes back, and never a 500."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.sampling import examples
from tests.support.visitor import OUT_OF_BAND, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


CALLBACK = "http://127.0.0.1:3000/cb?kept=1"
FORM = "application/x-www-form-urlencoded"
NAMES = (
    *("grant_type", "client_id", "client_secret", "code", "refresh_token", "redirect_uri", "scope", "state"),
    *("response_type", "account_id", "code_verifier", "code_challenge", "code_challenge_method", "token"),
    *("decision", "account", "user", "scopes", "response_mode", "access_token"),
)
VALUES = (
    *("", "authorization_code", "refresh_token", "client_credentials", "password", "code", "token", "plain"),
    *("S256", "public", "public  bookings_read", "public rates_read", "4711", OUT_OF_BAND, CALLBACK, "\x00"),
    *("my-app", "my-secret", "authorize", "9" * 30, "é", "\ud83c\udf0d", "%zz"),
)
names = st.one_of(st.sampled_from(NAMES), st.text(max_size=5))
fields = st.dictionaries(names, st.one_of(st.sampled_from(VALUES), st.text(max_size=12)), max_size=8)
valid = st.fixed_dictionaries(
    {},
    optional={
        "grant_type": st.sampled_from(["authorization_code", "refresh_token", "client_credentials"]),
        "response_type": st.just("code"),
        "client_id": st.just("my-app"),
        "client_secret": st.just("my-secret"),
        "redirect_uri": st.sampled_from([OUT_OF_BAND, CALLBACK]),
    },
)
parameters = st.builds(dict.__or__, fields, valid)
kinds = st.sampled_from(["", FORM, "application/json", "text/plain", "multipart/form-data; boundary=x", "é/"])
bodies = st.one_of(st.binary(max_size=40), parameters.map(lambda values: json.dumps(values).encode()))
any_size = settings(
    max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def server(visit: Callable[..., Visitor], request: pytest.FixtureRequest) -> Visitor:
    """A sandbox with a web application, with and without PKCE."""
    return visit(client_id="my-app", client_secret="my-secret", redirect_uris=(CALLBACK,), pkce=request.param)


with_and_without_pkce = pytest.mark.parametrize("server", [False, True], indirect=True, ids=["plain", "pkce"])


def printable(values: dict[str, str]) -> dict[str, str]:
    """The fields as a client can encode them."""
    return {name: value.encode("utf-8", "ignore").decode() for name, value in values.items()}


def check_page(answer: httpx.Response) -> None:
    """A page, a redirect to the code or to the application, a declined request, or a forged form."""
    if answer.status_code == 302:
        location = answer.headers["location"]
        assert location.startswith(("/oauth/authorize/native?code=", "http://127.0.0.1:3000/cb?kept=1&"))
    elif answer.status_code == 400 and answer.content:
        assert answer.json()["error"] == "access_denied"
    else:
        assert answer.status_code in (200, 400, 422)
        assert answer.headers["content-type"].startswith("text/html")


def check_token_answer(answer: httpx.Response) -> None:
    """Tokens, an error with its challenge, or an empty 400 for what cannot be read."""
    if answer.status_code == 400 and not answer.content:
        return
    content = answer.json()
    if answer.status_code == 200:
        assert content["token_type"] == "Bearer"
        assert content["access_token"]
    else:
        assert answer.status_code in (400, 401)
        assert content["error_description"]
        assert f'error="{content["error"]}"' in answer.headers["www-authenticate"]


@with_and_without_pkce
@any_size
@given(parameters)
def test_any_authorization_request_has_a_documented_form(server: Visitor, parameters: dict[str, str]) -> None:
    check_page(server.http.get("/oauth/authorize", params=printable(parameters)))
    check_page(server.http.post("/oauth/authorize", data=printable(parameters)))


@with_and_without_pkce
@any_size
@given(parameters, parameters)
def test_any_form_at_the_token_endpoint_has_a_documented_form(
    server: Visitor, query: dict[str, str], body: dict[str, str]
) -> None:
    check_token_answer(server.http.post("/oauth/token", params=printable(query), data=printable(body)))


@with_and_without_pkce
@any_size
@given(kinds, bodies)
def test_any_body_at_the_token_endpoint_has_a_documented_form(
    server: Visitor, kind: str, body: bytes
) -> None:
    headers = {b"Content-Type": kind.encode()}
    check_token_answer(server.http.post("/oauth/token", content=body, headers=headers))


@with_and_without_pkce
@any_size
@given(kinds, bodies, parameters)
def test_any_revocation_and_token_info_has_a_documented_form(
    server: Visitor, kind: str, body: bytes, parameters: dict[str, str]
) -> None:
    for answer in (
        server.http.post("/oauth/revoke", content=body, headers={b"Content-Type": kind.encode()}),
        server.http.post("/oauth/revoke", data=printable(parameters)),
        server.http.get("/oauth/token/info", params=printable(parameters)),
    ):
        if answer.status_code != 400 or answer.content:
            assert answer.status_code in (200, 401, 403)
            assert isinstance(answer.json(), dict)
