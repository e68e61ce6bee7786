"""A terminal whose person is a script: what is said is kept, and each question takes the next answer."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from smily_tui.desktop.clipboard import Clipboard
from smily_tui.plain.app import Dialogue
from smily_tui.plain.console import Console
from smily_tui.plain.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from smily_tui.accounts import Accounts

CTRL_C = "ctrl+c"
END = "the end of the input"


class Scripted:
    """Answers are texts, or functions of what was said so far."""

    def __init__(self, *answers: str | Callable[[str], str]) -> None:
        self.answers = list(answers)
        self.said = ""
        self.hidden_answers = 0
        self.drops = 0
        self.is_hidden = False

    def write(self, text: str) -> None:
        self.said += text

    def line(self) -> str:
        self.hidden_answers += self.is_hidden
        if not self.answers:
            raise EOFError
        answer = self.answers.pop(0)
        typed = answer if isinstance(answer, str) else answer(self.said)
        if typed == CTRL_C:
            raise KeyboardInterrupt
        if typed == END:
            raise EOFError
        if not self.is_hidden:
            self.said += f"{typed}\n"
        return f"{typed}\n"

    @contextlib.contextmanager
    def hidden(self) -> Iterator[None]:
        self.is_hidden = True
        try:
            yield
        finally:
            self.is_hidden = False

    def drop_typed(self) -> None:
        self.drops += 1


def session(stored: Accounts, terminal: Scripted) -> Session:
    """A dialogue about a store."""
    return Session(Console(terminal), stored, Clipboard())


def talk(stored: Accounts, *answers: str | Callable[[str], str], **options: Any) -> str:
    """All that is said until the answers end."""
    terminal = Scripted(*answers)
    Dialogue(session(stored, terminal)).run(**options)
    assert not terminal.answers, f"never asked for: {terminal.answers}; said:\n{terminal.said}"
    return terminal.said
