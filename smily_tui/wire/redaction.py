"""Redaction of requests and answers: secrets by type, answer fields by an allow-list, then a final pass.

An answer's value is shown if its field is on the list and replaced by dots otherwise, so that fields the
server adds later stay hidden. The final pass removes every secret that was sent or received, even in
pieces.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

from smily_tui.oauth.body import NotJson, read_object
from smily_tui.records import Record, Value, from_text
from smily_tui.secret import MASK, Secret
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smily_tui.oauth.requests import RawExchange, Request, Response


NONE: Final = Clean("")
LONGEST_VALUE: Final = 1000


def indented(line: str) -> Clean:
    """Clean a line, but keep the spaces at its beginning."""
    spaces = len(line) - len(line.lstrip(" "))
    return Clean(" " * min(spaces, 80) + clean(line, LONGEST_VALUE))


_Text = Annotated[Clean, from_text(lambda text: clean(text, LONGEST_VALUE))]
_Line = Annotated[Clean, from_text(indented)]


@dataclass(frozen=True)
class Item:
    """Field or header.

    Attributes:
        name: as it is sent.
        value: as it may be shown.
        variable: what stands for the secret in a command; empty where the value is none.
    """

    name: _Text
    value: _Text
    variable: _Text = NONE


@dataclass(frozen=True)
class Exchange:
    """Request, planned or sent, and its response; fit to be shown.

    Attributes:
        server: the origin.
        method, path, headers, fields: the request.
        status: of the answer; 0 where none came.
        answer_headers: those that are of interest.
        body: the answer's body, line by line.
        failure: why there is no whole answer; empty where there is.
        at: when it was sent (UTC seconds); 0: it was not sent yet.
        seconds: how long it took.
        in_doubt: whether the server may have acted although there is no whole answer.
    """

    server: _Text
    method: _Text
    path: _Text
    headers: tuple[Item, ...]
    fields: tuple[Item, ...]
    status: int = 0
    answer_headers: tuple[Item, ...] = ()
    body: tuple[_Line, ...] = ()
    failure: _Text = NONE
    at: float = 0.0
    seconds: float = 0.0
    in_doubt: bool = False

    @property
    def sent(self) -> bool:
        """True if it is more than a plan."""
        return self.at > 0

    @property
    def good(self) -> bool:
        """True if a whole, successful response came."""
        return 200 <= self.status < 300 and not self.failure

    def field(self, name: str) -> str:
        """Return the redacted value of a form field; empty where there is none."""
        return next((str(item.value) for item in self.fields if item.name == name), "")


PIECE: Final = 8  # the shortest part of a secret that is looked for
MOST_LINES: Final = 40
MOST_READ: Final = 64 * 1024  # bytes of an answer of the API: a longer one is a list, without secrets
LONGEST: Final = 300
SECRET_FIELDS: Final = frozenset(
    {"access_token", "refresh_token", "id_token", "token", "code", "client_secret", "password", "secret"}
)
SHOWN_FIELDS: Final = frozenset(
    {
        "token_type", "expires_in", "scope", "created_at", "error", "error_description", "error_uri",
        "accounts_applications", "accounts", "account", "links", "meta", "id", "business_name", "status",
        "default_locale", "partnership_invoice_recipient",
    }
)  # fmt: skip
SHOWN_HEADERS: Final = (
    "content-type", "cache-control", "www-authenticate", "retry-after",
    "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
)  # fmt: skip
_NAME: Final = re.compile(r"[a-z_]{1,40}")


class Redactor:
    """Covers secrets, and pieces of them, wherever they stand in a text."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        forms = {
            form for secret in secrets for form in (secret.reveal(), str(clean(secret.reveal(), 1 << 16)))
        }
        self._short = {form for form in forms if 0 < len(form) < PIECE}
        self._pieces = {form[at : at + PIECE] for form in forms for at in range(len(form) - PIECE + 1)}

    def over(self, text: object, limit: int = LONGEST) -> Clean:
        """Clean a text, redact it, then cut it."""
        line = clean(text, 1 << 16)
        covered = [False] * len(line)
        for at in range(len(line)):
            for length in {PIECE} | {len(form) for form in self._short}:
                piece = line[at : at + length]
                if piece in self._pieces or piece in self._short:
                    covered[at : at + length] = [True] * len(piece)
        return clean("".join(_runs(line, covered)), limit)


def _runs(line: str, covered: list[bool]) -> Iterator[str]:
    for at, char in enumerate(line):
        if not covered[at]:
            yield char
        elif at == 0 or not covered[at - 1]:
            yield MASK


def masked(heard: Sequence[RawExchange]) -> list[Exchange]:
    """Redact the exchanges of one process."""
    veil = Redactor(_secrets(heard))
    return [_masked(exchange, veil) for exchange in heard]


def plan(server: str, request: Request) -> Exchange:
    """Return a request as it will be sent, redacted."""
    veil = Redactor(_sent(request))
    return Exchange(
        server=veil.over(server),
        method=clean(request.method),
        path=veil.over(request.path),
        headers=_request_headers(request, veil),
        fields=tuple(_field(name, value, veil) for name, value in request.fields),
    )


