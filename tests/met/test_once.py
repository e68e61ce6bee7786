"""What is sent, saved or deleted is so once: Enter, clicks and pastes twice and thrice in one burst."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer
from tests.support.polling import until
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.support.person import Person

SIZE = (100, 36)
ROWS = "Sea View, 8\nHarbour Loft, 9\n"
ACCOUNTS = "Add account"
F3, F4 = "\x1bOR", "\x1bOS"
CLIPBOARD = "\x1b]52;"
"""How a terminal is asked to copy (OSC 52)."""


@pytest.fixture
def terminal(person: Person) -> Iterator[Terminal]:
    """The program at its dashboard, with one account connected."""
    assert person.connect().returncode == 0
    with Terminal(PROGRAM, person.environ, columns=SIZE[0], rows=SIZE[1]) as running:
        running.wait_for(ACCOUNTS)
        yield running


def press_enter(terminal: Terminal, times: int) -> None:
    """Enter so many times, in one write."""
    terminal.type("\r" * times)


def bursts(*labels: str) -> list[tuple[str, Callable[[Terminal], None]]]:
    """Enter twice and thrice, and three clicks on each label."""
    ways: list[tuple[str, Callable[[Terminal], None]]] = []
    ways += [(f"enter-{times}", partial(press_enter, times=times)) for times in (2, 3)]
    ways += [(f"click-{label}", partial(Terminal.click, label=label, times=3)) for label in labels]
    return ways


def parameters(*labels: str) -> pytest.MarkDecorator:
    """A test of every way."""
    ways = bursts(*labels)
    return pytest.mark.parametrize("burst", [way for _, way in ways], ids=[name for name, _ in ways])


def exchanges(server: BentServer) -> list[str]:
    """The codes that were sent, in order."""
    return [fields["code"] for fields in server.posts if fields["grant_type"] == "authorization_code"]


def at_code_page(terminal: Terminal) -> None:
    """Step 3, for one more account."""
    terminal.press("a")
    terminal.wait_for("Link from")


def at_queue(terminal: Terminal) -> None:
    """The queue, with two rows entered."""
    terminal.press("Q")
    terminal.wait_for("The queue is empty")
    terminal.press("a")
    terminal.wait_for("One account per line")
    terminal.paste(ROWS)
    terminal.wait_for("Harbour Loft, 9")


def at_row(terminal: Terminal, server: BentServer) -> None:
    """The first row of the queue, whose owner is asked next."""
    at_queue(terminal)
    terminal.press("ctrl+s")
    terminal.wait_for("2 added")
    terminal.press("enter")
    terminal.wait_for("Row 1 of 2")
    server.account_id, server.business_name = 8, "Sea View"


def connect_another(terminal: Terminal, server: BentServer) -> None:
    """Step 4, for one more code of the same account."""
    at_code_page(terminal)
    terminal.paste(server.code())
    terminal.wait_for("•" * 40)
    terminal.press("enter")
    terminal.wait_for("is already connected")
    terminal.press("enter")
    terminal.wait_for("Connected: Villa Rosa")


def with_clipboard(person: Person, folder: Path, copied: Path) -> None:
    """A desktop whose clipboard notes each time that something is copied."""
    programs = folder / "programs"
    programs.mkdir()
    for name, script in {
        "wl-copy": f'cat > "{folder}/clipboard"; test "$1" = --clear || echo copied >> "{copied}"',
        "wl-paste": f'cat "{folder}/clipboard"',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    person.environ |= {"PATH": f"{programs}:{person.environ['PATH']}", "WAYLAND_DISPLAY": "wayland-0"}


def leave(terminal: Terminal) -> None:
    """The program is where a person can quit it, and ends well."""
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0


# -- codes -------------------------------------------------------------------------------------------------


@parameters("Check code")
def test_a_code_is_sent_once(
    terminal: Terminal, server: BentServer, burst: Callable[[Terminal], None]
) -> None:
    at_code_page(terminal)
    code = server.code()
    before = len(exchanges(server))
    terminal.paste(code)
    terminal.wait_for("•" * 40)
    burst(terminal)
    terminal.wait_for(lambda shown: "•" not in shown or "is already connected" in shown)
    assert exchanges(server)[before:] == [code]  # a fast server's question may have had the other Enter
    leave(terminal)


@pytest.mark.parametrize("page", ["wizard", "queue"])
@pytest.mark.parametrize(
    "written",
    [
        pytest.param(lambda code: f"{code[:40]}\r{code[40:]}\r", id="two lines"),
        pytest.param(lambda code: f"{code}\r", id="a line"),
        pytest.param(lambda code: f"{code}\r" * 3, id="a line thrice"),
        pytest.param(lambda code: f"\x1b[200~{code}\n\x1b[201~" * 3, id="bracketed thrice"),
        pytest.param(lambda code: f"\x1b[200~{code[:40]}\n{code[40:]}\x1b[201~\r" * 3, id="wrapped thrice"),
    ],
)
def test_a_code_that_is_pasted_again_and_again_is_sent_once(
    terminal: Terminal, server: BentServer, written: Callable[[str], str], page: str
) -> None:
    if page == "wizard":
        at_code_page(terminal)
    else:
        at_row(terminal, server)
    code = server.code()
    before = len(exchanges(server))
    terminal.type(written(code))
    terminal.wait_for("•" * 64)
    if "\r" not in written(code):
        terminal.press("enter")
    until(lambda: len(exchanges(server)) > before)
    # a fast server's question may have had a line end that came behind the code
    asked = re.compile("is already connected|Connected: Villa Rosa" if page == "wizard" else "Row 2 of 2")
    if "is already connected" in terminal.wait_for(asked):
        terminal.press("enter")
        terminal.wait_for("Connected: Villa Rosa")
    assert exchanges(server)[before:] == [code]
    leave(terminal)


@parameters("Check code")
def test_the_code_of_a_row_is_sent_once(
    terminal: Terminal, server: BentServer, burst: Callable[[Terminal], None]
) -> None:
    at_row(terminal, server)
    code = server.code()
    before = len(exchanges(server))
    terminal.paste(code)
    terminal.wait_for("•" * 64)
    burst(terminal)
    terminal.wait_for("Row 2 of 2")
    assert exchanges(server)[before:] == [code]
    leave(terminal)


@parameters("Forget and try again")
def test_an_account_that_is_the_wrong_one_is_forgotten_once_and_the_link_is_there(
    terminal: Terminal, server: BentServer, person: Person, burst: Callable[[Terminal], None]
) -> None:
    at_code_page(terminal)
    server.account_id, server.business_name = 8, "Sea View"
    terminal.paste(server.code())
    terminal.wait_for("•" * 40)
    terminal.press("enter")
    terminal.wait_for("Connected: Sea View")
    terminal.click("No, forget it")
    terminal.wait_for("Keep it")
    terminal.press("shift+tab")
    before = len(server.posts)
    burst(terminal)
    terminal.wait_for("Link from")
    terminal.press("escape")
    terminal.wait_for(ACCOUNTS)
    leave(terminal)
    assert len(server.posts) == before
    assert [each["name"] for each in person.accounts()] == ["Villa Rosa"]


# -- what is stored ----------------------------------------------------------------------------------------


@parameters("Rename")
def test_a_name_is_changed_once_and_the_list_stays(
    terminal: Terminal, person: Person, burst: Callable[[Terminal], None]
) -> None:
    terminal.press("e")
    terminal.wait_for("New name")
    terminal.type("Villa Nord")
    terminal.wait_for("Villa Nord")
    burst(terminal)
    terminal.wait_for("Renamed Villa Rosa to Villa Nord.")
    terminal.wait_for(lambda shown: "New name" not in shown)
    leave(terminal)
    listed = person.accounts()
    assert [each["name"] for each in listed] == ["Villa Nord"]


@parameters("Forget it")
def test_an_account_is_forgotten_once_and_the_list_stays(
    terminal: Terminal, person: Person, burst: Callable[[Terminal], None]
) -> None:
    terminal.press("d")
    terminal.wait_for("Keep it")
    terminal.press("shift+tab")
    burst(terminal)
    terminal.wait_for("Forgot Villa Rosa.")
    terminal.wait_for("0 accounts")
    leave(terminal)
    assert person.accounts() == []


@pytest.mark.parametrize("key", ["U", "z"])
@pytest.mark.parametrize("times", [1, 2, 3])
def test_an_account_is_restored_once(terminal: Terminal, person: Person, key: str, times: int) -> None:
    terminal.press("d")
    terminal.wait_for("Keep it")
    terminal.press("shift+tab", "enter")
    terminal.wait_for("Forgot ")
    terminal.type(key * times)
    terminal.wait_for("1 account")
    leave(terminal)
    assert len(person.accounts()) == 1


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("key", ["d", "e", "x", "h", "c", "U", "T", "Q"])
def test_a_key_that_opens_a_dialog_opens_one(terminal: Terminal, key: str, times: int) -> None:
    terminal.type(key * times)
    opened = {
        "d": "Forget Villa Rosa?", "e": "New name", "c": "Copy the access token?",
        "x": "Export Villa Rosa", "h": "Refresh token history",
        "U": "The trash is empty", "T": "Authorized today", "Q": "The queue is empty",
    }  # fmt: skip
    terminal.wait_for(opened[key])
    if key != "U":
        terminal.press("escape")
    terminal.wait_for(lambda shown: opened[key] not in shown or key == "U")
    terminal.wait_for(ACCOUNTS)
    leave(terminal)


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("key", ["r", "R"])
def test_an_account_is_refreshed_once(terminal: Terminal, server: BentServer, key: str, times: int) -> None:
    if key == "R":
        server.more = {"expires_in": 60}
        terminal.press("r")
        terminal.wait_for("Refreshed Villa Rosa, valid for")
    before = len(server.posts)
    terminal.type(key * times)
    until(lambda: len(server.posts) > before)
    terminal.press("h")
    terminal.wait_for("Refresh token history")
    terminal.press("escape")
    terminal.wait_for("Refreshed Villa Rosa, valid for")
    leave(terminal)
    assert len(server.posts) == before + 1


@parameters("Save  s")
def test_an_export_is_one_file(terminal: Terminal, person: Person, burst: Callable[[Terminal], None]) -> None:
    terminal.press("x")
    terminal.wait_for("Export Villa Rosa")
    terminal.press("enter")
    burst(terminal)
    terminal.wait_for("Saved to")
    leave(terminal)
    assert len([path for path in person.home.parent.iterdir() if path.is_file()]) == 1


@parameters("Save  enter")
def test_a_transcript_is_one_file(
    terminal: Terminal, person: Person, burst: Callable[[Terminal], None]
) -> None:
    terminal.press("r")
    terminal.wait_for("Refreshed Villa Rosa, valid for")
    terminal.type(F3)
    terminal.wait_for("Save in which folder?")
    burst(terminal)
    terminal.wait_for("Saved the transcript")
    leave(terminal)
    assert len([path for path in person.home.parent.iterdir() if path.is_file()]) == 1


@parameters("Save  enter")
def test_todays_list_is_one_file(
    terminal: Terminal, person: Person, burst: Callable[[Terminal], None]
) -> None:
    terminal.press("T")
    terminal.wait_for("Authorized today: 1")
    terminal.press("enter")
    terminal.wait_for("Save in which folder?")
    burst(terminal)
    terminal.wait_for("Saved today's list")
    leave(terminal)
    assert len([path for path in person.home.parent.iterdir() if path.is_file()]) == 1


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize("way", ["key", "click"])
def test_rows_come_onto_the_queue_once(terminal: Terminal, way: str, times: int) -> None:
    at_queue(terminal)
    if way == "key":
        terminal.type("\x13" * times)
    else:
        terminal.click("Add ^s", times)
    terminal.wait_for("0 of 2 connected")
    terminal.wait_for("2 added")
    leave(terminal)


@parameters("Remove  r")
def test_one_row_goes_off_the_list(terminal: Terminal, burst: Callable[[Terminal], None]) -> None:
    at_queue(terminal)
    terminal.press("ctrl+s")
    terminal.wait_for("2 added")
    terminal.type("ddd")
    terminal.wait_for("Cancel")
    terminal.press("shift+tab")
    burst(terminal)
    terminal.wait_for("Removed Sea View.")
    terminal.wait_for(lambda shown: "Harbour Loft" in shown and "Row 1" not in shown)
    leave(terminal)


@parameters("Remove  r")
def test_rows_that_are_done_go_off_the_list_and_no_other(
    terminal: Terminal, server: BentServer, burst: Callable[[Terminal], None]
) -> None:
    at_row(terminal, server)
    terminal.paste(server.code())
    terminal.wait_for("•" * 64)
    terminal.press("enter")
    terminal.wait_for("Row 2 of 2")
    terminal.press("escape")
    terminal.wait_for("e Edit")
    terminal.type("DDD")
    terminal.wait_for("Cancel")
    terminal.press("shift+tab")
    burst(terminal)
    terminal.wait_for(lambda shown: "Harbour Loft" in shown and "Sea View" not in shown)
    leave(terminal)


@pytest.mark.parametrize("times", [2, 3])
@pytest.mark.parametrize(("key", "opened"), [("\r", "Row 1 of 2"), ("a", "One account per line")])
def test_a_key_of_the_queue_opens_one_screen(terminal: Terminal, key: str, opened: str, times: int) -> None:
    at_queue(terminal)
    terminal.press("ctrl+s")
    terminal.wait_for("2 added")
    terminal.type(key * times)
    terminal.wait_for(opened)
    terminal.press("escape")
    terminal.wait_for(lambda shown: opened not in shown and "Harbour Loft" in shown)
    leave(terminal)


# -- what leaves the terminal ------------------------------------------------------------------------------


@parameters("Copy")
def test_a_message_is_copied_once(terminal: Terminal, burst: Callable[[Terminal], None]) -> None:
    at_code_page(terminal)
    terminal.type(F4 * 3)
    terminal.wait_for("Close")
    before = terminal.raw.count(CLIPBOARD)
    burst(terminal)
    terminal.wait_for(lambda shown: "Close" not in shown and terminal.raw.count(CLIPBOARD) > before)
    assert terminal.raw.count(CLIPBOARD) == before + 1
    terminal.press("escape")
    terminal.wait_for(ACCOUNTS)
    leave(terminal)


@parameters("Copy  ")
@pytest.mark.parametrize("page", ["dashboard", "wizard"])
def test_a_token_is_copied_once(
    person: Person, server: BentServer, burst: Callable[[Terminal], None], page: str, tmp_path: Path
) -> None:
    copied = tmp_path / "copied"
    with_clipboard(person, tmp_path, copied)
    assert person.connect().returncode == 0
    with Terminal(PROGRAM, person.environ, columns=SIZE[0], rows=SIZE[1]) as terminal:
        terminal.wait_for(ACCOUNTS)
        if page == "wizard":
            connect_another(terminal, server)
            terminal.click("Copy token", 3)
        else:
            terminal.type("ccc")
        terminal.wait_for("Cancel")
        burst(terminal)
        until(copied.exists)
        leave(terminal)
    assert len(copied.read_text().splitlines()) == 1


@pytest.mark.parametrize("times", [2, 3])
def test_the_last_page_is_left_once(terminal: Terminal, server: BentServer, times: int) -> None:
    connect_another(terminal, server)
    terminal.click("Dashboard", times)
    terminal.wait_for(ACCOUNTS)
    leave(terminal)


@pytest.mark.parametrize("times", [2, 3])
def test_an_application_that_is_entered_leads_to_its_link_once(
    person: Person, server: BentServer, times: int
) -> None:
    with Terminal(PROGRAM, person.environ, columns=SIZE[0], rows=SIZE[1]) as terminal:
        terminal.wait_for("Client ID")
        terminal.type(f"{CLIENT_ID}\t{CLIENT_SECRET}\r")
        terminal.wait_for("[x] public")
        terminal.type("\r" * times)
        terminal.wait_for("Link from")
        assert not server.posts
        terminal.paste(server.code())
        terminal.press("enter")
        terminal.wait_for("Connected: Villa Rosa")
        assert len(server.posts) == 1
        leave(terminal)


@parameters("Another account")
def test_one_more_account_is_one_step(
    terminal: Terminal, server: BentServer, burst: Callable[[Terminal], None]
) -> None:
    connect_another(terminal, server)
    before = len(server.posts)
    terminal.press("tab", "tab", "tab")
    burst(terminal)
    terminal.wait_for("Link from")
    assert len(server.posts) == before
    terminal.press("escape")
    terminal.wait_for(ACCOUNTS)
    leave(terminal)
