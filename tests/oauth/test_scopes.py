"""Catalogue of scopes: its content, the order of a choice, and redundant scopes in it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.oauth.scopes import (
    CATALOGUE,
    Kind,
    Scope,
    arrange,
    closest_scope,
    find,
    is_valid_name,
    redundant,
)  # fmt: skip

# Smily's reference, "Authorization"; the pages of the endpoints add the discount codes and
# applications_write, the guide "BookingSync Universe API" the scopes of websites.
DOCUMENTED = """
public applications_read applications_write bookings_write_owned bookings_read bookings_write
clients_read clients_write
inbox_read inbox_write inquiries_write_owned inquiries_read inquiries_write payments_write_owned
payments_read payments_write preferences_general_settings_read preferences_general_settings_write
preferences_payments_read preferences_payments_write rates_read rates_write rentals_read rentals_write
reviews_read reviews_write webhooks_read webhooks_write webhooks_write_owned discount_code_read
discount_code_write discount_code_usage_read
__website__websites_read __website__websites_write __website__rentals_read __website__rentals_write
"""
NAMES = [scope.name for scope in CATALOGUE]
choices = st.lists(st.sampled_from([*NAMES, "new_read", "new_write", "other"]), max_size=40)


def test_every_documented_permission_is_there_once() -> None:
    assert sorted(NAMES) == sorted(DOCUMENTED.split())


@pytest.mark.parametrize("scope", CATALOGUE, ids=NAMES)
def test_a_permission_says_what_it_allows(scope: Scope) -> None:
    assert find(scope.name) is scope
    assert is_valid_name(scope.name)
    assert 0 < len(scope.summary) <= 50
    assert scope.name.endswith(scope.kind.ending)
    assert scope.recommended is (scope.kind is Kind.WRITE_OWNED)


def test_one_resource_stands_together_from_little_to_much() -> None:
    groups = list(dict.fromkeys(scope.resource for scope in CATALOGUE))
    assert [scope.resource for scope in CATALOGUE] == sorted(
        (scope.resource for scope in CATALOGUE), key=groups.index
    )
    for stem in ("bookings", "inquiries", "payments", "webhooks"):
        places = [NAMES.index(f"{stem}_{kind}") for kind in ("read", "write_owned", "write")]
        assert places == list(range(places[0], places[0] + 3))


def test_a_name_outside_the_catalogue_is_not_found() -> None:
    assert find("bookings") is None
    assert find("") is None


@pytest.mark.parametrize("name", ["!", "#", "[", "]", "~", "a:b/c.d", "new_scope", "x" * 100])
def test_a_name_may_hold_what_the_standard_allows(name: str) -> None:
    assert is_valid_name(name)


@pytest.mark.parametrize(
    "name", ["", " ", "two words", 'a"b', "a\\b", "a\n", "\x7f", "é", "a\u200bb", "x" * 101]
)
def test_a_name_may_hold_nothing_else(name: str) -> None:
    assert not is_valid_name(name)


@given(st.text(string.printable + "éß\u200b", max_size=8))
def test_the_characters_of_a_name_are_those_of_rfc_6749(text: str) -> None:
    allowed = {0x21, *range(0x23, 0x5C), *range(0x5D, 0x7F)}
    assert is_valid_name(text) is (text != "" and all(ord(char) in allowed for char in text))


@given(choices)
def test_a_choice_is_put_in_order_and_nothing_is_lost(chosen: list[str]) -> None:
    arranged = arrange(chosen)
    assert set(arranged) == set(chosen)
    assert len(arranged) == len(set(arranged))
    documented = [name for name in arranged if find(name)]
    assert documented == sorted(documented, key=NAMES.index)
    assert arranged[: len(documented)] == tuple(documented)
    assert arrange(arranged) == arranged


def test_unknown_permissions_come_last_as_they_were_given() -> None:
    given_names = ["zeta", "rates_read", "alpha", "public", "zeta"]
    assert arrange(given_names) == ("public", "rates_read", "zeta", "alpha")


@pytest.mark.parametrize(
    ("chosen", "wider"),
    [
        ([], {}),
        (["public", "bookings_read", "rentals_write"], {}),
        (["bookings_read", "bookings_write"], {"bookings_read": "bookings_write"}),
        (["bookings_write_owned", "bookings_write"], {"bookings_write_owned": "bookings_write"}),
        (["new_read", "new_write"], {"new_read": "new_write"}),
        (["discount_code_write", "discount_code_usage_read"], {}),
    ],
)
def test_what_full_write_includes_is_named(chosen: list[str], wider: dict[str, str]) -> None:
    assert redundant(chosen) == wider


def test_reading_everything_beside_write_owned_is_not_too_much() -> None:
    assert redundant(["bookings_read", "bookings_write_owned"]) == {}


@given(choices)
def test_leaving_out_what_is_redundant_leaves_nothing_redundant(chosen: list[str]) -> None:
    remaining = [name for name in chosen if name not in redundant(chosen)]
    assert redundant(remaining) == {}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bokings_read", "bookings_read"), ("booking_read", "bookings_read"),
        ("bookings-read", "bookings_read"), ("bookings.read", "bookings_read"),
        ("BOOKINGS_READ", "bookings_read"), ("BookingsRead", "bookings_read"),
        ("bookingsread", "bookings_read"), ("read_bookings", "bookings_read"),
        ("bookings:write:owned", "bookings_write_owned"), ("rate_raed", "rates_read"),
        ("Publik", "public"), ("websites_rentals_read", "__website__rentals_read"),
        ("pigeons_fly", ""), ("read", ""), ("bookings", "bookings_read"), ("é", ""), ("", ""), ("_", ""),
    ],
)  # fmt: skip
def test_a_mistyped_permission_is_near_one_that_is_documented(typed: str, meant: str) -> None:
    assert closest_scope(typed) == meant


@pytest.mark.parametrize("name", NAMES)
def test_one_letter_more_or_less_is_near(name: str) -> None:
    at = len(name) // 2
    assert closest_scope(name) == name
    assert closest_scope(name[:at] + "x" + name[at:]) == name
    assert closest_scope(name[:at] + name[at + 1 :]) == name
