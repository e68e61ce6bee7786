"""What a person prefers: looks and keys, from the tables [tui] and [keys] of config.toml."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from smily_tui.records import Record
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ANIMATIONS: Final = ("none", "basic", "full")
CLIPBOARDS: Final = ("auto", "system", "osc52", "off")
_NONE: Final = Clean("")


@dataclass(frozen=True)
class Preferences:
    """What the settings file says about looks and keys; where it says nothing, the program's own choice.

    Attributes:
        theme: the name of a theme; empty: none is chosen.
        ascii: show nothing but ASCII.
        animation: one of `ANIMATIONS`; empty: none is chosen.
        keys: action to keys, as a person wrote them.
        ignored: what could not be used, in words.
        clipboard: one of `CLIPBOARDS`; empty: none is chosen.
    """

    theme: Clean = _NONE
    ascii: bool = False
    animation: Clean = _NONE
    keys: Mapping[Clean, Clean] = field(default_factory=dict)
    ignored: tuple[Clean, ...] = ()
    clipboard: Clean = _NONE


def read_preferences(document: Record) -> Preferences:
    """The preferences in a parsed settings file; what cannot be used is ignored and named."""
    ignored: list[Clean] = []
    tui, keys = (_table(document, name, ignored) for name in ("tui", "keys"))
    return Preferences(
        theme=_text(tui, "theme", ignored),
        ascii=_flag(tui, "ascii", ignored),
        animation=_choice(tui, "animation", ANIMATIONS, ignored),
        clipboard=_choice(tui, "clipboard", CLIPBOARDS, ignored),
        keys={clean(name): key for name in keys if (key := _text(keys, name, ignored, "keys"))},
        ignored=tuple(ignored),
    )


def _table(document: Record, name: str, ignored: list[Clean]) -> Record:
    found = document.get(name)
    if isinstance(found, Record):
        return found
    if name in document:
        ignored.append(clean(f"{name} must be a table"))
    return Record({})


def _text(table: Record, name: str, ignored: list[Clean], of: str = "tui") -> Clean:
    found = table.get(name)
    if isinstance(found, Untrusted):
        return clean(found)
    if name in table:
        ignored.append(clean(f"{name} in [{of}] must be text in quotes"))
    return _NONE


def _choice(table: Record, name: str, choices: Sequence[str], ignored: list[Clean]) -> Clean:
    found = _text(table, name, ignored)
    if not found or found in choices:
        return found
    ignored.append(not_one_of(name, found, choices))
    return _NONE


def not_one_of(name: str, value: str, choices: Sequence[str]) -> Clean:
    """In words: what was chosen for a setting of [tui] is not there to be chosen."""
    return clean(f"[tui] {name} = “{value}”: it can be {', '.join(choices)}")


def _flag(table: Record, name: str, ignored: list[Clean]) -> bool:
    found = table.get(name)
    if isinstance(found, bool):
        return found
    if name in table:
        ignored.append(clean(f"{name} in [tui] must be true or false"))
    return False
