"""Typed access to untrusted JSON or TOML, and the codec between dataclasses and JSON.

Strings are returned as `Untrusted`. A missing field raises KeyError; a field of another type raises TypeError
or ValueError. `encode` and `decode` follow the annotations of a dataclass or named tuple: `str` is an
identifier, `Clean` any text, a nested record an object; `Annotated[T, Codec(...)]` gives a field a form of
its own, `Annotated[T, Stored(...)]` a place of its own.
"""

from __future__ import annotations

import functools
import itertools
import math
import re
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, TypeVar, Union, final

from smily_tui.clock import Instant
from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.system import Machine
from smily_tui.text import Clean, Untrusted, are_clean, clean

Value = Union[Untrusted, bool, int, float, None, "Record", tuple["Value", ...]]
_T = TypeVar("_T")
_IDENTIFIER: Final = re.compile(r"[!-~]*")


@final
class Record:
    """Fields of one object."""

    __slots__ = ("__fields",)

    def __init__(self, fields: object) -> None:
        # dict first, here as below: an abstract class is slow to ask
        if not isinstance(fields, (dict, Mapping)):
            raise TypeError("no object")
        self.__fields: Mapping[str, object] = fields

    def __contains__(self, name: str) -> bool:
        return name in self.__fields

    def __iter__(self) -> Iterator[str]:
        return iter(self.__fields)

    def __eq__(self, other: object) -> bool:
        return self.__fields == other.raw() if isinstance(other, Record) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Record({len(self.__fields)} fields)"

    def __getitem__(self, name: str) -> Value:
        return _value(self.__fields[name])

    def get(self, name: str) -> Value:
        """Return a value of any kind; None where the field is missing."""
        return _value(self.__fields.get(name))

    def items(self) -> Iterator[tuple[Untrusted, Value]]:
        """Yield all fields."""
        return ((Untrusted(name), _value(value)) for name, value in self.__fields.items())

    def text(self, name: str) -> Untrusted:
        """Return any text."""
        return _text(self[name])

    def texts(self, name: str) -> tuple[Untrusted, ...]:
        """Return a list of any texts."""
        return tuple(_text(item) for item in self.values(name))

    def identifier(self, name: str) -> str:
        """Return visible ASCII without blanks, such as an address or a fingerprint."""
        return _identifier(self.text(name).for_parsing())

    def origin(self, name: str) -> Origin:
        """Return a server's origin in its normal form; raises BadServer, a ValueError, where it is none."""
        return Origin(self.text(name).for_parsing())

    def secret(self, name: str) -> Secret:
        """Return a secret."""
        return Secret(self.text(name).for_parsing())

    def number(self, name: str) -> float:
        """Return a finite number."""
        return _number(self.__fields[name])

    def integer(self, name: str) -> int:
        """Return an integer; true and false are none."""
        return _integer(self.__fields[name])

    def instant(self, name: str) -> Instant:
        """Return a moment, stored as a list of wall clock, boot and time since boot."""
        return _instant(self.__fields[name])

    def values(self, name: str) -> tuple[Value, ...]:
        """Return a list of any values."""
        return _instance(self[name], tuple)

    def record(self, name: str) -> Record:
        """Return a nested object."""
        return Record(self.__fields[name])

    def records(self, name: str) -> tuple[Record, ...]:
        """Return a list of objects."""
        return tuple(_instance(item, Record) for item in self.values(name))

    def decoded(self, name: str, codec: Codec) -> tuple[Any, ...]:
        """Return a list of what the codec reads."""
        return tuple(map(codec.decode, _list(self.__fields[name])))

    def is_set(self, name: str) -> bool:
        """Return whether a field, which must be there, is not null."""
        return self.__fields[name] is not None

    def raw(self, *names: str) -> dict[str, object]:
        """Return all fields but those named, as they came: to be saved again, and never to be shown."""
        excluded = frozenset(names)
        return {name: value for name, value in self.__fields.items() if name not in excluded}


def _value(raw: object) -> Value:
    if isinstance(raw, str):
        return Untrusted(raw)
    if raw is None or isinstance(raw, (bool, int, float)):
        return raw
    if isinstance(raw, (dict, Mapping)):
        return Record(raw)
    if isinstance(raw, (list, tuple)):
        return tuple(_value(item) for item in raw)
    return Untrusted(str(raw))  # TOML has dates, too


