"""Bugs that are forced, pictures, children and pytest itself: none of them shows a secret."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smily_tui.tui.app import SmilyApp
from smily_tui.tui.screens.dashboard import DashboardScreen
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal
from tests.support.tui.scenes import settled

if TYPE_CHECKING:
    from tests.hostile.canaries.conftest import Scene

PLACES = {
    "a key": ("screens.dashboard.DashboardScreen.action_find", "/", ""),
    "a timer": ("widgets.accounts_pane.AccountsPane.tick", "", ""),
    "a worker": ("screens.refreshing.Refreshes.show_outcome", "r", "A bug: ValueError"),
    "a message": ("screens.dashboard.DashboardScreen.connected", "n", ""),
    "a drawing": ("widgets.account_detail.AccountDetail.show", "", ""),
    "the start": ("driver.TerminalDriver._query_in_band_window_resize", "", ""),
    "the input": ("driver.TerminalDriver._pass_on", "", ""),
    "a thread": ("base_app.BaseApp.copy_outside", "c", "A bug: ValueError"),
}
BROKEN_SCREEN = """
import importlib, os, sys
from smily_tui.__main__ import main

def broken(*_, **__):
    secret = os.environ["SECRET_FOR_A_TEST"]
    raise ValueError("Illegal header value " + secret)

module, kind, name = sys.argv.pop(1).rsplit(".", 2)
setattr(getattr(importlib.import_module("smily_tui.tui." + module), kind), name, broken)
sys.exit(main())
"""


@pytest.mark.parametrize("place", PLACES)
def test_a_bug_on_the_screen_is_told_by_its_kind_and_place(scene: Scene, place: str) -> None:
    where, key, said = PLACES[place]
    secret = str(scene.sandbox.state.pairs[-1].refresh)
    environ = scene.environ | {"SECRET_FOR_A_TEST": secret}
    with Terminal((sys.executable, "-c", BROKEN_SCREEN, where), environ) as terminal:
        if key:
            terminal.wait_for("1 account")
            terminal.press(key)
        if key == "c":
            terminal.wait_for("Copy the access token?")
            terminal.press("enter")
        if key == "n":
            terminal.wait_for("Client Secret")
            terminal.press("escape")
        if said:
            terminal.wait_for(said)
            terminal.press("ctrl+q")
        assert terminal.exit_code() == (0 if said else 1)
        assert "ValueError" in terminal.raw
        assert terminal.left_on() == set()
        assert scene.scanner(secret).hits(terminal.raw) == []


TELLS = """#!/bin/sh
cat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline /proc/$PPID/environ >>"$0.told"
exec cat >/dev/null
"""


def test_no_clipboard_tool_is_told_a_secret_but_by_its_input(scene: Scene) -> None:
    tool = scene.folder / "bin" / "xclip"
    tool.parent.mkdir()
    tool.write_text(TELLS)
    tool.chmod(0o755)
    scene.environ |= {"PATH": f"{tool.parent}:/usr/bin:/bin", "DISPLAY": ":none"}
    with Terminal(PROGRAM, scene.environ) as terminal:
        terminal.wait_for("1 account")
        terminal.press("c")
        terminal.wait_for("Copy the access token?")
        terminal.press("enter")
        terminal.wait_for("Not copied")
        assert scene.scanner().hits(terminal.raw) == []
    told = Path(f"{tool}.told").read_bytes()
    assert b"pyperclip" in told, "it was seen, with the process that called it"
    assert scene.scanner().hits(told) == []


FAILING = """
from pathlib import Path
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store

def test_that_fails():
    store = Store(Home.at(Path({home!r})))
    stored = [store.slot(address).read() for address in store.addresses()]
    credentials = store.credentials("app")
    assert (stored, credentials) == ([], None), "as it should"
"""


def test_a_failing_test_prints_no_secret(scene: Scene) -> None:
    (scene.folder / "test_that_fails.py").write_text(FAILING.format(home=str(scene.stored.home.config)))
    environ = {name: value for name, value in scene.environ.items() if name != "PYTHONWARNINGS"}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-vv",
            "--showlocals",
            "-p",
            "no:cacheprovider",
            "test_that_fails.py",
        ],
        cwd=scene.folder,
        env=environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "as it should" in done.stdout
    assert "Authorization(" in done.stdout
    assert scene.scanner().hits(done.stdout + done.stderr) == []


async def test_no_picture_shows_a_secret(scene: Scene) -> None:
    """SVG as the toolkit exports it, of each screen; the control shows the tokens first."""
    app = SmilyApp(scene.stored)
    async with app.run_test(size=(160, 40)) as pilot:
        await settled(pilot, lambda: isinstance(app.screen, DashboardScreen))
        for key in ("", "h", "escape", "f2", "f2", "e", "escape", "n"):
            await pilot.press(*([key] if key else []))
            await pilot.pause()
            picture = app.export_screenshot()
            assert "<svg" in picture
            assert scene.scanner().hits(picture) == [], key
        await pilot.press("escape", "v")
        await settled(pilot, lambda: scene.scanner().hits(app.export_screenshot()) != [])
