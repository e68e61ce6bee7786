"""`smily-tui apps` and `smily-tui keys`, and the names that are meant where one was mistyped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer, Reply
from tests.support.person import Person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEW_SECRET = "0ddba11e" * 8


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    """A person with one connected account."""
    with BentServer() as server:
        person = Person(tmp_path, server)
        assert person.connect().returncode == 0
        yield person


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A person with one connected account, which no test changes."""
    with BentServer() as server:
        person = Person(tmp_path_factory.mktemp("reader"), server)
        assert person.connect().returncode == 0
        yield person


def apps(person: Person) -> list[dict[str, object]]:
    return list(json.loads(person.run("apps", "list", "--json").stdout)["apps"])


def test_the_list_has_everything_but_the_secret(person: Person) -> None:
    assert apps(person) == [
        {
            "application": "app",
            "name": "app",
            "client_id": CLIENT_ID,
            "server": person.server.origin,
            "scopes": ["public"],
            "accounts": 1,
            "has_secret": True,
        }
    ]
    line = person.run("apps").stdout
    assert line == f"app  app  {CLIENT_ID[:8]}…{CLIENT_ID[-4:]}  1 account  {person.server.origin}  public\n"
    assert CLIENT_SECRET not in line


def test_a_new_name_and_other_permissions_keep_the_short_name(person: Person) -> None:
    assert "still use the short name app" in person.run("apps", "rename", "app", "Partner API").stdout
    renamed = person.run("apps", "permissions", "partner api", "bookings_read", "bokings_write")
    assert "Did you mean “bookings_write”?" in renamed.stderr
    assert apps(person)[0]["scopes"] == ["public", "bookings_read", "bokings_write"]
    assert apps(person)[0]["name"] == "Partner API"
    assert person.run("token", "app/villa-rosa").returncode == 0


def test_a_new_secret_is_stored_once_the_server_accepts_it(person: Person) -> None:
    person.server.client_secret = NEW_SECRET
    live = dict(person.server.live)
    done = person.run("apps", "new-secret", "app", "--secret-stdin", stdin=f"{NEW_SECRET}\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert person.server.live == live, "it costs no token"
    assert person.run("refresh").returncode == 0
    assert CLIENT_SECRET.encode() not in person.stored()


@pytest.mark.parametrize(
    ("typed", "exit_code", "words"),
    [
        (NEW_SECRET, 5, "The server refuses this Client Secret.\nThe old secret is still stored."),
        ("bookings_read", 2, "These are permissions"),
        ("", 2, "missing"),
    ],
)
def test_a_wrong_secret_replaces_nothing(person: Person, typed: str, exit_code: int, words: str) -> None:
    refused = person.run("apps", "secret", "app", stdin=f"{typed}\n")
    assert (refused.returncode, refused.stdout) == (exit_code, "")
    assert words in refused.stderr
    assert person.run("refresh").returncode == 0


def test_a_server_that_judges_the_code_first_leads_to_the_way_that_works(person: Person) -> None:
    refused = Reply.of(400, {"error": "invalid_grant"})
    person.server.bend_token = lambda fields, reply: refused if "code" in fields else reply
    unproven = person.run("apps", "new-secret", "app", stdin=f"{NEW_SECRET}\n")
    assert unproven.returncode == 5
    assert "Connect an account with the new secret instead: run smily-tui connect." in unproven.stderr
    assert person.run("refresh").returncode == 0


def test_without_a_question_nothing_is_removed_and_a_removed_app_comes_back(person: Person) -> None:
    asked = person.run("apps", "remove", "app")
    assert (asked.returncode, len(apps(person))) == (2, 1)
    assert "--force" in asked.stderr
    removed = person.run("apps", "remove", "app", "--force")
    assert removed.stdout == "Removed app and 1 account. To restore: smily-tui apps restore app\n"
    assert (apps(person), person.accounts()) == ([], [])
    assert person.run("apps", "restore", "app").stdout == "Restored app and 1 account.\n"
    assert person.run("refresh").returncode == 0


def test_restoring_an_account_brings_its_app_back(person: Person) -> None:
    person.run("apps", "remove", "app", "--force")
    assert person.run("forget", "--restore", "villa-rosa").returncode == 0
    assert person.run("refresh").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "exit_code", "advice"),
    [
        (["tokne"], 2, "Did you mean smily-tui token?"),
        (["--home", "elsewhere", "acounts"], 2, "Did you mean smily-tui accounts?"),
        (["xyzzy"], 2, "List them with smily-tui --help."),
        (["token", "vila-rosa"], 3, "Did you mean app/villa-rosa?"),
        (["refresh", "app/villarosa"], 3, "Did you mean app/villa-rosa?"),
        (["forget", "somewhere else"], 3, "List the accounts with smily-tui accounts"),
        (["apps", "remove", "ap"], 2, "Did you mean app?"),
    ],
)
def test_a_mistyped_name_gets_the_one_that_is_meant(
    reader: Person, arguments: list[str], exit_code: int, advice: str
) -> None:
    refused = reader.run(*arguments)
    assert (refused.returncode, refused.stdout) == (exit_code, "")
    assert advice in refused.stderr


def test_the_keys_are_printed_by_screen_with_those_of_the_settings(person: Person) -> None:
    settings = person.home / "config.toml"
    settings.write_text(f'{settings.read_text("utf-8")}\n[keys]\nrefresh = "f5"\nsort = "r2"\n', "utf-8")
    printed = person.run("keys")
    assert "\nAccounts\n" in printed.stdout
    assert "  F5      Refresh " in printed.stdout
    assert "sort" in printed.stderr
    screens = json.loads(person.run("keys", "--json").stdout)["screens"]
    keys = {key["name"]: key["key"] for screen in screens for key in screen["keys"]}
    assert (keys["refresh"], keys["queue"]) == ("F5", "Q")
