"""Session of the plain mode: accounts, browser, clipboard and wire view."""

from __future__ import annotations

import functools
import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.plain.console import sentences, wait_for
from smily_tui.secret import Secret
from smily_tui.text import clean
from smily_tui.wire import explain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from smily_tui.accounts import Accounts
    from smily_tui.demo import DemoInfo
    from smily_tui.desktop.browser import Opened
    from smily_tui.desktop.clipboard import Copied
    from smily_tui.plain.console import Console
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.running import Running
    from smily_tui.wire.redaction import Exchange


KEPT: Final = 100


class Heard:
    """Listens to helpers; in memory only, and masked by the process that sent it."""

    def __init__(self) -> None:
        self.link = ""
        self.exchanges: list[Exchange] = []

    def step(self, name: str) -> None:
        """A helper has come to a step, which its exchange will tell."""

    def exchange(self, exchange: Exchange) -> None:
        """A request was answered, or not."""
        self.exchanges = [*self.exchanges, exchange][-KEPT:]


def show_exchanges(session: Session) -> None:
    """Say what was said, and offer the transcript."""
    from smily_tui.desktop.files import save_text
    from smily_tui.wire.explain import file_name, transcript

    console, heard = session.console, session.heard
    if not heard.exchanges:
        console.say("Nothing was said yet.")
        return
    for number, each in enumerate(heard.exchanges, 1):
        console.say(*_lines(number, each))
    if not console.confirmed("Write it into a file, masked?"):
        return
    folder = console.ask("Folder", default="~")
    now = session.stored.clock.now().wall
    path = save_text(folder, file_name(now), transcript(heard.link, heard.exchanges, now))
    console.say(f"The transcript is in {clean(path)}")


def _lines(number: int, each: Exchange) -> Iterator[str]:
    yield f"{number} {explain.title(each)}"
    yield f"{each.method} {each.server}{each.path}"
    yield from sentences(explain.why(each))
    yield f"Answer: {each.status or 'none'}, after {each.seconds * 1000:.0f} ms."
    yield from sentences(explain.outcome(each))


CLEARED_AFTER: Final = 30.0
NO_CLIPBOARD: Final = "Not copied: there is no clipboard here that can be read back."


class Outside:
    """Browser and clipboard.

    Args:
        open_link, copy, clear: what opens a link, copies a text, and clears the clipboard of it; tests
            pass their own.
        way: which clipboard, one of `clipboard.WAYS`; by itself where it is none of them.
    """

    def __init__(
        self,
        open_link: Callable[[str], Opened] | None = None,
        copy: Callable[[str | Secret], Copied] | None = None,
        clear: Callable[[Secret], None] | None = None,
        way: str = "",
    ) -> None:
        from smily_tui.desktop import browser, clipboard

        self._open_link = open_link or browser.open_link
        self._copy = copy or functools.partial(
            clipboard.copy, way=way if way in clipboard.WAYS else clipboard.WAYS[0]
        )
        self._clear = clear or clipboard.clear_if_unchanged
        self._pending: tuple[threading.Timer, Secret] | None = None

    def open(self, link: str) -> str:
        """Ask a browser to open a link; the words say how it went."""
        return self._open_link(link).words

    def copy(self, text: str | Secret) -> str:
        """Copy a text; the words say how it went. Nothing is sent to the terminal for it: no sequences."""
        copied = self._copy(text)
        if isinstance(text, Secret):
            if not copied.verified:
                return copied.words
            self._clear_later(text)
            return f"{copied.words} The clipboard is cleared in {CLEARED_AFTER:.0f} s if it still holds it."
        return copied.words if not copied.ask_terminal or os.environ.get("TMUX") else NO_CLIPBOARD

    def _clear_later(self, text: Secret) -> None:
        if self._pending is not None:
            self._pending[0].cancel()
        timer = threading.Timer(CLEARED_AFTER, self._clear, (text,))
        timer.daemon = True
        timer.start()
        self._pending = (timer, text)

    def close(self) -> str:
        """Clear the clipboard now if that is still to be done; words where it was."""
        if self._pending is None or not self._pending[0].is_alive():
            return ""
        from smily_tui.desktop.clipboard import CLEARED

        timer, text = self._pending
        timer.cancel()
        self._clear(text)
        return CLEARED


REFRESH: Final = "refresh"
AGAIN: Final = "again"


@dataclass(frozen=True)
class Session:
    """One dialogue.

    Attributes:
        console: says and asks.
        stored: what is stored, and every change to it.
        outside: browser and clipboard.
        heard: what was said over HTTP.
        doctor: looks at everything; gives its findings as lines.
        demo: what the demo fills in; None outside of it.
    """

    console: Console
    stored: Accounts
    outside: Outside
    heard: Heard
    doctor: Callable[[], Iterable[str]]
    demo: DemoInfo | None = None

    def end_of(self, running: Running, doing: str) -> Outcome:
        """Wait for a helper; Ctrl-C stops it where that is safe.

        Raises:
            SmilyError: the one that it met.
            Back: it goes on by itself.
        """
        running.tell(self.heard)
        return wait_for(self.console, running.wait, doing, running.cancel)
