"""Waiting: seconds are shown, what can safely be stopped is stopped, and leaving never waits."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.vault.home import Home
from tests.support.polling import until
from tests.support.processes import PROGRAM, SandboxProcess, connect_plain
from tests.support.terminal import Terminal, fill_in, link_on

if TYPE_CHECKING:
    from tests.support.browser import Owner


def test_a_slow_server_is_waited_for_with_seconds_and_asking_for_the_name_can_be_stopped(
    environ: dict[str, str], owner: Owner
) -> None:
    with SandboxProcess("--latency-ms", "2000") as slow:
        environ["SMILY_TUI_SERVER"] = slow.server
        with Terminal(PROGRAM, environ) as terminal:
            fill_in(terminal, slow.client_id, slow.client_secret)
            terminal.press("enter")
            link = link_on(terminal)
            terminal.paste(owner.approve(link, "Villa Rosa"))
            terminal.press("enter")
            terminal.wait_for(re.compile(r"Checking the code with .* \([1-9] s\)   continues if you leave"))
            terminal.wait_for("Asking which account this is")
            terminal.wait_for("esc: cancel")
            terminal.press("escape")
            screen = terminal.wait_for("its name isn't known yet")
            assert "The account is saved" in screen


@pytest.mark.alone
def test_quit_during_a_refresh_leaves_at_once_and_the_refresh_is_finished(
    environ: dict[str, str], owner: Owner
) -> None:
    with SandboxProcess("--latency-ms", "4000") as slow:
        environ["SMILY_TUI_SERVER"] = slow.server
        code, _, err = connect_plain(
            environ, owner, "Villa Rosa", [slow.client_secret], "--client-id", slow.client_id,
            "--secret-stdin", "--yes",
        )  # fmt: skip
        assert code == 0, err
        stored = Accounts(Home.at(Path(environ["SMILY_TUI_HOME"])))
        with Terminal(PROGRAM, environ) as terminal:
            terminal.wait_for("1 account")
            terminal.press("r")
            terminal.wait_for("Refreshing Villa Rosa")
            pressed = time.monotonic()
            terminal.press("q")
            assert terminal.exit_code() == 0
            took = time.monotonic() - pressed
        assert stored.find(None).generation == 1, "it was still running"
        until(lambda: stored.find(None).generation == 2)
        assert took < 3.0, "leaving does not wait for the server"
