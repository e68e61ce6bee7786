"""Response headers that carry meaning: challenges, rate limits, and the server's clock.

Source: RFC 6750 section 3 (`WWW-Authenticate`), RFC 9110 sections 6.6.1 (`Date`) and 10.2.3 (`Retry-After`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.scopes import is_valid_name
from smily_tui.oauth.server_words import server_words
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from collections.abc import Mapping

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


LONGEST: Final = (
    3660.0  # seconds: Smily counts by the hour, and clocks differ; what is later is no such limit
)


LONGEST_OUTAGE: Final = 86400.0  # seconds; a time of day says nothing of a later one


def again_at(status: int, headers: Mapping[str, str], now: float) -> float | None:
    """When the server takes the next request, in seconds UTC; None where it did not say so.

    A server with a problem says it by Retry-After alone (RFC 9110 section 15.6.4): Smily's answers all
    hold X-RateLimit-Reset.
    """
    if status == 429:
        return lifted_at(headers, now)
    if status < 500:
        return None
    told = {name: headers[name] for name in ("retry-after", "date") if name in headers}
    return lifted_at(told, now, LONGEST_OUTAGE)


def lifted_at(headers: Mapping[str, str], now: float, longest: float = LONGEST) -> float | None:
    """When the limit is lifted, in seconds UTC by this computer's clock; None where that is not said.

    Seconds to wait, a date (RFC 9110 section 10.2.3) or Smily's Unix seconds; both of the latter are by the
    server's clock, which its Date tells. What is over already, or much longer than an hour, says nothing.
    """
    off = clock_off(headers, now) or 0.0
    retry, reset = headers.get("retry-after", "").strip(), headers.get("x-ratelimit-reset", "").strip()
    try:
        if _is_number(retry):
            wait = float(retry)
        elif retry:
            wait = parsedate_to_datetime(retry).timestamp() + off - now
        elif _is_number(reset):
            wait = float(reset) + off - now
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return now + wait if 0 < wait <= longest else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def clock_off(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds `now` (UTC) is ahead of the server's Date; None where that is not said."""
    try:
        return now - parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
