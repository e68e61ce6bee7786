"""Answers whose tokens arrive whole, in every form that a server or a proxy on the way may give them."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def http(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """An answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _raw_deflate(body: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(body) + engine.flush()


def _coded(label: str, *codes: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def bend(body: bytes) -> bytes:
        for code in codes:
            body = code(body)
        return http(body, f"Content-Encoding: {label}" if label else "X-Nothing: 1")

    return bend


def _in(encoding: str) -> Callable[[bytes], bytes]:
    return lambda body: http(body.decode().encode(encoding))


def _with(**fields: object) -> Callable[[bytes], bytes]:
    return lambda body: http(json.dumps(json.loads(body) | fields).encode())


def _behind(text: bytes) -> Callable[[bytes], bytes]:
    """The object with more at its end, written as it is."""
    return lambda body: http(body.rstrip()[:-1] + b", " + text + b"}")


def _chunks(body: bytes, size: int = 40) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"


def _chunked(transfer: str, code: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    head = f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {transfer}\r\n\r\n".encode()
    return lambda body: head + _chunks(code(body))


def _same(body: bytes) -> bytes:
    return body


def _refused(*headers: str, length: int | None = None) -> Callable[[bytes], bytes]:
    return lambda body: http(body, *headers, length=length)


CODINGS: Final = {
    "gzip": _coded("gzip", gzip.compress),
    "x-gzip": _coded("X-GZip", gzip.compress),
    "deflate as zlib": _coded("deflate", zlib.compress),
    "deflate as it is": _coded("deflate", _raw_deflate),
    "gzip twice": _coded("gzip, gzip", gzip.compress, gzip.compress),
    "deflate in gzip": _coded("deflate, gzip", _raw_deflate, gzip.compress),
    "gzip in members": _coded("gzip", lambda body: gzip.compress(body[:99]) + gzip.compress(body[99:])),
    "labelled utf-8": _coded("utf-8", _same),
    "labelled identity": _coded("identity", _same),
    "labelled aws-chunked, gzip": _coded("aws-chunked, gzip", gzip.compress),
    "labelled gzip, and is not": _coded("gzip", _same),
    "labelled deflate, and is not": _coded("deflate", _same),
    "labelled br, and is not": _coded("br", _same),
    "labelled br, and is gzip": _coded("br", gzip.compress),
    "labelled gzip, and is zlib": _coded("gzip", zlib.compress),
    "labelled deflate, and is gzip": _coded("deflate", gzip.compress),
    "gzip without a label": _coded("", gzip.compress),
    "zlib without a label": _coded("", zlib.compress),
    "gzip without its end": _coded("gzip", lambda body: gzip.compress(body)[:-6]),
}
ENCODINGS: Final = {
    "byte order mark": _in("utf-8-sig"),
    "UTF-16": _in("utf-16"),
    "UTF-16 without a mark": _in("utf-16-le"),
    "UTF-16, big end first": _in("utf-16-be"),
    "UTF-32": _in("utf-32"),
    "UTF-16 in gzip": _coded("gzip", lambda body: gzip.compress(body.decode().encode("utf-16"))),
    "a name in Latin-1": _behind(b'"name": "Jard\xedn"'),
}
STATUSES: Final = {
    status: (lambda body, status=status: http(body, status=status))
    for status in (
        "201 Created", "203 x", "206 x", "302 Found", "307 x", "400 Bad Request", "401 x", "403 Forbidden",
        "404 x", "409 x", "429 Too Many Requests", "500 x", "502 x", "503 x", "599 x",
    )
}  # fmt: skip
FIELDS: Final = {
    "an error beside": _with(error="none"),
    "invalid_grant beside": _with(error="invalid_grant"),
    "a lifetime in a text": _with(expires_in="7200"),
    "a lifetime with a point": _with(expires_in="7200.0"),
    "no lifetime": _with(expires_in=None),
    "a lifetime of ten years": _with(expires_in=315_360_000),
    "an empty scope": _with(scope=""),
    "scopes in an array": _with(scope=["public"]),
    "no kind of token": _with(token_type=None),
    "a kind with a blank": _with(token_type="bearer "),
    "a name twice": _behind(b'"token_type": "Bearer"'),
    "a token twice, then null": _behind(b'"refresh_token": null'),
    "NaN": _behind(b'"x": NaN'),
    "Infinity": _behind(b'"x": [-Infinity, 1e999]'),
    "a number of 5,000 digits": _behind(b'"x": ' + b"9" * 5000),
    "nested 300 deep": _behind(b'"x": ' + b"[" * 300 + b"]" * 300),
    "a surrogate alone": _behind(b'"x": "\\ud800"'),
}
REFUSED: Final = {
    "NUL in a header": _refused("X-Odd: a\0b"),
    "a blank before the colon": _refused("X-Odd : a"),
    "a header without colon": _refused("nonsense"),
    "a fold of nothing": lambda body: http(body).replace(b"\r\n", b"\r\n folded\r\n", 1),
    "two lengths": _refused("Content-Length: 7"),
    "a negative length": _refused(length=-1),
    "a length that is too long": _refused(length=100_000),
    "gzip as transfer coding, and is not": _chunked("gzip, chunked", _same),
    "gzip as transfer coding": _chunked("gzip, chunked", gzip.compress),
    "no marks of chunks": lambda body: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body,
    "gzip behind a NUL": lambda body: http(gzip.compress(body), "X-Odd: a\0b", "Content-Encoding: gzip"),
    "a hint before a NUL": lambda body: b"HTTP/1.1 103 Early\r\n\r\n" + http(body, "X-Odd: a\0b"),
    "no head": _same,
}
ODD: Final[Mapping[str, Any]] = {
    f"{kind}: {name}": bend
    for kind, table in (
        ("coding", CODINGS), ("encoding", ENCODINGS), ("status", STATUSES), ("field", FIELDS),
        ("refused by h11", REFUSED),
    )
    for name, bend in table.items()
}  # fmt: skip
