"""Response headers that carry meaning: challenges, rate limits, and the server's clock.

Source: RFC 6750 section 3 (`WWW-Authenticate`), RFC 9110 sections 6.6.1 (`Date`) and 10.2.3 (`Retry-After`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.scopes import is_valid_name
from smily_tui.oauth.server_words import server_words
from smily_tui.text import Clean, Untrusted

if TYPE_CHECKING:
    from collections.abc import Mapping


# seconds: Smily counts by the hour, and clocks differ
LONGEST_LIMIT: Final = 3660.0
# seconds: a time of day cannot show a later one
LONGEST_OUTAGE: Final = 86400.0
_PARAMETER: Final = re.compile(r'([a-z_]{1,30})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))', re.IGNORECASE)


class Reason(Enum):
    """Reason why an access token is not accepted."""

    EXPIRED = "it has expired"
    REVOKED = "it was revoked: a newer one replaced it, or the owner removed the app"
    INVALID = "the server does not know it"
    UNSAID = "the server gave no reason"


@dataclass(frozen=True)
class Challenge:
    """Content of a `WWW-Authenticate` header.

    Attributes:
        reason: why the token is not accepted.
        message: the server's own words, cleaned; empty if there are none.
        scopes: scopes of which the request needs one.
        insufficient_scope: whether a scope is missing.
    """

    reason: Reason
    message: Clean
    scopes: tuple[str, ...]
    insufficient_scope: bool = False


def read_challenge(header: str) -> Challenge:
    """Read a challenge in any spelling; an empty or foreign one has no content."""
    parameters: dict[str, str] = {}
    for name, quoted, bare in _PARAMETER.findall(header):
        parameters.setdefault(name.lower(), re.sub(r"\\(.)", r"\1", quoted) or bare)
    error, description = parameters.get("error", ""), parameters.get("error_description", "")
    scopes = tuple(name for name in parameters.get("scope", "").split() if is_valid_name(name))
    reason = Reason.INVALID if error == "invalid_token" else Reason.UNSAID
    # Doorkeeper has the code invalid_token for all three; only its description differs
    for candidate in (Reason.REVOKED, Reason.EXPIRED):
        if candidate.name.casefold() in description.casefold():
            reason = candidate
    return Challenge(
        reason, server_words(Untrusted(description), 200), scopes[:20], error == "insufficient_scope"
    )


def again_at(status: int, headers: Mapping[str, str], now: float) -> float | None:
    """Return when the server takes the next request (UTC seconds); None if it does not say.

    A server with a problem says it by Retry-After alone (RFC 9110 section 15.6.4): every answer of Smily
    has X-RateLimit-Reset.
    """
    if status == 429:
        return lifted_at(headers, now)
    if status < 500:
        return None
    return lifted_at(
        {name: headers[name] for name in ("retry-after", "date") if name in headers}, now, LONGEST_OUTAGE
    )


def lifted_at(headers: Mapping[str, str], now: float, longest: float = LONGEST_LIMIT) -> float | None:
    """Return when the limit is lifted, in UTC seconds of this computer's clock; None if it is not stated.

    Seconds to wait, a date (RFC 9110 section 10.2.3) or Smily's Unix seconds; the latter two are by the
    server's clock, which its Date shows. A moment in the past or beyond `longest` seconds is ignored.
    """
    ahead = clock_off(headers, now) or 0.0
    retry_after = headers.get("retry-after", "").strip()
    reset = headers.get("x-ratelimit-reset", "").strip()
    try:
        if _is_number(retry_after):
            wait = float(retry_after)
        elif retry_after:
            wait = _http_date(retry_after) + ahead - now
        elif _is_number(reset):
            wait = float(reset) + ahead - now
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return now + wait if 0 < wait <= longest else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 16


def clock_off(headers: Mapping[str, str], now: float) -> float | None:
    """Return how many seconds `now` (UTC) is ahead of the server's Date; None without a readable one."""
    try:
        return now - _http_date(headers.get("date", ""))
    except (ValueError, OverflowError, OSError):  # dates far off, such as the year 9999, fail in timestamp()
        return None


def _http_date(text: str) -> float:
    """Return a date of HTTP in seconds UTC; raises ValueError or TypeError where it is none."""
    from email.utils import parsedate_to_datetime  # loads the whole package

    return parsedate_to_datetime(text).timestamp()