def _instance(value: object, cls: type[_T]) -> _T:
    if not isinstance(value, cls):
        raise TypeError(f"no {cls.__name__}")
    return value


def _text(value: Value) -> Untrusted:
    return _instance(value, Untrusted)


# -- values as JSON has them, unchecked: only these functions and codecs see them --------------------------


def _string(raw: object) -> str:
    if not isinstance(raw, str):
        raise TypeError("no text")
    return raw


@functools.lru_cache(256)  # thousands of accounts have the same few: client, scopes, boot
def _identifier(raw: object) -> str:
    text = _string(raw)
    if not _IDENTIFIER.fullmatch(text):
        raise ValueError("no identifier")
    return text


def _number(raw: object) -> float:
    if isinstance(raw, float) and math.isfinite(raw):
        return raw
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise TypeError("no number")
    try:
        number = float(raw)
    except OverflowError:  # an integer of hundreds of digits
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("not finite")
    return number


def _integer(raw: object) -> int:
    if type(raw) is not int:  # True is an int for `isinstance`
        raise TypeError("no integer")
    return raw


def _list(raw: object) -> list[Any]:
    return _instance(raw, list)


def _object(raw: object) -> dict[str, Any]:
    return _instance(raw, dict)


def _instant(raw: object) -> Instant:
    wall, boot, boottime = _list(raw)
    return Instant(_number(wall), _identifier(boot), _number(boottime))


def _machine(raw: object) -> Machine:
    mark, name = _list(raw)
    return _known(_shown(mark), _shown(name))


_known: Final = functools.lru_cache(Machine)  # as above


def _shown(raw: object) -> Clean:
    return _cleaned(_string(raw))


# thousands of accounts have the same few scopes, and come from the same machine
_cleaned: Final = functools.lru_cache(256)(clean)


# -- the codec -----------------------------------------------------------------------------------------


class Stored(NamedTuple):
    """Place of a field in JSON, where it is not simply the value of the key with its name."""

    key: str = ""
    mode: str = ""


OPTIONAL: Final = Stored(mode="optional")  # may be missing, as from an older program: it has a default
OMITTED: Final = Stored(mode="omitted")  # optional, and not written while it is empty
INLINE: Final = Stored(mode="inline")  # the nested object's fields stand among those of its parent
REST: Final = Stored(mode="rest")  # all fields that no other one names: written again as they came


AS_TEXT: Final = object()
"""Mark of a type that is stored as `str()` writes it; `from_text` of the type reads that."""


class Codec(NamedTuple):
    """Writer and reader of one JSON value.

    Attributes:
        record: the named tuple that the value is; among columns its fields have columns of their own.
        all_plain: whether all values of a column are such as `decode` returns unchanged; tells it at once.
    """

    encode: Callable[[Any], Any]
    decode: Callable[[object], Any]
    record: type[Any] | None = None
    all_plain: Callable[[list[Any]], bool] = lambda _: False


def encode(record: object) -> dict[str, Any]:
    """Return a record as a JSON object, secrets in clear: for private files and pipes only."""
    content: dict[str, Any] = {}
    for field in _fields(type(record)):
        value = getattr(record, field.name)
        if field.mode in ("inline", "rest"):
            content |= field.codec.encode(value)
        elif field.mode != "omitted" or value:
            content[field.key] = field.codec.encode(value)
    return content


def decode(cls: type[_T], content: Record) -> _T:
    """Read a record; raises KeyError, TypeError or ValueError where a field is not as written."""
    return _decoded(cls, content.raw())


def _decoded(cls: type[_T], content: dict[str, object]) -> _T:
    unread = dict(content)  # the value of "rest" itself, from which the other fields are taken
    values: dict[str, Any] = {}
    for name, key, (_, decode_field, *_), mode in _fields(cls):
        if not mode:
            values[name] = decode_field(unread.pop(key))
        elif mode in ("inline", "rest"):
            values[name] = decode_field(unread)
        elif key in unread:
            values[name] = decode_field(unread.pop(key))
    return cls(**values)


