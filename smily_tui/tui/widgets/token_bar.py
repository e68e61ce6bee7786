"""Token in clear for half a minute, on a line of its own, so that it can be selected."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from smily_tui.messages.accounts import HIDES_IN

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.timer import Timer

    from smily_tui.secret import Secret

REVEALED_FOR: Final = 30  # seconds


class TokenBar(Vertical):
    """Name of a token with the seconds until it is hidden, and the token below."""

    DEFAULT_CSS = """
    TokenBar { display: none; height: auto; padding: 0 2; background: $surface; }
    TokenBar #token { text-wrap: wrap; text-overflow: fold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._token_of: Callable[[], Secret | None] = lambda: None
        self._until = 0.0
        self.now: Callable[[], float] = time.monotonic
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="token-name", markup=False)
        yield Static("", id="token", markup=False)

    def toggle(self, name: str, token_of: Callable[[], Secret | None]) -> None:
        """Show a token as it is stored each second, or hide it where it is shown already."""
        if self.display and name == self._title:
            self.hide()
            return
        self.hide()
        self._title, self._token_of, self._until = name, token_of, self.now() + REVEALED_FOR
        self._timer = self.set_interval(1.0, self._show)
        self._show()

    def hide(self) -> None:
        """Hide the token, and keep nothing of it."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        self.display = False
        self._token_of = lambda: None
        self.query_one("#token", Static).update("")

    def _show(self) -> None:
        token, left = self._token_of(), math.ceil(self._until - self.now())
        if not token or left <= 0:
            self.hide()
            return
        hides = HIDES_IN.format(seconds=left)
        self.query_one("#token-name", Static).update(
            Content.assemble((self._title, "bold"), (f"   {hides}", "$text-muted"))
        )
        self.query_one("#token", Static).update(Content(token.reveal()))
        self.display = True
