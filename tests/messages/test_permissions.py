"""Remarks on permissions: mistyped ones are noticed before an owner sees them."""

from __future__ import annotations

import pytest

from smily_tui.messages import connect, queue
from smily_tui.queue.reading import read_text
from smily_tui.text import Untrusted


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bokings_read", "bookings_read"),
        ("bookings-read", "bookings_read"),
        ("rental_write", "rentals_write"),
        ("Clients_read", "clients_read"),
        ("read:bookings", "bookings_read"),
        ("retnals_read", "rentals_read"),
        ("rates", "rates_read"),
        ("guests_read", "clients_read"),
        ("bookings_owned", "bookings_write_owned"),
        ("clients_write_owned", "clients_write"),
        ("website_rentals_read", "__website__rentals_read"),
        ("publc", "public"),
    ],
)
def test_a_mistyped_permission_gets_a_suggestion(typed: str, meant: str) -> None:
    assert connect.advice(("public", typed)).endswith(f"Did you mean “{meant}”?")


@pytest.mark.parametrize("typed", ["pigeons_fly", "openid", "read", "write_owned", "x", "mcp_read"])
def test_a_permission_unlike_any_other_gets_no_suggestion(typed: str) -> None:
    assert connect.advice(("public", typed)) == f"“{typed}” isn't in Smily's list."


def test_public_alone_gets_a_remark() -> None:
    assert "“public” alone" in connect.advice(("public",))
    assert connect.advice(("public", "bookings_read")) == ""


def test_a_mistyped_permission_in_a_list_is_asked_about_once_with_its_line() -> None:
    lines = "Rosa;4711;bookings_read\nSea View;4712;bokings_read\nMill;4713;bokings_read\n"
    question = queue.any_scope(read_text(Untrusted(lines)), "! ")
    assert question.startswith(
        "! Line 2: “bokings_read” isn't in Smily's list. Did you mean “bookings_read”?\n\n"
    )
