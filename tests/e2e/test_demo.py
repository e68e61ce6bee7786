"""The demo leaves nothing behind, however it ends."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.polling import until
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path


F8 = "\x1b[19~"


@pytest.mark.parametrize("end", ["quit", signal.SIGHUP, signal.SIGTERM])
def test_nothing_of_the_demo_stays(environ: dict[str, str], tmp_path: Path, end: str | int) -> None:
    (tmp_path / "temporary").mkdir()
    environ["TMPDIR"] = str(tmp_path / "temporary")
    with Terminal([*PROGRAM, "demo"], environ) as terminal:
        terminal.wait_for("Client ID")
        assert list((tmp_path / "temporary").iterdir())
        if end == "quit":
            terminal.press("ctrl+q")
        else:
            terminal.signal(int(end))
        terminal.exit_code()
        until(lambda: not list((tmp_path / "temporary").iterdir()))


def test_the_demo_is_tried_from_the_first_screen_in_five_keys_and_esc_comes_back(
    environ: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "temporary").mkdir()
    environ["TMPDIR"] = str(tmp_path / "temporary")
    with Terminal(PROGRAM, environ) as terminal:
        terminal.wait_for("No app yet?")
        terminal.press("ctrl+d")
        terminal.wait_for("DEMO · no real account")
        terminal.wait_for("Press esc to go back.")
        terminal.press("enter")
        terminal.wait_for("Press F8 to answer as the owner.")
        terminal.type(F8)
        terminal.wait_for("The owner's browser")
        terminal.press("enter")
        terminal.wait_for("Press Enter to check it.")
        terminal.press("enter")
        terminal.wait_for("Is this the right account?")
        terminal.press("ctrl+q")
        terminal.wait_for("No app yet?")
        assert not list((tmp_path / "temporary").iterdir())
        terminal.press("ctrl+d")
        terminal.wait_for("Press esc to go back.")
        terminal.press("escape")
        terminal.wait_for("No app yet?")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def test_the_demo_connects_an_account_without_a_browser_in_five_keys(environ: dict[str, str]) -> None:
    with Terminal([*PROGRAM, "demo"], environ) as terminal:
        for seen, key in (
            ("Press Enter to continue", "\r"),
            ("What should your app be allowed to do?", "\r"),
            ("Press F8 to answer as the owner.", F8),
            ("The owner's browser", "\r"),
            ("Press Enter to check it.", "\r"),
        ):
            terminal.wait_for(seen)
            terminal.type(key)
        terminal.wait_for("Is this the right account?")


def test_a_signal_in_the_demo_of_the_first_screen_ends_the_program(environ: dict[str, str]) -> None:
    with Terminal(PROGRAM, environ) as terminal:
        terminal.wait_for("No app yet?")
        terminal.press("ctrl+d")
        terminal.wait_for("Press esc to go back.")
        terminal.signal(signal.SIGTERM)
        assert terminal.exit_code() != 0
