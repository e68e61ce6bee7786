"""A registered application: its public part in the settings, its secret in a private file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Container

    from smily_tui.origin import Origin
    from smily_tui.secret import Secret

KIND: Final = "application"
PROVISIONAL: Final = "new-"
_LONGEST_KEY = 40
# what the program's own files are called, beside which those of an account or application lie
_OWN: Final = frozenset(
    {"application", "applications", "codes", "config", "lock", "protection", "settings", "trash", "wizard"}
)
# with any ending they are devices of Windows (learn.microsoft.com, “Naming Files, Paths, and Namespaces”)
_DEVICES: Final = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")
_PROVISIONAL: Final = re.compile(rf"{PROVISIONAL}[0-9a-f]{{8}}")


@dataclass(frozen=True)
class Application:
    """A client registered at Smily.

    Attributes:
        key: its part of an address: lower case letters, digits and dashes.
        name: for people.
        client_id: the Client ID.
        scopes: what was last asked for.
        server: the origin it is registered at; its secret is sent to no other.
    """

    key: str
    name: Clean
    client_id: str
    scopes: tuple[str, ...]
    server: Origin

    def is_same_client(self, other: Application) -> bool:
        """Whether both are the same client of the same server, whatever they are called here."""
        return (self.client_id, self.server) == (other.client_id, other.server)


@dataclass(frozen=True)
class Credentials:
    """What an application shows at the token endpoint of its server (RFC 6749 section 2.3.1)."""

    client_id: str
    client_secret: Secret
    server: Origin


def address_part(name: str, taken: Container[str], otherwise: str) -> str:
    """A free part of an address for a thing called `name`; from `otherwise` where no letter is left of it.

    Names come from outside: none may be that of a file of the program's own, or of a code exchange under way.
    """
    ascii_name = unicodedata.normalize("NFKD", clean(name)).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")[:_LONGEST_KEY].strip("-") or otherwise
    if base not in taken and not is_reserved(base):
        return base
    number = 2
    while f"{base}-{number}" in taken or is_reserved(f"{base}-{number}"):
        number += 1
    return f"{base}-{number}"


def is_reserved(part: str) -> bool:
    """Whether no account or application may have this part of an address."""
    return part in _OWN or any(form.fullmatch(part) for form in (_DEVICES, _PROVISIONAL))


def is_address_part(text: str) -> bool:
    """Whether `text` can be a part of an address, and so a name in the store."""
    return re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", text) is not None
