"""Values of parameters and bodies: each check returns what is stored, or raises ValueError with a title.

Times are stored as Smily writes them, in UTC, so that they compare as text.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    Check = Callable[[object], object]

LONGEST_TEXT: Final = 255
_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_DECIMAL: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


def instant(seconds: float) -> str:
    """Write Unix seconds as Smily writes a time."""
    return _write(datetime.fromtimestamp(seconds, UTC))


def time(value: object) -> str:
    """Read a time or a date (ISO 8601); without an offset it is in UTC."""
    try:
        # the header X-Updated-Since-Request-Synced-At ends in " UTC", and clients send it back
        moment = datetime.fromisoformat(str(value).strip().replace(" UTC", "+00:00"))
        return _write(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ValueError("is not a time") from None


def _write(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def whole(value: object) -> int:
    """Read a whole number."""
    if isinstance(value, bool) or not _WHOLE.fullmatch(str(value)):
        raise ValueError("is not a whole number")
    return int(str(value))


def decimal(value: object) -> str:
    """Read an amount; Smily writes it as text."""
    if isinstance(value, bool) or not _DECIMAL.fullmatch(str(value)):
        raise ValueError("is not a number of 0 or more")
    return str(float(str(value)))


def flag(value: object) -> bool:
    """Read true or false."""
    if value not in (True, False, "true", "false"):
        raise ValueError("is neither true nor false")
    return value in (True, "true")


def text(value: object, longest: int = LONGEST_TEXT) -> str:
    """Read a text."""
    if not isinstance(value, str):
        raise ValueError("is not a text")  # noqa: TRY004 - the title of an answer, no fault of the program
    if len(value) > longest:
        raise ValueError(f"is too long (maximum is {longest} characters)")
    return value


notes = partial(text, longest=6000)


def currency(value: object) -> str:
    """Read a currency code (ISO 4217)."""
    if not _CURRENCY.fullmatch(str(value)):
        raise ValueError("is not a currency code")
    return str(value)


def names(value: object) -> frozenset[str]:
    """Read names with commas between them."""
    return frozenset(name.strip().lower() for name in str(value).split(","))


def numbers(value: object) -> frozenset[int]:
    """Read numbers with commas between them."""
    return frozenset(map(whole, str(value).split(",")))
