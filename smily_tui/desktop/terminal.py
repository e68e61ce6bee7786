"""Terminal programs: which keys one keeps for itself, and whether it takes a text for the clipboard.

All of it is what their documentation says of them as they are installed. Sources: docs/terminals.md.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Terminal:
    """Terminal program, or a multiplexer in one.

    Attributes:
        name: as people call it.
        signs: variables that it sets, with their value where others set them, too.
        keys: keys of ours that it keeps for itself.
        get_keys: sentence on how to get them.
        takes_text: whether a program can copy a text by OSC 52; None where that depends, or is unknown.
        get_clipboard: sentence on what that depends on.
    """

    name: str
    signs: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    get_keys: str = ""
    takes_text: bool | None = None
    get_clipboard: str = ""

    @property
    def about_keys(self) -> str:
        """Sentences on the keys that it keeps; empty where it keeps none."""
        *first, last = self.keys or ("",)
        keys = f"{', '.join(first)} and {last}" if first else last
        return f"{self.name} keeps {keys} for itself. {self.get_keys}" if keys else ""


UNKNOWN: Final = Terminal("")
# the first that fits: inner ones before outer ones, whose variables they inherit
TERMINALS: Final = (
    Terminal("tmux", ("TMUX",), get_clipboard="“set-clipboard off” keeps tmux from copying."),
    Terminal("GNU Screen", ("STY",)),
    Terminal(
        "VS Code",
        ("TERM_PROGRAM=vscode",),
        ("F1", "F3", "^p", "^q"),
        "Its setting terminal.integrated.sendKeybindingsToShell passes them on.",
        takes_text=True,
    ),
    Terminal("Terminal.app", ("TERM_PROGRAM=Apple_Terminal",), takes_text=False),
    Terminal(
        "iTerm2",
        ("TERM_PROGRAM=iTerm.app", "LC_TERMINAL=iTerm2"),
        get_clipboard="Allow clipboard access in iTerm2: Settings, General, Selection.",
    ),
    Terminal("WezTerm", ("TERM_PROGRAM=WezTerm",), takes_text=True),
    Terminal("Kitty", ("KITTY_WINDOW_ID", "TERM=xterm-kitty"), takes_text=True),
    Terminal("Windows Terminal", ("WT_SESSION",), takes_text=True),
    Terminal("GNOME Terminal", ("VTE_VERSION",)),
)


def terminal_of(environ: Mapping[str, str] = os.environ) -> Terminal:
    """Return the terminal that the environment names; `UNKNOWN` where it names none."""
    return next((one for one in TERMINALS if any(_is_set(sign, environ) for sign in one.signs)), UNKNOWN)


def _is_set(sign: str, environ: Mapping[str, str]) -> bool:
    variable, _, value = sign.partition("=")
    return environ.get(variable) == value if value else bool(environ.get(variable))
