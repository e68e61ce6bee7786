"""The one place that reads JSON from outside: strict, and with named errors for whatever else arrives."""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn

from smily_tui.outside import Record

DEEPEST: Final = 32  # the protocol needs 4; what is kept must also be writable and small in the store


class NotJson(ValueError):
    """The body is no JSON object that can be relied on; says nothing of its content."""


def read_object(body: bytes) -> Record:
    """The JSON object in `body`.

    Raises:
        NotJson: anything else, such as repeated names, NaN, endless nesting, numbers of a thousand digits.
    """
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_repetition,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short_int,
        )
    except (ValueError, RecursionError):
        raise NotJson("not a JSON object") from None
    if not isinstance(found, dict):
        raise NotJson("not a JSON object")
    _check_depth(found)
    return Record(found)


def _check_depth(found: dict[str, Any]) -> None:
    """Level by level, because a walk that calls itself ends where the nesting is meant to."""
    level: list[Any] = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise NotJson("too deep")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("a name is repeated")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise NotJson("a number is not a number")


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise NotJson("a number is too large")
    return value


def _short_int(digits: str) -> int:
    if len(digits) > 20:
        raise NotJson("a number is too long")
    return int(digits)
