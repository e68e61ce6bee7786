"""An answer as it lies on the wire: one that h11 refuses, or that is longer than its head says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from smily_tui.text import clean

_STATUS: Final = re.compile(rb"\s*[A-Z]{3,8}(?:/\d(?:\.\d)?)? +(\d{3})\b", re.IGNORECASE)
_HEAD_END: Final = re.compile(rb"\r?\n\r?\n")
_CHUNK: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[^\n]{0,200}\n")


@dataclass(frozen=True)
class Refused:
    """What there is of a refused answer.

    Attributes:
        status: 0 where it has none.
        coding: content and transfer codings but `chunked`, in the order in which they were applied.
        body: without the marks of chunks.
    """

    status: int
    coding: str
    body: bytes


def read_refused(arrived: bytes) -> Refused:
    """The answer in what arrived; where there is no head, all of it is the body."""
    status = _STATUS.match(arrived)
    while status and status[1].startswith(b"1") and (end := _HEAD_END.search(arrived)):
        arrived = arrived[end.end() :]  # 100 Continue, 103 Early Hints
        status = _STATUS.match(arrived)
    if not status:
        return Refused(0, "", arrived)
    end = _HEAD_END.search(arrived)
    head, body = (arrived[: end.start()], arrived[end.end() :]) if end else (arrived, _behind_head(arrived))
    transfer = _values(head, b"transfer-encoding")
    if b"chunked" in transfer.lower():
        body = _without_chunks(body)
    codings = b",".join(filter(None, (_values(head, b"content-encoding"), transfer)))
    names = [name.strip() for name in str(clean(codings.decode("latin-1"), 200)).split(",")]
    return Refused(int(status[1]), ", ".join(name for name in names if name.lower() != "chunked"), body)


def _behind_head(arrived: bytes) -> bytes:
    """What may be a body behind a head without an end."""
    _, brace, rest = arrived.partition(b"{")
    return brace + rest


def _values(head: bytes, name: bytes) -> bytes:
    return b",".join(re.findall(rb"(?im)^" + name + rb"[ \t]*:([^\r\n]*)", head))


def _without_chunks(body: bytes) -> bytes:
    """The chunks joined; from where they are no chunks, as it stands."""
    joined, at = bytearray(), 0
    while chunk := _CHUNK.match(body, at):
        end = chunk.end() + int(chunk[1], 16)
        joined += body[chunk.end() : end]
        if chunk.end() == end:
            return bytes(joined)
        at = end + 2 if body[end : end + 2] == b"\r\n" else end + (body[end : end + 1] == b"\n")
    return bytes(joined) + body[at:]
