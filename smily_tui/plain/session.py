"""Session of the plain mode: accounts, clipboard and HTTP exchanges."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from smily_tui.plain.console import Console, sentences, wait_for
from smily_tui.text import clean
from smily_tui.undo import Changes
from smily_tui.wire import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.desktop.clipboard import Clipboard
    from smily_tui.secret import Secret
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.running import Running
    from smily_tui.wire.redaction import Exchange


REFRESH: Final = "refresh"
AGAIN: Final = "again"
KEPT_EXCHANGES: Final = 100
NO_CLIPBOARD: Final = "Not copied. There is no clipboard here that smily-tui can check."


class Heard:
    """HTTP exchanges of worker processes, which have redacted them; in memory only."""

    def __init__(self) -> None:
        self.link = ""
        self.exchanges: list[Exchange] = []

    def step(self, name: str) -> None:
        """Ignore a step: its exchange will tell."""

    def exchange(self, exchange: Exchange) -> None:
        """Keep a request with its answer."""
        self.exchanges = [*self.exchanges, exchange][-KEPT_EXCHANGES:]


@dataclass(frozen=True)
class Session:
    """Dialogue with a person, or the part of a command that asks.

    Attributes:
        console: lines out, answers in.
        stored: what is stored, and every change to it.
        clipboard: for URLs, messages and access tokens.
        heard: HTTP exchanges so far.
        demo: what the demo fills in; None outside of it.
        is_command: one command that ends when an account is connected; no menu follows.
        copies_agreed: tokens go to the clipboard without a question.
    """

    console: Console
    stored: Accounts
    clipboard: Clipboard
    heard: Heard = field(default_factory=Heard)
    demo: DemoInfo | None = None
    is_command: bool = False
    copies_agreed: bool = False

    @cached_property
    def changes(self) -> Changes:
        """Changes that the person makes, the last of which can be undone."""
        return Changes(self.stored)

    @property
    def again(self) -> str:
        """Return how a person authorizes an account again."""
        return "Run smily-tui connect" if self.is_command else f"Type {AGAIN}"

    def copy(self, text: str | Secret) -> str:
        """Copy a text; return how it went. No escape sequence is written for it: the plain mode has none."""
        copied = self.clipboard.copy(text)
        # tmux has the text by now; elsewhere only an escape sequence would be left
        return copied.words if not copied.ask_terminal or os.environ.get("TMUX") else NO_CLIPBOARD

    def end_of(self, running: Running, doing: str) -> Outcome:
        """Wait for a worker process; Ctrl-C stops it where that is safe.

        Raises:
            SmilyError: the one that it met.
            Back: it goes on by itself.
        """
        running.tell(self.heard)
        return wait_for(self.console, running.wait, doing, running.cancel)


def show_exchanges(session: Session) -> None:
    """List the HTTP exchanges, and offer the transcript."""
    from smily_tui.desktop.files import save_text
    from smily_tui.wire.explain import file_name, transcript

    console, heard = session.console, session.heard
    if not heard.exchanges:
        console.say("No requests yet.")
        return
    for number, exchange in enumerate(heard.exchanges, 1):
        console.say(*_exchange_lines(number, exchange))
    if not console.confirmed("Save this as a file, without secrets?"):
        return
    folder = console.ask_unchanged("Folder", default="~")
    now = session.stored.clock.now().wall
    path = save_text(folder, file_name(now), transcript(heard.link, heard.exchanges, now))
    console.say(f"Saved the transcript to {clean(path)}")


def _exchange_lines(number: int, exchange: Exchange) -> Iterator[str]:
    yield f"{number} {explain.title(exchange)}"
    yield f"{exchange.method} {exchange.server}{exchange.path}"
    yield from sentences(explain.why(exchange))
    yield f"Response: {exchange.status or 'none'}, after {exchange.seconds * 1000:.0f} ms."
    yield from sentences(explain.outcome(exchange))
