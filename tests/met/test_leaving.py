"""The full screen leaves the terminal as it was, whatever ends it."""

from __future__ import annotations

import signal
import subprocess
from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.server import Options
from smily_tui.signals import ENDING
from tests.support.connected import connected
from tests.support.polling import until
from tests.support.processes import PROGRAM, clean_environment
from tests.support.terminal import Terminal, take_signals

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FRONT_ENDS: dict[str, list[str]] = {"full screen": [], "demo": ["demo"], "wizard": ["connect"]}
TRIED = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGINT", "SIGUSR1", "SIGABRT", "SIGALRM", "SIGXCPU", "SIGRTMIN")
CASES = [(name, "SIGTERM") for name in FRONT_ENDS] + [("full screen", number) for number in TRIED[1:]]
# whoever starts it has it ignore SIGHUP, as nohup(1), `trap '' HUP` and zsh's `setopt nohup` do
DEAF = ("sh", "-c", 'trap "" HUP; exec "$@"', "sh")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return clean_environment(tmp_path)


def _ends(command: list[str], number: int) -> bool:
    return subprocess.run(command, preexec_fn=take_signals, check=False).returncode == -number


def test_the_signals_that_count_are_those_that_end_a_process() -> None:
    """By trying each, but those that cannot be caught and those of a fault."""
    names = ("KILL", "STOP", "TSTP", "TTIN", "TTOU", "BUS", "FPE", "ILL", "SEGV", "SYS", "TRAP")
    tried = signal.valid_signals() - {signal.Signals[f"SIG{name}"] for name in names}
    shell = {number: ["sh", "-c", f"kill -{int(number)} $$; exit 0"] for number in tried}
    ended = {number for number in tried if _ends(shell[number], number)}
    assert ended == ENDING


@pytest.mark.parametrize(("front_end", "name"), CASES)
def test_a_signal_leaves_the_terminal_as_it_was(environ: dict[str, str], front_end: str, name: str) -> None:
    number = getattr(signal, name)
    with Terminal([*PROGRAM, *FRONT_ENDS[front_end]], environ) as terminal:
        before = terminal.modes()
        terminal.wait_for("Client ID")
        assert terminal.left_on()
        assert terminal.modes() != before
        terminal.signal(number)
        assert terminal.exit_code() == 128 + number
        assert terminal.left_on() == set()
        assert terminal.modes() == before


def test_a_signal_while_the_link_is_shown_as_text_leaves_at_once(tmp_path: Path) -> None:
    with connected(tmp_path / "smily") as (sandbox, _, _):
        environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": sandbox.listening.server}
        with Terminal(PROGRAM, environ, rows=60) as terminal:
            before = terminal.modes()
            terminal.wait_for("1 account")
            terminal.press("a")
            terminal.wait_for("Link from")
            terminal.press("ctrl+t")
            terminal.wait_for("Then press Enter here to go back")
            terminal.signal(signal.SIGTERM)
            assert terminal.exit_code() == 128 + signal.SIGTERM
            assert terminal.left_on() == set()
            assert terminal.modes() == before
            assert "bug" not in terminal.raw


def shown_anew(terminal: Terminal, times: int) -> Callable[[str], bool]:
    """Whether the program has taken the screen so many times."""
    return lambda _: terminal.raw.count("\x1b[?1049h") == times


def test_a_program_that_does_not_notice_that_it_was_stopped_leaves_the_terminal_as_it_was(
    environ: dict[str, str],
) -> None:
    with Terminal(PROGRAM, environ) as terminal:
        before = terminal.modes()
        terminal.wait_for_focus_below("Client ID")
        for starts in (2, 3):
            terminal.signal(signal.SIGSTOP)
            terminal.wait_until_stopped()
            terminal.signal(signal.SIGCONT)
            terminal.wait_for(shown_anew(terminal, starts))
        # Textual takes the screen before the line: until then Ctrl-Q would start the line's output, no more
        terminal.wait_until_hidden()
        terminal.type("Villa Rosa")
        terminal.wait_for("Villa Rosa")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        assert terminal.left_on() == set()
        assert terminal.modes() == before


@pytest.mark.parametrize("started", [(), DEAF], ids=["hears SIGHUP", "ignores SIGHUP"])
@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_a_program_ends_with_its_terminal(
    environ: dict[str, str], front_end: str, started: tuple[str, ...]
) -> None:
    with Terminal([*started, *PROGRAM, *FRONT_ENDS[front_end]], environ) as terminal:
        terminal.wait_for("Client ID")
        terminal.hang_up()
        assert terminal.exit_code() == 128 + signal.SIGHUP


def test_a_stopped_program_ends_with_its_terminal(environ: dict[str, str]) -> None:
    with Terminal([*DEAF, *PROGRAM], environ) as terminal:
        terminal.wait_for("Client ID")
        terminal.press("ctrl+z")
        terminal.wait_until_stopped()
        terminal.hang_up()
        terminal.signal(signal.SIGCONT)
        assert terminal.exit_code() == 128 + signal.SIGHUP


def test_a_refresh_outlives_a_terminal_that_goes_away_unheard(tmp_path: Path) -> None:
    with connected(tmp_path / "smily", Options(rotation="immediate", latency_ms=600)) as (sandbox, stored, _):
        environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": sandbox.listening.server}
        with Terminal([*DEAF, *PROGRAM], environ) as terminal:
            terminal.wait_for("1 account")
            terminal.press("r")
            terminal.wait_for("Refreshing Villa Rosa")
            terminal.hang_up()
            assert terminal.exit_code() == 128 + signal.SIGHUP
        until(lambda: stored.find(None).generation == 2)


@pytest.mark.parametrize("front_end", FRONT_ENDS)
def test_ctrl_z_goes_back_to_the_shell_and_fg_returns(environ: dict[str, str], front_end: str) -> None:
    environ["PS1"] = "shell> "
    with Terminal(["bash", "--norc", "--noprofile", "-i"], environ) as terminal:
        terminal.wait_for("shell>")
        terminal.type(" ".join([*PROGRAM, *FRONT_ENDS[front_end]]) + "\r")
        terminal.wait_for("Client ID")
        terminal.press("ctrl+z")
        terminal.wait_for(lambda shown: shown.rstrip().endswith("shell>"))
        assert terminal.left_on() <= {"?2004"}  # the shell's own
        terminal.type("fg\r")
        terminal.wait_for("Client ID")
        terminal.press("ctrl+q")
        terminal.wait_for(lambda shown: shown.rstrip().endswith("shell>"))
        terminal.type("echo code $?\r")
        terminal.wait_for("code 0")
        assert terminal.left_on() <= {"?2004"}
