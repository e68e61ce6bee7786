"""Until when a server wants to be left alone."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.errors import SmilyError
from smily_tui.oauth.api import refusal
from smily_tui.oauth.errors import RateLimited
from smily_tui.oauth.headers import LONGEST_LIMIT, lifted_at
from smily_tui.oauth.requests import Response
from smily_tui.text import clean

NOW = 1_795_500_000.0
SERVERS = NOW - 300  # a server whose clock is five minutes behind this one


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "38"}, 38),
        ({"retry-after": "38", "x-ratelimit-reset": f"{NOW + 900:.0f}"}, 38),
        ({"retry-after": formatdate(NOW + 60, usegmt=True)}, 60),
        ({"retry-after": formatdate(SERVERS + 60), "date": formatdate(SERVERS)}, 60),
        ({"x-ratelimit-reset": f"{NOW + 900:.0f}"}, 900),
        ({"x-ratelimit-reset": f"{SERVERS + 900:.0f}", "date": formatdate(SERVERS)}, 900),
    ],
)
def test_the_wait_is_told_by_this_computers_clock(headers: dict[str, str], wait: float) -> None:
    assert lifted_at(headers, NOW) == NOW + wait


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"retry-after": ""}, {"retry-after": "soon"}, {"retry-after": "0"}, {"retry-after": "-5"},
        {"retry-after": "1" * 5000}, {"retry-after": "٣٨"}, {"retry-after": "1e3"}, {"retry-after": "3661"},
        {"x-ratelimit-reset": f"{NOW - 1:.0f}"}, {"x-ratelimit-reset": "38"},
        {"retry-after": formatdate(NOW - 60)},
    ],
)  # fmt: skip
def test_what_says_nothing_of_use_says_nothing(headers: dict[str, str]) -> None:
    assert lifted_at(headers, NOW) is None


@given(st.dictionaries(st.sampled_from(["retry-after", "x-ratelimit-reset", "date"]), st.text()))
def test_no_header_makes_it_fail_or_wait_for_long(headers: dict[str, str]) -> None:
    lifted = lifted_at(headers, NOW)
    assert lifted is None or 0 < lifted - NOW <= LONGEST_LIMIT


def test_an_answer_of_the_api_says_until_when() -> None:
    headers = {"x-ratelimit-reset": clean(f"{NOW + 38:.0f}")}
    limited = refusal(Response(429, headers, b""), now=NOW)
    assert isinstance(limited, RateLimited)
    assert limited.again_at == NOW + 38
    assert "The limit is lifted at " in limited.what
    unsaid = refusal(Response(429, headers, b""))
    assert isinstance(unsaid, RateLimited)
    assert unsaid.again_at is None


def test_it_crosses_a_process_boundary() -> None:
    limited = RateLimited("Too many.", next="Wait.").until(NOW + 38)
    again = SmilyError.from_dict(limited.as_dict())
    assert isinstance(again, RateLimited)
    assert (again.in_lines(), again.again_at) == (limited.in_lines(), NOW + 38)
