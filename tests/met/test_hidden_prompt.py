"""What is typed at a prompt that says “not shown” is not shown, whatever happened there before."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET
from tests.support.processes import PROGRAM, clean_environment
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.support.person import Person

TYPED = "c0ffee"
CONNECT = ["connect", "--plain", "--client-id", CLIENT_ID, "--app", "app"]
COMMANDS = {"connect --plain": CONNECT, "the plain mode": ["--plain"]}
PROMPT = "Client Secret (not shown): "
SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "dash": ["dash", "-i"],
}
SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGXCPU)
DEAF = ("sh", "-c", 'trap "" HUP; exec "$@"', "sh")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return clean_environment(tmp_path) | {"PS1": "shell> ", "SMILY_TUI_SERVER": "http://127.0.0.1:9"}


def answer_until_hidden(terminal: Terminal, command: str) -> None:
    """Come to the hidden prompt."""
    if command == "the plain mode":
        terminal.wait_for("Name (optional) [My app]:")
        terminal.press("enter")
        terminal.wait_for("Client ID:")
        terminal.type(f"{CLIENT_ID}\r")
    terminal.wait_for(lambda shown: shown.rstrip().endswith(PROMPT.strip()))
    terminal.wait_until_hidden()


def by_key(terminal: Terminal) -> None:
    terminal.press("ctrl+z")


def from_outside(number: signal.Signals) -> Callable[[Terminal], None]:
    def send(terminal: Terminal) -> None:
        terminal.signal_foreground(number)

    return send


WAYS = {
    "Ctrl-Z": by_key,
    "SIGTSTP": from_outside(signal.SIGTSTP),
    "SIGSTOP": from_outside(signal.SIGSTOP),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("shell", SHELLS)
def test_what_is_typed_after_fg_is_not_shown(
    environ: dict[str, str], shell: str, command: str, way: str
) -> None:
    with Terminal(SHELLS[shell], environ) as terminal:
        terminal.wait_for("shell>")
        terminal.type(" ".join([*PROGRAM, *COMMANDS[command]]) + "\r")
        answer_until_hidden(terminal, command)
        for _ in range(2):
            WAYS[way](terminal)
            terminal.wait_for(lambda shown: shown.rstrip().endswith("shell>"))
            terminal.type("echo still\\ shown\r")
            terminal.wait_for("still shown")
            if way != "SIGSTOP":  # nobody can put anything in order before it
                assert "echo still" in terminal.text()
            terminal.type("clear\r")
            terminal.wait_for(lambda shown: "still" not in shown)
            terminal.type("fg\r")
            terminal.wait_for(lambda shown: shown.rstrip().endswith(PROMPT.strip()))
            terminal.wait_until_hidden()
        terminal.type(f"{TYPED}\r")
        terminal.wait_for("Too short")
        assert TYPED not in terminal.raw


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_typed_is_not_shown_where_nothing_could_be_stopped(
    environ: dict[str, str], command: str
) -> None:
    with Terminal([*PROGRAM, *COMMANDS[command]], environ) as terminal:
        answer_until_hidden(terminal, command)
        terminal.press("ctrl+z")
        terminal.wait_for(lambda shown: shown.count("not shown") == 2)
        terminal.wait_until_hidden()
        terminal.type(f"{TYPED}\r")
        terminal.wait_for("Too short")
        assert TYPED not in terminal.raw


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGXCPU]
)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_signal_gives_the_terminal_its_echo_back(
    environ: dict[str, str], command: str, number: signal.Signals
) -> None:
    with Terminal([*PROGRAM, *COMMANDS[command]], environ) as terminal:
        before = terminal.modes()
        answer_until_hidden(terminal, command)
        assert terminal.modes() != before
        terminal.signal(number)
        assert terminal.exit_code() == 128 + number
        assert terminal.modes() == before


KEYS = {"ctrl+c": 130, "ctrl+d": 2, "ctrl+\\": 128 + signal.SIGQUIT}


@pytest.mark.parametrize("key", KEYS)
def test_a_key_that_ends_it_gives_the_terminal_its_echo_back(environ: dict[str, str], key: str) -> None:
    with Terminal([*PROGRAM, *CONNECT], environ) as terminal:
        before = terminal.modes()
        answer_until_hidden(terminal, "connect --plain")
        terminal.press(key)
        assert terminal.exit_code() == KEYS[key]
        assert terminal.modes() == before


@pytest.mark.parametrize("at", ["a hidden prompt", "a prompt"])
@pytest.mark.parametrize("command", [*COMMANDS, "the plain demo"])
def test_a_program_ends_with_its_terminal_though_it_ignores_sighup(
    environ: dict[str, str], command: str, at: str
) -> None:
    arguments = COMMANDS.get(command, ["demo", "--plain"])
    if command == "connect --plain" and at == "a prompt":
        arguments = ["connect", "--plain"]
    with Terminal([*DEAF, *PROGRAM, *arguments], environ) as terminal:
        if at == "a hidden prompt" and command in COMMANDS:
            answer_until_hidden(terminal, command)
        else:
            terminal.wait_for(lambda shown: shown.rstrip().endswith(":"))
        terminal.hang_up()
        assert terminal.exit_code() not in {0, -signal.SIGKILL}


def test_a_hidden_answer_is_read(person: Person) -> None:
    with Terminal([*PROGRAM, *CONNECT], person.environ) as terminal:
        terminal.wait_for(PROMPT.strip())
        terminal.wait_until_hidden()
        terminal.type(f"{CLIENT_SECRET}\r")
        terminal.wait_for("Permissions")
        terminal.press("enter")
        terminal.wait_for("Code (not shown):")
        terminal.wait_until_hidden()
        terminal.type(f"{person.server.code()}\r")
        terminal.wait_for("Connected: Villa Rosa (account 7).")
        assert CLIENT_SECRET not in terminal.raw
