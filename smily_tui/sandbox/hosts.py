"""Host names: of this computer, in a `Host` header, and as options."""

from __future__ import annotations

import ipaddress
import re
from typing import Final

from smily_tui.errors import UsageError
from smily_tui.origin import BadServer, Origin
from smily_tui.text import clean

_AUTHORITY: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::([0-9]{0,5}))?")


def split_authority(text: str) -> tuple[str, str] | None:
    """Return host name and port of a `Host` header, in one form each; None if it is malformed.

    Names are compared without case, final dot and brackets; the port may be empty.
    """
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return None
    name = match[1].strip("[]").lower().removesuffix(".")
    return (name, match[2] or "") if name else None


def is_loopback(name: str) -> bool:
    """Tell whether a host name is this computer, whatever the DNS says (RFC 6761 section 6.3)."""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def checked_host(text: str) -> str:
    """Return a host name that may be allowed, in the form in which it is compared.

    Raises:
        UsageError: it is no host name.
    """
    name = "" if ":" in text else (split_authority(text) or ("", ""))[0]
    try:
        Origin(f"https://{name}")
    except BadServer:
        raise UsageError(
            f"“{clean(text, 80)}” is not a host name.",
            next="Give a name without scheme and port, such as sandbox.example.",
        ) from None
    return name
