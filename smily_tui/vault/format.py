"""On-disk format: a header line (schema, kind, length, checksum) and a body, JSON or sealed.

A cut or changed file fails its checksum, and an old program refuses a newer schema. Older schemas are
upgraded when they are read; the next save writes the new one.

A sealed file has the word `sealed` and a newer schema in its header, then a label in clear. The encryption
authenticates label and body, and binds them to the file's kind, its place and its generation.
"""

from __future__ import annotations

import json
import os
import re
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

from smily_tui.records import Record
from smily_tui.text import clean
from smily_tui.vault.errors import Damaged, Newer, SealBroken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def upgraded(kind: str, schema: int, content: dict[str, object]) -> dict[str, object]:
    """Upgrade the content of a file that was written with an older schema."""
    if schema < 2:
        content = _FROM_1.get(kind, {}) | content
    return content


# schema 2 (0.1.0): which machine holds an authorization, whether it was handed over, who wrote a journal
_FROM_1: dict[str, dict[str, object]] = {
    "authorization": {"machine": ["", ""], "handed_over": None},
    "journal": {"began": 0},
}


SCHEMA: Final = 2
_HEADER = re.compile(rb"smily-tui (\d{1,9}) ([a-z]{1,32}) (\d{1,9}) ([0-9a-f]{8})\n")


def encode_file(kind: str, content: Mapping[str, object]) -> bytes:
    """Encode a file of `kind` that holds `content`."""
    # ASCII: a lone surrogate has no UTF-8, but an escape in JSON. By default Python writes NaN, which is none
    body = json.dumps(content, ensure_ascii=True, indent=1, allow_nan=False).encode("ascii") + b"\n"
    return with_header(SCHEMA, kind, body)


def decode_file(kind: str, data: bytes, path: Path) -> Record:
    """Decode a file of `kind`, upgraded to the present schema; the file itself stays as it is.

    Raises:
        Damaged: it is cut, changed, or no file of this kind.
        Newer: a newer smily-tui wrote it.
    """
    schema, written_kind, body = split_header(data, path, SCHEMA)
    if written_kind != kind:
        raise Damaged(f"{clean(path)} has the wrong content: {written_kind}, not {kind}.")
    return Record(upgraded(kind, schema, _content(body, path)))


def with_header(schema: int, kind: str, body: bytes) -> bytes:
    """Put a header line above a body."""
    head = f"smily-tui {schema} {kind} {len(body)}".encode("ascii")
    return head + _checksum(head, body) + body


def split_header(data: bytes, path: Path, newest: int) -> tuple[int, str, bytes]:
    """Return schema, kind and body of a whole file.

    Raises:
        Damaged: it is cut or changed.
        Newer: its schema is newer than `newest`.
    """
    header = _HEADER.match(data)
    if header is None:
        raise Damaged(f"{clean(path)} is not a smily-tui file, or its beginning is damaged.")
    if int(header[1]) > newest:
        raise Newer(f"{clean(path)} was written by a newer smily-tui (schema {int(header[1])}).")
    body = data[header.end() :]
    head, checksum = data[: header.start(4) - 1], data[header.start(4) - 1 : header.end()]
    if len(body) != int(header[3]) or _checksum(head, body) != checksum:
        raise Damaged(f"{clean(path)} is damaged: it was cut short or changed by another program.")
    return int(header[1]), header[2].decode(), body


def _checksum(head: bytes, body: bytes) -> bytes:
    return b" %08x\n" % zlib.crc32(head + body)


def _content(body: bytes, path: Path) -> dict[str, object]:
    try:
        content: object = json.loads(body)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Damaged(f"{clean(path)} is damaged: its content is invalid.")
    return content


SEALED_SCHEMA: Final = 3
WORD: Final = "sealed"
KEY_LENGTH: Final = 32
_NONCE: Final = 12
_SEALED = re.compile(rb"smily-tui \d{1,9} sealed ")
_LABEL: Final = rb"([a-z]{1,32}) (\d{1,12}) ([0-9a-f]{32}) ([a-z0-9/-]{1,200}(?:,[a-z0-9/-]{1,200})?)\n"


class Label(NamedTuple):
    """Label of an encrypted file, in clear.

    Attributes:
        kind: of the file inside.
        generation: of what it holds; 0 where there is only one.
        key_id: which key it is sealed with.
        places: the address that it belongs to; two while it moves from one to the other.
    """

    kind: str
    generation: int
    key_id: str
    places: tuple[str, ...]

    def as_line(self) -> bytes:
        """Encode the label as it stands in the file."""
        return f"{self.kind} {self.generation} {self.key_id} {','.join(self.places)}\n".encode("ascii")


def is_sealed(data: bytes) -> bool:
    """Return whether the data is, or was, an encrypted file."""
    return _SEALED.match(data) is not None


def seal(data: bytes, label: Label, key: bytes) -> bytes:
    """Encrypt a file; its label is authenticated with it."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    # 12 bytes as RFC 8439 wants them; random, as the processes that share the key share no counter
    line, nonce = label.as_line(), os.urandom(_NONCE)
    body = ChaCha20Poly1305(key).encrypt(nonce, data, _vouched(SEALED_SCHEMA, line))
    return with_header(SEALED_SCHEMA, WORD, line + nonce + body)


def label_of(data: bytes, path: Path) -> Label:
    """Read the label of an encrypted file, not yet authenticated; raises Damaged, Newer."""
    return _parts(data, path)[0]


def unseal(data: bytes, path: Path, kind: str, place: str, key_of: Callable[[str], bytes]) -> bytes:
    """Decrypt a file.

    Raises:
        Damaged, Newer: it is cut or changed, or a newer smily-tui wrote it.
        SealBroken: it was changed together with its checksum, or belongs to another place.
        KeyUnavailable: its key cannot be had.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    label, vouched, body = _parts(data, path)
    if label.kind != kind or place not in label.places:
        raise SealBroken(
            f"{clean(path)} belongs elsewhere: it is the {label.kind} of {' and '.join(label.places)}."
        )
    try:
        return ChaCha20Poly1305(key_of(label.key_id)).decrypt(body[:_NONCE], body[_NONCE:], vouched)
    except (InvalidTag, ValueError):
        raise SealBroken(f"{clean(path)} was changed by a program without its key.") from None


def _parts(data: bytes, path: Path) -> tuple[Label, bytes, bytes]:
    """Return the label, the authenticated clear text, and the encrypted rest."""
    schema, word, body = split_header(data, path, SEALED_SCHEMA)
    match = re.match(_LABEL, body) if word == WORD else None
    if match is None:
        raise Damaged(f"{clean(path)} is not an encrypted smily-tui file.")
    label = Label(
        match[1].decode(),
        int(match[2]),
        match[3].decode(),
        tuple(match[4].decode().split(",")),
    )
    return label, _vouched(schema, match[0]), body[match.end() :]


def _vouched(schema: int, line: bytes) -> bytes:
    return b"smily-tui %d sealed " % schema + line