def from_text(read: Callable[[str], Any], write: Callable[[Any], str | None] = str) -> Codec:
    """Return the codec of a value that `read` makes of a text."""
    return Codec(write, lambda raw: read(_string(raw)))


def as_list(cls: type[Any], *names: str) -> Codec:
    """Return the codec of a record as a list of those fields, or of all, without their names.

    An `Instant` in it is no list of its own: its three values stand in the record's.
    """

    @functools.cache
    def ordered() -> list[_Field]:
        by_name = {field.name: field for field in _fields(cls)}
        return [by_name[name] for name in names or by_name]

    def encode_list(record: Any) -> list[Any]:
        items: list[Any] = []
        for field in ordered():
            item = field.codec.encode(getattr(record, field.name))
            items.extend(item if field.codec is _INSTANT else [item])
        return items

    def decode_list(raw: object) -> Any:
        items = list(_list(raw))
        for index, field in enumerate(ordered()):
            if field.codec is _INSTANT:
                items[index : index + 3] = [items[index : index + 3]]
        pairs = zip(ordered(), items, strict=True)
        return cls(**{field.name: field.codec.decode(item) for field, item in pairs})

    return Codec(encode_list, decode_list)


def encode_columns(cls: type[Any], rows: Sequence[Any]) -> list[Any]:
    """Return many named tuples as one JSON value: how many they are, and a column for each field.

    A column has the distinct values, and the place of each row's value among them: None where all differ, or
    where all have the same.
    """
    return [len(rows), {field.key: _encode_column(field, rows) for field in _fields(cls)}]


def _encode_column(field: _Field, rows: Sequence[Any]) -> list[Any]:
    values = [getattr(row, field.name) for row in rows]
    if field.codec.record is not None:
        return [_encode_column(inner, values) for inner in _fields(field.codec.record)]
    places: dict[Any, int] = {}
    at = [places.setdefault(value, len(places)) for value in values]
    return [list(map(field.codec.encode, places)), at if 1 < len(places) < len(rows) else None]


def decode_columns(cls: type[_T], raw: object, most: int) -> Iterator[_T]:
    """Read at most so many named tuples, a column at a time; raises as `decode`, and IndexError."""
    count, columns = _list(raw)
    if not 0 <= _integer(count) <= most:
        raise ValueError("no such number of rows")
    by_key = _object(columns)
    return _rows(cls, (_decode_column(field.codec, by_key[field.key], count) for field in _fields(cls)))


def _rows(cls: type[Any], columns: Iterable[Iterable[Any]]) -> Iterator[Any]:
    # as `_make`, which counts the values of each once more
    return map(functools.partial(tuple.__new__, cls), zip(*columns, strict=True))


def _decode_column(codec: Codec, raw: object, count: int) -> Iterable[Any]:
    if codec.record is not None:
        inner = zip(_fields(codec.record), _list(raw), strict=True)
        return _rows(codec.record, (_decode_column(field.codec, column, count) for field, column in inner))
    raw_values, at = _list(raw)
    values = _list(raw_values)
    if not codec.all_plain(values):
        values = list(map(codec.decode, values))
    if at is not None:
        return map(values.__getitem__, _list(at))
    return itertools.repeat(values[0], count) if len(values) == 1 else values


def later(module: str, name: str, codec: Callable[[type[Any]], Codec] | None = None) -> Codec:
    """Return the codec of a type that is imported when the first value is written or read."""

    @functools.cache
    def made() -> Codec:
        return (codec or _codec)(getattr(import_module(module), name))

    return Codec(lambda value: made().encode(value), lambda raw: made().decode(raw))


class _Field(NamedTuple):
    """Field of a record with its codec and the key of its value in JSON."""

    name: str
    key: str
    codec: Codec
    mode: str


_FIELDS: Final[dict[type[Any], tuple[_Field, ...]]] = {}


def _fields(cls: type[Any]) -> tuple[_Field, ...]:
    """Return a record's fields, resolved at first use: most commands need few records, or none."""
    if cls not in _FIELDS:
        _FIELDS[cls] = _resolved(cls)
    return _FIELDS[cls]


