"""Window title: ours while the program runs, and the one before at its end."""

from __future__ import annotations

from pathlib import Path

from tests.support.processes import PROGRAM, clean_environment
from tests.support.terminal import Terminal
from tests.support.tui.scenes import make_world


def test_the_window_tells_of_accounts_that_need_attention_and_gets_its_title_back(tmp_path: Path) -> None:
    environ = clean_environment(tmp_path)
    make_world(Path(environ["SMILY_TUI_HOME"]), accounts=True)
    with Terminal(tuple(PROGRAM), environ) as terminal:
        terminal.wait_for("1 needs attention")
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert "\x1b[22;2t" in terminal.raw
        assert "\x1b]2;smily-tui · 1 needs attention\x07" in terminal.raw
        assert terminal.left_on() == set()
