"""Secrets, cleaned text, errors and clocks: the ground that every room stands on."""

from __future__ import annotations

import copy
import json
import pickle
import re
import time
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.clock import Instant, SystemClock, hour_and_minute, moment
from smily_tui.errors import SmilyError, UsageError
from smily_tui.secret import MASK, Secret
from smily_tui.text import are_clean, clean, counted

CANARY = "c0ffee" * 8 + "e21f"


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>40}".format, lambda each: f"{[each]}"])
def test_a_secret_shows_only_dots(show: object) -> None:
    assert CANARY[:8] not in show(Secret(CANARY))  # type: ignore[operator]


def test_a_secret_is_not_pickled_copied_or_put_into_json() -> None:
    for way in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as raised:
            way(Secret(CANARY))
        assert CANARY not in "".join(traceback.format_exception(raised.value))


def test_a_masked_secret_ends_in_four_characters_unless_it_is_short() -> None:
    assert Secret(CANARY).masked() == MASK + "e21f"
    assert Secret("short-secret").masked() == MASK


def test_secrets_compare_by_content_and_not_with_text() -> None:
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != CANARY
    assert len({Secret(CANARY), Secret(CANARY), Secret("other")}) == 2
    assert Secret(CANARY).fingerprint() != Secret("other").fingerprint()


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Villa Rosa", "Villa Rosa"),
        ("Chalet [Alpes] [/b]", "Chalet [Alpes] [/b]"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]52;c;c2VjcmV0\x07after", "after"),
        ("\x1b]0;title\x1b\\after", "after"),
        ("\x9b2Jafter", "after"),
        ("a\x1bb\x00c\x7fd", "abcd"),
        ("line one\r\n\tline two", "line one line two"),
        ("safe\u202eevil\u2066x\ufeff", "safeevilx"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("\u2800", ""),
        ("\u3000 \u1680\u2800\U0001d159", ""),
        ("one\u2800two", "one two"),
        ("Шале 山荘 فيلا", "Шале 山荘 فيلا"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u200cb", "ab"),
        ("café", "café"),
    ],
)
def test_what_can_steer_a_terminal_goes_and_what_can_be_read_stays(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text())
def test_cleaned_text_is_one_printable_line_and_clean_again(raw: str) -> None:
    once = clean(raw, 80)
    assert len(once) <= 80
    assert not any(char in "\n\r\t\x1b\x9b\u202e" or ord(char) < 32 for char in once)
    assert clean(once, 80) == once


@given(
    st.lists(st.text("a é\t\x1b\u202e-1", max_size=4) | st.sampled_from(["x" * 400, "x" * 401]), max_size=4)
)
def test_texts_that_are_clean_together_are_clean_each(texts: list[str]) -> None:
    assert not are_clean(texts) or [clean(text) for text in texts] == texts


def test_thousands_of_common_names_are_clean_together() -> None:
    assert are_clean([f"Villa Rosa {number}" for number in range(1000)])


def test_one_of_a_thing_is_counted_without_an_s() -> None:
    assert [counted(number, "file") for number in range(3)] == ["0 files", "1 file", "2 files"]


@pytest.mark.alone
@pytest.mark.parametrize("opener", ["\x9d", "\x90", "\x9b", "\x1b]", "\x1bP", "\x1b[", "\x9d\x90", "\x9b1;"])
def test_beginnings_without_an_end_take_time_in_proportion(opener: str) -> None:
    """By the processor's time, which other programs take less of, and the best of several tries."""

    def seconds(times: int) -> float:
        raw = opener * times
        began = time.process_time()
        clean(raw, len(raw))
        return time.process_time() - began

    tries = [(seconds(4_000), seconds(16_000)) for _ in range(7)]
    few, many = (min(each) for each in zip(*tries, strict=True))
    assert many < 8 * few


def test_text_that_is_cut_says_so() -> None:
    assert clean("x" * 1000, 20) == "x" * 19 + "…"


def test_an_error_crosses_a_process_boundary_by_name() -> None:
    error = UsageError("What.", kept="Kept.", next="Next.")
    again = SmilyError.from_dict(error.as_dict())
    assert isinstance(again, UsageError)
    assert again.in_lines() == "What.\nKept.\nNext."


def test_time_passes_by_the_boot_clock_within_one_boot_and_by_the_wall_otherwise() -> None:
    start = Instant(1000.0, "boot-1", 50.0)
    assert Instant(9000.0, "boot-1", 60.0).since(start) == 10.0
    assert Instant(1500.0, "boot-2", 1.0).since(start) == 500.0
    assert Instant(1500.0).since(Instant(1000.0)) == 500.0


def test_what_may_be_days_old_is_told_with_its_day() -> None:
    at = 1_795_500_000.0
    assert moment(at, at + 86_399) == f"at {hour_and_minute(at)}"
    for now in (at + 86_400, at - 1):
        assert re.fullmatch(r"on 2026-11-2\d at \d\d:\d\d", moment(at, now))


def test_the_system_clock_goes_on() -> None:
    clock = SystemClock()
    first, second = clock.now(), clock.now()
    assert 0 <= second.since(first) < 5
