"""Terminals by the variables that they set, as their documentation says; none of them runs here."""

from __future__ import annotations

import pytest

from smily_tui.desktop.clipboard import COPIED, IGNORED, SENT, copy
from smily_tui.desktop.terminal import TERMINALS, UNKNOWN, terminal_of
from smily_tui.tui.actions import EVERYWHERE, ON_SCREENS
from tests.support.documents import document

REMOTE = {"SSH_CONNECTION": "a 1 b 2", "PATH": "/nowhere"}


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({"TERM_PROGRAM": "vscode", "WT_SESSION": "inherited"}, "VS Code"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "Terminal.app"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iTerm2"),
        ({"LC_TERMINAL": "iTerm2"}, "iTerm2"),  # over SSH
        ({"TERM_PROGRAM": "WezTerm"}, "WezTerm"),
        ({"TERM": "xterm-kitty"}, "Kitty"),
        ({"WT_SESSION": "0"}, "Windows Terminal"),
        ({"VTE_VERSION": "7200"}, "GNOME Terminal"),
        ({"TMUX": "/tmp/tmux,1,0", "TERM_PROGRAM": "vscode"}, "tmux"),
        ({"STY": "1.pts-0", "VTE_VERSION": "7200"}, "GNU Screen"),
        ({"TERM": "xterm-256color", "TMUX": ""}, ""),
    ],
)
def test_a_terminal_is_known_by_its_variables(environ: dict[str, str], name: str) -> None:
    assert terminal_of(environ).name == name


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"TERM_PROGRAM": "Apple_Terminal"}, IGNORED.format(name="Terminal.app")),
        ({"WT_SESSION": "0"}, SENT),
        ({}, SENT),
        ({"LC_TERMINAL": "iTerm2"}, "Settings, General, Selection."),
        ({"TMUX": "/tmp/tmux,1,0"}, "“set-clipboard off” keeps tmux from copying."),
    ],
)
def test_the_words_about_a_copied_link_are_those_of_the_terminal(environ: dict[str, str], words: str) -> None:
    copied = copy("https://a.example", REMOTE | environ)
    assert copied.words.endswith(words)
    assert copied.words != COPIED
    assert copied.ask_terminal == (words != IGNORED.format(name="Terminal.app"))


def test_the_keys_that_a_terminal_keeps_are_keys_of_ours() -> None:
    ours = {
        key for actions in (*ON_SCREENS, EVERYWHERE) for action in actions for key in action.key.split(",")
    }
    for terminal in TERMINALS:
        keys = {key.lower().replace("^", "ctrl+") for key in terminal.keys}
        assert keys <= ours | {"ctrl+p"}
        assert bool(terminal.keys) == bool(terminal.get_keys)
    assert UNKNOWN.about_keys == ""


def test_the_page_about_terminals_says_the_same() -> None:
    rows = {
        row.split("|")[1].strip(): row
        for row in document("docs/terminals.md").text.splitlines()
        if "|" in row
    }
    says = {True: "yes", False: "no", None: ""}
    for terminal in TERMINALS:
        cells = [cell.strip() for cell in rows[terminal.name].split("|")]
        assert all(f"`{key}`" in cells[2] for key in terminal.keys)
        assert cells[3].startswith(says[terminal.takes_text])
        assert all(f"`{sign}`" in rows[terminal.name] for sign in terminal.signs)
