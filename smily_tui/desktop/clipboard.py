"""Copying text, with honest words: "copied" only where reading back gave the same text."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.desktop.browser import is_remote

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIMIT: Final = 3.0
COPIED: Final = "Copied."
SENT: Final = "Sent to your terminal's clipboard. If pasting gives something else, show it as text."
# In a process of its own: some clipboard tools hang, and some write errors over the screen.
_CHILD: Final = (
    "import sys, pyperclip\n"
    "text = sys.stdin.read()\n"
    "pyperclip.copy(text)\n"
    "sys.exit(0 if pyperclip.paste() == text else 3)\n"
)
_CLEAR: Final = (
    "import sys, pyperclip\ntext = sys.stdin.read()\nif pyperclip.paste() == text:\n    pyperclip.copy('')\n"
)


@dataclass(frozen=True)
class Copied:
    """How copying went.

    Attributes:
        verified: the clipboard was read back and held the text.
        words: what to tell the person.
        ask_terminal: the caller should also send the text by OSC 52, which nobody acknowledges.
    """

    verified: bool
    words: str
    ask_terminal: bool


def copy(text: str, environ: Mapping[str, str] | None = None) -> Copied:
    """Copy `text`; takes 3 s at most for each way that is tried."""
    found = os.environ if environ is None else environ
    if not is_remote(found) and _run([sys.executable, "-P", "-c", _CHILD], text, found):
        return Copied(verified=True, words=COPIED, ask_terminal=False)
    if found.get("TMUX") and shutil.which("tmux", path=found.get("PATH")):
        _run(["tmux", "load-buffer", "-w", "-"], text, found)
    return Copied(verified=False, words=SENT, ask_terminal=True)


def clear_if_unchanged(text: str, environ: Mapping[str, str] | None = None) -> None:
    """Empty the clipboard if it still holds `text`; what was copied since stays."""
    found = os.environ if environ is None else environ
    if not is_remote(found):
        _run([sys.executable, "-P", "-c", _CLEAR], text, found)


def _run(command: Sequence[str], text: str, environ: Mapping[str, str]) -> bool:
    """Whether the command took the text from its stdin and ended well in time."""
    try:
        ended = subprocess.run(
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            timeout=LIMIT,
            env=dict(environ),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0
