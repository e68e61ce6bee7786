"""Answers of the sandbox, case by case, like those of a Doorkeeper server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.grants import WORDS
from tests.support.visitor import OUT_OF_BAND, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


def is_error(answer: httpx.Response, status: int, error: str) -> bool:
    body = {"error": error, "error_description": WORDS[error]}
    return answer.status_code == status and answer.json() == body and is_challenge(answer)


def is_challenge(answer: httpx.Response) -> bool:
    """Tell whether the header repeats the body's error, as Doorkeeper's does with status 400, too."""
    error = answer.json()
    fields = f'error="{error["error"]}", error_description="{error["error_description"]}"'
    return answer.headers["www-authenticate"] == f'Bearer realm="Doorkeeper", {fields}'


def test_an_exchange_answers_every_field_and_is_not_to_be_stored(visitor: Visitor) -> None:
    answer = visitor.exchange(visitor.code())
    tokens = answer.json()
    assert set(tokens) == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "scope",
        "created_at",
    }
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == (
        "Bearer",
        7200,
        "public bookings_read",
    )
    assert (len(tokens["access_token"]), len(tokens["refresh_token"])) == (64, 64)
    assert tokens["created_at"] == int(visitor.wall)
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


@pytest.mark.parametrize(
    "wrong",
    [{"client_secret": "x"}, {"client_secret": ""}, {"client_id": "x"}, {"client_id": ""}],
)
def test_wrong_credentials_on_an_exchange(visitor: Visitor, wrong: dict[str, str]) -> None:
    code = visitor.code()
    refused = visitor.exchange(code, **wrong)
    assert is_error(refused, 401, "invalid_client")
    assert "invalid_client" in refused.headers["www-authenticate"]
    assert visitor.exchange(code).status_code == 200, "a failed exchange does not burn the code"


def test_on_a_refresh_the_token_is_judged_first(visitor: Visitor) -> None:
    live = visitor.tokens()["refresh_token"]
    assert is_error(visitor.refresh(live, client_secret="x"), 401, "invalid_client")
    assert is_error(visitor.refresh("dead", client_secret="x"), 400, "invalid_grant")
    assert is_error(visitor.refresh(live, client_id=""), 400, "invalid_grant")


def test_a_code_that_does_not_work_always_gets_the_same_sentence(visitor: Visitor) -> None:
    used, late, good = visitor.code(), visitor.code(), visitor.code()
    assert visitor.exchange(used).status_code == 200
    for bad in (used, "unknown", f" {good} "):
        assert is_error(visitor.exchange(bad), 400, "invalid_grant")
    assert is_error(visitor.exchange(good, redirect_uri="https://example.com"), 400, "invalid_grant")
    assert visitor.exchange(good).status_code == 200
    visitor.wall += 601
    assert is_error(visitor.exchange(late), 400, "invalid_grant")


def test_what_was_issued_to_another_application_does_not_work(visitor: Visitor) -> None:
    first = visitor.client
    theirs, their_token = visitor.code(), visitor.tokens()["refresh_token"]
    client = visitor.sandbox.state.register(name="Another app", scopes=("public",))
    visitor.client = {"client_id": client.client_id, "client_secret": client.client_secret}
    assert is_error(visitor.exchange(theirs), 400, "invalid_grant")
    assert is_error(visitor.refresh(their_token), 400, "invalid_grant")
    page = visitor.http.get("/oauth/authorize", params=visitor.request())
    assert WORDS["invalid_scope"] in page.text, "bookings_read is not enabled for this one"
    assert "Another app" in visitor.http.get("/oauth/authorize", params=visitor.request(scope="public")).text
    token = visitor.post(**visitor.client, grant_type="client_credentials").json()["access_token"]
    assert visitor.api("accounts", token).json()["accounts"] == [], "no owner authorized this one"
    visitor.client = first
    assert visitor.exchange(theirs).status_code == 200
    assert visitor.refresh(their_token).status_code == 200


@pytest.mark.parametrize("name", ["code", "redirect_uri", "grant_type"])
def test_a_missing_parameter_is_named(visitor: Visitor, name: str) -> None:
    answer = visitor.exchange("abc", **{name: ""})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.json()["error_description"] == f"Missing required parameter: {name}."
    assert is_challenge(answer)


def test_an_unknown_grant_and_a_wider_scope(visitor: Visitor) -> None:
    assert is_error(visitor.post(**visitor.client, grant_type="password"), 400, "unsupported_grant_type")
    live = visitor.tokens()["refresh_token"]
    assert is_error(visitor.refresh(live, scope="rates_write"), 400, "invalid_scope")


def test_a_scope_dropped_on_a_refresh_stays_gone(visitor: Visitor) -> None:
    narrow = visitor.refresh(visitor.tokens()["refresh_token"], scope="public").json()
    assert narrow["scope"] == "public"
    assert is_error(visitor.refresh(narrow["refresh_token"], scope="bookings_read"), 400, "invalid_scope")
    assert visitor.refresh(narrow["refresh_token"]).json()["scope"] == "public"


def test_pkce_is_ignored(visitor: Visitor) -> None:
    code = visitor.code(code_challenge="a" * 43, code_challenge_method="plain")
    assert visitor.exchange(code, code_verifier="b" * 43).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scope": "nonsense"}, "The requested scope is invalid, unknown, or malformed."),
        ({"client_id": "unknown"}, "Client authentication failed due to unknown client"),
        ({"redirect_uri": "https://evil.example"}, "The requested redirect uri is malformed"),
        ({"response_type": "token"}, "does not support this response type"),
        ({"response_type": ""}, "Missing required parameter: response_type."),
    ],
)
def test_a_bad_authorize_link_is_explained_on_a_page(
    visitor: Visitor, wrong: dict[str, str], sentence: str
) -> None:
    page = visitor.http.get("/oauth/authorize", params=visitor.request(**wrong))
    assert page.status_code == 200
    assert "An error has occurred" in page.text
    assert sentence in page.text.replace("&#39;", "'")


def test_a_no_is_shown_in_the_browser_only(visitor: Visitor) -> None:
    page = visitor.decide("deny")
    assert (page.status_code, page.json()["error"]) == (400, "access_denied")
    assert not visitor.sandbox.state.codes


def test_a_yes_leads_to_the_code_page(visitor: Visitor) -> None:
    page = visitor.decide()
    assert page.url.path == "/oauth/authorize/native"
    assert page.url.params["code"] in page.text
    assert "Authorization code:" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_the_second_time_no_consent_is_asked(visitor: Visitor) -> None:
    visitor.code()
    again = visitor.http.get("/oauth/authorize", params=visitor.request())
    assert again.status_code == 302
    assert again.headers["location"].startswith("/oauth/authorize/native?code=")
    for changes in ({"scope": "public rates_read"}, {"account_id": "4713"}):
        page = visitor.http.get("/oauth/authorize", params=visitor.request(**changes))
        assert page.status_code == 200, "other permissions, or another account, are asked for"
    for account_id in ("", "4711"):
        visitor.http.cookies.clear()
        page = visitor.http.get("/oauth/authorize", params=visitor.request(account_id=account_id))
        assert page.status_code == 200, "another browser is asked"


@pytest.mark.parametrize(("account_id", "chosen"), [("4713", "4713"), ("", "4711"), ("999", "4711")])
def test_account_id_chooses_the_account(visitor: Visitor, account_id: str, chosen: str) -> None:
    page = visitor.http.get("/oauth/authorize", params=visitor.request(account_id=account_id))
    assert page.text.count(" checked>") == 1
    assert f'value="{chosen}" checked>' in page.text


def eight_at_once(act: Callable[[], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(8) as pool:
        return [future.result() for future in [pool.submit(act) for _ in range(8)]]


def test_eight_refreshes_at_once_with_immediate_rotation(visit: Callable[..., Visitor]) -> None:
    visitor = visit(rotation="immediate")
    live = visitor.tokens()["refresh_token"]
    statuses = sorted(answer.status_code for answer in eight_at_once(lambda: visitor.refresh(live)))
    assert statuses == [200] + [400] * 7


def test_eight_refreshes_at_once_with_rotation_on_use(visitor: Visitor) -> None:
    live = visitor.tokens()["refresh_token"]
    answers = [answer.json() for answer in eight_at_once(lambda: visitor.refresh(live))]
    assert len({answer["access_token"] for answer in answers}) == 8
    assert {visitor.api("me", answer["access_token"]).status_code for answer in answers} == {200}


def test_eight_exchanges_of_one_code_at_once(visitor: Visitor) -> None:
    code = visitor.code()
    statuses = sorted(answer.status_code for answer in eight_at_once(lambda: visitor.exchange(code)))
    assert statuses == [200] + [400] * 7


def test_immediate_rotation_ends_the_old_pair_at_once(visit: Callable[..., Visitor]) -> None:
    visitor = visit(rotation="immediate")
    old = visitor.tokens()
    new = visitor.refresh(old["refresh_token"]).json()
    assert is_error(visitor.refresh(old["refresh_token"]), 400, "invalid_grant")
    assert visitor.api("me", old["access_token"]).status_code == 401
    assert visitor.api("me", new["access_token"]).status_code == 200, "newer tokens stay alive"


@pytest.mark.parametrize("expired_first", [False, True])
def test_rotation_on_use_ends_the_old_pair_with_the_first_use(
    visitor: Visitor, *, expired_first: bool
) -> None:
    old = visitor.tokens()
    new = visitor.refresh(old["refresh_token"]).json()
    assert visitor.api("me", old["access_token"]).status_code == 200
    assert visitor.refresh(old["refresh_token"]).status_code == 200, (
        "until then the old one may be tried again"
    )
    if expired_first:
        visitor.wall += 7201
    assert visitor.api("me", new["access_token"]).status_code == (401 if expired_first else 200)
    assert is_error(visitor.refresh(old["refresh_token"]), 400, "invalid_grant")
    assert visitor.refresh(new["refresh_token"]).status_code == 200


def test_using_a_token_ends_its_direct_predecessor_only(visitor: Visitor) -> None:
    first = visitor.tokens()
    second = visitor.refresh(first["refresh_token"]).json()
    third = visitor.refresh(second["refresh_token"]).json()
    assert visitor.api("me", third["access_token"]).status_code == 200
    assert is_error(visitor.refresh(second["refresh_token"]), 400, "invalid_grant")
    assert visitor.api("me", first["access_token"]).status_code == 200
    assert visitor.refresh(first["refresh_token"]).status_code == 200


@pytest.mark.parametrize("state", ["expired", "revoked", "invalid"])
def test_the_api_says_why_it_refuses_a_token(visit: Callable[..., Visitor], state: str) -> None:
    visitor = visit(rotation="immediate")
    tokens = visitor.tokens()
    token = tokens["access_token"]
    if state == "expired":
        visitor.wall += 7200
    elif state == "revoked":
        visitor.refresh(tokens["refresh_token"])
    else:
        token = "unknown"
    answer = visitor.api("me", token)
    descriptions = {
        "expired": "The access token expired",
        "revoked": "The access token was revoked",
        "invalid": "The access token is invalid",
    }
    assert (answer.status_code, answer.text) == (401, '{"errors":[{"code":"unauthorized"}]}')
    assert answer.headers["content-type"] == "application/json"
    assert not any(name.startswith("x-ratelimit") for name in answer.headers)
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer realm="Doorkeeper", ')
    assert f'error="invalid_token", error_description="{descriptions[state]}"' in challenge


def test_without_public_the_api_answers_403(visitor: Visitor) -> None:
    token = visitor.tokens(scope="bookings_read")["access_token"]
    for path in ("me", "accounts"):
        answer = visitor.api(path, token)
        assert (answer.status_code, answer.json()) == (403, {"errors": [{"code": "forbidden"}]})


def test_whose_token_it_is(visitor: Visitor) -> None:
    token = visitor.tokens(4713)["access_token"]
    me = visitor.api("me", token).json()
    assert me["accounts_applications"] == [
        {"links": {"account": 4713}, "partnership_invoice_recipient": "account"}
    ]
    answer = visitor.api("accounts", token)
    assert [account["business_name"] for account in answer.json()["accounts"]] == ["Casa Azul & Jardín"]
    assert answer.headers["content-type"].startswith("application/vnd.api+json")


def test_too_many_calls(visit: Callable[..., Visitor]) -> None:
    visitor = visit(rate_limit=2)
    token = visitor.tokens()["access_token"]
    left = [visitor.api("me", token).headers["x-ratelimit-remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    refused = visitor.api("me", token)
    assert (refused.status_code, refused.text) == (429, "API v3 rate limit exceeded.")
    assert refused.headers["x-ratelimit-limit"] == "2"
    assert int(refused.headers["x-ratelimit-reset"]) > visitor.wall
    visitor.wall += 3600
    assert visitor.api("me", token).status_code == 200


def test_a_refusal_for_lack_of_a_scope_tells_the_limit(visit: Callable[..., Visitor]) -> None:
    visitor = visit(rate_limit=2)
    forbidden = visitor.api("me", visitor.tokens(scope="rates_read")["access_token"])
    assert forbidden.status_code == 403
    assert forbidden.headers["x-ratelimit-limit"] == "2"
    assert forbidden.headers["x-ratelimit-remaining"] == "1"


def test_client_credentials_see_all_accounts_page_by_page(visitor: Visitor) -> None:
    for account in (4711, 4712, 4713):
        visitor.code(account)
    answer = visitor.post(**visitor.client, grant_type="client_credentials")
    tokens = answer.json()
    assert "refresh_token" not in tokens
    assert tokens["scope"] == "public"
    sizes, path = [], "accounts?per_page=2"
    while path:
        page = visitor.api(path, tokens["access_token"])
        assert (page.headers["x-total-pages"], page.headers["x-total-count"]) == ("2", "3")
        sizes.append(len(page.json()["accounts"]))
        path = page.links.get("next", {}).get("url", "").removeprefix(f"{visitor.server}/api/v3/")
    assert sizes == [2, 1]
    assert set(page.links) == {"first", "prev", "last"}
    for odd in ("page=0", "page=x", "page=" + "9" * 5000, "per_page=-1"):
        assert visitor.api(f"accounts?{odd}", tokens["access_token"]).status_code == 200
    assert visitor.api("me", tokens["access_token"]).json()["accounts_applications"][2]["links"] == {
        "account": 4713
    }
    wider = visitor.post(**visitor.client, grant_type="client_credentials", scope="rates_read")
    assert is_error(wider, 400, "invalid_scope")


JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, b"{"),
        (JSON, b"[" * 30_000),
        (JSON, b'{"grant_type": "\\ud800"}'),
        (FORM, b"\xff\xfe"),
        (FORM, b"grant_type=%ff"),
        (FORM, b"grant_type=%zz"),
    ],
)
def test_malformed_requests_get_no_json(visitor: Visitor, kind: str, body: bytes) -> None:
    answer = visitor.http.post("/oauth/token", content=body, headers={"Content-Type": kind})
    assert (answer.status_code, answer.content) == (400, b"")
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/oauth/none"), ("GET", "/oauth/token"), ("POST", "/api/v3/me"), ("GET", "/api/v3/me/x")],
)
def test_an_unknown_path_gets_no_json(visitor: Visitor, method: str, path: str) -> None:
    answer = visitor.http.request(method, path)
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["content-type"].startswith("text/html")


def test_a_leak_is_not_noticed(visitor: Visitor) -> None:
    fields = {"grant_type": "authorization_code", "redirect_uri": OUT_OF_BAND}
    everything = visitor.client | fields
    in_query = visitor.http.post("/oauth/token", params=everything | {"code": visitor.code()})
    as_json = visitor.http.post("/oauth/token", json=everything | {"code": visitor.code()})
    basic = visitor.http.post(
        "/oauth/token",
        data=fields | {"code": visitor.code()},
        auth=tuple(visitor.client.values()),  # type: ignore[arg-type]
    )
    assert [response.status_code for response in (in_query, as_json, basic)] == [200, 200, 200]
    token = visitor.tokens()["access_token"]
    assert visitor.http.get("/api/v3/me", params={"access_token": token}).status_code == 200
