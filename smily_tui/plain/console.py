"""Console of the plain mode: lines out, questions, menus and hidden answers in; printable characters only."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import sys
import threading
import time
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from smily_tui.errors import SmilyError, UsageError
from smily_tui.system import has_all_letters, here
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from smily_tui.demo import Ordered
    from smily_tui.secret import Secret


# -- questions and answers -----------------------------------------------------------------------------

YES: Final = frozenset({"y", "yes", "o", "oui"})
NO: Final = frozenset({"n", "no", "non"})
EITHER: Final = "Please answer yes or no."
LEAVES: Final = "quit: leave the program."
ANYWHERE: Final = ("back or an empty line: go back.", LEAVES)
EMACS: Final = "Emacs shows what you type. Use M-x comint-send-invisible to hide it."
HIDDEN: Final = ("What you type or paste is not shown.", *ANYWHERE)


class Back(Exception):
    """Raised when the person leaves the present question."""


class Interrupted(Back):
    """Raised when the person leaves the present question by Ctrl-C."""


class Leave(Exception):
    """Raised when the person leaves the program: by the word, or the input has ended."""


class InputEnded(Leave):
    """Raised when the input has ended before this question was answered."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


class Console:
    """Lines to read and questions to answer.

    Args:
        terminal: where.
        ordered: the errors that a person has asked the demo for.

    Attributes:
        interactive: a person reads and types here; refused answers can be corrected.
    """

    def __init__(
        self, terminal: Terminal, ordered: Ordered | None = None, *, interactive: bool = True
    ) -> None:
        self.interactive = interactive
        self._terminal = terminal
        self._ordered = ordered

    def say(self, *lines: str) -> None:
        """Write one line each."""
        for line in lines:
            self._terminal.write(f"{printable(line)}\n")

    def guide(self, *lines: str) -> None:
        """Write what only helps a person to answer."""
        if self.interactive:
            self.say(*lines)

    def hand_out(self, line: str) -> None:
        """Write a line that may be wanted without the words around it, such as a URL."""
        self.say(line)

    def error(self, error: SmilyError) -> None:
        """Write what happened, what was kept and what to do next."""
        first, *following = error.in_lines().split("\n")
        self.say(self._ordered.explain(error.name, first) if self._ordered else first, *following)

    def refuse(self, error: SmilyError) -> None:
        """Write an error that another answer can correct; raise it where nobody can give one."""
        if not self.interactive:
            raise error
        self.error(error)

    def ask(self, question: str, *, default: str = "", explain: Sequence[str] = ()) -> Clean:
        """Return what was typed, cleaned; an empty line is the default, or goes back where there is none.

        Raises:
            Back: the person does not answer.
            Leave: the person leaves the program.
        """
        return clean(self.ask_unchanged(question, default=default, explain=explain))

    def ask_unchanged(self, question: str, *, default: str = "", explain: Sequence[str] = ()) -> Untrusted:
        """Return what was typed or pasted, character by character; otherwise as `ask`."""
        prompt = f"{question} [{default}]: " if default else f"{question}: "
        while True:
            typed = self._read(prompt, question)
            if typed == "?":
                usual = (f"Press Enter for {default}.", "back: go back.", LEAVES) if default else ANYWHERE
                self.say(*explain, *usual)
            elif typed or default:
                return Untrusted(typed or default)
            else:
                raise Back

    def ask_hidden(self, question: str, *, explain: Sequence[str] = ()) -> Untrusted:
        """Return what was typed or pasted without showing it.

        The second empty line goes back: many a paste begins with one.

        Raises:
            Back, Leave: as `ask` does.
        """
        empty = False
        # comint sends a line once it is whole: it has been on the screen by then, whatever the echo
        if "comint" in os.environ.get("INSIDE_EMACS", ""):
            self.say(EMACS)
        with self._terminal.hidden():
            while True:
                typed = self._read(f"{question} (not shown): ", question)
                self._terminal.write("\n")
                if typed == "?":
                    self.say(*explain, *HIDDEN)
                elif typed:
                    return Untrusted(typed)
                elif empty and self.interactive:
                    raise Back
                else:
                    empty = True
                    self.guide("Nothing was pasted. Try again.")

    def confirmed(self, question: str, *, default: bool = False, explain: Sequence[str] = ()) -> bool:
        """Return whether the answer is yes; what was typed before the question is no answer to it.

        Raises:
            Back, Leave: as `ask` does.
        """
        *before, last = question.split("\n")
        self.say(*before)
        self._terminal.drop_typed()
        while True:
            answer = self.ask(last, default="yes" if default else "no", explain=(*explain, EITHER)).casefold()
            if answer in YES | NO:
                return answer in YES
            self.say(EITHER)

    def _read(self, prompt: str, question: str) -> str:
        self._terminal.write(printable(prompt))
        try:
            typed = self._terminal.line().strip()
        except KeyboardInterrupt:
            with contextlib.suppress(KeyboardInterrupt):
                self._terminal.write("\n")
            raise Interrupted from None
        except EOFError:
            self._terminal.write("\n")
            raise InputEnded(question) from None
        except UsageError as error:  # bytes that are no text; the line is gone
            self.refuse(error)
            return self._read(prompt, question)
        if typed.casefold() == "quit":
            raise Leave
        if typed.casefold() == "back":
            raise Back
        return typed


def sentences(text: str) -> list[str]:
    """Split words of our own, a sentence each."""
    return re.split(r"(?<=[.?!]) (?=[A-Z“])", text)


