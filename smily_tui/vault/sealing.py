"""The seal: a whole framed file, encrypted, bound to what it is, where it may lie, and its generation.

Outside is the same frame with the word `sealed` and a newer schema, so that a cut file is noticed without a
key and an older program names it as newer. A label in clear follows; the encryption vouches for it, too.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.text import clean
from smily_tui.vault.errors import Damaged, SealBroken
from smily_tui.vault.frame import unwrap, wrap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCHEMA: Final = 3
WORD: Final = "sealed"
KEY_LENGTH: Final = 32
_NONCE: Final = 12
_SEALED = re.compile(rb"smily-tui \d{1,9} sealed ")
_LABEL = re.compile(rb"([a-z]{1,32}) (\d{1,12}) ([0-9a-f]{32}) ([a-z0-9/-]{1,200}(?:,[a-z0-9/-]{1,200})?)\n")


@dataclass(frozen=True)
class Label:
    """What a sealed file says of itself in clear.

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
        """The label as it stands in the file."""
        return f"{self.kind} {self.generation} {self.key_id} {','.join(self.places)}\n".encode("ascii")


def is_sealed(data: bytes) -> bool:
    """Whether that is, or was, a sealed file."""
    return _SEALED.match(data) is not None


def seal(data: bytes, label: Label, key: bytes) -> bytes:
    """The bytes of a file that only the key opens, as what its label says."""
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    line, nonce = label.as_line(), os.urandom(_NONCE)
    body = ChaCha20Poly1305(key).encrypt(nonce, data, _vouched(SCHEMA, line))
    return wrap(SCHEMA, WORD, line + nonce + body)


def label_of(data: bytes, path: Path) -> Label:
    """What a sealed file says of itself, not vouched for yet; raises Damaged, Newer."""
    return _parts(data, path)[0]


def unseal(data: bytes, path: Path, kind: str, place: str, key_of: Callable[[str], bytes]) -> bytes:
    """The bytes of the file inside a sealed one.

    Raises:
        Damaged, Newer: it is cut or changed, or a newer smily-tui wrote it.
        SealBroken: it was changed by somebody who mended the checksum, or belongs to another place.
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
        raise SealBroken(f"{clean(path)} was changed by something that does not have its key.") from None


def _parts(data: bytes, path: Path) -> tuple[Label, bytes, bytes]:
    """The label, all that the encryption vouches for in clear, and the rest."""
    schema, word, body = unwrap(data, path, SCHEMA)
    found = _LABEL.match(body) if word == WORD else None
    if found is None:
        raise Damaged(f"{clean(path)} is not an encrypted file of smily-tui.")
    label = Label(found[1].decode(), int(found[2]), found[3].decode(), tuple(found[4].decode().split(",")))
    return label, _vouched(schema, found[0]), body[found.end() :]


def _vouched(schema: int, line: bytes) -> bytes:
    return b"smily-tui %d sealed " % schema + line
