"""Answer read from the bytes on the wire: one that h11 refuses, or that is longer than its head says.

h11 0.16 discards an answer at the first line that breaks RFC 9112, tokens included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from smily_tui.text import clean

_STATUS: Final = re.compile(rb"\s*[A-Z]{3,8}(?:/\d(?:\.\d)?)? +(\d{3})\b", re.IGNORECASE)
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_CHUNK: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[^\n]{0,200}\n")


@dataclass(frozen=True)
class RawAnswer:
    """Readable parts of a refused answer.

    Attributes:
        status: 0 if it has none.
        coding: content and transfer codings without `chunked`, in the order in which they were applied.
        body: without chunk sizes.
    """

    status: int
    coding: str
    body: bytes


def read_refused(arrived: bytes) -> RawAnswer:
    """Read an answer; without a status line everything is its body."""
    status = _STATUS.match(arrived)
    while status and status[1].startswith(b"1") and (end := _HEAD_END.search(arrived)):
        # 100 Continue, 103 Early Hints: the final answer follows (RFC 9110 section 15.2)
        arrived = arrived[end.end() :]
        status = _STATUS.match(arrived)
    if not status:
        return RawAnswer(0, "", arrived)
    end = _HEAD_END.search(arrived)
    if end:
        head, body = arrived[: end.start()], arrived[end.end() :]
    else:  # a head without an end: the body may begin at a brace
        head, body = arrived, b"".join(arrived.partition(b"{")[1:])
    transfer = _values(head, b"transfer-encoding")
    if b"chunked" in transfer.lower():
        body = _without_chunks(body)
    codings = b",".join(filter(None, (_values(head, b"content-encoding"), transfer)))
    names = [name.strip() for name in str(clean(codings.decode("latin-1"), 200)).split(",")]
    return RawAnswer(int(status[1]), ", ".join(name for name in names if name.lower() != "chunked"), body)


def _values(head: bytes, name: bytes) -> bytes:
    return b",".join(re.findall(rb"(?im)^" + name + rb"[ \t]*:([^\r\n]*)", head))


def _without_chunks(body: bytes) -> bytes:
    """Join the chunks (RFC 9112 section 7.1); from the first malformed one on the body stays as it is."""
    joined, at = bytearray(), 0
    while chunk := _CHUNK.match(body, at):
        end = chunk.end() + int(chunk[1], 16)
        joined += body[chunk.end() : end]
        if chunk.end() == end:
            return bytes(joined)
        # RFC 9112 ends a chunk with CRLF; some servers send LF alone, or nothing
        at = end + 2 if body[end : end + 2] == b"\r\n" else end + (body[end : end + 1] == b"\n")
    return bytes(joined) + body[at:]
