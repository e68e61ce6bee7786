"""What the full screen and the plain mode say of a server without refresh tokens, and of unknown owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smily_tui.accounts import Accounts
from smily_tui.plain.app import Dialogue
from smily_tui.vault.home import Home
from tests.support.bent_server import BentServer, Reply
from tests.support.processes import PROGRAM
from tests.support.scripted import Scripted, session
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.support.person import Person

TRUE = "gives no refresh tokens"
TWIN = "Villa Rosa is already connected as app/villa-rosa."


def addresses(person: Person) -> list[str]:
    return sorted(each["account"] for each in person.accounts())


def dashboard(person: Person) -> Terminal:
    return Terminal(PROGRAM, person.environ, columns=110, rows=36)


def connect(person: Person) -> Terminal:
    return Terminal([*PROGRAM, "connect"], person.environ, columns=110, rows=40)


def nameless(server: BentServer, person: Person) -> str:
    """The address of an account that was connected while the API was down; it is up again."""
    server.bend_api = lambda _, __: Reply(500, b"")
    address = person.connect().stdout.split()[-1]
    server.bend_api = lambda _, reply: reply
    return address


# -- no refresh tokens ---------------------------------------------------------------------------------


def test_the_last_page_of_the_wizard_says_that_there_is_no_refresh_token(
    server: BentServer, person: Person
) -> None:
    server.more = {"refresh_token": None}
    person.connect()
    server.account_id, server.business_name = 8, "Chalet"
    with connect(person) as terminal:
        terminal.wait_for("Open this link")
        terminal.paste(server.code())
        terminal.press("enter")
        screen = terminal.wait_for("Connected: Chalet")
        assert TRUE in screen
        assert "to refresh it" not in screen


def test_the_dashboard_neither_asks_the_server_nor_blames_the_owner(
    server: BentServer, person: Person
) -> None:
    server.more = {"refresh_token": None}
    person.connect()
    with dashboard(person) as terminal:
        terminal.wait_for("no refresh")
        terminal.press("r")
        screen = terminal.wait_for("Authorize the account again")
        assert "owner removed" not in screen
        terminal.press("R")
        terminal.wait_for("Nothing to refresh")
    assert [fields["grant_type"] for fields in server.posts] == ["authorization_code"]


def test_the_plain_mode_says_so_too(server: BentServer, person: Person) -> None:
    server.more = {"refresh_token": None}
    person.connect()
    stored = Accounts(Home.at(person.home), server=server.origin)
    terminal = Scripted("1", "details", "refresh", "g", "yes", "back", "refresh all due", "quit")
    Dialogue(session(stored, terminal)).run()
    assert not terminal.answers, terminal.said
    assert "Refresh token: none." in terminal.said
    assert terminal.said.count(f"This server {TRUE}.") >= 2
    assert len(server.posts) == 1


# -- unknown owners ------------------------------------------------------------------------------------


def test_the_dashboard_asks_before_an_account_takes_the_place_of_its_twin(
    server: BentServer, person: Person
) -> None:
    person.connect()
    nameless(server, person)
    with dashboard(person) as terminal:
        terminal.wait_for("New account")
        terminal.press("home", "r")
        terminal.wait_for(TWIN)
        terminal.press("enter")
        terminal.wait_for(lambda screen: "1 account" in screen and "Refreshed " in screen)
    assert addresses(person) == ["app/villa-rosa"]
    assert person.run("token").stdout.strip() in server.live.values()


def test_who_wants_both_keeps_both(server: BentServer, person: Person) -> None:
    person.connect()
    nameless(server, person)
    with dashboard(person) as terminal:
        terminal.wait_for("New account")
        terminal.press("home", "r")
        terminal.wait_for(TWIN)
        terminal.press("tab", "enter")
        terminal.wait_for("Refreshed ")
    assert addresses(person) == ["app/villa-rosa", "app/villa-rosa-2"]


def test_the_plain_mode_asks_as_well(server: BentServer, person: Person) -> None:
    person.connect()
    address = nameless(server, person)
    stored = Accounts(Home.at(person.home), server=server.origin)
    terminal = Scripted(address, "refresh", "yes", "quit")
    Dialogue(session(stored, terminal)).run()
    assert not terminal.answers, terminal.said
    assert TWIN in terminal.said
    assert addresses(person) == ["app/villa-rosa"]


def test_the_wizard_leaves_no_second_entry(server: BentServer, person: Person) -> None:
    nameless(server, person)
    with connect(person) as terminal:
        terminal.wait_for("Open this link")
        terminal.paste(server.code())
        terminal.press("enter")
        terminal.wait_for("Connected: Villa Rosa")
    assert addresses(person) == ["app/villa-rosa"]


def test_a_name_that_a_person_gives_is_the_accounts_own(server: BentServer, person: Person) -> None:
    address = nameless(server, person)
    stored = Accounts(Home.at(person.home), server=server.origin)
    terminal = Scripted(address, "rename", "Rosa by the sea", "quit")
    Dialogue(session(stored, terminal)).run()
    assert addresses(person) == ["app/rosa-by-the-sea"]
    assert person.run("refresh").returncode == 0
    (account,) = person.accounts()
    assert (account["name"], account["account_id"]) == ("Rosa by the sea", 7)
