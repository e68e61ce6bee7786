"""What a 401 or 403 of the API says in `WWW-Authenticate` (RFC 6750 section 3): which error, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.scopes import is_valid_name
from smily_tui.oauth.server_words import server_words
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from smily_tui.text import Clean

_PARAMETER: Final = re.compile(r'([a-z_]{1,30})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', re.IGNORECASE)


class Reason(Enum):
    """Why an access token is not accepted."""

    EXPIRED = "it has expired"
    REVOKED = "it was revoked: a newer one replaced it, or the owner removed the application"
    INVALID = "the server does not know it"
    UNSAID = "the server does not say why"


@dataclass(frozen=True)
class Challenge:
    """What the header says.

    Attributes:
        reason: why the token is not accepted.
        words: the server's own, cleaned; empty where there are none.
        scopes: the permissions that it names, of which the request needs one.
        insufficient_scope: whether it says that a permission is missing.
    """

    reason: Reason
    words: Clean
    scopes: tuple[str, ...]
    insufficient_scope: bool = False


def read_challenge(header: str) -> Challenge:
    """The challenge in a header, however it is written; an empty or foreign one says nothing."""
    found: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(header):
        found.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or bare)
    said = found.get("error_description", "")
    named = tuple(name for name in found.get("scope", "").split() if is_valid_name(name))
    reason = _reason(found.get("error", ""), said.casefold())
    insufficient = found.get("error", "") == "insufficient_scope"
    return Challenge(reason, server_words(Untrusted(said), 200), named[:20], insufficient)


def _reason(error: str, said: str) -> Reason:
    for reason in (Reason.EXPIRED, Reason.REVOKED):
        if reason.name.casefold() in said:
            return reason
    return Reason.INVALID if error == "invalid_token" else Reason.UNSAID
