"""What the environment tells the toolkit: nothing that writes, shows or runs anything of a person's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import textual

from tests.support.connected import connected
from tests.support.processes import PROGRAM, clean_environment
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = re.compile(r"[\"'](TEXTUAL(?:_[A-Z_]+)?)[\"']")
NAMES = {
    name
    for source in Path(textual.__file__).parent.rglob("*.py")
    for name in NAME.findall(source.read_text("utf-8"))
}
HARMFUL = {
    "TEXTUAL": "debug,devtools",
    "TEXTUAL_DEBUG": "1",
    "TEXTUAL_LOG": "textual.log",
    "TEXTUAL_SCREENSHOT": "0",
    "TEXTUAL_SCREENSHOT_LOCATION": ".",
    "TEXTUAL_SHOW_RETURN": "1",
    "TEXTUAL_PRESS": "q",
}
FRONT_ENDS = {"full screen": ([], "1 account"), "demo": (["demo"], "Client ID")}


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    with connected(tmp_path / "smily") as (sandbox, _, _):
        yield clean_environment(tmp_path) | {"SMILY_TUI_SERVER": sandbox.listening.server}


def test_the_toolkits_variables_are_known() -> None:
    assert {"TEXTUAL_SCREENSHOT", "TEXTUAL_DRIVER", "TEXTUAL_LOG", "TEXTUAL_COLOR_SYSTEM"} <= NAMES


@pytest.mark.parametrize("switches", [HARMFUL, dict.fromkeys(NAMES, "nonsense")], ids=["harmful", "nonsense"])
@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_no_variable_of_the_toolkit_writes_shows_or_runs_anything(
    environ: dict[str, str], tmp_path: Path, front_end: str, switches: dict[str, str]
) -> None:
    """In a folder where nothing is written; nothing more is shown, and the program works."""
    (folder := tmp_path / "here").mkdir()
    arguments, shown = FRONT_ENDS[front_end]
    command = ["sh", "-c", 'cd "$0" && exec "$@"', str(folder), *PROGRAM, *arguments]
    with Terminal(command, environ | switches) as terminal:
        terminal.wait_for(shown)
        terminal.press("ctrl+p")
        terminal.wait_for("Search for commands")
        terminal.press("escape", "ctrl+q")
        assert terminal.exit_code() == 0
        assert "returned" not in terminal.raw
    assert not list(folder.iterdir())
