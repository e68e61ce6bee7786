"""Background of the terminal, asked by OSC 11: it decides between a dark and a light theme."""

from __future__ import annotations

import os
import re
import time
from typing import Final

ASKING: Final = "\x1b]11;?\x1b\\"
"""Question to the terminal. Source: xterm's control sequences, OSC 11."""
PATIENCE: Final = 1.0
"""Seconds within which an answer counts: later, somebody reads already, and no colours change."""
LINGERING: Final = 0.2
"""Seconds that the program's end waits for an answer that counts; after it, the shell would show it."""
CUT: Final = 0.5
"""Seconds within which the rest of an answer follows its beginning."""
LONGEST: Final = 64  # characters of an answer
# consoles and old terminals do not know the question; some show a part of it
MUTE: Final = ("linux", "vt", "cons", "dumb", "unknown")
_ANSWER: Final = re.compile(r"\x1b\]11;([^\x07\x1b]*)(?:\x07|\x1b\\|(?=\x1b[^\\]))")
_BEGUN: Final = re.compile(r"\x1b\]11;[^\x07\x1b]*\x1b?\Z")
_MAY_BEGIN: Final = re.compile(r"\x1b(?:\](?:11?)?)?\Z")  # Esc and alt+] are keys as well
_RGB: Final = re.compile(r"rgba?:([0-9a-f]{1,4})/([0-9a-f]{1,4})/([0-9a-f]{1,4})", re.IGNORECASE)


class Background:
    """Question and answer; the answer is taken out of what a person types.

    The program does not wait for it, and one that comes late or makes no sense is no key either.
    """

    def __init__(self) -> None:
        self._asked_at: float | None = None
        self._held = ""
        self._held_at = 0.0

    def ask(self) -> str:
        """Return what to write to the terminal; nothing where it would not be understood."""
        term = os.environ.get("TERM", "")
        if not term or term.startswith(MUTE):
            return ""
        self._asked_at = time.monotonic()
        return ASKING

    @property
    def is_expected(self) -> bool:
        """An answer would count."""
        return self._asked_at is not None and time.monotonic() - self._asked_at < PATIENCE

    def take(self, text: str) -> tuple[str, bool | None]:
        """Return what is left of a text for the keys, and whether the terminal said that it is dark.

        The beginning of an answer is held back until its rest comes, or until that does not come.
        """
        text, self._held = self._held + text, ""
        is_dark: bool | None = None
        while answer := _ANSWER.search(text):
            if self.is_expected:
                is_dark = _is_dark(answer[1])
            self._asked_at = None
            text = text[: answer.start()] + text[answer.end() :]
        return self._hold_back(text), is_dark

    def _hold_back(self, text: str) -> str:
        begun = _BEGUN.search(text)
        start = begun or (_MAY_BEGIN.search(text) if self.is_expected else None)
        if start is None:
            self._held_at = 0.0
            return text
        self._held_at = self._held_at or time.monotonic()
        if time.monotonic() - self._held_at < CUT and len(start[0]) < LONGEST:
            self._held = start[0]
            return text[: start.start()]
        self._held_at = 0.0
        return text[: start.start()] if begun else text


def _is_dark(answer: str) -> bool | None:
    """Return whether a colour is dark; None: it is no colour."""
    colour = _RGB.match(answer)
    if colour is None:
        return None
    red, green, blue = (int(part, 16) / int("f" * len(part), 16) for part in colour.groups())
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
