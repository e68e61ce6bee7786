"""The one place that reads JSON from outside: strict, and with named errors for whatever else arrives."""

from __future__ import annotations

import json
from typing import Any, NoReturn


class NotJson(ValueError):
    """The body is no JSON object that can be relied on; says nothing of its content."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object in `body`.

    Raises:
        NotJson: anything else, such as repeated names, NaN, endless nesting, numbers of a thousand digits.
    """
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_without_repetition,
            parse_constant=_no_constant,
            parse_int=_short_int,
        )
    except (ValueError, RecursionError):
        raise NotJson("not a JSON object") from None
    if not isinstance(found, dict):
        raise NotJson("not a JSON object")
    return found


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotJson("a name is repeated")
    return found


def _no_constant(_name: str) -> NoReturn:
    raise NotJson("a number is not a number")


def _short_int(digits: str) -> int:
    if len(digits) > 20:
        raise NotJson("a number is too long")
    return int(digits)
