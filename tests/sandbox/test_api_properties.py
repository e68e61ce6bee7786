"""Any path, parameter and body of the API: a documented form comes back, and never a 500."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smily_tui.oauth.endpoints import ENDPOINTS
from smily_tui.oauth.scopes import PRESETS
from smily_tui.sandbox.resources import RESOURCES

if TYPE_CHECKING:
    import httpx

    from tests.support.visitor import Visitor

JSON_API = "application/vnd.api+json"
WRITTEN = sorted(
    {name for resource in RESOURCES.values() if resource.writing for name in resource.writing.fields}
)
odd = st.sampled_from(
    ["", "0", "1", "-1", "9" * 30, "1,2,,3", "x", "é", "\x00", "2026-01-01", "0001-01-01T00+14"]
)
numbers = st.one_of(st.integers(0, 400).map(str), odd)
paths = st.one_of(
    st.sampled_from(sorted(ENDPOINTS)),
    st.tuples(st.sampled_from(sorted(ENDPOINTS)), numbers).map("/".join),
    st.tuples(st.just("rentals"), numbers, st.just("bookings")).map("/".join),
    st.text(max_size=20),
)
names = st.sampled_from(
    [
        *("page", "per_page", "fields", "include", "from", "until", "status", "rental_id", "client_id"),
        *("updated_since", "include_canceled"),
    ]
)
texts = st.one_of(odd, st.text(max_size=12), st.sampled_from(["account,rates", "id,links", "true", "booked"]))
parameters = st.dictionaries(st.one_of(names, st.text(max_size=5)), texts, max_size=4)
values: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    texts,
    st.sampled_from(["2028-01-01", "2028-01-09"]),
    st.lists(st.integers(), max_size=2),
)
records = st.dictionaries(st.one_of(st.sampled_from(WRITTEN), st.text(max_size=5)), values, max_size=8)
bodies = st.one_of(
    st.binary(max_size=20),
    st.tuples(st.sampled_from(["bookings", "rentals", "clients"]), records).map(
        lambda named: json.dumps({named[0]: [named[1]]}).encode()
    ),
)


@pytest.fixture
def bearer(visitor: Visitor) -> dict[str, str]:
    visitor.sandbox.state.rate_limit = 10**6
    code = visitor.sandbox.state.grant(4711, PRESETS["everything"])
    return {"Authorization": f"Bearer {visitor.exchange(code).json()['access_token']}"}


def check_form(answer: httpx.Response) -> None:
    kind = answer.headers.get("content-type", "")
    if answer.status_code in (200, 201):
        content = answer.json()
        assert kind == JSON_API
        assert isinstance(content["meta"], dict)
        assert any(isinstance(value, list) for value in content.values())
    elif answer.status_code in (403, 422) or (answer.status_code == 404 and answer.content):
        assert kind == JSON_API
        assert all(error["code"] for error in answer.json()["errors"])
    else:
        assert answer.status_code in (204, 400, 404)
        assert answer.content == b""
    if answer.status_code == 200:
        for name in ("X-Total-Pages", "Link", "X-RateLimit-Reset") if answer.request.method == "GET" else ():
            assert answer.headers[name]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(paths, parameters)
def test_any_reading_has_a_documented_form(
    visitor: Visitor, bearer: dict[str, str], path: str, parameters: dict[str, str]
) -> None:
    check_form(visitor.http.get(f"/api/v3/{quote(path)}", params=parameters, headers=bearer))


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.tuples(st.just("POST"), st.sampled_from(["rentals/1/bookings", "rentals", "clients"])),
        st.tuples(
            st.sampled_from(["PUT", "DELETE"]), st.sampled_from(["bookings/1", "rentals/2", "clients/1"])
        ),
        st.tuples(st.sampled_from(["POST", "PUT", "DELETE", "PATCH"]), st.sampled_from(sorted(ENDPOINTS))),
    ),
    bodies,
    st.sampled_from([JSON_API, "application/json; charset=utf-8", "text/plain", ""]),
)
def test_any_writing_has_a_documented_form(
    visitor: Visitor, bearer: dict[str, str], request_line: tuple[str, str], body: bytes, kind: str
) -> None:
    method, path = request_line
    headers = bearer | {"Content-Type": kind}
    check_form(visitor.http.request(method, f"/api/v3/{path}", content=body, headers=headers))
