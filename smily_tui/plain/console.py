"""Console of the plain mode: prompts, hidden input, waiting; a sentence a line, printable characters only."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import signal
import sys
import termios
import threading
import time
import unicodedata
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeVar

from smily_tui import signals
from smily_tui.errors import UsageError
from smily_tui.messages.accounts import YES
from smily_tui.secret import Secret
from smily_tui.system import check_terminal, has_all_letters, is_terminal
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from smily_tui.demo import Ordered
    from smily_tui.errors import SmilyError


ASKS: Final = "The plain mode asks questions: it"
_SIGNS: Final = str.maketrans(
    {"“": '"', "”": '"', "’": "'", "…": "...", "—": "-", "–": "-", "→": "->", "›": ">", "●": "*"}
)


class Terminal(Protocol):
    """Where the dialogue takes place."""

    def write(self, text: str) -> None:
        """Write text as it is."""
        ...

    def line(self) -> str:
        """The next line; raises EOFError at the end of the input, KeyboardInterrupt on Ctrl-C."""
        ...

    def hidden(self) -> AbstractContextManager[None]:
        """Inside of it nothing that is typed or pasted is shown."""
        ...

    def drop_typed(self) -> None:
        """Throw away what was typed before it was asked for."""
        ...


class LineTerminal:
    """The terminal of this process: words on stderr, as the full-screen program does, lines from stdin.

    Args:
        ascii: write nothing but ASCII.

    Raises:
        UsageError: one of the two is no terminal.
    """

    def __init__(self, *, ascii: bool = False) -> None:  # noqa: A002
        check_terminal(ASKS)
        self._ascii = ascii
        self._begun = ""  # the line that waits for its end: a prompt
        self._few_signs = ascii or not has_all_letters()

    def write(self, text: str) -> None:
        """Write text; quotes and dashes are plain ones where the terminal has no others."""
        shown = text.translate(_SIGNS) if self._few_signs else text
        shown = shown.encode("ascii", "replace").decode() if self._ascii else shown
        self._begun = shown.rpartition("\n")[2]
        sys.stderr.write(shown)
        sys.stderr.flush()

    def line(self) -> str:
        """The next line."""
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line

    def hidden(self) -> AbstractContextManager[None]:
        """Echo is off; what was typed before or is left over is thrown away, so that it is never shown."""
        return hidden(lambda: self._begun)

    def drop_typed(self) -> None:
        """Throw away what was typed before it was asked for."""
        with contextlib.suppress(termios.error):  # it has gone away, which the next line will tell
            termios.tcflush(sys.stdin.fileno(), termios.TCIFLUSH)


def chosen_by_itself(environ: Mapping[str, str] | None = None) -> str:
    """Why the full screen cannot be shown on this terminal; empty where it can, or there is none."""
    name = (os.environ if environ is None else environ).get("TERM", "")
    if name not in ("", "dumb") or not is_terminal():
        return ""
    return "TERM is dumb" if name else "TERM is not set"


_T = TypeVar("_T")
TOLD_AFTER: Final = (5, 15, 30)


class _Task(Generic[_T]):
    """Something that is done in a thread, so that this one can count the seconds and hear Ctrl-C."""

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
        """Wait for it; whether it has ended."""
        return self._ended.wait(max(0.0, seconds))

    def result(self) -> _T:
        """What came of it, or the error that did."""
        if self._error is not None:
            raise self._error
        return self._result[0]


def wait_for(
    console: Console, act: Callable[[], _T], doing: str = "", cancel: Callable[[], bool] = lambda: False
) -> _T:
    """Do something that may take long. Ctrl-C stops it where `cancel` can; the second one leaves it alone.

    What is `doing` is said at once; without it nothing is said that takes less than five seconds.

    Raises:
        Back: it goes on by itself.
        SmilyError: whatever `act` met.
    """
    if doing:
        console.say(f"{doing}.")
    task, began, asked = _Task(act), time.monotonic(), False
    moments = _moments()
    next_one = next(moments)
    while True:
        try:
            if task.ended_within(next_one - (time.monotonic() - began)):
                return task.result()
            console.say(f"Still waiting, {next_one} s.")
            next_one = next(moments)
        except KeyboardInterrupt:
            if asked:
                console.say("It goes on by itself.")
                raise Back from None
            asked = True
            console.say("Stopping." if cancel() else "Too late to stop it. Ctrl-C again leaves it alone.")


def _moments() -> Iterator[int]:
    """After how many seconds a line is said."""
    return itertools.chain(TOLD_AFTER, itertools.count(60, 60))


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


LOCAL_MODES: Final = 3  # of what tcgetattr answers


@contextlib.contextmanager
def hidden(prompt: Callable[[], str]) -> Iterator[None]:
    """Have nothing shown that is typed at stdin, and throw away what was typed before or is left over.

    A shell that a stopped program goes back to gives the terminal other modes: once it is continued they are
    set again, and the `prompt` is repeated on stderr. Signals that would end the program end it in order.
    For the main thread only.
    """
    echo = _Echo(sys.stdin.fileno())

    def go_on(*_: object) -> None:
        if echo.off():
            # not by sys.stderr, which may be writing just now
            os.write(sys.stderr.fileno(), prompt().encode(sys.stderr.encoding, "replace"))

    def stop(*_: object) -> None:
        echo.on()
        for number in (signal.SIGCONT, signal.SIGTSTP):
            signal.signal(number, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, stop)
        signal.signal(signal.SIGCONT, go_on)
        go_on()  # at once where no shell controls jobs: nothing has stopped then

    with (
        signals.ending(),
        signals.handled(signal.SIGTSTP, stop),
        signals.handled(signal.SIGCONT, go_on),
    ):
        echo.off()
        try:
            yield
        finally:
            echo.on()


class _Echo:
    """Whether a terminal shows what is typed."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._modes: list[Any] | None = None
        with contextlib.suppress(termios.error):  # it has gone away, which the next line will tell
            self._modes = termios.tcgetattr(descriptor)

    def on(self) -> bool:
        """As it was before; whether that could be done."""
        return self._set(termios.ECHO)

    def off(self) -> bool:
        """Hide what is typed; whether that could be done."""
        return self._set(0)

    def _set(self, echo: int) -> bool:
        """Set the modes where they differ; not from the background, where the shell has the terminal."""
        if self._modes is None or not self._is_in_foreground():
            return False
        modes = self._modes[:]
        modes[LOCAL_MODES] &= ~termios.ECHO | echo
        with contextlib.suppress(termios.error):
            if termios.tcgetattr(self._descriptor) != modes:
                termios.tcsetattr(self._descriptor, termios.TCSAFLUSH, modes)
            return True
        return False

    def _is_in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self._descriptor) == os.getpgrp()
        except OSError:  # it is not the terminal of this session: no shell controls jobs in it
            return True
