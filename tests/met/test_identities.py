"""Whose token it is, as far as an odd API says: what is known is kept, and joined with what else is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.accounts import Accounts
from smily_tui.text import Clean
from tests.support.bent_server import BentServer, Reply
from tests.support.records import replaced
from tests.support.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.person import Person


def answer(server: BentServer, me: Any, accounts: Any) -> None:
    """What /me and /accounts say to a good token; None: as usual."""

    def bend(path: str, reply: Reply) -> Reply:
        content = accounts if "accounts" in path else me
        return reply if content is None or reply.status != 200 else Reply.of(200, content)

    server.bend_api = bend


def listed(person: Person) -> list[tuple[object, object]]:
    return [(each["name"], each["account_id"]) for each in person.accounts()]


@pytest.mark.parametrize(
    ("me", "accounts", "known"),
    [
        pytest.param(None, {"accounts": [{"business_name": "Villa"}]}, ("Villa", 7), id="no number"),
        pytest.param(None, {"accounts": [{"id": None, "business_name": "Villa"}]}, ("Villa", 7), id="null"),
        pytest.param(None, {"accounts": [{"id": "8", "business_name": "Villa"}]}, ("Villa", 8), id="a text"),
        pytest.param(
            {"accounts_applications": [{"links": {"account": "9"}}]}, {"accounts": []}, ("Account 9", 9),
            id="a text in /me",
        ),
        pytest.param({"accounts_applications": []}, None, ("Villa Rosa", 7), id="only /accounts says it"),
        pytest.param(
            None, {"accounts": [{"id": "x" * 30, "business_name": "Villa"}]}, ("Villa", 7), id="no digits"
        ),
    ],
)  # fmt: skip
def test_what_one_of_the_two_answers_says_is_known(
    server: BentServer, person: Person, me: Any, accounts: Any, known: tuple[str, int]
) -> None:
    answer(server, me, accounts)
    connected = person.connect()
    assert connected.returncode == 0, connected.stderr
    ((name, number),) = listed(person)
    assert number == known[1]
    if known[0] != "Account 9":
        assert name == known[0]


@pytest.mark.parametrize("name", ["", "   ", None, 12, ["Villa"], "\u2800", "\u200b"])
def test_an_empty_name_is_none_and_is_asked_for_again(server: BentServer, person: Person, name: Any) -> None:
    answer(server, None, {"accounts": [{"id": 7, "business_name": name}]})
    connected = person.connect()
    assert connected.returncode == 0, connected.stderr
    ((first, number),) = listed(person)
    assert str(first).strip()
    assert number == 7
    answer(server, None, None)
    assert person.run("refresh").returncode == 0
    assert listed(person) == [("Villa Rosa", 7)]


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (403, "<html>Forbidden</html>"), (404, []), (404, [{"title": "no"}]), (429, {}), (500, None),
        (200, []), (200, {"accounts": {}}), (200, {"accounts": [7]}), (200, {"accounts": [[]]}),
        (200, {"accounts_applications": [{"links": []}]}), (418, "teapot"), (299, {}), (204, ""),
    ],
)  # fmt: skip
def test_an_api_that_answers_nonsense_stops_neither_connecting_nor_refreshing(
    server: BentServer, person: Person, status: int, content: Any
) -> None:
    server.bend_api = lambda _, __: Reply.of(status, content)
    connected = person.connect()
    assert connected.returncode == 0, connected.stderr
    assert "bug" not in connected.stderr
    refreshed = person.run("refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    assert person.run("token").stdout.strip() in server.live.values()
    asked = person.run("api", "me")
    assert "bug" not in asked.stderr
    assert asked.returncode in (0, 5, 6)
    server.bend_api = lambda _, reply: reply
    assert person.run("refresh").returncode == 0
    assert listed(person) == [("Villa Rosa", 7)]


def test_a_new_authorization_takes_the_place_of_one_that_is_dead(server: BentServer, person: Person) -> None:
    """It was identified late; the note about the dead pair, of the same generation, goes with that."""
    person.connect()
    server.revoke_all()
    assert person.run("api", "me").returncode == 4
    server.bend_api = lambda _, __: Reply.of(500, {})
    new = person.connect().stdout.split()[-1]
    server.bend_api = lambda _, reply: reply
    assert person.run("api", "me", new).returncode == 0
    assert listed(person) == [("Villa Rosa", 7)]
    posts = len(server.posts)
    assert person.run("token").stdout.strip() in server.live.values()
    assert len(server.posts) == posts


@pytest.mark.parametrize("given", [False, True])
def test_one_that_another_holder_refreshes_ends_no_older_one(tmp_path: Path, *, given: bool) -> None:
    world = World(tmp_path, "immediate")
    older = world.address
    world.wall += 60
    newer = world.exchange()
    for address in (older, newer):
        account = world.store.slot(address).read()
        assert account is not None
        world.store.slot(address).save(replaced(account, account_id=7, label=Clean("Villa Rosa")))
    stored = Accounts(world.home, clock=world)
    duplicate = stored.name(newer, "Villa Rosa").address
    if given:
        stored.hand_over(duplicate)
    stays = stored.settle(older)
    assert (stays.address == duplicate) is not given
    assert stays.handed_over is None
    assert len(stored.accounts()) == 1 + given