def _masked(heard: RawExchange, veil: Redactor) -> Exchange:
    planned, answer = plan(heard.server, heard.request), heard.answer
    names = [] if answer is None else [name for name in SHOWN_HEADERS if name in answer.headers]
    headers = () if answer is None else tuple(Item(clean(n), veil.over(answer.headers[n])) for n in names)
    return Exchange(
        server=veil.over(planned.server),
        method=planned.method,
        path=veil.over(planned.path),
        headers=planned.headers,
        fields=tuple(item if item.variable else _veiled(item, veil) for item in planned.fields),
        status=heard.status,
        answer_headers=headers,
        body=tuple(_body(heard, veil)),
        failure=veil.over(heard.failure),
        at=heard.at,
        seconds=heard.seconds,
        in_doubt=heard.in_doubt,
    )


# -- the request ---------------------------------------------------------------------------------------


def _request_headers(request: Request, veil: Redactor) -> tuple[Item, ...]:
    items = [Item(clean(name), veil.over(value)) for name, value in request.headers]
    if request.access_token is not None:
        value = clean(f"Bearer {request.access_token.masked()}")
        items.insert(1, Item(Clean("Authorization"), value, Clean("ACCESS_TOKEN")))
    return tuple(items)


def _field(name: str, value: str | Secret, veil: Redactor) -> Item:
    if isinstance(value, Secret):
        return Item(clean(name), _dots(value), clean(name.upper()))
    return Item(clean(name), veil.over(value))


def _veiled(item: Item, veil: Redactor) -> Item:
    return Item(item.name, veil.over(item.value))


def _dots(secret: Secret) -> Clean:
    return clean(secret.masked())


# -- the answer ----------------------------------------------------------------------------------------


def _body(heard: RawExchange, veil: Redactor) -> list[Clean]:
    if heard.answer is None:
        cut = f"({heard.arrived} bytes arrived before that, not shown)"
        return [Clean(cut)] if heard.arrived else []
    if not heard.answer.body:
        return []
    if _is_long_list(heard):
        return [_not_shown(heard.answer, veil)]
    try:
        content = _shown(read_object(heard.answer.body, heard.answer.coding), "", veil)
    except NotJson:
        return [_no_json(heard, veil)]
    lines = [indented(line) for line in json.dumps(content, indent=2, ensure_ascii=False).split("\n")]
    left_out = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], Clean(f"… {left_out} more lines")] if left_out > 1 else lines


def _no_json(heard: RawExchange, veil: Redactor) -> Clean:
    """Plain words of the API are shown; a token endpoint's text could be a broken answer with tokens."""
    answer = heard.answer
    assert answer is not None  # noqa: S101 - asked before
    if heard.request.access_token is not None and _kind(answer) == "text/plain":
        return veil.over(answer.body.decode("utf-8", "replace"), 200)
    return _not_shown(answer, veil)


def _is_long_list(heard: RawExchange) -> bool:
    """Return whether an answer is too long to be read; those of the token endpoint are always read."""
    is_of_api = heard.request.access_token is not None
    return is_of_api and heard.answer is not None and len(heard.answer.body) > MOST_READ


def _not_shown(answer: Response, veil: Redactor) -> Clean:
    return Clean(f"({len(answer.body)} bytes of {veil.over(_kind(answer), 60)}, not shown)")


def _kind(answer: Response) -> str:
    return answer.headers.get("content-type", Clean("")).partition(";")[0] or "unknown kind"


def _shown(value: Value, name: str, veil: Redactor) -> object:
    """Redact a JSON value."""
    if isinstance(value, Record):
        return {_key(key, veil): _shown(item, key.for_parsing(), veil) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_shown(item, name, veil) for item in value]
    if value is None or isinstance(value, bool):
        return value
    if name in SECRET_FIELDS and isinstance(value, Untrusted):
        return _dots(Secret(value.for_parsing()))
    if name not in SHOWN_FIELDS:
        return MASK
    # a number that has digits of a secret is shown as text, with its dots
    covered = veil.over(value)
    return value if isinstance(value, int | float) and covered == str(value) else covered


def _key(key: Untrusted, veil: Redactor) -> str:
    return veil.over(key) if _NAME.fullmatch(key.for_parsing()) else MASK


# -- which secrets there are ---------------------------------------------------------------------------


def _secrets(heard: Sequence[RawExchange]) -> Iterator[Secret]:
    for exchange in heard:
        yield from _sent(exchange.request)
        if exchange.answer is not None and not _is_long_list(exchange):
            try:
                content = read_object(exchange.answer.body, exchange.answer.coding)
            except NotJson:
                continue
            yield from _received(content)


def _sent(request: Request) -> Iterator[Secret]:
    yield from (value for _, value in request.fields if isinstance(value, Secret))
    if request.access_token is not None:
        yield request.access_token


def _received(value: Value) -> Iterator[Secret]:
    """Yield the secrets in a response, at any depth."""
    if isinstance(value, Record):
        for key, item in value.items():
            if key.for_parsing() in SECRET_FIELDS and isinstance(item, Untrusted):
                yield Secret(item.for_parsing())
            yield from _received(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _received(item)
