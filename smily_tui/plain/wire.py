"""What was said over HTTP, told in sentences, or written into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from smily_tui.plain.console import sentences
from smily_tui.text import clean
from smily_tui.wire import explain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from smily_tui.plain.session import Session
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


def tell(session: Session) -> None:
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
