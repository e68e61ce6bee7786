"""Token requests as people's clients send them: kinds of body, scopes, PKCE, revocation, token info."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.sandbox.grants import WORDS
from tests.support.visitor import OUT_OF_BAND, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

FORM = "application/x-www-form-urlencoded"
MISSING = "Missing required parameter: grant_type."


def has_error(answer: httpx.Response, status: int, error: str) -> bool:
    """Tell whether body and header name an error."""
    return (
        answer.status_code == status
        and answer.json()["error"] == error
        and f'Bearer realm="Doorkeeper", error="{error}"' in answer.headers["www-authenticate"]
    )


def credentials(visitor: Visitor) -> dict[str, str]:
    return visitor.client | {"grant_type": "client_credentials"}


@pytest.mark.parametrize("kind", ["form", "no type", "json", "json, another case", "multipart", "file too"])
def test_forms_json_and_multipart_are_read(visitor: Visitor, kind: str) -> None:
    fields = credentials(visitor)
    encoded = "&".join(f"{name}={value}" for name, value in fields.items())
    requests: dict[str, dict[str, Any]] = {
        "form": {"data": fields},
        "no type": {"content": encoded},
        "json": {"json": fields},
        "json, another case": {
            "content": json.dumps(fields),
            "headers": {"Content-Type": "Application/JSON; charset=UTF-8"},
        },
        "multipart": {"files": {name: (None, value) for name, value in fields.items()}},
        "file too": {"data": fields, "files": {"file": b"x"}},
    }
    assert visitor.http.post("/oauth/token", **requests[kind]).status_code == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "text/plain;charset=UTF-8", "application/octet-stream", "application/xml", "x"]
)
def test_a_body_of_another_type_is_not_read(visitor: Visitor, kind: str) -> None:
    fields = credentials(visitor)
    encoded = "&".join(f"{name}={value}" for name, value in fields.items())
    answer = visitor.http.post("/oauth/token", content=encoded, headers={"Content-Type": kind})
    assert has_error(answer, 400, "invalid_request")
    assert answer.json()["error_description"] == MISSING
    in_query = visitor.http.post("/oauth/token", params=fields, content="x", headers={"Content-Type": kind})
    assert in_query.status_code == 200


@pytest.mark.parametrize("kind", ["", FORM, "application/json", "multipart/form-data", "text/plain"])
def test_an_empty_body_leaves_the_query(visitor: Visitor, kind: str) -> None:
    headers = {"Content-Type": kind} if kind else {}
    assert visitor.http.post("/oauth/token", params=credentials(visitor), headers=headers).status_code == 200
    assert visitor.http.post("/oauth/token", headers=headers).json()["error_description"] == MISSING


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=b", b"no part"),
        ("multipart/form-data; boundary=b", b"--b\r\nbroken\r\n"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: x; name="\xff"\r\n\r\n\xff\r\n--b--',
        ),
        ("multipart/form-data; boundary=b; charset=none", b"--b\r\n\r\n\r\n--b--"),
        ("application/json", b"\xff"),
        ("application/json", b'{"\\ud800": "x"}'),
        ("application/json", b"[1" + b"0" * 5000 + b"]"),
        ("application/json", b"NaN"),
        (FORM, b"%"),
        (FORM, b"&" * 5000),
    ],
)
def test_no_body_is_a_bug(visitor: Visitor, kind: str, body: bytes) -> None:
    answer = visitor.http.post("/oauth/token", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 400
    assert not answer.content or has_error(answer, 400, "invalid_request")


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic eA==", "Basic /w==", "Bearer x", "é"])
def test_a_header_that_is_no_basic_is_ignored(visitor: Visitor, header: str) -> None:
    headers = {b"Authorization": header.encode()}
    answer = visitor.http.post("/oauth/token", data=credentials(visitor), headers=headers)
    assert answer.status_code == 200


def test_fields_of_the_rules_are_not_taken_from_a_request(visitor: Visitor) -> None:
    forged = {"user": "4711", "client": "x", "scopes": "rates_read", "extra_credentials": "x"}
    token = visitor.post(**credentials(visitor), **forged).json()
    assert token["scope"] == "public"
    info = visitor.http.get("/oauth/token/info", params={"access_token": token["access_token"]}).json()
    assert info["resource_owner_id"] is None


@pytest.mark.parametrize("scope", ["", " ", "   "])
def test_an_empty_scope_is_the_default_one(visitor: Visitor, scope: str) -> None:
    assert visitor.tokens(scope=scope)["scope"] == "public"
    assert visitor.post(**credentials(visitor), scope=scope).json()["scope"] == "public"
    tokens = visitor.tokens(scope="public rates_read")
    assert visitor.refresh(tokens["refresh_token"], scope=scope).json()["scope"] == "public rates_read"


def test_blanks_between_scopes_are_one_blank(visitor: Visitor) -> None:
    spaced = " public   bookings_read  "
    tokens = visitor.tokens(scope=spaced)
    assert tokens["scope"] == "public bookings_read"
    assert visitor.refresh(tokens["refresh_token"], scope=spaced).json()["scope"] == "public bookings_read"
    assert visitor.post(**credentials(visitor), scope="  public ").json()["scope"] == "public"
    page = visitor.http.get("/oauth/authorize", params=visitor.request(scope="public\tbookings_read"))
    assert WORDS["invalid_scope"] in page.text


def test_scopes_in_another_order_need_no_second_consent(visitor: Visitor) -> None:
    visitor.decide(scope="public bookings_read rates_read")
    again = visitor.request(scope="rates_read  public bookings_read")
    assert visitor.http.get("/oauth/authorize", params=again).status_code == 302
    fewer = visitor.request(scope="public bookings_read")
    assert visitor.http.get("/oauth/authorize", params=fewer).status_code == 200


def test_a_declined_request_echoes_its_state(visitor: Visitor) -> None:
    assert visitor.decide("deny", state="a b&c").json()["state"] == "a b&c"
    assert "state" not in visitor.decide("deny").json()


# -- PKCE (RFC 7636) -----------------------------------------------------------------------------------

VERIFIER = "v" * 43
S256 = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.mark.parametrize(("method", "challenge"), [("plain", VERIFIER), ("S256", S256)])
def test_the_verifier_is_checked(visit: Callable[..., Visitor], method: str, challenge: str) -> None:
    visitor = visit(pkce=True)
    code = visitor.code(code_challenge=challenge, code_challenge_method=method)
    missing = visitor.exchange(code)
    assert has_error(missing, 400, "invalid_request")
    assert missing.json()["error_description"] == "Missing required parameter: code_verifier."
    assert has_error(visitor.exchange(code, code_verifier="w" * 43), 400, "invalid_grant")
    assert visitor.log[-1].endswith("code_verifier does not match code_challenge")
    assert visitor.exchange(code, code_verifier=VERIFIER).status_code == 200


def test_a_verifier_without_a_challenge_is_refused(visit: Callable[..., Visitor]) -> None:
    visitor = visit(pkce=True)
    code = visitor.code()
    assert has_error(visitor.exchange(code, code_verifier=VERIFIER), 400, "invalid_grant")
    assert visitor.exchange(code).status_code == 200


@pytest.mark.parametrize("method", ["", "s256", "none"])
def test_an_unknown_method_is_refused(visit: Callable[..., Visitor], method: str) -> None:
    fields = {"code_challenge": S256, "code_challenge_method": method}
    visitor = visit(pkce=True)
    page = visitor.http.get("/oauth/authorize", params=visitor.request(**fields))
    assert "The code challenge method must be plain or S256." in page.text


# -- /oauth/revoke, /oauth/token/info ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_a_token_is_revoked_with_its_pair(visitor: Visitor, kind: str) -> None:
    tokens = visitor.tokens()
    for _ in range(2):
        answer = visitor.http.post("/oauth/revoke", data=visitor.client | {"token": tokens[kind]})
        assert (answer.status_code, answer.json()) == (200, {})
    assert visitor.api("me", tokens["access_token"]).status_code == 401
    assert has_error(visitor.refresh(tokens["refresh_token"]), 400, "invalid_grant")
    assert "refresh token revoked by request at " in visitor.log[-1]


@pytest.mark.parametrize("token", ["", "unknown", None])
def test_an_unknown_token_is_no_error(visitor: Visitor, token: str | None) -> None:
    fields = visitor.client | ({} if token is None else {"token": token})
    answer = visitor.http.post("/oauth/revoke", data=fields)
    assert (answer.status_code, answer.json()) == (200, {})


@pytest.mark.parametrize("wrong", ["secret", "client", "none", "another"])
def test_only_its_own_app_revokes_a_token(visitor: Visitor, wrong: str) -> None:
    tokens = visitor.tokens()
    foreign = visitor.sandbox.state.register(name="Another app")
    fields = {
        "secret": visitor.client | {"client_secret": "x"},
        "client": visitor.client | {"client_id": "x"},
        "none": {},
        "another": {"client_id": foreign.client_id, "client_secret": foreign.client_secret},
    }[wrong]
    answer = visitor.http.post("/oauth/revoke", data=fields | {"token": tokens["access_token"]})
    assert (answer.status_code, answer.json()) == (
        403,
        {
            "error": "unauthorized_client",
            "error_description": "You are not authorized to revoke this token",
        },
    )
    assert visitor.api("me", tokens["access_token"]).status_code == 200


def test_revocation_takes_http_basic_and_json(visitor: Visitor) -> None:
    first, second = visitor.tokens(), visitor.tokens()
    basic: Any = tuple(visitor.client.values())
    revoke = {"token": first["access_token"]}
    assert visitor.http.post("/oauth/revoke", data=revoke, auth=basic).json() == {}
    as_json = visitor.client | {"token": second["access_token"]}
    assert visitor.http.post("/oauth/revoke", json=as_json).json() == {}
    assert {visitor.api("me", tokens["access_token"]).status_code for tokens in (first, second)} == {401}
    malformed = visitor.http.post("/oauth/revoke", content="{", headers={"Content-Type": "application/json"})
    assert malformed.status_code == 400


def test_an_expired_token_is_not_revoked_and_its_refresh_token_stays(visitor: Visitor) -> None:
    tokens = visitor.tokens()
    visitor.wall += 7200
    assert (
        visitor.http.post("/oauth/revoke", data=visitor.client | {"token": tokens["access_token"]}).json()
        == {}
    )
    assert visitor.refresh(tokens["refresh_token"]).status_code == 200


def test_a_token_is_described(visitor: Visitor) -> None:
    token = visitor.tokens(4713)["access_token"]
    visitor.wall += 200
    answer = visitor.http.get("/oauth/token/info", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()) == (
        200,
        {
            "resource_owner_id": 4713,
            "scope": ["public", "bookings_read"],
            "expires_in": 7000,
            "application": {"uid": visitor.client["client_id"]},
            "created_at": int(visitor.wall) - 200,
        },
    )


@pytest.mark.parametrize("state", ["none", "unknown", "expired", "revoked"])
def test_a_token_that_is_not_valid_is_not_described(visitor: Visitor, state: str) -> None:
    token = visitor.tokens()["access_token"]
    visitor.wall += 7200 if state == "expired" else 0
    if state == "revoked":
        visitor.sandbox.state.uninstall()
    token = token if state in ("expired", "revoked") else "x"
    headers = {} if state == "none" else {"Authorization": f"Bearer {token}"}
    answer = visitor.http.get("/oauth/token/info", headers=headers)
    assert has_error(answer, 401, "invalid_token")
    assert answer.json()["error_description"] == "The access token is invalid"


def test_describing_a_token_uses_it(visitor: Visitor) -> None:
    old = visitor.tokens()
    new = visitor.refresh(old["refresh_token"]).json()
    visitor.http.get("/oauth/token/info", params={"access_token": new["access_token"]})
    assert has_error(visitor.refresh(old["refresh_token"]), 400, "invalid_grant")


def test_any_text_can_be_id_and_secret(visit: Callable[..., Visitor]) -> None:
    visitor = visit(client_id="my app:1 é", client_secret="p%41 +&=\"'ß")
    assert visitor.tokens()["scope"] == "public bookings_read"
    assert visitor.http.post("/oauth/token", json=credentials(visitor)).status_code == 200
    assert visitor.exchange("x", redirect_uri=OUT_OF_BAND).json()["error"] == "invalid_grant"
