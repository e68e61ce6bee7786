"""Body of an answer: content codings (RFC 9110 section 8.4), character encoding, and JSON.

Content-Encoding may be absent, wrong, or left over from a proxy that has already decoded the body. Every
likely form is tried, and the readable one is used.
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
    from collections.abc import Iterator


LARGEST_CONTENT: Final = 256 * 1024  # bytes
# the protocol needs 4; what is kept must also be writable and small in the store
DEEPEST: Final = 32
_MOST_WITHIN: Final = 50
_MOST_LAYERS: Final = 6
# `wbits` of zlib.decompressobj: 32 detects the header, 15 is the largest window
_GZIP_OR_ZLIB: Final = 47
_RAW_DEFLATE: Final = -15
# bytes: fewer can be inflated by chance
_SHORTEST_RAW: Final = 32
_WINDOWS: Final = {
    "gzip": (_GZIP_OR_ZLIB,),
    "x-gzip": (_GZIP_OR_ZLIB,),
    # RFC 9110 section 8.4.1.2 means zlib, but many servers send raw deflate
    "deflate": (_GZIP_OR_ZLIB, _RAW_DEFLATE),
}
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def labels(coding: str) -> list[str]:
    """Split a Content-Encoding header into its codings, in the order in which they were applied."""
    return [label for part in coding.split(",") if (label := part.strip().lower())][:_MOST_LAYERS]


def contents(body: bytes, coding: str = "", most: int = LARGEST_CONTENT) -> Iterator[bytes]:
    """Yield the forms of a body, likeliest first: by its label, as it is, by its first bytes.

    Args:
        body: a whole body, or the beginning of one, which is decoded as far as it goes.
        coding: the Content-Encoding header.
        most: bytes of each form at most.
    """
    by_label = body
    for label in reversed(labels(coding)):
        inflated = (_inflated(by_label, window, most) for window in _WINDOWS.get(label, ()))
        by_label = next(filter(None, inflated), by_label)
    # often sent with a wrong label, or none
    raw = _inflated(body, _RAW_DEFLATE, most)
    yield from dict.fromkeys((_by_look(by_label, most), body, _by_look(body, most), *filter(None, [raw])))


def texts(body: bytes, coding: str = "", most: int = LARGEST_CONTENT) -> Iterator[str]:
    """Yield the forms that are text: UTF-8, UTF-16 or UTF-32, with or without a byte order mark."""
    return (text for form in contents(body, coding, most) if (text := _text(form)) is not None)


def is_text(body: bytes, coding: str = "") -> bool:
    """Tell whether any form of a body is text."""
    return any(True for _ in texts(body, coding))


def _by_look(body: bytes, most: int) -> bytes:
    for _ in range(_MOST_LAYERS):
        inner = _inflated(body, _GZIP_OR_ZLIB, most) if _looks_compressed(body[:2]) else b""
        if not inner:
            break
        body = inner  # some servers compress twice
    return body


def _looks_compressed(start: bytes) -> bool:
    """Look for the first bytes of gzip (RFC 1952) or zlib (RFC 1950)."""
    return start == b"\x1f\x8b" or (
        len(start) == 2 and start[0] & 0x0F == 8 and int.from_bytes(start, "big") % 31 == 0
    )


def _inflated(data: bytes, window: int, most: int) -> bytes:
    """Inflate until the data end, break, or fill `most` bytes."""
    if window == _RAW_DEFLATE:
        return _inflated_raw(data, most)
    out, engine = bytearray(), zlib.decompressobj(window)
    with contextlib.suppress(zlib.error):
        # byte by byte: an error would take along the output of its whole call
        for at in range(len(data)):
            if engine.eof:  # RFC 1952 section 2.2: gzip may have several members
                engine = zlib.decompressobj(window)
            out += engine.decompress(data[at : at + 1], most - len(out))
            if len(out) >= most:
                break
    return bytes(out)


def _inflated_raw(data: bytes, most: int) -> bytes:
    """Inflate raw deflate. It has no header: data count as such only if all of them can be inflated."""
    engine = zlib.decompressobj(_RAW_DEFLATE)
    try:
        out = engine.decompress(data, most) if len(data) >= _SHORTEST_RAW else b""
    except zlib.error:
        return b""
    return b"" if engine.unused_data else out


def _text(form: bytes) -> str | None:
    encoding = json.detect_encoding(form)
    text = form.decode(encoding, "replace").lstrip("\ufeff").rstrip("\0")
    if _CONTROLS.search(text):
        return None
    if encoding.startswith("utf-8") and "\ufffd" not in text:
        return text
    # any even number of bytes is some text in UTF-16; JSON of a token response is mostly ASCII
    return text if 2 * len(text.encode("ascii", "ignore")) >= len(text) else None


class NotJson(ValueError):
    """Body that is no JSON object; the text of the error repeats none of it."""


def read_object(body: bytes, coding: str = "") -> Record:
    """Read the JSON object in a body, below its content coding.

    NaN, overlong numbers and too deeply nested values are left out. Of a repeated name the last value
    counts that is neither null nor empty.

    Raises:
        NotJson: there is none.
    """
    for text in texts(body, coding):
        with contextlib.suppress(ValueError, RecursionError):
            fields = _decoder().decode(text)
            if isinstance(fields, dict):
                _prune(fields)
                return Record(fields)
    raise NotJson("not a JSON object")


def objects_within(body: bytes, coding: str = "") -> Iterator[Record]:
    """Yield the JSON objects within other text, such as a prefix against script inclusion (`)]}',`)."""
    for text in texts(body, coding):
        at = text.find("{")
        for _ in range(_MOST_WITHIN):
            if at < 0:
                break
            end = at + 1
            with contextlib.suppress(ValueError, RecursionError):
                fields, end = _decoder().raw_decode(text, at)
                _prune(fields)
                yield Record(fields)
            at = text.find("{", end)


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=_last_values,
        parse_constant=lambda _: None,
        parse_float=_finite,
        parse_int=_short_int,
    )


def _prune(fields: dict[str, Any]) -> None:
    """Empty the containers on the deepest level; without recursion, which a deep enough body would end."""
    level: list[dict[str, Any] | list[Any]] = [fields]
    for _ in range(DEEPEST):
        level = [
            inner
            for container in level
            for inner in (container.values() if isinstance(container, dict) else container)
            if isinstance(inner, dict | list)
        ]
    for container in level:
        container.clear()


def _last_values(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, value in pairs:
        if name not in fields or value not in (None, ""):
            fields[name] = value
    return fields


def _finite(digits: str) -> float | None:
    value = float(digits)
    return None if math.isinf(value) else value


def _short_int(digits: str) -> int | None:
    # Python 3.11 raises ValueError above 4,300 digits, which would spoil the whole object
    return int(digits) if len(digits) <= 20 else None
