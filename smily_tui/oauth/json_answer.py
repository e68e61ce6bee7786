"""The one place that reads JSON from outside: what cannot be kept is left out, the rest is one error."""

from __future__ import annotations

import contextlib
import json
import math
from typing import TYPE_CHECKING, Any, Final

from smily_tui.oauth.content import texts
from smily_tui.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_WITHIN: Final = 50
DEEPEST: Final = 32  # the protocol needs 4; what is kept must also be writable and small in the store


class NotJson(ValueError):
    """The body is no JSON object; says nothing of its content."""


def read_object(body: bytes, coding: str = "") -> Record:
    """The JSON object in `body`, below its content coding.

    What cannot be kept is left out: NaN, numbers of a thousand digits, what is nested too deep. Of a name
    that is repeated the last value counts that says anything.

    Raises:
        NotJson: anything else.
    """
    for text in texts(body, coding):
        with contextlib.suppress(ValueError, RecursionError):
            fields = _decoder().decode(text)
            if isinstance(fields, dict):
                return _kept(fields)
    raise NotJson("not a JSON object")


def objects_within(body: bytes, coding: str = "") -> Iterator[Record]:
    """The JSON objects in a body that is more than one: behind a guard against scripts, within other text."""
    for text in texts(body, coding):
        at = text.find("{")
        for _ in range(_MOST_WITHIN):
            if at < 0:
                break
            end = at + 1
            with contextlib.suppress(ValueError, RecursionError):
                fields, end = _decoder().raw_decode(text, at)
                yield _kept(fields)
            at = text.find("{", end)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_last_that_says_anything,
        parse_constant=lambda _: None,
        parse_float=_finite,
        parse_int=_short_int,
    )


def _kept(fields: dict[str, Any]) -> Record:
    _prune(fields)
    return Record(fields)


def _prune(fields: dict[str, Any]) -> None:
    """Level by level, because a walk that calls itself ends where the nesting is meant to."""
    level: list[dict[str, Any] | list[Any]] = [fields]
    for _ in range(DEEPEST):
        level = [inner for each in level for inner in _values(each) if isinstance(inner, dict | list)]
    for each in level:
        each.clear()


def _values(container: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return container.values() if isinstance(container, dict) else container


def _last_that_says_anything(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields or value not in (None, ""):
            fields[name] = value
    return fields


def _finite(digits: str) -> float | None:
    value = float(digits)
    return None if math.isinf(value) else value


def _short_int(digits: str) -> int | None:
    return int(digits) if len(digits) <= 20 else None
