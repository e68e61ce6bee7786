"""Keys from the table [keys] of config.toml, checked before they become Textual's keymap.

Textual's own check does not do: `App.handle_bindings_clash` (Textual 8.2) is called when a screen is shown,
not at the start, and not for the key of an action that is not moved: that would lose its key silently.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from textual.keys import Keys

from smily_tui.text import Clean, clean
from smily_tui.tui.actions import EVERYWHERE, ON_SCREENS, typed_into

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOVING: Final = frozenset({"tab", "shift+tab", "enter", "up", "down", "left", "right", "ctrl+p", "ctrl+q"})
_MODIFIERS: Final = re.compile(r"(?:(?:ctrl|alt|shift)\+)*(?=.)")
_NAMED: Final = frozenset(str(key.value) for key in Keys)


def read_keys(entries: Mapping[Clean, Clean]) -> tuple[dict[str, str], tuple[Clean, ...]]:
    """Return the usable keys by action, and a remark on each entry that cannot be used."""
    usable: dict[str, str] = {}
    ignored: list[Clean] = []
    for name, keys in entries.items():
        written = [key.strip() for key in keys.split(",")]
        problem = next((reason for key in written if (reason := _problem(name, key, usable))), "")
        if problem:
            ignored.append(clean(f"[keys] {name} = “{keys}”: {problem}"))
        else:
            usable[name] = ",".join(written)
    return usable, tuple(ignored)


def _problem(name: str, key: str, usable: Mapping[str, str]) -> str:
    """Return why a key cannot be used for an action; empty: it can."""
    screens = [screen for screen in ON_SCREENS if any(action.name == name for action in screen)]
    if not screens:
        return "unknown action"
    if not _is_key(key):
        return "unknown key"
    if key in MOVING:
        return "reserved for moving, quitting or the palette"
    if len(key) == 1 and any(typed_into(screen) for screen in screens):
        return "single characters are typed into fields there. Use ctrl+ or a function key"
    for screen in screens:
        for action in (*screen, *EVERYWHERE):
            if action.name != name and key in _spellings(usable.get(action.name, action.key)):
                return f"already used for {action.label}"
    return ""


def _spellings(keys: str) -> Iterator[str]:
    """Yield the keys in Textual's spelling and as the character itself."""
    for key in keys.split(","):
        yield key
        yield {"slash": "/", "question_mark": "?"}.get(key, key)


def _is_key(key: str) -> bool:
    last = _MODIFIERS.sub("", key, count=1)
    if len(last) == 1:
        return last.isprintable() and not last.isspace()
    return key in _NAMED or last in _NAMED or _is_name_of_character(last)


def _is_name_of_character(name: str) -> bool:
    try:
        unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name in {"slash", "backslash", "at", "minus", "plus", "underscore"}
    return True
