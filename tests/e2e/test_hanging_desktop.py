"""A clipboard or a keyring that hangs, in a real pty: the screen answers keys meanwhile, and then says so."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.connected import connected
from tests.support.keyrings import HANGS as KEYRING_HANGS
from tests.support.keyrings import StandIn
from tests.support.polling import until
from tests.support.processes import PROGRAM, clean_environment, run_program
from tests.support.programs import HANGS as CLIPBOARD_HANGS
from tests.support.programs import KEEPS, Programs
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator


pytestmark = pytest.mark.alone
LIMIT: Final = 2.0  # seconds that a keyring or a clipboard has to answer
HELP: Final = "Refresh all due"
TO_CLIPBOARD: Final = re.compile(r"\x1b\]52;")
# the same program, but for the time that a token stays in the clipboard
SOON: Final = """
import sys
from smily_tui.__main__ import main
import smily_tui.desktop.clipboard
smily_tui.desktop.clipboard.CLEARED_AFTER = 1.0
sys.exit(main())
"""


class Scene:
    """A connected account, a home, and what was asked of its server."""

    def __init__(self, folder: Path, server: str, token: str, log: list[str]) -> None:
        self.programs = Programs(folder / "bin")
        self.token, self.log = token, log
        self.environ = clean_environment(folder) | {"SMILY_TUI_SERVER": server, "DISPLAY": ":no-such-screen"}
        self.environ["PATH"] = f"{self.programs.folder}:/usr/bin:/bin"

    def posts(self) -> int:
        return sum("POST" in line for line in self.log)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    log: list[str] = []
    with connected(tmp_path / "smily", log=log.append) as (sandbox, stored, address):
        access = stored.tokens(address).access.reveal()
        yield Scene(tmp_path, sandbox.listening.server, access, log)


def _answers(terminal: Terminal) -> float:
    """How long the screen takes to open the help and to close it again."""
    began = time.monotonic()
    for key, is_open in (("f1", True), ("escape", False)):
        terminal.press(key)
        terminal.wait_for(lambda screen, is_open=is_open: (HELP in screen) is is_open)  # type: ignore[misc]
    return time.monotonic() - began


def _copy(terminal: Terminal) -> None:
    terminal.press("c")
    terminal.wait_for("Copy the access token?")
    terminal.press("enter")
    terminal.wait_for(lambda screen: "Copy the access token?" not in screen)


def test_a_clipboard_that_hangs_leaves_the_screen_alone(scene: Scene) -> None:
    xclip = scene.programs.add("xclip", CLIPBOARD_HANGS)
    with Terminal(PROGRAM, scene.environ) as terminal:
        terminal.wait_for("1 account")
        usual = _answers(terminal)
        _copy(terminal)
        until(lambda: Path(f"{xclip}.pid").exists())
        began = time.monotonic()
        meanwhile = _answers(terminal)
        assert "Not copied" not in terminal.text(), "it hung meanwhile"
        terminal.wait_for("Not copied: there is no clipboard here")
        took = time.monotonic() - began
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        assert not TO_CLIPBOARD.search(terminal.raw)
    assert meanwhile <= LIMIT / 2 + usual
    assert took <= LIMIT + 1.0 + 2 * usual


@pytest.mark.parametrize("newer", ["", "newer"])
def test_the_access_token_alone_is_copied_after_one_question_and_cleared_if_unchanged(
    scene: Scene, newer: str
) -> None:
    kept = Path(f"{scene.programs.add('xclip', KEEPS)}.kept")
    with Terminal((sys.executable, "-c", SOON), scene.environ) as terminal:
        terminal.wait_for("1 account")
        _copy(terminal)
        terminal.wait_for("Copied. It will be cleared in ")
        assert kept.read_text("ascii") == scene.token
        if newer:
            kept.write_text(newer)
            terminal.press("c")  # not asked again
            terminal.wait_for("Copied.")
            until(lambda: kept.read_text() == scene.token)
            kept.write_text(newer)
            terminal.press("ctrl+q")
            terminal.exit_code()
        until(lambda: kept.read_text() == newer)
        assert "Copy the access token?" not in terminal.text()
        assert not TO_CLIPBOARD.search(terminal.raw)


def test_leaving_clears_the_clipboard_at_once(scene: Scene) -> None:
    kept = Path(f"{scene.programs.add('xclip', KEEPS)}.kept")
    with Terminal(PROGRAM, scene.environ) as terminal:
        terminal.wait_for("1 account")
        _copy(terminal)
        terminal.wait_for("It will be cleared in 30 s")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        assert "The token is no longer in the clipboard." in terminal.raw
    assert kept.read_bytes() == b""


def test_a_store_that_is_protected_meanwhile_with_a_keyring_that_hangs(scene: Scene, tmp_path: Path) -> None:
    """The open screen has to ask for a key: it does so beside itself, says how that went, and goes on."""
    works, hangs = StandIn(tmp_path / "works"), StandIn(tmp_path / "hangs")
    hangs.becomes(KEYRING_HANGS)
    quiet = {"PYTHONDONTWRITEBYTECODE": "1"}
    began = time.monotonic()
    with Terminal(PROGRAM, scene.environ | quiet | {"PYTHONPATH": str(hangs.folder)}) as terminal:
        terminal.wait_for("1 account")
        started, usual = time.monotonic() - began, _answers(terminal)
        before = scene.posts()
        done = run_program(scene.environ | quiet | {"PYTHONPATH": str(works.folder)}, "protect")
        assert done.returncode == 0, done.stderr
        began = time.monotonic()
        meanwhile = max(_answers(terminal) for _ in range(3))
        terminal.wait_for("did not answer within 2 s")
        took = time.monotonic() - began
        meanwhile = max(meanwhile, _answers(terminal))
        terminal.press("r")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
    assert meanwhile <= LIMIT / 2 + usual
    assert took <= LIMIT + 2.0 + 3 * usual, "the store is looked at once a second"
    assert scene.posts() == before
    began = time.monotonic()
    with Terminal(PROGRAM, scene.environ | quiet | {"PYTHONPATH": str(hangs.folder)}) as terminal:
        assert terminal.exit_code() == 7
        assert "did not answer within 2 s" in terminal.raw
    assert time.monotonic() - began <= LIMIT + 1.0 + started
    assert scene.posts() == before
    assert not list((tmp_path / "smily").rglob("*.next"))
