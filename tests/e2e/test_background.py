"""The usual theme follows the terminal's background, and no answer of the terminal is ever taken for keys."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

from smily_tui.tui.background import ASKING, CUT, PATIENCE
from smily_tui.tui.themes import CONTRAST, DARK, LIGHT
from tests.support.processes import PROGRAM, clean_environment
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.theme import Theme

BEGIN = "\x1b]11;"
WHITE, BLACK = "rgb:ffff/fdfd/f0f0", "rgb:00/00/00"
FIRST_FIELD = "Client ID"


def is_drawn(terminal: Terminal, theme: Theme) -> bool:
    """Whether anything was drawn on the background of a theme."""
    assert theme.background is not None
    red, green, blue = (int(theme.background[at : at + 2], 16) for at in (1, 3, 5))
    return f"48;2;{red};{green};{blue}" in terminal.raw


def at_start(folder: Path, settings: str = "") -> Terminal:
    """The program with nothing stored."""
    environ = clean_environment(folder)
    home = folder / "home"
    environ["SMILY_TUI_HOME"] = str(home)
    if settings:
        home.mkdir()
        (home / "config.toml").write_text(settings)
    return Terminal(PROGRAM, environ)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    with at_start(tmp_path) as running:
        yield running


def wait_until_asked(terminal: Terminal) -> None:
    """Read until the program has asked for the background."""
    terminal.wait_for(lambda _: ASKING in terminal.raw)


def hears_keys(terminal: Terminal) -> None:
    """What is typed now arrives, and nothing else has; then the program ends well."""
    terminal.type("zq")
    shown = terminal.wait_for("zq")
    assert not re.search(r"11;|rgb|[0-9a-f]{4}/", shown)
    terminal.press("ctrl+q")
    assert terminal.exit_code() == 0


@pytest.mark.parametrize("end", ["\x1b\\", "\x07"], ids=["ST", "BEL"])
@pytest.mark.parametrize(("answer", "theme"), [(WHITE, LIGHT), (BLACK, DARK), ("rgba:f/f/f/f", LIGHT)])
def test_the_theme_is_that_of_the_background(terminal: Terminal, answer: str, theme: Theme, end: str) -> None:
    wait_until_asked(terminal)
    terminal.type(f"{BEGIN}{answer}{end}")
    terminal.wait_for(lambda shown: FIRST_FIELD in shown and is_drawn(terminal, theme))
    hears_keys(terminal)
    assert theme is LIGHT or not is_drawn(terminal, LIGHT)


def test_a_terminal_that_never_answers_has_the_dark_theme(terminal: Terminal) -> None:
    terminal.wait_for(FIRST_FIELD)
    assert is_drawn(terminal, DARK)
    hears_keys(terminal)
    assert not is_drawn(terminal, LIGHT)


def test_a_late_answer_changes_nothing_and_is_not_typed(terminal: Terminal) -> None:
    wait_until_asked(terminal)
    asked = time.monotonic()
    terminal.wait_for(lambda shown: FIRST_FIELD in shown and time.monotonic() > asked + PATIENCE)
    terminal.type(f"{BEGIN}{WHITE}\x1b\\")
    hears_keys(terminal)
    assert not is_drawn(terminal, LIGHT)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(f"{BEGIN}rgb:zz/zz\x07", id="no colour"),
        pytest.param(f"{BEGIN}\x1b\\", id="empty"),
        pytest.param(f"{BEGIN}{WHITE}", id="without an end"),
        pytest.param(f"{BEGIN}{'f' * 300}\x07", id="long"),
        pytest.param(f"{BEGIN}rgb:ffff/\x1b[I", id="broken off by a report of the focus"),
        pytest.param(f"{BEGIN}{BLACK}\x07{BEGIN}{BLACK}\x07", id="twice"),
    ],
)
def test_an_answer_that_makes_no_sense_is_not_typed(terminal: Terminal, answer: str) -> None:
    wait_until_asked(terminal)
    terminal.wait_for(FIRST_FIELD)
    terminal.type(answer)
    sent = time.monotonic()
    terminal.wait_for(lambda _: time.monotonic() > sent + 2 * CUT)
    hears_keys(terminal)
    assert not is_drawn(terminal, LIGHT)


@pytest.mark.parametrize("cut", [1, 2, 3, 4, 5, 12, -1])
def test_an_answer_in_two_pieces_counts(terminal: Terminal, cut: int) -> None:
    wait_until_asked(terminal)
    answer = f"{BEGIN}{WHITE}\x1b\\"
    terminal.type(answer[:cut])
    sent = time.monotonic()
    terminal.wait_for(lambda _: time.monotonic() > sent + CUT / 5)
    terminal.type(answer[cut:])
    terminal.wait_for(lambda shown: FIRST_FIELD in shown and is_drawn(terminal, LIGHT))
    hears_keys(terminal)


def test_a_theme_of_the_settings_stays_whatever_the_terminal_says(tmp_path: Path) -> None:
    with at_start(tmp_path, f'[tui]\ntheme = "{CONTRAST.name}"\n') as terminal:
        wait_until_asked(terminal)
        terminal.type(f"{BEGIN}{WHITE}\x1b\\")
        terminal.wait_for(lambda shown: FIRST_FIELD in shown and is_drawn(terminal, CONTRAST))
        hears_keys(terminal)
        assert not is_drawn(terminal, LIGHT)
    assert (tmp_path / "home" / "config.toml").read_text() == f'[tui]\ntheme = "{CONTRAST.name}"\n'


def test_a_theme_that_follows_the_terminal_is_not_written_into_the_settings(
    terminal: Terminal, tmp_path: Path
) -> None:
    wait_until_asked(terminal)
    terminal.type(f"{BEGIN}{WHITE}\x1b\\")
    terminal.wait_for(lambda shown: FIRST_FIELD in shown and is_drawn(terminal, LIGHT))
    hears_keys(terminal)
    assert not (tmp_path / "home" / "config.toml").exists()


def test_an_answer_on_its_way_at_the_end_does_not_reach_the_shell(tmp_path: Path) -> None:
    shell = ["sh", "-c", f'{" ".join(PROGRAM)}; printf "left: "; cat']
    with Terminal(shell, clean_environment(tmp_path)) as terminal:
        wait_until_asked(terminal)
        terminal.press("ctrl+q")
        terminal.type(f"{BEGIN}{WHITE}\x1b\\")
        terminal.wait_for("left:")
        terminal.type("yes\n")
        assert "11;" not in terminal.wait_for("yes").partition("left:")[2]


@pytest.mark.parametrize("term", ["linux", "vt220"])
def test_a_terminal_that_would_show_the_question_is_not_asked(tmp_path: Path, term: str) -> None:
    command = ["env", f"TERM={term}", "COLORTERM=", *PROGRAM]
    with Terminal(command, clean_environment(tmp_path)) as terminal:
        terminal.wait_for(FIRST_FIELD)
        assert ASKING not in terminal.raw


@pytest.mark.parametrize("term", ["xterm", "xterm-16color"])
def test_below_256_colours_those_of_the_terminal_are_used_by_name(tmp_path: Path, term: str) -> None:
    command = ["env", f"TERM={term}", "COLORTERM=", *PROGRAM]
    with Terminal(command, clean_environment(tmp_path)) as terminal:
        terminal.wait_for(FIRST_FIELD)
        written = terminal.raw.partition(FIRST_FIELD)[0]
        colours = {int(part) for part in re.findall(r"(?<=[\[;])\d+(?=[;m])", written)}
        assert colours & {36, 46}, "the program's own colour is the terminal's cyan"
        assert not colours & {38, 48, *range(100, 108), 37, 47}
