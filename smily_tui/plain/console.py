"""What is said and asked in the plain mode: one sentence a line, nothing but printable characters."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from smily_tui.errors import UsageError
from smily_tui.messages.accounts import YES
from smily_tui.secret import Secret
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from smily_tui.demo import Ordered
    from smily_tui.errors import SmilyError
    from smily_tui.plain.terminal import Terminal

NO: Final = frozenset({"n", "no", "non"})
EITHER: Final = "Please answer yes or no."
LEAVES: Final = "quit leaves the program."
ANYWHERE: Final = ("An empty line or back goes back.", LEAVES)
EMACS: Final = "Emacs shows what you type: M-x comint-send-invisible does not."
HIDDEN: Final = ("What you type or paste is not shown.", *ANYWHERE)


class Back(Exception):
    """The person leaves the present question."""


class Interrupted(Back):
    """The same, by Ctrl-C."""


class Leave(Exception):
    """The person leaves the program: by the word, or the input has ended."""


class Console:
    """Says lines and asks questions.

    Args:
        terminal: where.
        ordered: the errors that a person has asked the demo for.
    """

    def __init__(self, terminal: Terminal, ordered: Ordered | None = None) -> None:
        self._terminal = terminal
        self._ordered = ordered

    def say(self, *lines: str) -> None:
        """One line each."""
        for each in lines:
            self._terminal.write(f"{printable(each)}\n")

    def error(self, error: SmilyError) -> None:
        """What happened, what was kept, what to do next."""
        first, *rest = error.in_lines().split("\n")
        self.say(self._ordered.explain(error.name, first) if self._ordered else first, *rest)

    def ask(self, question: str, *, default: str = "", explain: Sequence[str] = ()) -> Untrusted:
        """An answer; an empty one is the default, or means going back where there is none.

        Raises:
            Back: the person does not answer.
            Leave: the person leaves the program.
        """
        prompt = f"{question} [{default}]: " if default else f"{question}: "
        while True:
            typed = self._read(prompt)
            if typed == "?":
                usual = (
                    (f"An empty line means {default}.", "back goes back.", LEAVES) if default else ANYWHERE
                )
                self.say(*explain, *usual)
            elif typed or default:
                return Untrusted(typed or default)
            else:
                raise Back

    def secret(self, question: str, *, explain: Sequence[str] = ()) -> Secret:
        """An answer that is not shown.

        Raises:
            Back, Leave: as `ask` does.
        """
        found = self.secret_or_word(question, (), explain=explain)
        return found if isinstance(found, Secret) else Secret(found)

    def secret_or_word(
        self, question: str, words: Sequence[str], *, explain: Sequence[str] = ()
    ) -> Secret | str:
        """An answer that is not shown, or one of the `words`.

        The second empty line goes back: many a paste begins with one.

        Raises:
            Back, Leave: as `ask` does.
        """
        empty = False
        if "comint" in os.environ.get("INSIDE_EMACS", ""):
            self.say(EMACS)
        with self._terminal.hidden():
            while True:
                typed = self._read(f"{question} (not shown): ")
                self._terminal.write("\n")
                if typed == "?":
                    self.say(*explain, *HIDDEN)
                elif typed.casefold() in words:
                    return typed.casefold()
                elif typed:
                    return Secret(typed)
                elif empty:
                    raise Back
                else:
                    empty = True
                    self.say("Nothing was pasted.")

    def confirmed(self, question: str, *, default: bool = False) -> bool:
        """Yes or no; what was typed before the question is no answer to it.

        Raises:
            Back, Leave: as `ask` does.
        """
        *before, last = question.split("\n")
        self.say(*before)
        self._terminal.drop_typed()
        while True:
            said = self.ask(last, default="yes" if default else "no", explain=(EITHER,))
            answer = said.for_parsing().casefold()
            if answer in YES | NO:
                return answer in YES
            self.say(EITHER)

    def _read(self, prompt: str) -> str:
        self._terminal.write(printable(prompt))
        try:
            typed = self._terminal.line().strip()
        except KeyboardInterrupt:
            with contextlib.suppress(KeyboardInterrupt):
                self._terminal.write("\n")
            raise Interrupted from None
        except EOFError:
            self._terminal.write("\n")
            raise Leave from None
        except UsageError as error:  # bytes that are no text; the line is gone
            self.error(error)
            return self._read(prompt)
        if typed.casefold() == "quit":
            raise Leave
        if typed.casefold() == "back":
            raise Back
        return typed


def sentences(text: str) -> list[str]:
    """Words of our own, a sentence each."""
    return re.split(r"(?<=[.?!]) (?=[A-Z“])", text)


def printable(text: str) -> str:
    """The text without control characters: whatever it holds, it cannot steer the terminal."""
    return "".join(char for char in text if unicodedata.category(char) != "Cc")


def spoken(secret: Secret) -> str:
    """A masked secret without the dots, which are read out one by one."""
    tail = secret.masked().lstrip("●")
    return f"hidden, ends in {tail}" if tail else "hidden"
