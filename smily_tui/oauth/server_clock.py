"""How far this computer's clock is from a server's, by the Date of an answer (RFC 9110 section 6.6.1)."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def clock_off(headers: Mapping[str, str], now: float) -> float | None:
    """How many seconds `now` (UTC) is ahead of the server's Date; None where that is not said."""
    try:
        return now - parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
