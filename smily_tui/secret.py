"""Secret that cannot be printed, logged, pickled or formatted by accident."""

from __future__ import annotations

import zlib
from typing import Final, NoReturn, final

from smily_tui.digest import sha256

MASK: Final = "●●●●●●●●"
_TAIL = 4
_SHORTEST_WITH_TAIL = 24


@final
class Secret:
    """Client secret, authorization code or token.

    Every way to turn it into text gives dots; only `reveal()` gives the text, so that a search for
    `reveal(` finds every place where a secret leaves.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the secret itself; the caller is responsible for where it goes."""
        return self.__value

    def masked(self) -> str:
        """Dots and, where the secret is long enough not to be guessed from them, its last four characters."""
        if len(self.__value) < _SHORTEST_WITH_TAIL:
            return MASK
        return MASK + self.__value[-_TAIL:]

    def fingerprint(self) -> str:
        """Sixteen hex digits that tell two secrets apart and say nothing about either (SHA-256, cut)."""
        return sha256(self.__value.encode("utf-8", "surrogatepass"))[:16]

    def checksum(self) -> int:
        """CRC-32, by which one of thousands is found before the secrets themselves are compared."""
        return zlib.crc32(self.__value.encode("utf-8", "surrogatepass"))

    def __len__(self) -> int:
        return len(self.__value)

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        import hmac  # loads OpenSSL

        # compare_digest takes no str beyond ASCII; a lone surrogate has no strict UTF-8
        ours = self.reveal().encode("utf-8", "surrogatepass")
        theirs = other.reveal().encode("utf-8", "surrogatepass")
        return hmac.compare_digest(ours, theirs)

    def __hash__(self) -> int:
        return hash((Secret, self.__value))

    def __repr__(self) -> str:
        return f"Secret({MASK})"

    def __str__(self) -> str:
        return MASK

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __reduce__(self) -> NoReturn:
        msg = "a Secret is not pickled or copied; call reveal() where it must leave"
        raise TypeError(msg)
