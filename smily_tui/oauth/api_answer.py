"""Answer of the API as a person reads it: status, time, rate limit, and the body in indented lines.

It holds an account's data, which may be personal: it is for the screen alone, never for a log or a file.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Final

from smily_tui.errors import SmilyError
from smily_tui.oauth.api import refusal
from smily_tui.oauth.body import texts
from smily_tui.oauth.errors import NotUnderstood, ScopeMissing
from smily_tui.records import Codec, from_text
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from smily_tui.oauth.requests import Response

LARGEST_BODY: Final = 16 * 1024 * 1024  # bytes
MOST_LINES: Final = 2000
# characters in all: in JSON each may take 12 bytes, and a worker's report has room for a MiB
MOST_TEXT: Final = 64 * 1024
_LONGEST_LINE: Final = 1000
_INDENT: Final = 2
_DEEPEST: Final = 40  # spaces
_PART: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_DIGITS: Final = re.compile(r"[0-9]{1,9}")


def _line(text: str) -> Clean:
    """Clean a line, but keep its indent."""
    indent = min(len(text) - len(text.lstrip(" ")), _DEEPEST)
    return Clean(" " * indent + clean(text, _LONGEST_LINE))


def _read_failure(raw: object) -> SmilyError:
    if not isinstance(raw, dict):
        raise TypeError("no error")
    return SmilyError.from_dict(raw)


_Line = Annotated[Clean, from_text(_line)]
_Failure = Annotated[SmilyError, Codec(SmilyError.as_dict, _read_failure)]


@dataclass(frozen=True)
class ApiAnswer:
    """Answer to a GET request.

    Attributes:
        status: of the answer.
        seconds: from the request to the end of the answer.
        remaining: requests that are left this hour; None where the server does not say.
        records: number of records in it; None where it has no list of them.
        lines: the beginning of the body.
        size: of the body, in bytes.
        is_cut: whether the body goes on after these lines.
        failure: the error that it stands for; None for success.
        missing: scopes of which the request needs one, and that the token lacks.
    """

    status: int
    seconds: float
    remaining: int | None
    records: int | None
    lines: tuple[_Line, ...]
    size: int
    is_cut: bool
    failure: _Failure | None = None
    missing: tuple[Clean, ...] = ()


def read_api_answer(
    response: Response,
    path: str,
    seconds: float,
    *,
    granted: Sequence[str] = (),
    asked: Sequence[str] = (),
    now: float | None = None,
) -> ApiAnswer:
    """Read an answer to GET `path`; the other arguments are those of `refusal`."""
    text, content, is_json = _read(response.body)
    lines, is_cut = _beginning(indented(text) if is_json else iter(text.splitlines()))
    failure = refusal(response, ("GET", path), granted=granted, asked=asked, now=now)
    if failure is None and response.body and not is_json:
        kind = response.headers.get("content-type", Clean("")).partition(";")[0] or "of unknown kind"
        failure = NotUnderstood(f"The server's answer isn't JSON ({clean(kind, 60)}).")
    return ApiAnswer(
        status=response.status,
        seconds=seconds,
        remaining=_remaining(response),
        records=_records(content) if failure is None else None,
        lines=lines,
        size=len(response.body),
        is_cut=is_cut,
        failure=failure,
        missing=tuple(map(clean, failure.missing)) if isinstance(failure, ScopeMissing) else (),
    )


def indented(text: str) -> Iterator[str]:
    """Yield JSON text as indented lines, one at a time; numbers and strings stay as they were written."""
    line, depth, opened = "", 0, False
    for match in _PART.finditer(text):
        part = match[0]
        closes = part in ("}", "]")
        depth -= closes
        if opened != closes:  # neither within a line nor an empty pair of brackets
            yield line
            line = " " * min(_INDENT * depth, _DEEPEST)
        line += part
        opened = part in ("{", "[")
        depth += opened
        if part == ",":
            yield line
            line = " " * min(_INDENT * depth, _DEEPEST)
        elif part == ":":
            line += " "
    yield line


def _read(body: bytes) -> tuple[str, Any, bool]:
    """Return a body's text, what it says, and whether that is JSON; of several forms the first that is."""
    forms = list(texts(body)) if body else []
    for text in forms:
        try:
            return text, json.loads(text), True
        except RecursionError:  # JSON as deep as that: it can be shown, but not looked into
            return text, None, True
        except ValueError:
            continue
    return next(iter(forms), ""), None, False


def _beginning(lines: Iterator[str]) -> tuple[tuple[Clean, ...], bool]:
    """Clean the first lines; return them, and whether there are others."""
    beginning: list[Clean] = []
    room = MOST_TEXT
    for line in islice(lines, MOST_LINES):
        cut = _line(line)
        room -= len(cut)
        if room < 0:
            return tuple(beginning), True
        beginning.append(cut)
    return tuple(beginning), next(lines, None) is not None


def _records(content: Any) -> int | None:
    """Count the first list in an object: JSON:API names it as the endpoint."""
    values = content.values() if isinstance(content, dict) else ()
    return next((len(value) for value in values if isinstance(value, list)), None)


def _remaining(response: Response) -> int | None:
    value = response.headers.get("x-ratelimit-remaining", "")
    return int(value) if _DIGITS.fullmatch(value) else None
