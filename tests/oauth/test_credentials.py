"""What people type or paste as a Client ID and as a Client Secret."""

from __future__ import annotations

import pytest

from smily_tui.oauth.credentials import (
    check_client_id,
    check_client_secret,
    read_client_id,
    read_client_secret,
)
from smily_tui.secret import Secret

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
    ],
)
def test_a_client_id_is_tidied(typed: str) -> None:
    assert read_client_id(typed) == ID
    assert check_client_id(typed).problem == ""


@pytest.mark.parametrize("label", ["", "Client Secret: ", "client_secret=", "Secret: "])
def test_a_client_secret_is_tidied(label: str) -> None:
    assert read_client_secret(f"{label}{SECRET.reveal()}\n") == SECRET


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "missing"),
        ("   ", "missing"),
        (f"Client Secret: {ID}", "swapped"),
        ("ab", "Too short"),
        ("two words here", "no blanks"),
        ("https://www.bookingsync.com/x", "an address"),
        ("x" * 600, "Too long"),
        (SECRET.reveal(), "the same"),
    ],
)
def test_what_cannot_be_a_client_id_is_said_before_anything_is_sent(typed: str, words: str) -> None:
    assert words in check_client_id(typed, SECRET).problem


def test_what_cannot_be_a_secret_is_said_without_repeating_it() -> None:
    assert "swapped" in check_client_secret(Secret(f"Client ID: {ID}"), "").problem
    assert "the same" in check_client_secret(Secret(ID), ID).problem
    unusual = check_client_secret(Secret("unusual-secret-9"), ID)
    assert unusual.problem == ""
    assert "16 characters" in unusual.remark
    assert "unusual-secret" not in unusual.remark
