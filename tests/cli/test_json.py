"""JSON for programs: one form everywhere, and states that do not depend on the words for people."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.clock import Instant
from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.vault.model import Account, Address, State
from tests.support.bent_server import BentServer
from tests.support.person import Person
from tests.support.records import replaced
from tests.support.tui.scenes import NOW, authorization

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTRACT = {
    "valid", "expiring", "expired", "needs_authorization", "in_doubt", "handed_over", "unreadable",
}  # fmt: skip
PRINTS_JSON = (
    ("accounts", "--json"), ("accounts", "--history", "villa-rosa", "--json"), ("export", "--format", "json"),
    ("apps", "--json"), ("apps", "list", "--json"), ("keys", "--json"),
)  # fmt: skip


def seen(left: float, *, refused: bool = False, in_doubt: bool = False, **changes: Any) -> Account:
    """An account with that many seconds left."""
    stored = replaced(authorization("Villa Rosa", 4711, left), **changes)
    return Account.of(
        Address("app", "villa-rosa"), stored, Clean(""), refused=refused, in_doubt=in_doubt
    )  # fmt: skip


def without_refresh_token(left: float) -> Account:
    current = replaced(authorization("Villa Rosa", 4711, left).current, refresh=Secret(""))
    return seen(left, current=current)


UNREADABLE = Account.that_cannot_be_read(Address("app", "villa-rosa"), Clean("It is damaged."))


@pytest.mark.parametrize(
    ("account", "identifier", "word"),
    [
        (seen(601), "valid", "valid"),
        (seen(600), "expiring", "expiring"),
        (seen(0), "expired", "expired"),
        (seen(601, refused=True), "needs_authorization", "needs authorization"),
        (seen(601, in_doubt=True), "valid", "valid"),
        (seen(600, in_doubt=True), "in_doubt", "unconfirmed"),
        (seen(601, handed_over=NOW), "handed_over", "handed over"),
        (without_refresh_token(601), "valid", "no refresh"),
        (without_refresh_token(0), "needs_authorization", "needs authorization"),
        (UNREADABLE, "unreadable", "unreadable"),
    ],
)
def test_a_state_has_an_identifier_for_programs_and_a_word_for_people(
    account: Account, identifier: str, word: str
) -> None:
    state = account.state(Instant(NOW))
    assert (state.identifier, state.word) == (identifier, word)


def test_every_state_of_the_contract_can_be_printed_and_no_other() -> None:
    assert {state.identifier for state in State} == CONTRACT


@pytest.fixture(scope="module")
def person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A person with one connected account, refreshed once."""
    folder: Path = tmp_path_factory.mktemp("json")
    with BentServer() as server:
        person = Person(folder, server)
        assert person.connect().returncode == 0
        assert person.run("refresh").returncode == 0
        yield person


def fields(value: object) -> Iterator[tuple[str, object, dict[str, object]]]:
    """Each field at any depth, with its object."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, item, value
            yield from fields(item)
    elif isinstance(value, list):
        for item in value:
            yield from fields(item)


@pytest.mark.parametrize("arguments", PRINTS_JSON)
def test_json_is_one_object_in_snake_case_with_times_in_utc(
    person: Person, arguments: tuple[str, ...]
) -> None:
    printed = json.loads(person.run(*arguments).stdout)
    assert (printed["schema"], type(printed)) == (1, dict)
    for key, value, beside in fields(printed):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", key)
        if key == "account":
            assert value == "app/villa-rosa"
        if (key == "at" or key.endswith("_at")) and value is not None:
            assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", str(value))
        if key == "expires_at":
            ends = datetime.fromisoformat(str(value))
            seconds = beside["expires_in"]
            assert isinstance(seconds, int)
            assert abs(ends - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=60)


def test_an_empty_store_lists_no_accounts(tmp_path: Path) -> None:
    with BentServer() as server:
        printed = json.loads(Person(tmp_path, server).run("accounts", "--json").stdout)
    assert printed == {"schema": 1, "accounts": []}
