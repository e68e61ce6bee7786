"""Typed access to untrusted JSON or TOML; strings are returned as `Untrusted`.

A missing field raises KeyError; a field of another type raises TypeError or ValueError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, Union, final

from smily_tui.clock import Instant
from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from collections.abc import Iterator


Value = Union[Untrusted, bool, int, float, None, "Record", tuple["Value", ...]]
_WORD: Final = re.compile(r"[!-~]*")


@final
class Record:
    """The fields of one object."""

    __slots__ = ("__fields",)

    def __init__(self, fields: object) -> None:
        if not isinstance(fields, Mapping):
            raise TypeError("no object")
        self.__fields: Mapping[str, object] = fields

    def __contains__(self, name: str) -> bool:
        return name in self.__fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.__fields)

    def __eq__(self, other: object) -> bool:
        return self.__fields == other.without() if isinstance(other, Record) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Record({len(self.__fields)} fields)"

    def __getitem__(self, name: str) -> Value:
        return _value(self.__fields[name])

    def get(self, name: str) -> Value:
        """A field of any kind; None where it is not there."""
        return _value(self.__fields.get(name))

    def items(self) -> Iterator[tuple[Untrusted, Value]]:
        """All fields."""
        return ((Untrusted(name), _value(each)) for name, each in self.__fields.items())

    def text(self, name: str) -> Untrusted:
        """Any text."""
        return _text(self[name])

    def texts(self, name: str) -> tuple[Untrusted, ...]:
        """A list of any texts."""
        return tuple(_text(each) for each in self.values(name))

    def word(self, name: str) -> str:
        """Visible ASCII without blanks, such as an address, an identifier or a fingerprint."""
        return _word(self[name])

    def origin(self, name: str) -> Origin:
        """A server's origin, in its normal form; raises BadServer, a ValueError, for any other address."""
        return Origin(self.text(name).for_parsing())

    def words(self, name: str) -> tuple[str, ...]:
        """A list of such words."""
        return tuple(_word(each) for each in self.values(name))

    def secret(self, name: str) -> Secret:
        """A secret."""
        return Secret(self.text(name).for_parsing())

    def number(self, name: str) -> float:
        """A finite number."""
        return _number(self[name])

    def whole(self, name: str) -> int:
        """A whole number."""
        found = self.__fields[name]
        if isinstance(found, bool) or not isinstance(found, int):
            raise TypeError("no whole number")
        return found

    def flag(self, name: str) -> bool:
        """Yes or no."""
        found = self.__fields[name]
        if not isinstance(found, bool):
            raise TypeError("neither yes nor no")
        return found

    def instant(self, name: str) -> Instant:
        """A moment, as a list of wall clock, boot and time since boot."""
        wall, boot, boottime = self.values(name)
        return Instant(_number(wall), _word(boot), _number(boottime))

    def values(self, name: str) -> tuple[Value, ...]:
        """A list."""
        found = self[name]
        if not isinstance(found, tuple):
            raise TypeError("no list")
        return found

    def record(self, name: str) -> Record:
        """An object in this one."""
        return Record(self.__fields[name])

    def records(self, name: str) -> tuple[Record, ...]:
        """A list of objects."""
        found = self.values(name)
        if not all(isinstance(each, Record) for each in found):
            raise TypeError("no list of objects")
        return tuple(each for each in found if isinstance(each, Record))

    def rows(self, name: str, *fields: str) -> tuple[Record, ...]:
        """A list of lists of the same length, each as an object with those fields."""
        found = self.__fields[name]
        if not isinstance(found, list):
            raise TypeError("no list")
        return tuple(Record(dict(zip(fields, each, strict=True))) for each in found)

    def given(self, name: str) -> bool:
        """Whether the field, which must be there, holds anything but null."""
        return self.__fields[name] is not None

    def without(self, *known: str) -> dict[str, object]:
        """The fields but some, as they came: to be written again, and never to be shown."""
        return {name: each for name, each in self.__fields.items() if name not in known}


def _value(raw: object) -> Value:
    if raw is None or isinstance(raw, bool | int | float):
        return raw
    if isinstance(raw, Mapping):
        return Record(raw)
    if isinstance(raw, list | tuple):
        return tuple(_value(each) for each in raw)
    return Untrusted(str(raw))  # TOML has dates, too


def _text(found: Value) -> Untrusted:
    if not isinstance(found, Untrusted):
        raise TypeError("no text")
    return found


def _word(found: Value) -> str:
    word = _text(found).for_parsing()
    if not _WORD.fullmatch(word):
        raise ValueError("not a word")
    return word


def _number(found: Value) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise TypeError("no number")
    if not math.isfinite(found):
        raise ValueError("not finite")
    return float(found)
