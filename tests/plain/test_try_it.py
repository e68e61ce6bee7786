"""A request with an account's token, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.connected import connected
from tests.support.scripted import talk

if TYPE_CHECKING:
    from pathlib import Path


def test_an_answer_is_printed_and_a_missing_permission_is_asked_for(tmp_path: Path) -> None:
    with connected(tmp_path) as (_, stored, address):
        account = stored.account(address)
        assert account is not None
        said = talk(
            stored,
            "1",
            "t",
            "list",
            "accounts",
            "clients",
            "no",
            "",
            "clients",
            "yes",
            "back",
            "back",
            "quit",
        )
        assert "With another permission:\n" in said
        assert "clients: needs clients_read\n" in said
        assert "Status 200, " in said
        assert " 1 record, 99" in said
        assert '"business_name": "Villa Rosa"' in said
        assert "this needs the permission clients_read" in said
        assert "Ask the owner for clients_read?" in said
        assert "scope=public%20clients_read" in said
        assert stored.tokens(account.address).access.reveal() not in said


def test_a_path_of_a_person_stays_within_the_api(tmp_path: Path) -> None:
    with connected(tmp_path) as (_, stored, _):
        said = talk(stored, "1", "try it", "../oauth/token", "back", "quit")
        assert "That path leaves the API." in said


def test_a_long_answer_ends_with_the_command_for_all_of_it(tmp_path: Path) -> None:
    with connected(tmp_path) as (_, stored, _):
        said = talk(stored, "1", "t", "rentals", "back", "back", "quit")
        assert "The whole answer: smily-tui api rentals app/villa-rosa" in said
