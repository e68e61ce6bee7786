"""Queue line by line: the same rows, states and rules as on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.vault.home import Home
from tests.support.scripted import talk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "demo-app"
PUBLIC = ("public",)
World = tuple["Sandbox", "Accounts"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The sandbox, and a store with its application and no account."""
    with Sandbox(Options()) as sandbox:
        listening = sandbox.listening
        stored = Accounts(Home.at(tmp_path / "home"), server=listening.server)
        stored.apps.save("Demo app", listening.client_id, listening.client_secret, ["public"])
        yield sandbox, stored


def talk_of_queue(stored: Accounts, *answers: str | Callable[[str], str]) -> str:
    """What `smily-tui queue --plain` says."""
    return talk(stored, *answers, queue=stored.apps.only())


def put(stored: Accounts, *rows: tuple[str, int | None]) -> None:
    made = [Row(Clean(label), number) for label, number in rows]
    stored.queue(KEY).change(lambda queue: queue.with_rows(made, 1.0))


def states(stored: Accounts) -> list[str]:
    return [row.state.word for row in stored.queue(KEY).read().rows]


def code(sandbox: Sandbox, number: int) -> Callable[[str], str]:
    """The code that an owner sends back."""
    return lambda _: sandbox.state.grant(number, PUBLIC)


def test_lines_are_added_and_connected_by_enter_and_code(world: World) -> None:
    sandbox, stored = world
    lines = ("Villa Rosa;4711", "Chalet;4712", "")
    said = talk_of_queue(stored, "", *lines, "", code(sandbox, 4711), code(sandbox, 4712), "")
    assert "The queue of Demo app is empty." in said
    assert "2 added." in said
    assert "Row 1 of 2: Villa Rosa (account 4711)." in said
    assert "account_id=4711" in said
    assert "Villa Rosa is connected." in said
    assert "The queue is done." in said
    assert states(stored) == ["connected", "connected"]
    assert {account.label for account in stored.accounts()} == {"Villa Rosa", "Chalet"}


def test_a_row_can_be_skipped_and_one_is_opened_by_number_or_name(world: World) -> None:
    sandbox, stored = world
    put(stored, ("Villa Rosa", 4711), ("Chalet", 4712), ("Casa Azul", 4713))
    said = talk_of_queue(
        stored, "next", "skip", "skip", "back", "cha", code(sandbox, 4712), "back", "3", "back", "back"
    )
    places = [line.partition(":")[0] for line in said.splitlines() if line.startswith("Row ")]
    assert places == ["Row 1 of 3", "Row 2 of 3", "Row 3 of 3", "Row 2 of 3", "Row 3 of 3", "Row 3 of 3"]
    assert states(stored) == ["to do", "connected", "to do"]


def test_a_link_that_leaves_the_dialogue_is_noted(world: World) -> None:
    _, stored = world
    put(stored, ("Villa Rosa", 4711))
    talk_of_queue(stored, "", "message", "back", "back")
    assert states(stored) == ["link sent"]


def test_good_lines_are_added_and_the_others_named(world: World) -> None:
    _, stored = world
    said = talk_of_queue(stored, "add", "Rosa;4711", "Mill;47x14", "Casa;4713;bokings_read", "", "no", "back")
    assert "Line 3: “bokings_read” isn't in Smily's list. Did you mean “bookings_read”?" in said
    assert "1 added." in said
    assert "Line 2: “47x14” is not an account number." in said
    assert [row.label for row in stored.queue(KEY).read().rows] == ["Rosa"]


def test_a_file_is_added(world: World, tmp_path: Path) -> None:
    _, stored = world
    (tmp_path / "owners.csv").write_text("id,name\n4711,Rosa\n4712,Chalet\n")
    assert "2 added." in talk_of_queue(stored, "file", str(tmp_path / "owners.csv"), "back")
    assert "Cannot read" in talk_of_queue(stored, "file", str(tmp_path / "no.csv"), "back")


def test_a_row_is_changed_and_removed(world: World) -> None:
    _, stored = world
    put(stored, ("Vila Rosa", 4710), ("Chalet", 4712))
    edit = ("edit", "vila", "Villa Rosa", "4711", "bookings_read")
    said = talk_of_queue(stored, *edit, "edit", "villa", "", "4712", "", "remove", "2", "yes", "back")
    assert "Chalet (account 4712) is in the queue already." in said
    assert "Removed Chalet." in said
    (row,) = stored.queue(KEY).read().rows
    assert (row.label, row.account_id, row.scopes) == ("Villa Rosa", 4711, ("public", "bookings_read"))


@pytest.mark.parametrize("keep", [True, False])
def test_a_code_of_another_account_is_never_filed_under_the_row(world: World, *, keep: bool) -> None:
    sandbox, stored = world
    put(stored, ("Villa Rosa", 4711), ("Chalet", 4712))
    said = talk_of_queue(stored, "", code(sandbox, 4712), "yes" if keep else "no", "back", "back")
    assert "This code is for Chalet [Alpes] (account 4712), not Villa Rosa (account 4711)" in said
    assert states(stored) == ["wrong account", "connected" if keep else "to do"]
    assert [account.label for account in stored.accounts()] == (["Chalet [Alpes]"] if keep else [])


def test_a_refused_code_is_told_and_the_row_can_be_tried_again(world: World) -> None:
    sandbox, stored = world
    put(stored, ("Villa Rosa", 4711))
    noted: list[str] = []

    def again(_: str) -> str:
        noted.extend(states(stored))
        return sandbox.state.grant(4711, PUBLIC)

    said = talk_of_queue(stored, "", "e" * 43, again, "back")
    assert "The server rejected this code." in said
    assert noted == ["failed"]
    assert states(stored) == ["connected"]


def test_enter_leaves_a_queue_that_is_done_and_a_connected_row_stays_so(world: World) -> None:
    _, stored = world
    put(stored, ("Villa Rosa", 4711))

    def done(queue: Queue) -> Queue:
        return queue.moved(1, RowState.VERIFIED, 2.0)

    stored.queue(KEY).change(done)
    said = talk_of_queue(stored, "1", "yes", "e" * 43, "back", "")
    assert "Villa Rosa is already connected. Ask the owner again?" in said
    assert states(stored) == ["connected"]
    assert "Removed" not in talk_of_queue(stored, "clear", "yes", "")
    assert stored.queue(KEY).read().rows == ()


def test_the_queue_is_a_choice_of_the_list_of_accounts(world: World) -> None:
    sandbox, stored = world
    first = stored.exchange(stored.apps.all()[0], Secret(sandbox.state.grant(4711, PUBLIC)), PUBLIC).wait()
    stored.identify(first.address).wait()
    assert "The queue of Demo app is empty." in talk(stored, "queue", "back", "quit")
