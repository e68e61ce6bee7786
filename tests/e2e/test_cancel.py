"""Waiting: seconds are shown, and what can safely be stopped is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.processes import PROGRAM, SandboxProcess
from tests.e2e.terminal import Terminal
from tests.e2e.test_main_job import link_on

if TYPE_CHECKING:
    from tests.e2e.browser import Owner


def test_a_slow_server_is_waited_for_with_seconds_and_asking_for_the_name_can_be_stopped(
    environ: dict[str, str], owner: Owner
) -> None:
    with SandboxProcess("--latency-ms", "2000") as slow:
        environ["SMILY_TUI_SERVER"] = slow.server
        with Terminal(PROGRAM, environ) as terminal:
            terminal.wait_for_focus_below("A name for it")
            terminal.press("tab")
            terminal.wait_for_focus_below("Client ID")
            terminal.paste(slow.client_id)
            terminal.press("tab")
            terminal.wait_for_focus_below("Client Secret")
            terminal.paste(slow.client_secret)
            terminal.wait_for("•" * 64)
            terminal.press("enter")
            terminal.wait_for("[x] public")
            terminal.press("enter")
            link = link_on(terminal.wait_for("Link made"))
            terminal.paste(owner.approve(link, "Villa Rosa"))
            terminal.press("enter")
            screen = terminal.wait_for("Checking the code with 127.0.0.1")
            assert "goes on even if you leave" in terminal.wait_for(lambda shown: "(1 s)" in shown), screen
            terminal.wait_for("Asking whose account it is")
            terminal.wait_for("esc Cancel")
            terminal.press("escape")
            screen = terminal.wait_for("its name is not known yet")
            assert "The account is stored" in screen
