"""What leaves the terminal from the plain mode: a link to a browser, a text to the clipboard."""

from __future__ import annotations

import functools
import os
import threading
from typing import TYPE_CHECKING, Final

from smily_tui.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.desktop.browser import Opened
    from smily_tui.desktop.clipboard import Copied

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
