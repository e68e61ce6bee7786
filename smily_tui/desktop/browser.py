"""Browser: open a link in the person's own, and never let a text browser take the terminal unasked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from smily_tui.system import here, reaped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TEXT_BROWSERS: Final = ("w3m", "lynx", "links", "links2", "elinks", "www-browser", "browsh")
FAILS_WITHIN: Final = 1.0
ASKED: Final = "Asked your browser to open it. Nothing there? Copy the link."
REMOTE: Final = "You are on a remote machine. Copy the link and open it on your own computer."
NONE: Final = "No graphical browser found. Copy the link, or show it as text."
NO_LINK: Final = "Only http and https links can be opened."
_LINK = re.compile(r"https?://[\x21-\x7e]+", re.IGNORECASE)


@dataclass(frozen=True)
class Opened:
    """Result of asking a browser, in words for the person; nobody tells whether it shows the page."""

    asked: bool
    words: str


def open_link(link: str, environ: Mapping[str, str] = os.environ) -> Opened:
    """Ask a graphical browser to open an http or https link; takes 1 s at most for each that is tried.

    The browser runs in a session of its own with its input and output on /dev/null.
    """
    if not _LINK.fullmatch(link):
        return Opened(asked=False, words=NO_LINK)
    for command in _commands(link, environ):
        if _starts(command, environ):
            return Opened(asked=True, words=ASKED)
    return Opened(asked=False, words=REMOTE if is_remote(environ) else NONE)


def text_browser(environ: Mapping[str, str] = os.environ) -> str:
    """Return the name of a browser that shows pages in the terminal; empty where there is none."""
    return next((name for name in TEXT_BROWSERS if shutil.which(name, path=environ.get("PATH"))), "")


def open_in_terminal(name: str, link: str) -> None:
    """Give the terminal to a text browser until the person leaves it; only for http and https links."""
    if _LINK.fullmatch(link):
        subprocess.run([name, link], check=False)


def is_remote(environ: Mapping[str, str]) -> bool:
    """Return whether this terminal is at the other end of an SSH connection."""
    return any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"))


def _commands(link: str, environ: Mapping[str, str]) -> Iterator[list[str]]:
    """List the commands that may open the link, the person's own choice first."""
    yield from _chosen_by_person(link, environ)
    if is_remote(environ):
        return  # a browser there would open on a screen that nobody sees
    for command in here.browsers(environ):
        arguments = command.split()
        if shutil.which(arguments[0], path=environ.get("PATH")):
            yield [*arguments, link]


def _chosen_by_person(link: str, environ: Mapping[str, str]) -> Iterator[list[str]]:
    """List the commands in $BROWSER: graphical ones, or a helper that opens links on another machine."""
    # a list with %s for the link, as the webbrowser module of Python reads it
    for candidate in environ.get("BROWSER", "").split(os.pathsep):
        try:
            arguments = here.split(candidate)
        except ValueError:  # a quote without its end
            continue
        if not arguments or Path(arguments[0]).name in TEXT_BROWSERS:
            continue
        # after the split, and to no shell: nothing in the link can become another argument
        filled = [argument.replace("%s", link) for argument in arguments]
        yield filled if filled != arguments else [*arguments, link]


def _starts(command: Sequence[str], environ: Mapping[str, str]) -> bool:
    """Start a command and leave it alone; whether it did not fail at once."""
    try:
        # not by the webbrowser module: it lets stderr of a browser through, and w3m freezes a full screen
        started = here.start_detached(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=dict(environ),
        )
    except OSError:
        return False
    with reaped(started):
        try:
            return started.wait(FAILS_WITHIN) == 0
        except subprocess.TimeoutExpired:
            return True
