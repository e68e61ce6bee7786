"""`smily-tui connect` for the next account: credentials that are stored are not asked for again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from tests.support.person import Person

CONNECT = [*PROGRAM, "connect"]
LINK = "Open this link"
CHOOSE = "Which app do you want"


def two_applications(person: Person, server: BentServer) -> None:
    person.connect()
    entered = ("--client-id", "d2" * 32, "--secret-stdin")
    second = person.run(
        "connect", "--plain", "--yes", "--app", "Second", *entered,
        stdin=f"{CLIENT_SECRET}\n{server.code()}\n",
    )  # fmt: skip
    assert second.returncode == 0, second.stderr


def test_with_one_application_the_link_comes_first(person: Person, server: BentServer) -> None:
    person.connect()
    server.account_id, server.business_name = 8, "Chalet"
    with Terminal(CONNECT, person.environ, columns=100, rows=36) as terminal:
        screen = terminal.wait_for(LINK)
        assert "Client Secret" not in screen
        terminal.paste(server.code())
        terminal.press("enter")
        terminal.wait_for("Connected: Chalet")


def test_with_several_the_person_chooses(person: Person, server: BentServer) -> None:
    two_applications(person, server)
    with Terminal(CONNECT, person.environ, columns=100, rows=36) as terminal:
        screen = terminal.wait_for(lambda shown: CHOOSE in shown and "Second" in shown)
        assert "app" in screen
        terminal.press("down", "enter")
        assert "d2d2…d2d2" in terminal.wait_for(LINK)


def test_another_application_can_still_be_entered(person: Person, server: BentServer) -> None:
    two_applications(person, server)
    with Terminal(CONNECT, person.environ, columns=100, rows=36) as terminal:
        terminal.wait_for(CHOOSE)
        terminal.press("end", "enter")
        terminal.wait_for("Which app do you want to connect?")


def test_who_chooses_none_is_at_the_accounts(person: Person, server: BentServer) -> None:
    two_applications(person, server)
    with Terminal(CONNECT, person.environ, columns=100, rows=36) as terminal:
        terminal.wait_for(CHOOSE)
        terminal.press("escape")
        terminal.wait_for(lambda screen: CHOOSE not in screen and "Villa Rosa" in screen)
        assert LINK not in terminal.text()


def test_the_one_that_is_named_is_taken(person: Person, server: BentServer) -> None:
    two_applications(person, server)
    with Terminal([*CONNECT, "--app", "app"], person.environ, columns=100, rows=36) as terminal:
        assert f"{CLIENT_ID[:4]}…" in terminal.wait_for(LINK)


def test_a_terminal_that_shows_lines_only_asks_for_no_credentials_either(person: Person) -> None:
    person.connect()
    command = ["/bin/sh", "-c", f"TERM=dumb exec {' '.join(PROGRAM)} connect"]
    with Terminal(command, person.environ) as terminal:
        screen = terminal.wait_for(LINK)
        assert "Client ID:" not in screen
