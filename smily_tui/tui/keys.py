"""The keys as a person wants them: the table [keys] of config.toml, checked."""

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
_NAMED: Final = frozenset(str(each.value) for each in Keys)


def read_keys(wanted: Mapping[Clean, Clean]) -> tuple[dict[str, str], tuple[Clean, ...]]:
    """The keys that can be used, by action, and words about each entry that cannot."""
    usable: dict[str, str] = {}
    ignored: list[Clean] = []
    for name, keys in wanted.items():
        written = [key.strip() for key in keys.split(",")]
        problem = next((words for key in written if (words := _problem(name, key, usable))), "")
        if problem:
            ignored.append(clean(f"[keys] {name} = “{keys}”: {problem}"))
        else:
            usable[name] = ",".join(written)
    return usable, tuple(ignored)


def _problem(name: str, key: str, others: Mapping[str, str]) -> str:
    """What speaks against a key for an action; empty where nothing does."""
    screens = [screen for screen in ON_SCREENS if any(each.name == name for each in screen)]
    if not screens:
        return "there is no such action"
    if not _is_key(key):
        return "there is no such key"
    if key in MOVING:
        return "that key is needed to move, to quit or for the palette"
    if len(key) == 1 and any(typed_into(screen) for screen in screens):
        return "a single character is typed into the fields there; take ctrl+ or a function key"
    for screen in screens:
        for each in (*screen, *EVERYWHERE):
            if each.name != name and key in _spellings(others.get(each.name, each.key)):
                return f"that key is taken: {each.label}"
    return ""


def _spellings(keys: str) -> Iterator[str]:
    """Each of the keys in the toolkit's spelling and as the character itself."""
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
