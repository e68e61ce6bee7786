"""`queue add`, `list`, `remove` and `clear`: the queue for scripts, and several programs at once."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.queue.queue import RowState
from smily_tui.vault.home import Home
from tests.support.dialogue import Dialogue
from tests.support.processes import PROGRAM, clean_environment, run_program
from tests.support.tui.scenes import CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

KEY = "demo-app"


@pytest.fixture
def stored(tmp_path: Path) -> Accounts:
    """A store with one application."""
    accounts = Accounts(Home.at(tmp_path / "smily"), server="http://127.0.0.1:9")
    accounts.apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public", "rates_read"])
    return accounts


def queue(stored: Accounts, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    folder = stored.home.state.parent.parent
    return run_program(clean_environment(folder), "queue", *arguments, stdin=stdin)


def labels(stored: Accounts) -> list[str]:
    return [row.label for row in stored.queue(KEY).read().rows]


def test_a_list_is_added_from_a_file_or_stdin(stored: Accounts, tmp_path: Path) -> None:
    file = tmp_path / "owners.csv"
    file.write_text("number;name\n4711;Villa Rosa\n4712;Chalet\n")
    added = queue(stored, "add", str(file))
    assert (added.returncode, added.stdout) == (
        0,
        "Added Villa Rosa (account 4711)\nAdded Chalet (account 4712)\n",
    )
    added = queue(stored, "add", "-", "--app", "demo app", stdin="Casa Azul\nvilla rosa\n")
    assert (added.returncode, added.stdout) == (0, "Added Casa Azul\n")
    assert "Skipped duplicate: villa rosa, line 2." in added.stderr
    assert labels(stored) == ["Villa Rosa", "Chalet", "Casa Azul"]


@pytest.mark.parametrize(
    "arguments",
    [["add", "--app", "demo-app", "-"], ["--app", "demo-app", "add", "-"], ["add", "-", "--app", "Demo app"]],
)
def test_options_stand_before_or_after_the_action(stored: Accounts, arguments: list[str]) -> None:
    assert queue(stored, *arguments, stdin="Casa\n").returncode == 0
    assert labels(stored) == ["Casa"]


def test_good_lines_are_taken_and_the_others_are_an_error(stored: Accounts) -> None:
    lines = "Rosa;4711;rates_read\nMill;47x14;\nCasa;4713;bokings_read\n"
    added = queue(stored, "add", "-", stdin=lines)
    assert (added.returncode, added.stdout) == (2, "")
    assert "2 lines can't be used." in added.stderr
    assert "Line 2: “47x14” is not an account number. Use digits only." in added.stderr
    assert "Line 3: “bokings_read” isn't in Smily's list. Did you mean “bookings_read”?" in added.stderr
    assert "1 added. Rosa (account 4711), line 1." in added.stderr
    assert labels(stored) == ["Rosa"]
    assert queue(stored, "add", "-", "--any-scope", stdin="Casa;4713;bokings_read\n").returncode == 0
    assert stored.queue(KEY).read().rows[1].scopes == ("public", "bokings_read")


@pytest.mark.parametrize("data", ["", "\n\n"])
def test_an_empty_list_adds_nothing(stored: Accounts, data: str) -> None:
    added = queue(stored, "add", "-", stdin=data)
    assert (added.returncode, added.stdout, added.stderr) == (0, "", "Nothing new.\n")


def test_a_file_that_is_not_there_is_an_error(stored: Accounts) -> None:
    added = queue(stored, "add", "no such file.csv")
    assert (added.returncode, added.stdout) == (2, "")
    assert "Cannot read no such file.csv" in added.stderr


def test_rows_are_listed_for_people_and_for_programs(stored: Accounts) -> None:
    queue(stored, "add", "-", stdin="Villa Rosa;4711;bookings_read\nبيت البحر;4718\nCasa\n")
    file = stored.queue(KEY)
    for row, state in zip(file.read().rows, (RowState.VERIFIED, RowState.FAILED), strict=False):
        file.move(row, state, "" if state is RowState.VERIFIED else "The code has expired.")
    first, second, third = queue(stored, "list").stdout.splitlines()
    assert first.split() == ["1", "Villa", "Rosa", "4711", "connected"]
    assert second.endswith("failed     The code has expired.")
    assert third.split() == ["3", "Casa", "-", "to", "do"]
    printed = json.loads(queue(stored, "list", "--json").stdout)
    assert printed["schema"] == 1
    assert [row.pop("changed_at") is not None for row in printed["rows"]] == [True] * 3
    common = {"application": KEY, "note": None}
    assert printed["rows"] == [
        common | {
            "row": 1, "name": "Villa Rosa", "account_id": 4711, "state": "connected",
            "requested_scopes": ["public", "bookings_read"],
        },
        common | {
            "row": 2, "name": "بيت البحر", "account_id": 4718, "state": "failed",
            "requested_scopes": ["public", "rates_read"], "note": "The code has expired.",
        },
        common | {
            "row": 3, "name": "Casa", "account_id": None, "state": "to_do",
            "requested_scopes": ["public", "rates_read"],
        },
    ]  # fmt: skip


def test_every_state_has_an_identifier_that_does_not_depend_on_its_word() -> None:
    assert [state.identifier for state in RowState] == [
        "to_do", "link_sent", "checking", "connected", "failed", "wrong_account",
    ]  # fmt: skip


def test_an_empty_queue_is_an_empty_list(stored: Accounts) -> None:
    assert json.loads(queue(stored, "list", "--json").stdout) == {"schema": 1, "rows": []}
    listed = queue(stored, "list")
    assert (listed.returncode, listed.stdout) == (0, "")
    assert "The queue is empty." in listed.stderr


def test_rows_are_removed_by_number_all_or_none(stored: Accounts) -> None:
    queue(stored, "add", "-", stdin="Rosa\nChalet\nCasa\n")
    refused = queue(stored, "remove", "1", "9")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "There is no row 9 in the queue." in refused.stderr
    assert queue(stored, "remove", "1", "3").stdout == "Removed Rosa\nRemoved Casa\n"
    file = stored.queue(KEY)
    file.move(file.read().rows[0], RowState.VERIFIED)
    assert queue(stored, "clear").stdout == "Removed Chalet\n"
    assert "No row is connected yet." in queue(stored, "clear").stderr


def test_without_an_app_or_with_several_the_next_step_is_named(stored: Accounts, tmp_path: Path) -> None:
    none = run_program(clean_environment(tmp_path / "other"), "queue", "add", "-", stdin="Rosa\n")
    assert none.returncode == 2
    assert "Connect your first account: smily-tui connect" in none.stderr
    stored.apps.save("Other app", "0f" * 32, CLIENT_SECRET, ["public"])
    several = queue(stored, "add", "-", stdin="Rosa\n")
    assert several.returncode == 2
    assert "Name one: --app NAME" in several.stderr
    assert queue(stored, "add", "-", "--app", "other-app", stdin="Rosa\n").returncode == 0
    assert re.match(r"other-app +1 +Rosa|1 +Rosa", queue(stored, "list").stdout)


def test_programs_that_add_and_remove_at_once_lose_no_row(stored: Accounts) -> None:
    """Each adds its own rows and all add one list; rows that were there are removed meanwhile."""
    queue(stored, "add", "-", stdin="".join(f"Old {n}\n" for n in range(1, 9)))
    lists = ["".join(f"Flat {program}-{n}\n" for n in range(50)) + "Shared\n" for program in range(4)]
    removals = [["remove", str(number)] for number in range(1, 5)]
    with ThreadPoolExecutor(8) as threads:
        runs = [threads.submit(queue, stored, "add", "-", stdin=lines) for lines in lists]
        runs += [threads.submit(queue, stored, *arguments) for arguments in removals]
        assert [program.result().returncode for program in runs] == [0] * 8
    kept = labels(stored)
    assert sorted(kept) == sorted(
        [f"Flat {program}-{n}" for program in range(4) for n in range(50)]
        + ["Shared", *(f"Old {n}" for n in range(5, 9))]
    )
    numbers = [row.number for row in stored.queue(KEY).read().rows]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("arguments", [["--plain"], ["run"]])
def test_the_queue_runs_line_by_line(stored: Accounts, tmp_path: Path, arguments: list[str]) -> None:
    with Dialogue([*PROGRAM, "queue", *arguments], clean_environment(tmp_path)) as dialogue:
        dialogue.answer("Queue [add]: ", "")
        dialogue.answer("Line 1: ", "Villa Rosa;4711")
        dialogue.answer("Line 2: ", "")
        dialogue.hear("1 added.")
        dialogue.answer("Queue [next]: ", "")
        assert "account_id=4711" in dialogue.link()
        dialogue.answer("(not shown): ", "back")
        dialogue.answer("Queue [next]: ", "back")
        dialogue.hear("Bye.")
        assert dialogue.exit_code() == 0
    assert labels(stored) == ["Villa Rosa"]
