"""Names from outside: none collides with the program's own files, and none is taken for another account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.vault.model import address_part, is_address_part, is_reserved

if TYPE_CHECKING:
    from tests.support.bent_server import BentServer
    from tests.support.person import Person

OWN = ["application", "codes", "settings", "protection", "applications", "wizard", "new-0a1b2c3d"]
DEVICES = ["con", "prn", "aux", "nul", "com1", "lpt9", "com0"]


@pytest.mark.parametrize(
    "name", ["Application", "Application !", "codes", "NEW 0a1b2c3d", "CON", "Com1", "…"]
)
def test_an_account_may_be_called_like_a_file_of_the_program(
    server: BentServer, person: Person, name: str
) -> None:
    server.business_name = name
    ended = person.connect()
    assert ended.returncode == 0, ended.stderr
    address = ended.stdout.split()[-1]
    part = address.removeprefix("app/")
    assert is_address_part(part)
    assert part not in OWN + DEVICES
    for command in (["refresh", address], ["forget", address], ["forget", address, "--restore"], ["token"]):
        assert person.run(*command).returncode == 0, command
    assert person.run("accounts").stdout.startswith(address)


@pytest.mark.parametrize("name", ["Résidence " * 30, "7" * 300, "東京の家" * 80])
def test_an_account_goes_by_a_name_that_is_too_long_to_be_kept(
    server: BentServer, person: Person, name: str
) -> None:
    server.business_name = name
    assert person.connect().returncode == 0
    assert person.run("token", name).returncode == 0


@pytest.mark.parametrize("name", ["Application", "Settings", "NUL", "protection", "new-0a1b2c3d"])
def test_an_application_may_be_called_like_a_file_of_the_program(
    server: BentServer, person: Person, name: str
) -> None:
    ended = person.connect(app=name)
    assert ended.returncode == 0, ended.stderr
    key = ended.stdout.split()[-1].split("/")[0]
    assert key not in OWN + DEVICES
    assert person.run("refresh").returncode == 0


def test_no_account_can_be_called_like_what_the_program_itself_writes(
    server: BentServer, person: Person
) -> None:
    """Whatever lies in a store after a full turn: its stems are those of accounts, or reserved."""
    person.connect()
    person.run("refresh")
    person.run("forget", "villa-rosa")
    server.revoke_all()
    person.connect()
    state = person.home / "state"
    accounts = {"villa-rosa"}
    for path in [*state.iterdir(), *(state / "app").iterdir(), *person.home.iterdir()]:
        stem = path.name.split(".")[0]
        if path.is_file() and is_address_part(stem) and stem not in accounts:
            assert is_reserved(stem), path


@given(st.text(max_size=60), st.sets(st.sampled_from([*OWN, *DEVICES, "a", "account"])))
def test_every_name_gives_a_free_part_that_is_not_reserved(name: str, taken: set[str]) -> None:
    part = address_part(name, taken, "account")
    assert is_address_part(part)
    assert part not in taken
    assert part not in OWN + DEVICES


@pytest.mark.parametrize("name", OWN + DEVICES)
def test_a_reserved_name_gets_a_number(name: str) -> None:
    assert address_part(name.upper(), set(), "account") == f"{name}-2"


# -- one name, several accounts ------------------------------------------------------------------------


def connect_two(server: BentServer, person: Person, first: tuple[str, int], second: tuple[str, int]) -> None:
    for server.business_name, server.account_id in (first, second):
        assert person.connect().returncode == 0


@pytest.mark.parametrize(
    ("first", "second", "spoken"),
    [
        (("7", 99), ("Villa Rosa", 7), "7"),
        (("Villa Rosa", 1), ("villa-rosa", 2), "villa-rosa"),
        (("Sea View", 1), ("Sea-View", 2), "sea-view"),
        (("Chalet", 1), ("chalet", 2), "CHALET"),
    ],
)
def test_a_name_that_means_two_accounts_is_an_error(
    server: BentServer, person: Person, first: tuple[str, int], second: tuple[str, int], spoken: str
) -> None:
    connect_two(server, person, first, second)
    posts = len(server.posts)
    export = ["export", "--format", "env"]
    for command in (["token"], ["api", "me"], export, ["refresh"], ["forget"], ["handover"]):
        ended = person.run(*command, spoken)
        assert (ended.returncode, ended.stdout) == (3, ""), command
        assert "could be several accounts" in ended.stderr
    assert len(server.posts) == posts


def test_a_whole_address_means_one_account_whatever_others_are_called(
    server: BentServer, person: Person
) -> None:
    connect_two(server, person, ("7", 99), ("app/7", 7))
    first = person.run("token", "app/7").stdout
    assert first == person.run("token", "99").stdout
    assert first != person.run("token", "app/app-7").stdout
    assert person.run("token", "7").returncode == 3


def test_an_application_that_is_called_like_the_key_of_another_is_not_taken_for_it(
    server: BentServer, person: Person
) -> None:
    person.connect(app="Shop")
    config = person.home / "config.toml"
    config.write_text(
        f'{config.read_text()}\n[applications.other]\nname = "shop"\nclient_id = "{"0b" * 32}"\n'
        f'server = "{server.origin}"\n'
    )
    ended = person.run("connect", "--plain", "--yes", "--app", "shop", stdin=f"{server.code()}\n")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "could be several apps: other (Client ID 0b0b" in ended.stderr
    assert len(server.posts) == 1
    told = person.run(
        "connect", "--plain", "--yes", "--app", "shop", "--client-id", "c1" * 32, stdin=f"{server.code()}\n"
    )
    assert told.stdout.split()[-1] == "shop/villa-rosa", told.stderr
