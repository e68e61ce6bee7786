"""Opening a link in the person's own browser, without ever letting a text browser take the terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TEXT_BROWSERS: Final = frozenset({"w3m", "lynx", "links", "links2", "elinks", "www-browser", "browsh"})
ASKED: Final = "Asked your browser to open it. Nothing there? Copy the link."
REMOTE: Final = "You are on a remote machine: copy the link and open it on your own computer."
NONE: Final = "No graphical browser was found here: copy the link, or show it as text."


@dataclass(frozen=True)
class Opened:
    """Whether a browser was asked, and words for the person; nobody tells whether it shows the page."""

    asked: bool
    words: str


def open_link(link: str, environ: Mapping[str, str] | None = None) -> Opened:
    """Ask a graphical browser to open an http or https link; returns at once.

    The browser runs in a session of its own with its output thrown away.
    """
    found = os.environ if environ is None else environ
    if not link.startswith(("https://", "http://")):
        return Opened(asked=False, words="Only http and https links are opened.")
    chosen = _chosen_by_person(found)
    if chosen:
        return _start([*chosen, link], found)
    if is_remote(found):
        return Opened(asked=False, words=REMOTE)
    command = _by_system(found)
    return _start([*command, link], found) if command else Opened(asked=False, words=NONE)


def is_remote(environ: Mapping[str, str]) -> bool:
    """Whether this terminal is at the other end of an SSH connection."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def _chosen_by_person(environ: Mapping[str, str]) -> list[str]:
    """The command in $BROWSER: a graphical one, or a helper that opens links on another machine."""
    for candidate in environ.get("BROWSER", "").split(os.pathsep):
        words = [word for word in shlex.split(candidate) if word != "%s"]
        if not words or Path(words[0]).name in TEXT_BROWSERS:
            continue
        if shutil.which(words[0], path=environ.get("PATH")):
            return words
    return []


def _by_system(environ: Mapping[str, str]) -> list[str]:
    if sys.platform == "darwin":
        return ["open"]
    if environ.get("WSL_DISTRO_NAME"):
        return next(([name] for name in ("wslview", "explorer.exe") if shutil.which(name)), [])
    if not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")):
        return []
    return _graphical(environ)


def _graphical(environ: Mapping[str, str]) -> list[str]:
    """The command of the first graphical browser that the standard library knows to be installed."""
    if shutil.which("xdg-open", path=environ.get("PATH")):
        return ["xdg-open"]
    try:
        browser = webbrowser.get()
    except webbrowser.Error:
        return []
    if type(browser) is webbrowser.GenericBrowser:
        return []
    name = getattr(browser, "name", "")
    return [name] if name and Path(name).name not in TEXT_BROWSERS else []


def _start(command: Sequence[str], environ: Mapping[str, str]) -> Opened:
    try:
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=dict(environ),
        )
    except OSError:
        return Opened(asked=False, words=NONE)
    return Opened(asked=True, words=ASKED)
