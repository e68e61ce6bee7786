"""An account whose owner could not be asked for is asked for again, and never stored twice."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.batch import AT_ONCE
from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.bent_server import BentServer, Reply
from tests.support.records import replaced

if TYPE_CHECKING:
    from tests.support.person import Person

ADDRESS = "app/villa-rosa"
FAILURES = [500, 429, 401, 404, 403, 302, 200]


def fail(server: BentServer, status: int = 500) -> None:
    """The API cannot say who is asking."""
    server.bend_api = lambda _, __: Reply.of(status, {})


def mend(server: BentServer) -> None:
    server.bend_api = lambda _, reply: reply


def listed(person: Person) -> list[dict[str, object]]:
    return person.accounts()


def names(person: Person) -> list[tuple[object, object]]:
    return [(each["account"], each["name"]) for each in listed(person)]


@pytest.mark.parametrize("is_connected", [False, True], ids=["new", "connected before"])
def test_a_refresh_beside_that_names_a_new_account_first_is_no_failure(
    server: BentServer, person: Person, *, is_connected: bool
) -> None:
    """As from cron, while a person who connects an account is still asked for its name."""
    person.connect()
    if not is_connected:
        server.account_id, server.business_name = 8, "Casa Blu"
    stored = Accounts(Home.at(person.home), server=server.origin)
    (application,) = stored.apps.all()
    address = stored.exchange(application, Secret(server.code()), ["public"]).wait().address
    assert person.run("refresh", "--all").returncode == 0
    identity = stored.identify(address).wait().identity
    assert identity is not None
    account = stored.account(address)
    assert account is not None
    assert account.account_id == server.account_id
    assert stored.duplicate(account) is None
    named = stored.name(address, "Blu")
    assert names(person) == [
        (str(named.address), "Blu"),
        *([] if is_connected else [(ADDRESS, "Villa Rosa")]),
    ]
    assert person.run("token", named.address.account).returncode == 0


def test_an_account_that_goes_while_all_are_refreshed_is_no_failure(
    server: BentServer, person: Person
) -> None:
    for number in range(AT_ONCE + 1):
        server.account_id, server.business_name = number + 1, f"Casa {number}"
        assert person.connect().returncode == 0
    turn = threading.Lock()
    forgotten: list[int] = []

    def forget_the_last(fields: dict[str, str], reply: Reply) -> Reply:
        with turn:  # none of the first is done before
            if not forgotten:
                forgotten.append(person.run("forget", f"casa-{AT_ONCE}").returncode)
        return reply

    server.bend_token = forget_the_last
    refreshed = person.run("refresh", "--all")
    assert (refreshed.returncode, forgotten) == (0, [0]), refreshed.stderr
    assert f"app/casa-{AT_ONCE}: no longer stored." in refreshed.stdout


@pytest.mark.parametrize("status", FAILURES)
def test_a_refresh_learns_the_name_that_connecting_could_not(
    server: BentServer, person: Person, status: int
) -> None:
    fail(server, status)
    connected = person.connect()
    assert connected.returncode == 0
    address = connected.stdout.split()[-1]
    assert address.startswith("app/new-")
    mend(server)
    refreshed = person.run("refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    assert f"{address} is Villa Rosa" in refreshed.stderr
    assert names(person) == [(ADDRESS, "Villa Rosa")]
    assert listed(person)[0]["account_id"] == 7
    for spoken in (address, address.removeprefix("app/"), ADDRESS, "7", "Villa Rosa"):
        token = person.run("token", spoken)
        assert token.stdout.strip() in server.live.values(), "a script that had the old address goes on"


@pytest.mark.parametrize(
    "command",
    [("api", "me"), ("refresh", "--all"), ("token", "--min-valid", "7300"), ("export", "--format", "json")],
)
def test_other_doors_learn_it_too(server: BentServer, person: Person, command: tuple[str, ...]) -> None:
    fail(server)
    server.more = {"expires_in": 200} if command[0] == "export" else {}
    person.connect()
    mend(server)
    assert person.run(*command).returncode == 0
    assert names(person) == [(ADDRESS, "Villa Rosa")]


def test_a_refresh_goes_on_where_the_name_still_cannot_be_had(server: BentServer, person: Person) -> None:
    fail(server)
    person.connect()
    refreshed = person.run("refresh")
    assert (refreshed.returncode, refreshed.stderr) == (0, "")
    assert person.run("token").stdout.strip() in server.live.values()
    assert len(listed(person)) == 1


def test_connecting_again_leaves_one_entry(server: BentServer, person: Person) -> None:
    fail(server)
    for _ in range(3):
        person.connect()
    assert len(listed(person)) == 3
    mend(server)
    assert person.connect().stdout.split()[-1] == ADDRESS
    assert names(person) == [(ADDRESS, "Villa Rosa")]
    assert person.run("token").stdout.strip() in server.live.values()


def test_all_that_are_identified_at_once_become_one(server: BentServer, person: Person) -> None:
    fail(server)
    before = [person.connect().stdout.split()[-1] for _ in range(3)]
    mend(server)
    assert person.run("refresh", "--all").returncode == 0
    assert names(person) == [(ADDRESS, "Villa Rosa")]
    for address in before:
        assert person.run("token", address).stdout.strip() in server.live.values()


def test_the_newer_authorization_stays(server: BentServer, person: Person) -> None:
    person.connect()
    fail(server)
    newer = person.connect().stdout.split()[-1]
    mend(server)
    assert person.run("refresh", newer).returncode == 0
    newest = next(reversed(server.live.values()))
    assert names(person) == [(ADDRESS, "Villa Rosa")]
    assert person.run("token").stdout.strip() == newest


def test_an_older_one_goes_to_the_trash(server: BentServer, person: Person) -> None:
    fail(server)
    older = person.connect().stdout.split()[-1]
    mend(server)
    person.connect()
    trash = person.run("forget", "--list").stdout
    assert older in trash
    assert names(person) == [(ADDRESS, "Villa Rosa")]


def test_different_owners_stay_apart(server: BentServer, person: Person) -> None:
    fail(server)
    person.connect()
    server.account_id, server.business_name = 8, "Chalet"
    person.connect()
    mend(server)
    assert person.run("refresh", "--all").returncode == 0
    assert sorted(names(person)) == [("app/chalet", "Chalet"), (ADDRESS, "Villa Rosa")]


def test_a_number_without_a_name_is_asked_for_its_name_again(server: BentServer, person: Person) -> None:
    server.bend_api = lambda path, reply: Reply.of(403, {}) if path.endswith("accounts") else reply
    address = person.connect().stdout.split()[-1]
    assert listed(person)[0]["account_id"] == 7
    mend(server)
    assert person.run("refresh").returncode == 0
    assert names(person) == [(ADDRESS, "Villa Rosa")]
    assert person.run("token", address).returncode == 0


def test_one_that_another_holder_refreshes_takes_no_place_of_one_that_is_refreshed_here(
    server: BentServer, person: Person
) -> None:
    person.connect()
    fail(server)
    given = person.connect().stdout.split()[-1]
    assert person.run("handover", given, "--yes").returncode == 0
    mend(server)
    assert person.run("api", "me", given).returncode == 0
    assert [each["account"] for each in listed(person) if each["handed_over_at"] is None] == [ADDRESS]
    assert person.run("refresh", ADDRESS).returncode == 0


def test_what_an_older_version_called_account_gets_its_name(server: BentServer, person: Person) -> None:
    person.connect()
    stored = Store(Home.at(person.home))
    address = Address("app", "villa-rosa")
    authorization = stored.slot(address).read()
    assert authorization is not None
    stored.slot(address).save(replaced(authorization, label=Clean("Account"), account_id=None))
    assert person.run("refresh").returncode == 0
    assert names(person) == [(ADDRESS, "Villa Rosa")]


def test_an_api_that_refuses_every_token_costs_no_refresh_a_call(server: BentServer, person: Person) -> None:
    fail(server, 401)
    person.connect()
    for _ in range(4):
        assert person.run("token").stdout.strip() in server.live.values()
    assert [fields["grant_type"] for fields in server.posts] == ["authorization_code", "refresh_token"]
