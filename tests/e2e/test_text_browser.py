"""Where there is only a text browser it gets the terminal if a person asks for that, and never by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.connected import connected
from tests.support.processes import PROGRAM, clean_environment
from tests.support.programs import Programs
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


def test_a_text_browser_opens_the_link_beside_the_full_screen(tmp_path: Path) -> None:
    programs = Programs(tmp_path / "bin")
    programs.record("w3m", then='print("Authorization code: 4711")\nsys.stdin.readline()')
    with connected(tmp_path / "smily") as (sandbox, _, _):
        server = sandbox.listening.server
        environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": server}
        environ["PATH"] = f"{programs.folder}:/usr/bin:/bin"
        with Terminal(PROGRAM, environ) as terminal:
            terminal.wait_for("1 account")
            terminal.press("a")
            terminal.wait_for("Link from")
            terminal.press("ctrl+o")
            terminal.wait_for("No graphical browser found")
            assert not programs.was_started("w3m")
            terminal.press("ctrl+t")
            terminal.wait_for("Or type b and press Enter to open it here in w3m")
            terminal.press("b", "enter")
            terminal.wait_for("Authorization code: 4711")
            arguments = programs.seen("w3m")["arguments"]
            terminal.press("enter")
            terminal.wait_for("Check code")
            terminal.press("ctrl+q")
            assert terminal.exit_code() == 0
    assert isinstance(arguments, list)
    assert len(arguments) == 1
    assert arguments[0].startswith(f"{server}/oauth/authorize?client_id=")
