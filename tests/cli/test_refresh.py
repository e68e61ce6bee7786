"""Refresh of all accounts at a shell: nothing to refresh, progress at a terminal, and Ctrl-C."""

from __future__ import annotations

import itertools
import signal
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from smily_tui.cli.common import NO_ACCOUNT
from tests.support.bent_server import BentServer, Reply
from tests.support.person import Person
from tests.support.polling import PATIENCE, until
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


def with_accounts(folder: Path, server: BentServer, number: int) -> Person:
    """Connect that many accounts."""
    person = Person(folder, server)
    for index in range(number):
        server.account_id, server.business_name = index + 1, f"Casa {index}"
        assert person.connect().returncode == 0
    return person


def test_without_an_account_it_says_so(tmp_path: Path) -> None:
    with BentServer() as server:
        done = Person(tmp_path, server).run("refresh", "--all")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "No account is stored. Add one with smily-tui connect.\n"


@pytest.mark.parametrize("handed_over", [False, True])
def test_a_terminal_shows_no_progress_of_nothing(tmp_path: Path, *, handed_over: bool) -> None:
    with BentServer() as server:
        person = with_accounts(tmp_path, server, int(handed_over))
        if handed_over:
            person.run("handover", "Casa 0", "--yes").check_returncode()
        with Terminal([*PROGRAM, "refresh", "--all"], person.environ) as terminal:
            assert terminal.exit_code() == 0
            words = terminal.text().strip()
    assert words == ("" if handed_over else NO_ACCOUNT)


def test_a_terminal_shows_how_far_it_has_got(tmp_path: Path) -> None:
    go_on, answers = threading.Event(), itertools.count(1)

    def keep_the_third(_: dict[str, str], reply: Reply) -> Reply:
        assert next(answers) != 3 or go_on.wait(20)
        return reply

    with BentServer() as server:
        person = with_accounts(tmp_path, server, 3)
        server.bend_token = keep_the_third
        with Terminal([*PROGRAM, "refresh", "--all"], person.environ) as terminal:
            terminal.wait_for("2 of 3 refreshed")
            go_on.set()
            assert terminal.exit_code() == 0
            lines = terminal.text().splitlines()
    assert lines[0] == "3 of 3 refreshed"
    assert all("valid until" in line for line in lines[1:4])


def test_ctrl_c_says_what_was_done_and_what_is_under_way_still_finishes(tmp_path: Path) -> None:
    go_on = threading.Event()

    def answer_late(_: dict[str, str], reply: Reply) -> Reply:
        assert go_on.wait(20)
        return reply

    with BentServer() as server:
        person = with_accounts(tmp_path, server, 2)
        server.bend_token = answer_late
        # also where nohup or a script runs the tests, which ignore it
        refreshing = ["env", "--default-signal=INT", *PROGRAM, "refresh", "--all"]
        with subprocess.Popen(refreshing, env=person.environ, stderr=subprocess.PIPE, text=True) as process:
            until(lambda: len(server.posts) == 3)  # the server takes the other one when this is answered
            process.send_signal(signal.SIGINT)
            _, words = process.communicate(timeout=PATIENCE)
        assert process.returncode == 130
        assert words == "Stopped: 0 accounts refreshed. Refreshes already under way will finish.\n"
        go_on.set()
        until(lambda: all(account["refreshed_at"] for account in person.accounts()))
