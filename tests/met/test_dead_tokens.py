"""A token that is known to be dead leaves by no door, and nothing calls it good."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import BentServer, Reply

if TYPE_CHECKING:
    from tests.support.person import Person

ADDRESS = "app/villa-rosa"
DOORS = {
    "token": ("token",),
    "token by its address": ("token", ADDRESS, "--min-valid", "0"),
    "export": ("export", "--format", "env"),
    "api": ("api", "me"),
    "handover": ("handover", ADDRESS, "--yes"),
}


def unplug(server: BentServer) -> None:
    """Each token request is answered by a gateway that has lost its server."""
    server.bend_token = lambda _, __: Reply(502, b"")


def listed(person: Person) -> dict[str, object]:
    (account,) = person.accounts()
    return dict(account)


def test_a_token_that_the_api_and_the_refresh_refused_is_not_handed_out(
    server: BentServer, person: Person
) -> None:
    person.connect()
    server.revoke_all()
    assert person.run("api", "me").returncode == 4
    token = person.run("token")
    assert (token.returncode, token.stdout) == (4, "")
    export = person.run("export", "--format", "env")
    assert (export.returncode, export.stdout) == (4, "")
    assert "good until" not in export.stderr


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("found_out_by", ["api", "refresh"])
def test_no_door_hands_out_what_is_known_to_be_dead(
    server: BentServer, person: Person, found_out_by: str, door: str
) -> None:
    person.connect()
    server.revoke_all()
    assert person.run(*{"api": ("api", "me"), "refresh": ("refresh",)}[found_out_by]).returncode == 4
    ended = person.run(*DOORS[door])
    assert (ended.returncode, ended.stdout) == (4, ""), ended.stderr


def test_the_list_gives_a_dead_token_no_time(server: BentServer, person: Person) -> None:
    person.connect()
    server.revoke_all()
    person.run("api", "me")
    account = listed(person)
    assert account["state"] == "needs_authorization"
    assert (account["expires_in"], account["expires_at"]) == (0, None)
    line = person.run("accounts").stdout
    assert "expired" in line
    assert "1:59" not in line


def test_another_token_than_the_dead_one_handed_back_changes_nothing(
    server: BentServer, person: Person
) -> None:
    person.connect()
    server.revoke_all()
    person.run("refresh")
    ended = person.run("token", "--rejected-stdin", stdin="a" * 64 + "\n")
    assert (ended.returncode, ended.stdout) == (4, "")


def test_a_new_authorization_makes_all_well(server: BentServer, person: Person) -> None:
    person.connect()
    server.revoke_all()
    person.run("api", "me")
    assert person.connect().stdout.split()[-1] == ADDRESS
    token = person.run("token")
    assert (token.returncode, token.stdout.strip() in server.live.values()) == (0, True), token.stderr
    assert listed(person)["state"] == "valid"


def test_a_later_success_makes_all_well(server: BentServer, person: Person) -> None:
    person.connect()
    live = dict(server.live)
    server.revoke_all()
    person.run("api", "me")
    server.live.update(live)  # the owner's server had lost its database for a while
    token = person.run("token")
    assert (token.returncode, token.stdout.strip() in server.live.values()) == (0, True), token.stderr
    assert (listed(person)["state"], listed(person)["trouble"]) == ("valid", None)


@pytest.mark.parametrize("server", ["on-use"], indirect=True)
def test_a_token_that_the_api_refused_is_not_handed_out_while_the_refresh_is_in_doubt(
    server: BentServer, person: Person
) -> None:
    person.connect()
    server.bend_api = lambda _, __: Reply.of(401, {"errors": [{"code": "unauthorized"}]})
    unplug(server)
    assert person.run("api", "me").returncode == 6
    for door in (("token",), ("export", "--format", "json")):
        ended = person.run(*door)
        assert (ended.returncode, ended.stdout) == (6, ""), ended.stderr
    assert listed(person)["expires_in"] == 0
    server.bend_token = lambda _, reply: reply
    token = person.run("token")
    assert (token.returncode, token.stdout.strip() in server.live.values()) == (0, True), token.stderr


@pytest.mark.parametrize("server", ["on-use"], indirect=True)
def test_a_token_handed_back_is_not_handed_out_again_while_nothing_new_can_be_had(
    server: BentServer, person: Person
) -> None:
    person.connect()
    token = person.run("token").stdout
    unplug(server)
    assert person.run("token", "--rejected-stdin", stdin=token).returncode == 6
    ended = person.run("token")
    assert (ended.returncode, ended.stdout) == (6, "")


def test_the_dead_token_of_an_account_that_another_holder_refreshes_is_not_handed_out(
    server: BentServer, person: Person
) -> None:
    person.connect()
    assert person.run("handover", ADDRESS, "--yes").returncode == 0
    assert person.run("token").returncode == 0  # it is alive as yet
    server.revoke_all()
    assert person.run("api", "me").returncode == 4
    ended = person.run("token")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert listed(person)["state"] == "handed_over"
    assert listed(person)["expires_in"] == 0


def test_what_is_forgotten_and_brought_back_is_as_dead_as_before(server: BentServer, person: Person) -> None:
    person.connect()
    server.revoke_all()
    person.run("refresh")
    person.run("forget", ADDRESS)
    person.run("forget", "--restore", ADDRESS)
    ended = person.run("token")
    assert (ended.returncode, ended.stdout) == (4, "")


def test_where_the_note_is_lost_the_api_tells_again(server: BentServer, person: Person) -> None:
    person.connect()
    server.revoke_all()
    person.run("api", "me")
    for note in person.home.rglob("*.note"):
        note.unlink()
    assert person.run("api", "me").returncode == 4
    assert person.run("token").returncode == 4
