"""A talk: the whole story by one key, on both sizes, and with each error."""

from __future__ import annotations

import contextlib
import re

import pytest

from smily_tui.demo import TROUBLES, Trouble
from smily_tui.tui.slides import STEPS, asked_for
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal

SECRET = re.compile(r"[0-9a-f]{12}")
ADVICE = ("Press → to continue.", "Press → to try again.", "Press → to ask the owner again.")
TRIES = 60


def title(number: int) -> str:
    return f"{number} of {len(STEPS)} · {STEPS[number - 1].title}"


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 36)])
def test_the_whole_story_by_one_key(environ: dict[str, str], columns: int, rows: int) -> None:
    command = [*PROGRAM, "demo", "--presenter"]
    with Terminal(command, environ, columns=columns, rows=rows) as terminal:
        for number, step in enumerate(STEPS, 1):
            screen = terminal.wait_for(title(number))
            assert all(sentence in screen for sentence in re.split(r"(?<=\.) ", step.sentence))
            terminal.press("right")
        terminal.wait_for("Press Home to start again.")
        assert "×3600" in terminal.raw
        terminal.press("q")
        assert terminal.exit_code() == 0
        assert not SECRET.search(terminal.raw)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.fault)
def test_an_ordered_error_says_so_and_the_story_comes_to_its_end(
    environ: dict[str, str], trouble: Trouble
) -> None:
    key = str(TROUBLES.index(trouble) + 1)
    with Terminal([*PROGRAM, "demo", "--presenter"], environ) as terminal:
        terminal.wait_for(title(1))
        terminal.press("right")
        terminal.wait_for(title(2))
        terminal.press(key)
        terminal.wait_for(f"Ordered: {trouble.help}")
        number = 2
        while not (screen := press_next(terminal, number)).startswith(asked_for(trouble)):
            number += 1
        assert screen.endswith(ADVICE)
        go_to_the_end(terminal)
        terminal.press("q")
        assert terminal.exit_code() == 0


def press_next(terminal: Terminal, number: int) -> str:
    """Press → on the slide with that number; return what stopped it with its advice, or the next title."""
    terminal.press("right")
    screen = terminal.wait_for(lambda shown: title(number + 1) in shown or any(a in shown for a in ADVICE))
    return card(screen) if any(advice in screen for advice in ADVICE) else title(number + 1)


def card(screen: str) -> str:
    """Return the text in the card, in one line."""
    return " ".join(line.strip(" │") for line in screen.splitlines() if line.startswith("  │   "))


def go_to_the_end(terminal: Terminal) -> None:
    """Press → until the last slide; a server that is offline takes several presses."""
    for _ in range(TRIES):
        terminal.press("right")
        with contextlib.suppress(AssertionError):
            terminal.wait_for(title(len(STEPS)), limit=2.0)
            return
    raise AssertionError(terminal.text())