def printable(text: str) -> str:
    """Drop control characters: whatever the text holds, it cannot steer the terminal."""
    return "".join(char for char in text if unicodedata.category(char) != "Cc")


def spoken(secret: Secret) -> str:
    """Describe a secret without the dots of its mask, which a screen reader reads out one by one."""
    tail = secret.masked().lstrip("●")
    return f"hidden, ends in {tail}" if tail else "hidden"


# -- waiting -------------------------------------------------------------------------------------------

_T = TypeVar("_T")
STILL_WAITING: Final = (5, 15, 30)  # seconds


def wait_for(
    console: Console, act: Callable[[], _T], doing: str = "", cancel: Callable[[], bool] = lambda: False
) -> _T:
    """Do something that may take long. Ctrl-C stops it where `cancel` can; the second one leaves it alone.

    The words of `doing` come at once; without them nothing is written for less than five seconds.

    Raises:
        Back: it goes on by itself.
        SmilyError: whatever `act` met.
    """
    if doing:
        console.say(f"{doing}.")
    task, began, interrupted = _Task(act), time.monotonic(), False
    moments = itertools.chain(STILL_WAITING, itertools.count(60, 60))
    moment = next(moments)
    while True:
        try:
            if task.ended_within(moment - (time.monotonic() - began)):
                return task.result()
            console.say(f"Still waiting, {moment} s.")
            moment = next(moments)
        except KeyboardInterrupt:
            if interrupted:
                console.say("It continues in the background.")
                raise Back from None
            interrupted = True
            console.say(
                "Stopping." if cancel() else "It can't be stopped. Press Ctrl-C again to stop waiting."
            )


class _Task(Generic[_T]):
    """Call in a thread, so that the main thread can count the seconds and get Ctrl-C."""

    def __init__(self, act: Callable[[], _T]) -> None:
        self._act = act
        self._result: list[_T] = []
        self._error: BaseException | None = None
        self._ended = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._result.append(self._act())
        except BaseException as error:  # noqa: BLE001 - raised again by `result`
            self._error = error
        self._ended.set()

    def ended_within(self, seconds: float) -> bool:
        return self._ended.wait(max(0.0, seconds))

    def result(self) -> _T:
        if self._error is not None:
            raise self._error
        return self._result[0]


# -- the terminal --------------------------------------------------------------------------------------

_SIGNS: Final = str.maketrans(
    {"“": '"', "”": '"', "’": "'", "…": "...", "—": "-", "–": "-", "→": "->", "›": ">", "●": "*"}
)


class Terminal(Protocol):
    """Place of a dialogue."""

    def write(self, text: str) -> None:
        """Write text as it is."""
        ...

    def line(self) -> str:
        """Read a line; raises EOFError at the end of the input, KeyboardInterrupt on Ctrl-C."""
        ...

    def hidden(self) -> AbstractContextManager[None]:
        """Show nothing that is typed or pasted."""
        ...

    def drop_typed(self) -> None:
        """Throw away what was typed before it was asked for."""
        ...


class LineTerminal:
    """Streams of this process: words on stderr, as the full-screen program does, lines from stdin.

    Args:
        ascii: write nothing but ASCII.
    """

    def __init__(self, *, ascii: bool = False) -> None:  # noqa: A002
        self._ascii = ascii
        self._unfinished_line = ""  # a prompt
        self._few_signs = ascii or not has_all_letters()

    def write(self, text: str) -> None:
        """Write text; quotes and dashes are plain ones where the terminal has no others."""
        written = text.translate(_SIGNS) if self._few_signs else text
        written = written.encode("ascii", "replace").decode() if self._ascii else written
        self._unfinished_line = written.rpartition("\n")[2]
        sys.stderr.write(written)
        # a prompt has no newline, at which stderr of Python is flushed (3.9 and later)
        sys.stderr.flush()

    def line(self) -> str:
        """Read a line."""
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line

    def hidden(self) -> AbstractContextManager[None]:
        """Disable echo; what was typed before or is left over is thrown away, so that it is never shown."""
        if not sys.stdin.isatty():
            return contextlib.nullcontext()
        return here.without_echo(lambda: self._unfinished_line)

    def drop_typed(self) -> None:
        """Throw away what was typed before it was asked for."""
        here.drop_typed()


# -- menus ---------------------------------------------------------------------------------------------

UNKNOWN: Final = "Not a choice. Type ? for the choices."


@dataclass(frozen=True)
class Choice:
    """Entry of a menu.

    Attributes:
        key: its letter, as in the full-screen program.
        help: one sentence.
    """

    key: str
    word: str
    help: str
    act: Callable[[], object]


def find(choices: Sequence[Choice], typed: str, *, numbered: bool = True) -> Choice | None:
    """Return the choice that is meant; None where that is not clear."""
    word = typed.casefold().strip(" .")
    if numbered and word.isdecimal():
        return choices[int(word) - 1] if 0 < int(word) <= len(choices) else None
    exact = [choice for choice in choices if word in (choice.key, choice.word)]
    begun = [choice for choice in choices if len(word) > 1 and choice.word.startswith(word)]
    matches = exact or begun
    return matches[0] if len(matches) == 1 else None


def short(choices: Sequence[Choice], *, numbered: bool = True) -> list[str]:
    """Return a line for each choice."""
    return [f"{number if numbered else choice.key} {choice.word}" for number, choice in enumerate(choices, 1)]


def explained(choices: Sequence[Choice], *, numbered: bool = True) -> list[str]:
    """Return a line for each choice, with its help."""
    lines = zip(short(choices, numbered=numbered), choices, strict=True)
    return [f"{line}: {choice.help}" for line, choice in lines]
