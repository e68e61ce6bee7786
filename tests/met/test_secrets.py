"""Nothing unproven takes the place of what is proven: a secret is stored when the server accepted it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer, Reply
from tests.support.dialogue import HIDDEN, Dialogue
from tests.support.processes import PROGRAM

if TYPE_CHECKING:
    from tests.support.person import Person

WRONG = "dead" * 16
NEW = "ace0" * 16
OTHER_ID = "0b" * 32


def entering(server: BentServer, secret: str, *, code: bool = True) -> str:
    """What is typed for an application: its secret and, where it comes to that, a code."""
    return f"{secret}\n{server.code()}\n" if code else f"{secret}\n"


def connect(person: Person, stdin: str, *, client_id: str = CLIENT_ID, app: str = "app") -> int:
    ended = person.run(
        "connect", "--plain", "--yes", "--app", app, "--client-id", client_id, "--secret-stdin", stdin=stdin
    )
    return ended.returncode


def test_a_wrong_secret_does_not_replace_the_one_that_works(server: BentServer, person: Person) -> None:
    person.connect()
    assert connect(person, entering(server, WRONG)) == 5
    assert server.posts[-1]["client_secret"] == WRONG, "it was tried"
    refreshed = person.run("refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    assert WRONG.encode() not in person.stored()


def test_giving_up_at_the_code_changes_nothing(server: BentServer, person: Person) -> None:
    person.connect()
    before = person.stored()
    assert connect(person, entering(server, WRONG, code=False)) == 2
    assert person.stored() == before
    assert person.run("refresh").returncode == 0


def test_ctrl_c_at_the_code_changes_nothing(server: BentServer, person: Person) -> None:
    person.connect()
    before = person.stored()
    command = [*PROGRAM, "connect", "--plain", "--client-id", CLIENT_ID, "--scope", "public"]
    with Dialogue(command, person.environ, columns=200) as talk:
        talk.answer(HIDDEN, WRONG)
        talk.hear("Code")
        talk.press_ctrl("c")
        assert talk.exit_code() != 0
    assert person.stored() == before
    assert person.run("refresh").returncode == 0


def test_a_secret_that_the_server_accepts_replaces_the_old_one(server: BentServer, person: Person) -> None:
    person.connect()
    server.client_secret = NEW
    assert connect(person, entering(server, NEW)) == 0
    assert person.run("refresh").returncode == 0
    assert server.posts[-1]["client_secret"] == NEW
    assert CLIENT_SECRET.encode() not in person.stored()


def test_a_refused_code_proves_the_secret(server: BentServer, person: Person) -> None:
    """The server says invalid_grant only to a client that it knows (RFC 6749 section 5.2)."""
    person.connect()
    server.client_secret = NEW
    server.bend_token = lambda fields, reply: (
        Reply.of(400, {"error": "invalid_grant"})
        if reply.status == 200 and fields["grant_type"] == "authorization_code"
        else reply
    )
    assert connect(person, entering(server, NEW)) == 5
    assert person.run("refresh").returncode == 0
    assert server.posts[-1]["client_secret"] == NEW


@pytest.mark.parametrize("status", [301, 403, 404, 429, 500, 503])
def test_an_answer_that_judges_no_client_proves_no_secret(
    server: BentServer, person: Person, status: int
) -> None:
    person.connect()
    server.bend_token = lambda fields, reply: (
        Reply.of(status, {}) if fields["client_secret"] == WRONG else reply
    )
    assert connect(person, entering(server, WRONG)) != 0
    person.run("accounts")
    assert person.run("refresh").returncode == 0
    assert WRONG.encode() not in person.stored()


def application_files(person: Person) -> list[str]:
    """What the store holds of applications, and what the settings name."""
    state = person.home / "state"
    kept = [str(path.relative_to(state)) for path in state.rglob("*") if path.parent != state]
    settings = person.home / "config.toml"
    return kept + ([settings.read_text()] if settings.exists() else [])


@pytest.mark.parametrize("status", [401, 400, 429])
def test_an_application_without_a_code_leaves_nothing_behind(
    server: BentServer, person: Person, status: int
) -> None:
    errors = {401: "invalid_client", 400: "invalid_grant", 429: ""}
    server.bend_token = lambda fields, reply: (
        Reply.of(status, {"error": errors[status]}) if fields["client_id"] == OTHER_ID else reply
    )
    assert connect(person, entering(server, CLIENT_SECRET), client_id=OTHER_ID, app="My app") == 5
    assert application_files(person) == []
    assert connect(person, entering(server, CLIENT_SECRET), app="My app") == 0
    assert person.run("accounts").stdout.startswith("my-app/villa-rosa")
    assert OTHER_ID.encode() not in person.stored()


def test_an_application_without_even_a_try_leaves_nothing_behind(server: BentServer, person: Person) -> None:
    assert connect(person, entering(server, CLIENT_SECRET, code=False), app="My app") == 2
    assert application_files(person) == []


@pytest.mark.parametrize("typed", [CLIENT_ID + CLIENT_SECRET, f"{CLIENT_ID} {CLIENT_SECRET}"])
def test_a_client_id_that_holds_the_secret_too_is_refused(
    server: BentServer, person: Person, typed: str
) -> None:
    ended = person.run(
        "connect", "--plain", "--yes", "--app", "app", "--client-id", typed, "--secret-stdin",
        stdin=entering(server, CLIENT_SECRET),
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "two values" in ended.stderr
    assert CLIENT_SECRET not in ended.stderr
    assert CLIENT_SECRET.encode() not in person.stored()
    assert server.posts == []
