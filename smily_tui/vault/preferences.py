"""What a person prefers: looks and keys, from the tables [tui] and [keys] of config.toml."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Mapping

_Value = TypeVar("_Value", str, bool)
_KINDS: Final = {str: "text in quotes", bool: "true or false"}


@dataclass(frozen=True)
class Preferences:
    """What the settings file says about looks and keys; where it says nothing, the program's own choice.

    Attributes:
        theme: the name of a theme; empty: none is chosen.
        ascii: show nothing but ASCII.
        animation: "full", "basic" or "none"; empty: none is chosen.
        keys: action to keys, as a person wrote them.
        ignored: what could not be used, in words.
    """

    theme: str = ""
    ascii: bool = False
    animation: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[Clean, ...] = ()


def read_preferences(document: Mapping[str, Any]) -> Preferences:
    """The preferences in a parsed settings file; what has a wrong type is ignored and named."""
    ignored: list[Clean] = []
    tui, keys = (_table(document, name, ignored) for name in ("tui", "keys"))
    return Preferences(
        theme=_value(tui, "theme", "", ignored),
        ascii=_value(tui, "ascii", False, ignored),
        animation=_value(tui, "animation", "", ignored),
        keys={clean(name): key for name in keys if (key := _value(keys, name, "", ignored, "keys"))},
        ignored=tuple(ignored),
    )


def _table(document: Mapping[str, Any], name: str, ignored: list[Clean]) -> Mapping[str, Any]:
    found = document.get(name, {})
    if isinstance(found, dict):
        return found
    ignored.append(clean(f"{name} must be a table"))
    return {}


def _value(
    table: Mapping[str, Any], name: str, default: _Value, ignored: list[Clean], of: str = "tui"
) -> _Value:
    found = table.get(name, default)
    if isinstance(found, type(default)):
        return found
    ignored.append(clean(f"{name} in [{of}] must be {_KINDS[type(default)]}"))
    return default