def _resolved(cls: type[Any]) -> tuple[_Field, ...]:
    hints = typing.get_type_hints(cls, localns=_NAMES, include_extras=True)
    fields = [
        _Field(name, stored.key or name, _codec(hint), stored.mode)
        for name, hint in hints.items()
        if typing.get_origin(hint) is not ClassVar
        for stored in [_marked(hint, Stored) or Stored()]
    ]
    # a named tuple ends with fields that have a default; files begin with these two kinds
    return tuple(sorted(fields, key=lambda field: (field.mode != "rest", field.mode != "omitted")))


def _marked(hint: Any, kind: type[_T]) -> _T | None:
    """Return the mark of that kind in `Annotated[type, mark, ...]`; None where there is none."""
    return next((mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, kind)), None)


@functools.cache
def _codec(hint: Any) -> Codec:
    if hint in _LEAVES:
        return _LEAVES[hint]
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        if AS_TEXT in hint.__metadata__:
            return from_text(arguments[0].from_text)
        return _marked(hint, Codec) or _codec(arguments[0])
    if origin in (Union, types.UnionType):
        return _or_none(_codec(arguments[0]))
    if origin is tuple:
        return _sequence(_codec(arguments[0]))
    if origin is Literal:
        return _LEAVES[str]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Codec(lambda member: member.name, lambda raw: hint[_identifier(raw)])
    return Codec(encode, lambda raw: _decoded(hint, _object(raw)), hint if hasattr(hint, "_make") else None)


def _or_none(codec: Codec) -> Codec:
    return Codec(
        lambda value: None if value is None else codec.encode(value),
        lambda raw: None if raw is None else codec.decode(raw),
    )


def _texts(raw: object) -> tuple[Clean, ...]:
    return _same(tuple(map(_shown, _list(raw))))


@functools.lru_cache(256)
def _same(texts: tuple[Clean, ...]) -> tuple[Clean, ...]:
    return texts


def _sequence(codec: Codec) -> Codec:
    return Codec(
        lambda items: [codec.encode(item) for item in items],
        lambda raw: tuple(map(codec.decode, _list(raw))),
    )


def _unchanged(value: Any) -> Any:
    return value


def _are_identifiers(values: list[Any]) -> bool:
    return _IDENTIFIER.fullmatch("".join(values)) is not None


def _are_integers(values: list[Any]) -> bool:
    return set(map(type, values)) == {int}


def _are_numbers(values: list[Any]) -> bool:
    return set(map(type, values)) == {float} and all(map(math.isfinite, values))


_INSTANT: Final = Codec(lambda moment: [moment.wall, moment.boot, moment.boottime], _instant, Instant)
FreeText = Annotated[str, Codec(_unchanged, _shown)]  # a `str` that is no identifier
SpaceDelimited = Annotated[
    tuple[Clean, ...], from_text(lambda text: tuple(map(clean, text.split())), " ".join)
]
_LEAVES: Final[dict[Any, Codec]] = {
    str: Codec(_unchanged, _identifier, None, _are_identifiers),
    Clean: Codec(_unchanged, _shown, None, are_clean),
    tuple[Clean, ...]: Codec(list, _texts),
    int: Codec(_unchanged, _integer, None, _are_integers),
    float: Codec(_unchanged, _number, None, _are_numbers),
    bool: Codec(_unchanged, lambda raw: _instance(raw, bool)),
    Origin: from_text(functools.lru_cache(Origin)),
    Path: from_text(Path),
    Secret: from_text(Secret, Secret.reveal),
    # a server without refresh tokens leaves an empty one: none
    Secret | None: _or_none(from_text(Secret, lambda secret: secret.reveal() or None)),
    Instant: _INSTANT,
    Machine: Codec(lambda machine: [machine.mark, machine.name], _machine),
    Mapping[str, object]: Codec(dict, _object),
}
# annotations may name these without importing them at run time
_NAMES: Final = {
    "AS_TEXT": AS_TEXT, "Annotated": Annotated, "Clean": Clean, "FreeText": FreeText, "Instant": Instant,
    "Machine": Machine, "Mapping": Mapping, "Origin": Origin, "Path": Path, "Secret": Secret,
    "SpaceDelimited": SpaceDelimited, "Stored": Stored, "INLINE": INLINE, "OMITTED": OMITTED,
    "OPTIONAL": OPTIONAL, "REST": REST,
}  # fmt: skip
