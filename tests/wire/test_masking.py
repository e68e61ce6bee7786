"""Whatever a server answers, nothing that is shown holds a secret or twelve characters of one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.oauth.requests import RawExchange, Request, Response, code_exchange_fields, refresh_fields
from smily_tui.records import Record, decode, encode
from smily_tui.secret import MASK, Secret
from smily_tui.text import clean
from smily_tui.wire.explain import curl, transcript
from smily_tui.wire.redaction import Exchange, masked, plan

SERVER = "https://www.bookingsync.com"
CLIENT_ID = "q9" * 32
PIECE = 12

hex_tokens = st.text("0123456789abcdef", min_size=64, max_size=64)
# signs that our own words, names and addresses have nowhere twelve of in a row
odd_tokens = st.text("0123456789ABCDEFGHXYZ!\"#$%&'()*+,;<>?@[\\]^`{|}~", min_size=PIECE, max_size=90)
tokens = hex_tokens | odd_tokens
texts = st.text(max_size=30)
JSON = "application/json; charset=utf-8"


def pieces(secret: str) -> set[str]:
    return {secret[at : at + PIECE] for at in range(len(secret) - PIECE + 1)}


def hostile_values(*secrets: str) -> st.SearchStrategy[Any]:
    """Answers that repeat secrets, and pieces of them, in any place."""
    said = st.sampled_from(secrets).flatmap(
        lambda secret: st.sampled_from(
            [
                secret,
                f"refused: {secret}!",
                secret[: len(secret) // 2 + PIECE],
                f"\x1b[31m{secret[:20]}\u200b{secret[20:]}",
                f'x"{secret}\\',
                secret.upper() if secret.upper() in secrets else secret,
            ]
        )
    )
    names = st.sampled_from(
        ["error", "error_description", "scope", "id", "business_name", "links", "access_token", "odd", "x"]
    )
    leaves = said | texts | st.integers(-(10**18), 10**18) | st.booleans() | st.none()
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names | said, inner, max_size=4),
        max_leaves=8,
    )


def heard(request: Request, body: bytes, kind: str = JSON, **headers: str) -> RawExchange:
    named = {"content-type": clean(kind)} | {
        name.replace("_", "-"): clean(text) for name, text in headers.items()
    }
    return RawExchange(SERVER, request, Response(200, named, body), "", 200, len(body), 1.0, 0.1)


def everything_shown(found: list[Exchange]) -> str:
    lines = [json.dumps(encode(each), ensure_ascii=False) for each in found]
    lines += [repr(found), *(curl(each) for each in found), transcript("", found, 1_795_500_000.0)]
    lines += [text for each in found for text in (*each.body, *(item.value for item in each.answer_headers))]
    return "\n".join(lines)


@pytest.mark.parametrize("padding", [0, 10, 200_000])
def test_a_token_of_an_answer_of_any_length_is_known_where_it_is_repeated(padding: int) -> None:
    access = "0123456789abcdef" * 4
    fields = refresh_fields(CLIENT_ID, Secret("s" * 64), Secret("r" * 64))
    body = json.dumps({"padding": "x" * padding, "access_token": access}).encode()
    repeats = heard(Request("POST", "/oauth/token", fields=fields), body, cache_control=f"private={access}")
    assert not pieces(access) & pieces(everything_shown(masked([repeats])))


@given(st.data(), tokens, tokens, tokens, tokens)
def test_nothing_that_is_shown_holds_a_piece_of_a_secret(
    data: st.DataObject, secret: str, code: str, access: str, refresh: str
) -> None:
    live = (secret, code, access, refresh)
    extra = data.draw(st.dictionaries(texts, hostile_values(*live), max_size=4))
    first = extra | {"access_token": access, "refresh_token": refresh, "expires_in": 7200, "scope": "public"}
    second = data.draw(hostile_values(*live))
    words = data.draw(hostile_values(*live))
    requests = (
        Request("POST", "/oauth/token", fields=code_exchange_fields(CLIENT_ID, Secret(secret), Secret(code))),
        Request("POST", "/oauth/token", fields=refresh_fields(CLIENT_ID, Secret(secret), Secret(refresh))),
        Request("GET", f"/api/v3/me?x={access}", access_token=Secret(access)),
    )
    found = masked(
        [
            heard(requests[0], json.dumps(first).encode()),
            heard(requests[1], json.dumps({"accounts": second, **extra}).encode()),
            heard(requests[2], f"{words} {access}".encode(), "text/plain", www_authenticate=f'x="{access}"'),
            heard(requests[2], f"<p>{refresh}".encode(), f"text/{secret}"),
            RawExchange(SERVER, requests[0], None, f"It said {code}.", 200, 40, 1.0, 0.1, in_doubt=True),
        ]
    )
    shown = everything_shown([*found, *(plan(SERVER, each) for each in requests[:2])])
    for each in live:
        assert [piece for piece in pieces(each) if piece in shown] == []


@given(tokens, st.integers(0, 200))
def test_an_answer_that_was_cut_shows_nothing_of_its_tokens(access: str, cut: int) -> None:
    """They are known to nobody yet: not to the veil either."""
    fields = code_exchange_fields(CLIENT_ID, Secret("s" * 20), Secret("c" * 20))
    request = Request("POST", "/oauth/token", fields=fields)
    body = json.dumps({"access_token": access, "refresh_token": access[::-1]}).encode()[:cut]
    shown = everything_shown(masked([heard(request, body, "text/plain")]))
    assert [each for each in pieces(access) | pieces(access[::-1]) if each in shown] == []


def test_what_a_person_wants_to_see_is_shown() -> None:
    request = Request(
        "POST", "/oauth/token", fields=code_exchange_fields(CLIENT_ID, Secret("5e" * 32), Secret("c0de" * 16))
    )
    body = {"access_token": "ab" * 32, "expires_in": 7200, "scope": "public", "invented": "later"}
    (found,) = masked([heard(request, json.dumps(body).encode(), cache_control="no-store", set_cookie="a=b")])
    assert found.field("client_id") == CLIENT_ID
    assert found.field("code") == f"{MASK}c0de"
    assert found.field("grant_type") == "authorization_code"
    assert found.body == (
        "{", f'  "access_token": "{MASK}abab",', '  "expires_in": 7200,', '  "scope": "public",',
        f'  "invented": "{MASK}"', "}",
    )  # fmt: skip
    assert [each.name for each in found.answer_headers] == ["content-type", "cache-control"]


def test_what_crosses_the_pipe_arrives_as_it_was() -> None:
    request = Request("GET", "/api/v3/me", access_token=Secret("ab" * 32))
    body = b'{"accounts": [{"id": 4711, "business_name": "Villa [red]\\u202e Rosa"}]}'
    (found,) = masked([heard(request, body)])
    assert decode(Exchange, Record(json.loads(json.dumps(encode(found))))) == found
    assert '      "business_name": "Villa [red] Rosa"' in found.body


@pytest.mark.parametrize("said", ["API v3 rate limit exceeded.", ""])
def test_plain_words_of_the_api_are_shown(said: str) -> None:
    request = Request("GET", "/api/v3/me", access_token=Secret("ab" * 32))
    (found,) = masked([heard(request, said.encode(), "text/plain; charset=utf-8")])
    assert found.body == ((said,) if said else ())


def test_a_long_answer_is_shown_up_to_a_limit() -> None:
    request = Request("GET", "/api/v3/accounts", access_token=Secret("ab" * 32))
    body = json.dumps({"accounts": [{"id": number} for number in range(100)]}).encode()
    (found,) = masked([heard(request, body)])
    assert len(found.body) == 41
    assert found.body[-1].endswith("more lines")
