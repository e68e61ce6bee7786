"""The frame round each stored file: a line with schema, kind, length and checksum, then JSON.

A file that was cut or changed anywhere cannot be taken for a whole one, and an old program refuses what a
newer one wrote.
"""

from __future__ import annotations

import json
import re
import zlib
from typing import TYPE_CHECKING, Final

from smily_tui.records import Record
from smily_tui.text import clean
from smily_tui.vault.errors import Damaged, Newer
from smily_tui.vault.migration import upgraded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMA: Final = 2
_HEADER = re.compile(rb"smily-tui (\d{1,9}) ([a-z]{1,32}) (\d{1,9}) ([0-9a-f]{8})\n")


def enframe(kind: str, content: Mapping[str, object]) -> bytes:
    """The bytes of a file of `kind` that holds `content`."""
    body = json.dumps(content, ensure_ascii=True, indent=1, allow_nan=False).encode("ascii") + b"\n"
    return wrap(SCHEMA, kind, body)


def unframe(kind: str, data: bytes, path: Path) -> Record:
    """The content of a file of `kind`, as the present schema has it; the file itself stays as it is.

    Raises:
        Damaged: it is cut, changed, or no file of this kind.
        Newer: a newer smily-tui wrote it.
    """
    schema, found, body = unwrap(data, path, SCHEMA)
    if found != kind:
        raise Damaged(f"{clean(path)} holds something else ({found}) than expected ({kind}).")
    return Record(upgraded(kind, schema, _content(body, path)))


def wrap(schema: int, kind: str, body: bytes) -> bytes:
    """A body below its header line."""
    head = f"smily-tui {schema} {kind} {len(body)}".encode("ascii")
    return head + _checksum(head, body) + body


def unwrap(data: bytes, path: Path, newest: int) -> tuple[int, str, bytes]:
    """Schema, kind and body of a whole file.

    Raises:
        Damaged: it is cut or changed.
        Newer: its schema is newer than `newest`.
    """
    header = _HEADER.match(data)
    if header is None:
        raise Damaged(f"{clean(path)} is not a file of smily-tui, or its beginning is damaged.")
    if int(header[1]) > newest:
        raise Newer(f"{clean(path)} was written by a newer smily-tui (schema {int(header[1])}).")
    body = data[header.end() :]
    head, checksum = data[: header.start(4) - 1], data[header.start(4) - 1 : header.end()]
    if len(body) != int(header[3]) or _checksum(head, body) != checksum:
        raise Damaged(f"{clean(path)} is damaged: it is cut or was changed by another program.")
    return int(header[1]), header[2].decode(), body


def _checksum(head: bytes, body: bytes) -> bytes:
    return b" %08x\n" % zlib.crc32(head + body)


def _content(body: bytes, path: Path) -> dict[str, object]:
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Damaged(f"{clean(path)} is damaged: its content is not what smily-tui writes.")
    return content
