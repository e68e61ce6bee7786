"""Requests to the letter, and answers field by field."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.errors import UsageError
from smily_tui.oauth import errors
from smily_tui.oauth.api import api_path
from smily_tui.oauth.requests import authorization_url, code_exchange_fields, refresh_fields
from smily_tui.oauth.scopes import CATALOGUE, arrange, find, is_valid_name, redundant
from smily_tui.oauth.token_response import read_token_response
from smily_tui.origin import BadServer, Origin
from smily_tui.secret import Secret
from smily_tui.text import Untrusted

SMILY = "https://www.bookingsync.com"
GOOD = {
    "access_token": "0123456789abcdef" * 4,
    "token_type": "bearer",
    "expires_in": 7200,
    "refresh_token": "fedcba9876543210" * 4,
    "scope": "public",
}


def test_the_authorize_link_is_the_documented_one() -> None:
    documented = (
        "https://www.bookingsync.com/oauth/authorize?client_id=CLIENT_ID"
        "&redirect_uri=urn:ietf:wg:oauth:2.0:oob&response_type=code"
    )
    assert authorization_url(SMILY, "CLIENT_ID") == documented
    scoped = authorization_url(SMILY, "CLIENT_ID", ["bookings_read", "rentals_read"], 7)
    assert scoped == documented + "&scope=bookings_read%20rentals_read&account_id=7"
    assert authorization_url(SMILY, "a&b c").split("?")[1].startswith("client_id=a%26b%20c&")


def test_the_token_requests_are_the_documented_ones() -> None:
    secret, code = Secret("CLIENT_SECRET"), Secret("RETURNED_CODE")
    out_of_band = ("redirect_uri", "urn:ietf:wg:oauth:2.0:oob")
    assert code_exchange_fields("CLIENT_ID", secret, code) == (
        ("client_id", "CLIENT_ID"), ("client_secret", secret), ("code", code),
        ("grant_type", "authorization_code"), out_of_band,
    )  # fmt: skip
    assert refresh_fields("CLIENT_ID", secret, Secret("REFRESH_TOKEN")) == (
        ("client_id", "CLIENT_ID"), ("client_secret", secret), ("refresh_token", Secret("REFRESH_TOKEN")),
        ("grant_type", "refresh_token"), out_of_band,
    )  # fmt: skip


def answer(**changes: object) -> bytes:
    return json.dumps({**GOOD, **changes}).encode()


def test_the_documented_answer_is_read() -> None:
    tokens = read_token_response(200, answer(created_at=1700000000))
    assert tokens.access_token == Secret(str(GOOD["access_token"]))
    assert tokens.refresh_token == Secret(str(GOOD["refresh_token"]))
    assert (tokens.lifetime, tokens.scopes, tokens.extra) == (7200.0, ("public",), {"created_at": 1700000000})


@pytest.mark.parametrize(
    ("stated", "lifetime"),
    [
        (7200, 7200),
        (2, 2),
        (0, 7200),
        (-5, 7200),
        (10**19, 2592000),
        ("7200", 7200),
        (None, 7200),
        (True, 7200),
    ],
)
def test_absurd_lifetimes_are_survived(stated: object, lifetime: float) -> None:
    assert read_token_response(200, answer(expires_in=stated)).lifetime == lifetime


def test_bearer_in_any_case_and_a_missing_refresh_token() -> None:
    assert read_token_response(200, answer(token_type="BEARER")).lifetime == 7200
    for missing in (None, ""):
        assert read_token_response(200, answer(refresh_token=missing)).refresh_token is None
    assert read_token_response(200, answer(scope=None)).scopes is None


def oauth_error(code: str) -> bytes:
    return json.dumps({"error": code, "error_description": "Words \x1b[31m of the server."}).encode()


@pytest.mark.parametrize(
    ("status", "body", "named", "in_doubt"),
    [
        (400, oauth_error("invalid_grant"), errors.GrantRefused, False),
        (401, oauth_error("invalid_grant"), errors.GrantRefused, False),
        (401, oauth_error("invalid_client"), errors.ClientRefused, False),
        (400, oauth_error("invalid_client"), errors.ClientRefused, False),
        (400, oauth_error("invalid_scope"), errors.ScopeRefused, False),
        (400, oauth_error("invalid_request"), errors.RequestRefused, False),
        (400, oauth_error("unsupported_grant_type"), errors.RequestRefused, False),
        (503, oauth_error("temporarily_unavailable"), errors.ServerFault, True),
        (200, oauth_error("invalid_grant"), errors.GrantRefused, False),
        (401, b"", errors.ClientRefused, False),
        (400, b"", errors.RequestRefused, False),
        (403, b"<html>", errors.RequestRefused, False),
        (404, b"", errors.RequestRefused, False),
        (429, b"slow down", errors.RateLimited, False),
        (302, b"", errors.Redirected, False),
        (307, answer(refresh_token=None), errors.Redirected, False),
        (500, b"", errors.ServerFault, True),
        (502, b"<html>bad gateway</html>", errors.ServerFault, True),
        (200, b"", errors.NotUnderstood, True),
        (200, b"<html>log in to this network</html>", errors.NotUnderstood, True),
        (200, b"[]", errors.NotUnderstood, True),
        (200, b"{}", errors.NotUnderstood, True),
        (200, answer(access_token=7), errors.NotUnderstood, True),
        (200, answer(access_token="short"), errors.NotUnderstood, True),
        (200, answer(access_token="with a blank in it"), errors.NotUnderstood, True),
        (200, answer(access_token="x" * 20_000), errors.NotUnderstood, True),
        (200, answer(refresh_token=["a"]), errors.NotUnderstood, True),
        (200, answer(token_type="mac"), errors.NotUnderstood, True),
        (200, b'{"access_token": NaN}', errors.NotUnderstood, True),
        (200, b'{"expires_in": ' + b"9" * 5000 + b"}", errors.NotUnderstood, True),
        (200, b"[" * 100_000, errors.NotUnderstood, True),
        (200, b'{"a": 1, "a": 2}', errors.NotUnderstood, True),
        (200, b"\xff\xfe{}", errors.NotUnderstood, True),
        (204, b"", errors.NotUnderstood, True),
    ],
)
def test_each_other_answer_has_its_name_and_its_words(
    status: int, body: bytes, named: type[errors.OAuthFailure], in_doubt: bool
) -> None:
    with pytest.raises(errors.OAuthFailure) as raised:
        read_token_response(status, body)
    assert type(raised.value) is named
    assert raised.value.in_doubt is in_doubt
    assert raised.value.what.endswith((".", "”"))
    assert raised.value.kept
    assert raised.value.next
    assert "\x1b" not in raised.value.in_lines()


@given(st.integers(100, 599), st.binary(max_size=200))
def test_no_bytes_at_all_raise_anything_else(status: int, body: bytes) -> None:
    with pytest.raises(errors.OAuthFailure):
        read_token_response(status, body)


@given(st.integers(0, len(answer()) - 1))
def test_no_piece_of_an_answer_passes_for_the_whole(length: int) -> None:
    with pytest.raises(errors.NotUnderstood):
        read_token_response(200, answer()[:length])


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://www.bookingsync.com", SMILY),
        ("https://WWW.BookingSync.com:443/", SMILY),
        (" http://127.0.0.1:8000 ", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_has_one_form(typed: str, origin: str) -> None:
    assert Origin(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "http://www.bookingsync.com", "http://localhost:80", "ftp://a.example", "www.bookingsync.com", "",
        "https://user@a.example", "https://user:pass@a.example", "https://a.example/path",
        "https://a.example?x=1", "https://a.example#x", "https://", "https://a..example",
        "https://a.example:99999", "https://[::ffff:127.0.0.1]", "https://exämple.com", "https://a\u200b.example",
        "http://127.0.0.1.evil.example", "https://a.example\\@b.example", "https://a b.example",
    ],
)  # fmt: skip
def test_an_address_that_secrets_must_not_go_to_is_refused(typed: str) -> None:
    with pytest.raises(BadServer) as raised:
        Origin(typed)
    assert raised.value.exit_code == 2


@pytest.mark.parametrize("typed", ["me", "/me", "/api/v3/me", " me "])
def test_a_path_of_the_api_in_any_form(typed: str) -> None:
    assert api_path(Untrusted(typed)) == "/api/v3/me"


@pytest.mark.parametrize(
    "typed", ["https://evil.example/", "../oauth/token", "a/%2e%2e/b", "a b", "me\r\nX: y", "é"]
)
def test_a_path_that_leads_elsewhere_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        api_path(Untrusted(typed))


def test_the_catalogue_is_what_smily_documents() -> None:
    names = [scope.name for scope in CATALOGUE]
    assert len(names) == len(set(names)) == 36
    assert names[0] == "public"
    assert {name for name in names if name.endswith("_write_owned")} == {
        "bookings_write_owned", "inquiries_write_owned", "payments_write_owned", "webhooks_write_owned",
    }  # fmt: skip
    assert all(
        scope.summary and is_valid_name(scope.name) and len(scope.summary) <= 50 for scope in CATALOGUE
    )
    assert find("rates_read") is not None
    assert find("none") is None


def test_scopes_are_asked_for_in_order_and_redundant_ones_named() -> None:
    assert arrange(["new_one", "rates_read", "public", "rates_read"]) == ("public", "rates_read", "new_one")
    assert redundant(["rates_read", "rates_write"]) == {"rates_read": "rates_write"}
    assert redundant(["bookings_write", "bookings_write_owned"]) == {"bookings_write_owned": "bookings_write"}
    assert redundant(["public", "rates_read", "rentals_write"]) == {}
    assert not is_valid_name("two words")
