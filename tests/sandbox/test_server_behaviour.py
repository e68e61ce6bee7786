"""The sandbox answers as servers of Smily's family do, case by case."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.grants import WORDS
from tests.sandbox.conftest import OUT_OF_BAND, Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx


def is_error(answer: httpx.Response, status: int, error: str) -> bool:
    return answer.status_code == status and answer.json() == {
        "error": error,
        "error_description": WORDS[error],
    }


def test_an_exchange_answers_every_field_and_is_not_to_be_stored(visitor: Visitor) -> None:
    answer = visitor.exchange(visitor.code())
    found = answer.json()
    assert set(found) == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "scope",
        "created_at",
    }
    assert (found["token_type"], found["expires_in"], found["scope"]) == (
        "Bearer",
        7200,
        "public bookings_read",
    )
    assert (len(found["access_token"]), len(found["refresh_token"])) == (64, 64)
    assert found["created_at"] == int(visitor.wall)
    assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


@pytest.mark.parametrize("wrong", [{"client_secret": "x"}, {"client_secret": ""}, {"client_id": "x"}])
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


@pytest.mark.parametrize("name", ["code", "redirect_uri", "grant_type"])
def test_a_missing_parameter_is_named(visitor: Visitor, name: str) -> None:
    answer = visitor.exchange("abc", **{name: ""})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.json()["error_description"] == f"Missing required parameter: {name}."


def test_an_unknown_grant_and_a_wider_scope(visitor: Visitor) -> None:
    assert is_error(visitor.post(**visitor.client, grant_type="password"), 400, "unsupported_grant_type")
    live = visitor.tokens()["refresh_token"]
    assert is_error(visitor.refresh(live, scope="rates_write"), 400, "invalid_scope")


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
    assert is_error(visitor.decide("deny"), 400, "access_denied")
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
    more = visitor.http.get("/oauth/authorize", params=visitor.request(scope="public rates_read"))
    assert more.status_code == 200, "other permissions are asked for"


def test_account_id_chooses_the_account(visitor: Visitor) -> None:
    page = visitor.http.get("/oauth/authorize", params=visitor.request(account_id="4713"))
    assert 'value="4713" checked' in page.text


def eight_at_once(act: Callable[[], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(8) as pool:
        return [each.result() for each in [pool.submit(act) for _ in range(8)]]


def test_eight_refreshes_at_once_with_immediate_rotation(visit: Callable[..., Visitor]) -> None:
    visitor = visit(rotation="immediate")
    live = visitor.tokens()["refresh_token"]
    statuses = sorted(each.status_code for each in eight_at_once(lambda: visitor.refresh(live)))
    assert statuses == [200] + [400] * 7


def test_eight_refreshes_at_once_with_rotation_on_use(visitor: Visitor) -> None:
    live = visitor.tokens()["refresh_token"]
    answers = [each.json() for each in eight_at_once(lambda: visitor.refresh(live))]
    assert len({each["access_token"] for each in answers}) == 8
    assert {visitor.api("me", each["access_token"]).status_code for each in answers} == {200}


def test_eight_exchanges_of_one_code_at_once(visitor: Visitor) -> None:
    code = visitor.code()
    statuses = sorted(each.status_code for each in eight_at_once(lambda: visitor.exchange(code)))
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
    words = {
        "expired": "The access token expired",
        "revoked": "The access token was revoked",
        "invalid": "The access token is invalid",
    }
    assert (answer.status_code, answer.content) == (401, b"")
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith("Bearer ")
    assert f'error="invalid_token", error_description="{words[state]}"' in challenge


def test_without_public_the_api_answers_403(visitor: Visitor) -> None:
    token = visitor.tokens(scope="bookings_read")["access_token"]
    for path in ("me", "accounts"):
        answer = visitor.api(path, token)
        assert (answer.status_code, answer.content) == (403, b"")


def test_whose_token_it_is(visitor: Visitor) -> None:
    token = visitor.tokens(4713)["access_token"]
    me = visitor.api("me", token).json()
    assert me["accounts_applications"] == [
        {"links": {"account": 4713}, "partnership_invoice_recipient": "account"}
    ]
    answer = visitor.api("accounts", token)
    assert [each["business_name"] for each in answer.json()["accounts"]] == ["Casa Azul & Jardín"]
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


def test_client_credentials_see_all_accounts_page_by_page(visitor: Visitor) -> None:
    for account in (4711, 4712, 4713):
        visitor.code(account)
    answer = visitor.post(**visitor.client, grant_type="client_credentials")
    found = answer.json()
    assert "refresh_token" not in found
    assert found["scope"] == "public"
    page = visitor.api("accounts?per_page=2", found["access_token"])
    assert len(page.json()["accounts"]) == 2
    assert page.headers["x-total-pages"] == "2"
    assert 'rel="next"' in page.headers["link"]
    wider = visitor.post(**visitor.client, grant_type="client_credentials", scope="rates_read")
    assert is_error(wider, 400, "invalid_scope")


def test_malformed_requests_get_no_json(visitor: Visitor) -> None:
    bad_json = visitor.http.post("/oauth/token", content=b"{", headers={"Content-Type": "application/json"})
    bad_form = visitor.http.post("/oauth/token", content=b"\xff\xfe")
    unknown = visitor.http.get("/oauth/none")
    for answer, status in ((bad_json, 400), (bad_form, 400), (unknown, 404)):
        assert (answer.status_code, answer.content) == (status, b"")
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
    assert [each.status_code for each in (in_query, as_json, basic)] == [200, 200, 200]


def test_other_hosts_origins_and_forms_get_nowhere(visitor: Visitor) -> None:
    params = visitor.request()
    evil = visitor.http.get("/oauth/authorize", params=params, headers={"Host": "evil.example"})
    assert evil.status_code == 403
    posted = visitor.http.post("/oauth/authorize", data=params, headers={"Origin": "https://evil.example"})
    assert posted.status_code == 403
    forged = visitor.http.post("/oauth/authorize", data=params | {"account": "4711", "decision": "authorize"})
    assert forged.status_code == 422
    assert not visitor.sandbox.state.codes


def test_the_log_holds_no_secret(visitor: Visitor) -> None:
    code = visitor.code()
    found = visitor.exchange(code).json()
    text = "\n".join(visitor.log)
    assert "POST /oauth/token grant_type=authorization_code 200" in text
    for secret in (code, visitor.client["client_secret"], found["access_token"], found["refresh_token"]):
        assert secret not in text


def test_the_references_curl_examples_work_with_only_the_host_changed(visitor: Visitor) -> None:
    def curl(grant: str) -> str:
        body = (
            f"client_id={visitor.client['client_id']}&client_secret={visitor.client['client_secret']}"
            f"&{grant}&redirect_uri=urn:ietf:wg:oauth:2.0:oob"
        )
        command = ["curl", "-s", "-X", "POST", "-d", body, f"{visitor.server}/oauth/token"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    import json

    first = json.loads(curl(f"code={visitor.code()}&grant_type=authorization_code"))
    second = json.loads(curl(f"refresh_token={first['refresh_token']}&grant_type=refresh_token"))
    assert second["refresh_token"] != first["refresh_token"]
    assert visitor.api("me", second["access_token"]).status_code == 200
