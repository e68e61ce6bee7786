"""Clipboard: report success only after reading the same text back."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from smily_tui.desktop.browser import is_remote
from smily_tui.desktop.terminal import terminal_of
from smily_tui.secret import Secret
from smily_tui.system import START, here

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CLEARED_AFTER: Final = 30.0  # seconds that a secret stays in the clipboard
LIMIT: Final = 2.0  # seconds for the system's clipboard; with what else is done it stays below 3
TMUX_LIMIT: Final = 0.4
COPIED: Final = "Copied."
SENT: Final = "Sent to your terminal's clipboard. If pasting gives something else, show it as text."
CLEARS: Final = f"It will be cleared in {CLEARED_AFTER:.0f} s."
CLEARED: Final = "The token is no longer in the clipboard."
IGNORED: Final = "Not copied: {name} takes no text from programs. Show it as text."
OFF: Final = "Not copied: the settings say clipboard = “off”. Show it as text."
WAYS: Final = ("auto", "system", "osc52", "off")
NOT_COPIED: Final = "Not copied: there is no clipboard here that can be cleared again."
# In a process of its own: some clipboard tools hang, and some write errors over the screen.
_BEGIN: Final = """
import sys, time, pyperclip
from smily_tui.system import here
text = sys.stdin.buffer.read().decode()
here.end_after(float(sys.argv[1]))
"""
# An X server gives the clipboard to its new owner a moment after the tool said that it took the text.
_SOON: Final = """
def soon(is_done):
    ends = time.monotonic() + 1
    while not is_done():
        if time.monotonic() > ends:
            sys.exit(3)
        time.sleep(0.02)
"""
# read back: without an X server at DISPLAY pyperclip reports success although xclip failed
_COPY: Final = _BEGIN + _SOON + "pyperclip.copy(text)\nsoon(lambda: pyperclip.paste() == text)\n"
_LOOK: Final = _BEGIN + "pyperclip.paste()\n"
_CLEAR: Final = (
    _BEGIN
    + _SOON
    + "if pyperclip.paste() == text:\n    pyperclip.copy('')\n    soon(lambda: pyperclip.paste() != text)\n"
)


@dataclass(frozen=True)
class Copied:
    """Result of copying.

    Attributes:
        verified: the clipboard was read back and held the text.
        words: what to tell the person.
        ask_terminal: the caller should also send the text by OSC 52, which nobody acknowledges.
    """

    verified: bool
    words: str
    ask_terminal: bool


class Clipboard:
    """Clipboard from which a copied secret is cleared again after `CLEARED_AFTER` seconds.

    Args:
        way: one of `WAYS`; the first of them where it is none of these.
        write: copies a text; `copy` below by default.
        clear: empties the clipboard if it still holds a secret; `clear_if_unchanged` by default.
        timer: makes a timer thread; tests pass one that does not wait.
    """

    def __init__(
        self,
        way: str = "",
        write: Callable[[str | Secret], Copied] | None = None,
        clear: Callable[[Secret], None] | None = None,
        timer: Callable[..., threading.Timer] = threading.Timer,
    ) -> None:
        self.way = way if way in WAYS else WAYS[0]
        self._write = write or partial(copy, way=self.way)
        self._clear = clear or clear_if_unchanged
        self._make_timer = timer
        self._pending: tuple[threading.Timer, Secret] | None = None

    def copy(self, text: str | Secret) -> Copied:
        """Copy `text`; a secret that arrived is cleared again later, and the words say so."""
        copied = self._write(text)
        if not (isinstance(text, Secret) and copied.verified):
            return copied
        self._clear_later(text)
        return replace(copied, words=f"{copied.words} {CLEARS}")

    def _clear_later(self, secret: Secret) -> None:
        if self._pending is not None:
            self._pending[0].cancel()
        timer = self._make_timer(CLEARED_AFTER, self._clear, (secret,))
        # the end of the program calls `close`; it does not wait for 30 s
        timer.daemon = True
        timer.start()
        self._pending = (timer, secret)

    def close(self) -> bool:
        """Clear the clipboard now if a secret waits to be cleared; return whether one did."""
        if self._pending is None or not self._pending[0].is_alive():
            return False
        timer, secret = self._pending
        timer.cancel()
        self._clear(secret)
        return True


def copy(text: str | Secret, environ: Mapping[str, str] = os.environ, way: str = "auto") -> Copied:
    """Copy `text`; takes less than 3 s, whatever hangs.

    `way` is one of `WAYS`: the system's clipboard first and else the terminal, one of them alone, or neither.
    A `Secret` goes to a clipboard that can be cleared again or nowhere: not through the terminal, whose
    multiplexer and recordings would keep it.
    """
    if way == "off":
        return Copied(verified=False, words=OFF, ask_terminal=False)
    # over SSH pyperclip would fill the clipboard of the remote machine
    if way != "osc52" and not is_remote(environ) and _python(_COPY, text, environ):
        return Copied(verified=True, words=COPIED, ask_terminal=False)
    if isinstance(text, Secret) or way == "system":
        return Copied(verified=False, words=NOT_COPIED, ask_terminal=False)
    terminal = terminal_of(environ)
    if terminal.takes_text is False:
        return Copied(verified=False, words=IGNORED.format(name=terminal.name), ask_terminal=False)
    # tmux ignores OSC 52 of programs by default (set-clipboard external); load-buffer -w always works
    if environ.get("TMUX") and shutil.which("tmux", path=environ.get("PATH")):
        _run(["tmux", "load-buffer", "-w", "-"], text, environ, TMUX_LIMIT)
    return Copied(verified=False, words=f"{SENT} {terminal.get_clipboard}".rstrip(), ask_terminal=True)


def is_readable(environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether there is a clipboard that can be read back; nothing is changed in it."""
    return not is_remote(environ) and _python(_LOOK, "", environ)


def clear_if_unchanged(text: str | Secret, environ: Mapping[str, str] = os.environ) -> None:
    """Empty the clipboard if it still holds `text`; what was copied since stays.

    Where that fails it is tried once more, in what is left of the time.
    """
    ends = time.monotonic() + LIMIT
    if not is_remote(environ) and not _python(_CLEAR, text, environ):
        _python(_CLEAR, text, environ, max(ends - time.monotonic(), 0.0))


def _python(code: str, text: str | Secret, environ: Mapping[str, str], limit: float = LIMIT) -> bool:
    if not limit:
        return False
    plain = text.reveal() if isinstance(text, Secret) else text
    # text on stdin: what stands in arguments every user can see; -P: no pyperclip.py of the current folder
    return _run([sys.executable, "-P", "-X", "utf8", "-c", code, f"{limit}"], plain, environ, START + limit)


def _run(command: Sequence[str], text: str, environ: Mapping[str, str], limit: float) -> bool:
    """Return whether the command took the text from its stdin and ended well within `limit` seconds."""
    try:
        started = here.start_detached(
            command,
            stdin=subprocess.PIPE,
            # xclip stays alive to hold the text, and would keep a pipe open
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
        )
    except OSError:
        return False
    with started:
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.communicate(text.encode("utf-8", "surrogatepass"), timeout=limit)
        if started.poll() in {None, here.TIMED_OUT}:
            # with the tools that it started, which hold the text
            here.kill(started)
    return started.returncode == 0
