"""Permissions by number and name."""

from __future__ import annotations

import pytest

from smily_tui.oauth.scope_search import search
from smily_tui.oauth.scopes import CATALOGUE, PRESETS
from smily_tui.plain.connect import choose_permissions
from smily_tui.plain.console import Back, Console
from tests.support.scripted import Scripted

KINDS = ("read", "write_owned", "write")


@pytest.mark.parametrize(
    ("answers", "chosen"),
    [
        (["done"], ("public",)),
        ([""], ("public",)),
        (["4", ""], ("public", "bookings_read")),
        (["rentals_read, 4", ""], ("public", "bookings_read", "rentals_read")),
        (["4", "bookings_read", ""], ("public",)),
        (["4 99", "0", ""], ("public",)),
        (["teapots_read", "no", ""], ("public",)),
        (["teapots_read", "yes", ""], ("public", "teapots_read")),
        (["teapots_read", "yes", "teapots_read", ""], ("public",)),
        (["public", "4", ""], ("bookings_read",)),
        (["+rates", ""], ("public", "rates")),
        (["+", "+a/b", ""], ("public",)),
        (["preset bookings", ""], PRESETS["bookings"]),
        (["4", "Preset read-only", ""], PRESETS["read-only"]),
        (["preset last", ""], ("public", "inbox_read")),
        (["preset nothing", "preset", ""], ("public",)),
    ],
)
def test_what_is_typed_is_chosen(answers: list[str], chosen: tuple[str, ...]) -> None:
    assert choose_permissions(Console(Scripted(*answers)), ["public"], ["inbox_read", "public"]) == chosen


def test_all_of_them_are_said_in_plain_words() -> None:
    terminal = Scripted("list", "")
    choose_permissions(Console(terminal), ["public"])
    for number, scope in enumerate(CATALOGUE, 1):
        assert f"\n{number} {scope.summary}" in terminal.said


def test_a_word_finds_names_and_what_they_allow() -> None:
    terminal = Scripted("change own bookings", "zebra", "")
    choose_permissions(Console(terminal), ["bookings_write_owned"])
    assert "\n5 bookings_write_owned: Create bookings, change own, recommended, selected\n" in terminal.said
    assert "No match." in terminal.said
    assert "Note: Without “public”, your app can't read the account's name." in terminal.said


@pytest.mark.parametrize("wish", ["GET /payments", "payments read", "see payments"])
def test_a_wish_and_an_endpoint_find_what_the_full_screen_finds(wish: str) -> None:
    terminal = Scripted(wish, "")
    choose_permissions(Console(terminal), ["public"])
    found = [f"payments_{kind}: " in terminal.said for kind in ("read", "write_owned", "write")]
    assert found == [f"payments_{kind}" in {each.name for each in search(wish)} for kind in KINDS]
    assert found[0]


def test_going_back_chooses_nothing() -> None:
    with pytest.raises(Back):
        choose_permissions(Console(Scripted("3", "back")), ["public"])
