"""Answers of the API as a person reads them: indented, cleaned, bounded, with the error they stand for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.oauth.api_answer import MOST_LINES, MOST_TEXT, ApiAnswer, indented, read_api_answer
from smily_tui.oauth.errors import NotUnderstood, RateLimited, RequestRefused, ScopeMissing, ServerFault
from smily_tui.oauth.requests import Response
from smily_tui.records import Record, decode, encode
from smily_tui.text import Clean

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def read(body: bytes, status: int = 200, **headers: str) -> ApiAnswer:
    named = {name.replace("_", "-"): Clean(value) for name, value in headers.items()}
    return read_api_answer(Response(status, named, body), "/api/v3/bookings", 0.1, granted=("public",))


@given(VALUES, st.sampled_from([None, 1]), st.booleans())
def test_indented_json_says_the_same(value: object, indent: int | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert json.loads("\n".join(indented(text))) == value


def test_json_is_indented_and_numbers_stay_as_they_were_written() -> None:
    body = b'{"bookings":[{"id":1,"price":1.50,"tags":[],"of":{}}],"n":12345678901234567890123}'
    answer = read(body, x_ratelimit_remaining="987")
    assert answer.lines == (
        "{", '  "bookings": [', "    {", '      "id": 1,', '      "price": 1.50,', '      "tags": [],',
        '      "of": {}', "    }", "  ],", '  "n": 12345678901234567890123', "}",
    )  # fmt: skip
    assert (answer.records, answer.remaining, answer.is_cut, answer.failure) == (1, 987, False, None)


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('{"name":"\x9b31mred"}', '  "name": "red"'),
        ('{"name":"a\u202eb"}', '  "name": "ab"'),
        ('{"name":"\\u001b[31m"}', '  "name": "\\u001b[31m"'),
        ('{"name":"[/b] [red]x"}', '  "name": "[/b] [red]x"'),
    ],
)
def test_a_line_holds_nothing_that_a_terminal_takes_for_its_own(body: str, line: str) -> None:
    assert read(body.encode()).lines[1] == line


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"bookings": [{"id": number} for number in range(200_000)]}).encode(),
        json.dumps({"text": "é" * 5_000_000}).encode(),
        b'{"deep":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b"a\n" * 5_000_000,
    ],
    ids=["many records", "one long text", "deep", "no JSON"],
)
def test_of_a_huge_body_the_beginning_is_shown(body: bytes) -> None:
    answer = read(body)
    assert len(answer.lines) <= MOST_LINES
    assert sum(map(len, answer.lines)) <= MOST_TEXT
    assert answer.size == len(body)
    assert len(json.dumps(encode(answer))) < 1 << 20, "more than a worker's report has room for"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"<html>Log in</html>", NotUnderstood),
        (200, b"\x00\x01\x02", NotUnderstood),
        (404, b"", RequestRefused),
        (422, b'{"errors":{"name":["is too long"]}}', RequestRefused),
        (500, b"<html>", ServerFault),
        (403, b"", ScopeMissing),
        (429, b"", RateLimited),
    ],
)
def test_a_refusal_is_an_error_with_its_body(status: int, body: bytes, kind: type[Exception]) -> None:
    answer = read(body, status)
    assert type(answer.failure) is kind
    assert (answer.status, answer.records) == (status, None)


def test_a_403_names_the_permissions_that_would_help() -> None:
    answer = read(b"", 403)
    assert answer.missing[0] == "bookings_read"


def test_an_answer_crosses_the_pipe_as_it_is() -> None:
    answer = read(b'{"errors":[{"code":"forbidden"}]}', 403)
    other_end = decode(ApiAnswer, Record(json.loads(json.dumps(encode(answer)))))
    assert other_end.lines == answer.lines
    assert type(other_end.failure) is ScopeMissing
    assert other_end.failure is not None
    assert answer.failure is not None
    assert other_end.failure.in_lines() == answer.failure.in_lines()
    assert other_end.missing == answer.missing
