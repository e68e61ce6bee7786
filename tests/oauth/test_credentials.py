"""Client ID and Client Secret as people type or paste them."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.oauth.credentials import (
    FieldCheck,
    KnownCredentials,
    check_client_id,
    check_client_secret,
    read_client_id,
    read_client_secret,
)
from smily_tui.secret import Secret
from smily_tui.text import Untrusted

ID = "a1b2" * 16
SECRET = Secret("5ec4" * 16)


@pytest.mark.parametrize(
    "typed",
    [
        ID,
        f" {ID}\n",
        f"Client ID: {ID}",
        f"client_id={ID}",
        f'"{ID}"',
        f"{ID[:30]}\n{ID[30:]}",
        f"\u200b{ID}",
        f"{ID[:40]} {ID[40:]}",
        f"\x1b[200~{ID}\x1b[201~",
        f"Application ID\n{ID}",
        f"UID: {ID}",
        f"“{ID}”",
        f'"client_id": "{ID}",',
        f"export SMILY_CLIENT_ID='{ID}'",
    ],
)
def test_a_client_id_is_tidied(typed: str) -> None:
    assert read_client_id(Untrusted(typed)) == ID
    assert check_client_id(Untrusted(typed)) == FieldCheck()


@given(
    st.text(string.ascii_letters + string.digits + "-_", min_size=17, max_size=200).filter(
        lambda value: len(set(value)) > 4
    ),
    st.integers(16, 80),
    st.sampled_from(["\n", "\r\n  ", " "]),
)
def test_what_was_broken_over_lines_is_put_together_with_its_case(value: str, width: int, end: str) -> None:
    pasted = end.join(value[start : start + width] for start in range(0, len(value), width))
    assert read_client_id(Untrusted(pasted)) == value
    assert read_client_secret(Untrusted(pasted)) == Secret(value)


def test_reading_twice_changes_nothing() -> None:
    for typed in (ID, f"Client ID: {ID}", "two words", ""):
        assert read_client_id(Untrusted(read_client_id(Untrusted(typed)))) == read_client_id(Untrusted(typed))


@pytest.mark.parametrize(
    "label",
    ["", "Client Secret: ", "client_secret=", "Secret: ", "SECRET KEY\n", "export SMILY_CLIENT_SECRET="],
)
def test_a_client_secret_is_tidied(label: str) -> None:
    typed = f"{label}{SECRET.reveal()}\n"
    assert read_client_secret(Untrusted(typed)) == SECRET
    assert check_client_secret(Secret(typed), ID) == FieldCheck()


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "missing"),
        ("   ", "missing"),
        (f"Client Secret: {ID}", "swapped"),
        ("ab", "Too short"),
        ("two words here", "only letters and digits"),
        ("https://www.bookingsync.com/x", "a web address"),
        ("x" * 600, "Too long"),
        (SECRET.reveal(), "the same"),
        (f"client_secret={ID}", "swapped"),
        ("www.bookingsync.com/en/partners/applications", "a web address"),
        (f"client_id={ID}&redirect_uri=urn:ietf:wg:oauth:2.0:oob", "a web address"),
        (f"Authorization code: {ID}", "comes in a later step"),
        ("public bookings_read", "permissions"),
        ("rates_read,rates_write", "permissions"),
        ("é" * 64, "only letters and digits"),
    ],
)
def test_what_cannot_be_a_client_id_is_said_before_anything_is_sent(typed: str, problem: str) -> None:
    assert problem in check_client_id(Untrusted(typed), SECRET).problem


def test_what_cannot_be_a_secret_is_said_without_repeating_it() -> None:
    assert "swapped" in check_client_secret(Secret(f"Client ID: {ID}"), "").problem
    assert "the same" in check_client_secret(Secret(ID), ID).problem
    unusual = check_client_secret(Secret("unusual-secret-9"), ID)
    assert unusual.problem == ""
    assert "16 characters" in unusual.remark
    assert "unusual-secret" not in unusual.remark


@pytest.mark.parametrize(
    "typed", ["", " ", f"code={ID}", "bookings_read", "short", "é" * 64, "a b", "x" * 513]
)
def test_what_cannot_be_a_secret_is_said_before_anything_is_sent(typed: str) -> None:
    check = check_client_secret(Secret(typed), ID)
    assert check.problem
    assert check.remark == ""


def test_values_of_stored_applications_are_noticed_in_the_wrong_field() -> None:
    stored = KnownCredentials(ID.__eq__, SECRET.__eq__)
    assert "swapped" in check_client_id(Untrusted(SECRET.reveal()), stored=stored).problem
    assert "swapped" in check_client_secret(Secret(ID), "", stored).problem
    assert check_client_id(Untrusted(ID), SECRET, stored) == FieldCheck()
    assert check_client_secret(SECRET, ID, stored) == FieldCheck()


@given(st.text(string.ascii_letters + string.digits + "-_!é", min_size=24, max_size=600))
def test_no_finding_repeats_a_secret(typed: str) -> None:
    check = check_client_secret(Secret(typed), ID)
    value = read_client_secret(Untrusted(typed)).reveal()
    assert value not in check.problem + check.remark
