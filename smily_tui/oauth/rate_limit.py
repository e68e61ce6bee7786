"""When a server takes the next request: by Retry-After or, after too many, by X-RateLimit-Reset."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.server_clock import clock_off

if TYPE_CHECKING:
    from collections.abc import Mapping

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
