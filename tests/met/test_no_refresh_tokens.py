"""A server that gives no refresh tokens: its own state, told before it hurts, and never asked in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.polling import until

if TYPE_CHECKING:
    from tests.support.bent_server import BentServer
    from tests.support.person import Person

ADDRESS = "app/villa-rosa"
TRUE = "gives no refresh tokens"


@pytest.fixture(autouse=True)
def without(server: BentServer) -> None:
    server.more = {"refresh_token": None}


def listed(person: Person) -> dict[str, object]:
    (account,) = person.accounts()
    return dict(account)


def expired(server: BentServer, person: Person) -> None:
    """An account whose token has ended."""
    server.more = {"refresh_token": None, "expires_in": 1}
    person.connect()
    until(lambda: listed(person)["state"] == "needs_authorization")


def test_connecting_says_so(person: Person) -> None:
    ended = person.connect()
    assert (ended.returncode, ended.stdout.split()[-1]) == (0, ADDRESS)
    assert TRUE in ended.stderr


def test_the_list_shows_it(person: Person) -> None:
    person.connect()
    account = listed(person)
    assert (account["state"], account["refreshable"]) == ("valid", False)
    line = person.run("accounts").stdout
    assert TRUE in line
    assert "1:59" in line


def test_the_token_is_given_while_it_lives_however_long_it_should(server: BentServer, person: Person) -> None:
    person.connect()
    ended = person.run("token", "--min-valid", "99999")
    assert (ended.returncode, ended.stdout.strip() in server.live.values()) == (0, True)
    assert TRUE in ended.stderr


@pytest.mark.parametrize(
    "command", [("token",), ("export", "--format", "env"), ("api", "me"), ("token", "--min-valid", "0")]
)
def test_afterwards_each_door_says_what_is_true(
    server: BentServer, person: Person, command: tuple[str, ...]
) -> None:
    expired(server, person)
    ended = person.run(*command)
    assert (ended.returncode, ended.stdout) == (4, "")
    assert TRUE in ended.stderr
    assert "authorize" in ended.stderr.casefold()
    assert "owner removed" not in ended.stderr
    assert [fields["grant_type"] for fields in server.posts] == ["authorization_code"]
    assert listed(person)["state"] == "needs_authorization"


@pytest.mark.parametrize(
    "command",
    [
        ("refresh",),
        ("refresh", "--all"),
        ("refresh", ADDRESS, "--here"),
        ("doctor", "--probe-rotation", ADDRESS, "--yes"),
        ("handover", ADDRESS, "--yes"),
    ],
)
def test_what_needs_a_refresh_token_says_so_and_asks_nobody(
    server: BentServer, person: Person, command: tuple[str, ...]
) -> None:
    person.connect()
    ended = person.run(*command)
    assert (ended.returncode, ended.stdout) == (4, "")
    assert TRUE in ended.stderr
    assert [fields["grant_type"] for fields in server.posts] == ["authorization_code"]
    assert listed(person)["handed_over_at"] is None
    assert person.run("token").returncode == 0, "it lives as before"


def test_a_token_that_the_api_refused_ends_it_early(server: BentServer, person: Person) -> None:
    person.connect()
    server.revoke_all()
    for command in (("api", "me"), ("token",)):
        ended = person.run(*command)
        assert (ended.returncode, ended.stdout) == (4, "")
        assert TRUE in ended.stderr
    assert listed(person)["state"] == "needs_authorization"


@pytest.mark.parametrize("answer", [None, ""])
def test_an_answer_to_a_refresh_without_one_leaves_the_one_before(
    server: BentServer, person: Person, answer: str | None
) -> None:
    server.more = {}
    server.rotation = "on-use"
    person.connect()
    server.more = {"refresh_token": answer}
    assert person.run("refresh").returncode == 0
    assert (listed(person)["state"], listed(person)["refreshable"]) == ("valid", True)
