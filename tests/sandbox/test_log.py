"""Request log: one line a request, the reason of a refusal, and no secret."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from tests.support.visitor import OUT_OF_BAND, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable


SECRET = "hunter2 & more"


def last_line(visitor: Visitor) -> str:
    """Return the last line without time and duration."""
    line = re.fullmatch(r"\d\d:\d\d:\d\d (.*? \d{3}) \d+ ms(.*)", visitor.log[-1])
    assert line, visitor.log[-1]
    return line[1] + line[2]


def clock(visitor: Visitor) -> str:
    return time.strftime("%H:%M", time.localtime(visitor.wall))


def test_a_request_has_a_line_with_its_grant(visitor: Visitor) -> None:
    visitor.exchange(visitor.code())
    assert last_line(visitor) == "POST /oauth/token grant_type=authorization_code 200"
    visitor.http.get("/api/v3/accounts?page=2&per_page=10&unknown=x")
    assert last_line(visitor).startswith("GET /api/v3/accounts?page=2&per_page=10&unknown=●●●●●●●● 401")


def test_a_refused_code_is_explained(visitor: Visitor) -> None:
    used, late = visitor.code(), visitor.code()
    visitor.exchange(used)
    used_at = clock(visitor)
    visitor.exchange(late, redirect_uri="https://example.com")
    assert last_line(visitor).endswith(" 400: redirect_uri differs from the authorization request's")
    visitor.wall += 780
    for code, reason in (
        (used, f"code used already at {used_at}"),
        (late, "code expired 3 min ago"),
        ("x", "code unknown"),
    ):
        visitor.exchange(code)
        assert last_line(visitor) == f"POST /oauth/token grant_type=authorization_code 400: {reason}"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"client_secret": "x"}, "401: Client Secret wrong"),
        ({"client_secret": ""}, "401: Client Secret missing"),
        ({"client_id": "x"}, "401: Client ID unknown"),
        ({"client_id": ""}, "400: Client ID missing"),
        ({"scope": "public rates_write"}, "400: scope rates_write not granted before"),
        ({"refresh_token": "x"}, "400: refresh token unknown"),
        ({"refresh_token": ""}, "400: refresh_token missing"),
    ],
)
def test_a_refused_refresh_is_explained(visitor: Visitor, changes: dict[str, str], reason: str) -> None:
    fields = {"grant_type": "refresh_token", "refresh_token": visitor.tokens()["refresh_token"]}
    visitor.post(**(visitor.client | fields | changes))
    assert last_line(visitor) == f"POST /oauth/token grant_type=refresh_token {reason}"


@pytest.mark.parametrize(
    ("rotation", "reason"),
    [("immediate", "used already at {}"), ("on-use", "used already, and its successor used at {}")],
)
def test_a_used_refresh_token_says_when_it_was_used(
    visit: Callable[..., Visitor], rotation: str, reason: str
) -> None:
    visitor = visit(rotation=rotation)
    old = visitor.tokens()["refresh_token"]
    visitor.api("me", visitor.refresh(old).json()["access_token"])
    used_at = clock(visitor)
    visitor.wall += 3600
    visitor.refresh(old)
    assert last_line(visitor).endswith(f" 400: refresh token {reason.format(used_at)}")


def test_other_refusals_are_explained(visitor: Visitor) -> None:
    visitor.post(**visitor.client, grant_type="client_credentials", scope="public rates_read")
    assert last_line(visitor).endswith("grant_type=client_credentials 400: scope rates_read not available")
    visitor.post(**visitor.client, grant_type="password")
    assert last_line(visitor).endswith("grant_type=other 400: grant_type password unknown")
    visitor.http.post("/oauth/token", content="grant_type=x", headers={"Content-Type": "text/plain"})
    assert last_line(visitor).endswith("400: grant_type missing; a body of text/plain is not read")
    plain = {"Content-Type": "text/plain"}
    query = visitor.client | {"grant_type": "client_credentials"}
    visitor.http.post("/oauth/token", params=query, content="x", headers=plain)
    assert last_line(visitor).endswith("200: a body of text/plain is not read")
    visitor.http.post("/oauth/token", content="{", headers={"Content-Type": "application/json"})
    assert last_line(visitor).endswith("400: application/json malformed")
    visitor.http.get("/oauth/authorize", params=visitor.request(redirect_uri="http://127.0.0.1:1/"))
    assert last_line(visitor).endswith("200: redirect_uri not registered")
    visitor.http.get("/oauth/authorize", params=visitor.request(scope="public nonsense"))
    assert last_line(visitor).endswith("200: scope nonsense not available")
    visitor.decide("deny")
    assert last_line(visitor).endswith("400: the owner declined")


def test_no_line_has_a_secret(visit: Callable[..., Visitor]) -> None:
    visitor = visit(client_secret=SECRET)
    code = visitor.code(state="the state of a client")
    tokens = visitor.exchange(code).json()
    secrets = [code, tokens["access_token"], tokens["refresh_token"], SECRET, "the state of a client"]
    for secret in secrets:
        visitor.post(**visitor.client, grant_type=secret)
        visitor.http.get(f"/oauth/authorize/{secret}")
        visitor.http.get("/" + "x" * 100 + secret)
        visitor.http.get("/api/v3/me", params={"access_token": secret, "token": secret, secret: "1"})
        visitor.http.get("/oauth/authorize", params=visitor.request(state=secret, scope=secret))
        visitor.http.get("/style.css", headers={"Host": secret.replace(" ", "").replace("&", "")})
        everything = {
            "client_secret": secret,
            "code": secret,
            "code_verifier": secret,
            "redirect_uri": OUT_OF_BAND,
        }
        visitor.http.post("/oauth/token", params={"grant_type": "authorization_code"} | everything)
    log = "\n".join(visitor.log)
    for secret in secrets[:-1]:
        assert secret not in log
        assert secret[:20] not in log


def test_a_line_is_one_line_and_short(visitor: Visitor) -> None:
    visitor.http.get("/a%0Ab%1b%5b31mc?scope=%0a" + "x" * 9000)
    assert last_line(visitor).startswith("GET /a bc?scope= xxx")
    assert len(visitor.log[-1]) < 220
