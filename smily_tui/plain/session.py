"""What every part of the dialogue has at hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.plain.waiting import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from smily_tui.accounts import Authorizations
    from smily_tui.demo import DemoInfo
    from smily_tui.plain.console import Console
    from smily_tui.plain.outside import Outside
    from smily_tui.plain.wire import Heard
    from smily_tui.tokens.jobs import Outcome
    from smily_tui.tokens.running import Running

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
    stored: Authorizations
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
