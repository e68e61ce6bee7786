"""Finds a secret in bytes in whatever form it may leave: as it is, in part, in URLs, base64 or hex."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

PIECE: Final = 12  # so many characters of a secret in a row are a leak


@dataclass(frozen=True)
class Canary:
    """A secret that must not be found anywhere."""

    name: str
    value: str

    def forms(self) -> dict[str, set[bytes]]:
        """What to look for, by the name of the form."""
        raw = self.value.encode()
        return {
            "as it is": _pieces(raw, PIECE),
            # a run of digits is the same in capitals, and is looked for already
            "in capitals": _pieces(raw.upper(), PIECE) - _pieces(raw, PIECE),
            "backwards": _pieces(raw[::-1], PIECE) - _pieces(raw, PIECE),
            "in a URL": _pieces("".join(f"%{byte:02X}" for byte in raw).encode(), 3 * PIECE)
            | (_pieces(quote(self.value, safe="").encode(), PIECE) - _pieces(raw, PIECE)),
            "in hex": _pieces(raw.hex().encode(), 2 * PIECE),
            "in base64": set().union(*(_in_base64(raw, offset) for offset in range(3))),
        }


def _pieces(text: bytes, length: int) -> set[bytes]:
    return {text[start : start + length] for start in range(len(text) - length + 1)}


def _in_base64(raw: bytes, offset: int) -> set[bytes]:
    """Pieces of its base64 where it begins so many bytes after a multiple of three; both alphabets."""
    start = (3 - offset) % 3
    whole = raw[start : start + (len(raw) - start) // 3 * 3]
    return _pieces(base64.b64encode(whole), 16) | _pieces(base64.urlsafe_b64encode(whole), 16)


class Scanner:
    """Searches for many canaries at once."""

    def __init__(self, *canaries: Canary) -> None:
        self._wanted = [
            (canary.name, form, pieces) for canary in canaries for form, pieces in canary.forms().items()
        ]

    def hits(self, data: bytes | str) -> list[str]:
        """Which secrets were found, and how; never the secrets themselves."""
        text = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        return [
            f"{name} {form}" for name, form, pieces in self._wanted if any(each in text for each in pieces)
        ]
