"""Search for scopes by task, by endpoint and by preset; and the remark on a choice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.messages.connect import advice
from smily_tui.oauth.scope_search import needed_for, search
from smily_tui.oauth.scopes import CATALOGUE, PRESETS, expand, find, redundant, stem

NAMES = [scope.name for scope in CATALOGUE]


def find_names(query: str) -> list[str]:
    return [scope.name for scope in search(query)]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("create bookings", ["bookings_write_owned", "bookings_write"]),
        ("I want to create a booking", ["bookings_write_owned", "bookings_write"]),
        ("see prices", ["rates_read"]),
        ("read guests", ["clients_read"]),
        ("change prices", ["rates_write"]),
        ("apartments", ["rentals_read", "rentals_write"]),
        ("edit photos", ["rentals_write"]),
        ("answer messages", ["inbox_write"]),
        ("reservations", ["bookings_read", "bookings_write_owned", "bookings_write"]),
        ("vouchers", ["discount_code_read", "discount_code_write", "discount_code_usage_read"]),
        ("conversations", ["inbox_read", "inbox_write"]),
        ("see attachments", ["inbox_read"]),
        ("participants", ["inbox_read", "inbox_write"]),
        ("discount_codes", ["discount_code_read", "discount_code_write"]),
        ("comments", ["bookings_read", "bookings_write_owned", "bookings_write"]),
        ("read fee", ["public", "bookings_read"]),
        ("feedb", ["reviews_read", "reviews_write"]),
        ("change tax", ["bookings_write_owned", "bookings_write", "rates_write", "rentals_write"]),
        ("read addresses", ["clients_read", "payments_read"]),
        ("webhooks_write_owned", ["webhooks_write_owned"]),
        ("GET /rentals", ["public", "rentals_read", "rentals_write"]),
        ("get rentals", ["public", "rentals_read", "rentals_write"]),
        ("POST /bookings", ["bookings_write_owned", "bookings_write"]),
        ("PUT https://www.bookingsync.com/api/v3/bookings/5?x=1", ["bookings_write_owned", "bookings_write"]),
        ("POST /api/v3/rentals/7/photos", ["rentals_write"]),
        ("/inbox/messages", ["inbox_read", "inbox_write"]),
        ("GET /me", ["public"]),
        ("/nowhere", []),
        ("edit websites", ["__website__websites_write", "__website__rentals_write"]),
        ("pigeons", []),
    ],
)
def test_a_task_or_an_endpoint_finds_its_permissions(query: str, names: list[str]) -> None:
    assert find_names(query) == names


def test_an_empty_query_finds_all_and_a_name_finds_itself() -> None:
    assert find_names("  ") == NAMES
    for name in NAMES:
        assert name in find_names(name)


@given(st.text(max_size=40))
def test_any_text_is_searched_and_more_words_find_no_more(query: str) -> None:
    names = find_names(query)
    assert names == [name for name in NAMES if name in names]
    if "/" not in query:
        assert set(find_names(f"{query} bookings_read")) <= set(names)


@given(st.sampled_from(["GET", "POST", "PUT", "DELETE", ""]), st.text(max_size=60))
def test_any_path_has_known_permissions_or_none(method: str, path: str) -> None:
    assert all(find(name) for name in needed_for(method, path))


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("GET", "/api/v3/bookings", ("bookings_read", "bookings_write_owned", "bookings_write", "public")),
        ("GET", "booking_comments", ("bookings_read", "bookings_write_owned", "bookings_write")),
        ("GET", "rates", ("public",)),
        ("GET", "rentals/7/rates", ("public",)),
        ("GET", "los_records", ("public",)),
        ("GET", "rental_links", ("public",)),
        ("GET", "rentals_tags", ("rentals_read", "rentals_write")),
        ("GET", "rates_rules", ("rates_read", "rates_write")),
        ("GET", "fees", ("public", "rates_write")),
        ("POST", "fees/3/fees_taxes", ("rates_write",)),
        ("PUT", "rates/5", ()),
        ("GET", "photos", ("public", "rentals_write")),
        ("POST", "bookings/4/reviews", ("reviews_write",)),
        ("GET", "taxes", ("rates_read", "rates_write", "public")),
        ("PUT", "applications/1", ("applications_write",)),
        ("GET", "rental_cancelation_policies", ("public",)),
        ("GET", "rental_cancelation_policy_items/1", ("public",)),
        ("POST", "rental_link_groups", ("rentals_write",)),
        ("GET", "rentals_contents_overrides", ("rentals_read", "rentals_write")),
        ("POST", "bookings_tags", ("bookings_write",)),
        ("GET", "bookings_payments", ("payments_read", "payments_write")),
        ("DELETE", "bookings/4", ("bookings_write_owned", "bookings_write")),
        ("GET", "rentals?per_page=5", ("rentals_read", "rentals_write", "public")),
        ("PUT", "rentals/5", ("rentals_write",)),
        ("GET", "booking/discount_code_usages", ("discount_code_usage_read",)),
        ("GET", "hosts", ("inbox_read", "inbox_write")),
        ("GET", "unheard_of", ()),
    ],
)
def test_an_endpoint_names_what_it_needs_the_narrowest_first(
    method: str, path: str, names: tuple[str, ...]
) -> None:
    assert needed_for(method, path) == names


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_arranged_known_and_has_nothing_too_much(name: str) -> None:
    chosen = PRESETS[name]
    assert expand([name]) == chosen
    assert all(find(scope) for scope in chosen)
    assert redundant(chosen) == {}
    assert "public" in chosen


def test_everything_reaches_all_that_the_catalogue_has() -> None:
    assert {stem(name) for name in PRESETS["everything"]} == {stem(name) for name in NAMES}
    assert not any("write" in name for name in PRESETS["read-only"])


def test_presets_and_names_can_be_mixed() -> None:
    assert expand(["new_scope", "bookings", "rates_read"]) == (
        "public", "bookings_read", "bookings_write_owned", "clients_read", "rates_read", "rentals_read",
        "new_scope",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("chosen", "remark"),
    [
        (["public", "bookings_read"], ""),
        (["public", "bookings_read", "bookings_write_owned"], ""),
        (["bookings_read"], "Without “public”"),
        (["public", "rates_read", "rates_write"], "“rates_read” isn't needed: “rates_write” includes it."),
        (["public", "bookings_write"], "Owners prefer “bookings_write_owned”"),
        (["public", "rates_write"], ""),
        (["public", "new_scope"], "“new_scope” isn't in Smily's list"),
    ],
)
def test_one_remark_says_what_is_missing_too_much_or_unknown(chosen: list[str], remark: str) -> None:
    assert (remark in advice(chosen)) if remark else advice(chosen) == ""
