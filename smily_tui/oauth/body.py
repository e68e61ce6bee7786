"""Body of an answer: content codings (RFC 9110 section 8.4), character encoding, and JSON.

A label may name no coding, the wrong one, or none where there is one. Each likely form is tried; the one that
can be read is used.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import zlib
from typing import TYPE_CHECKING, Any, Final

from smily_tui.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


LARGEST_CONTENT: Final = 256 * 1024
_MOST_LAYERS: Final = 6
_GZIP_OR_ZLIB: Final = 47  # what `wbits` means is told at zlib.decompressobj
_RAW_DEFLATE: Final = -15
_SHORTEST_RAW: Final = 32
_WINDOWS: Final = {
    "gzip": (_GZIP_OR_ZLIB,),
    "x-gzip": (_GZIP_OR_ZLIB,),
    "deflate": (_GZIP_OR_ZLIB, _RAW_DEFLATE),  # RFC 9110 means zlib; many servers send raw deflate
}
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def labels(coding: str) -> list[str]:
    """The content codings in a header, in the order in which they were applied."""
    return [label for each in coding.split(",") if (label := each.strip().lower())][:_MOST_LAYERS]


def contents(body: bytes, coding: str = "", most: int = LARGEST_CONTENT) -> Iterator[bytes]:
    """The forms of a body, likeliest first: by its label, as it stands, by its first bytes.

    Args:
        body: whole, or a piece of one: then as much as it holds comes out.
        coding: the Content-Encoding header.
        most: how many bytes may come out.
    """
    by_label = body
    for label in reversed(labels(coding)):
        inflated = (_inflated(by_label, window, most) for window in _WINDOWS.get(label, ()))
        by_label = next(filter(None, inflated), by_label)
    raw = _inflated(body, _RAW_DEFLATE, most)  # often sent by a wrong label, or by none
    yield from dict.fromkeys((_by_look(by_label, most), body, _by_look(body, most), *filter(None, [raw])))


def texts(body: bytes, coding: str = "", most: int = LARGEST_CONTENT) -> Iterator[str]:
    """The forms that are text: UTF-8, UTF-16 or UTF-32, with or without a byte order mark."""
    return (text for form in contents(body, coding, most) if (text := _text(form)) is not None)


def is_text(body: bytes, coding: str = "") -> bool:
    """Whether a body can be read at all."""
    return any(True for _ in texts(body, coding))


def _by_look(body: bytes, most: int) -> bytes:
    for _ in range(_MOST_LAYERS):
        inner = _inflated(body, _GZIP_OR_ZLIB, most) if _looks_compressed(body[:2]) else b""
        if not inner:
            break
        body = inner
    return body


def _looks_compressed(start: bytes) -> bool:
    """Whether it begins as gzip (RFC 1952) or zlib (RFC 1950) does."""
    return start == b"\x1f\x8b" or (
        len(start) == 2 and start[0] & 0x0F == 8 and int.from_bytes(start, "big") % 31 == 0
    )


def _inflated(data: bytes, window: int, most: int) -> bytes:
    """What comes out until the data end, break or fill `most` bytes.

    Nothing tells raw deflate from other data but that all of it can be inflated, which a few bytes often can.
    """
    if window == _RAW_DEFLATE and len(data) < _SHORTEST_RAW:
        return b""
    out, engine = bytearray(), zlib.decompressobj(window)
    try:
        for at in range(len(data)):  # byte by byte: an error takes nothing along that came before it
            if engine.eof:
                if window == _RAW_DEFLATE:
                    return b""
                engine = zlib.decompressobj(window)  # gzip may have several members
            out += engine.decompress(data[at : at + 1], most - len(out))
            if len(out) >= most:
                break
    except zlib.error:
        if window == _RAW_DEFLATE:
            return b""
    return bytes(out)


def _text(form: bytes) -> str | None:
    encoding = json.detect_encoding(form)
    text = form.decode(encoding, "replace").lstrip("\ufeff").rstrip("\0")
    if _CONTROLS.search(text):
        return None
    if encoding.startswith("utf-8") and "\ufffd" not in text:
        return text
    return text if 2 * sum(char.isascii() for char in text) >= len(text) else None


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
