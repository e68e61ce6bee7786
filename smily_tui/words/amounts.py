"""How times and amounts are said."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smily_tui.text import Clean


def time_of_day(at: float) -> str:
    """UTC seconds as local time of day."""
    return time.strftime("%H:%M:%S", time.localtime(at))


def day_and_time(at: float | None, now: float) -> str:
    """UTC seconds as local day and time; `today` for today."""
    if at is None:
        return "never"
    moment, today = time.localtime(at), time.localtime(now)
    same_day = (moment.tm_year, moment.tm_yday) == (today.tm_year, today.tm_yday)
    return time.strftime("today %H:%M" if same_day else "%Y-%m-%d %H:%M", moment)


def countdown(seconds: float) -> str:
    """Time left, such as 1:59:50; a dash when none is."""
    if seconds <= 0:
        return "—"
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def again_in(seconds: float) -> str:
    """How long a server that has had too many requests wants to be left alone."""
    if seconds <= 0:
        return "It can be tried again now."
    whole = math.ceil(seconds)
    return f"It can be tried again in {whole // 60}:{whole % 60:02}."


def in_words(seconds: float) -> str:
    """Time left or gone, for a sentence."""
    minutes = int(abs(seconds) // 60)
    if minutes < 1:
        return f"{int(abs(seconds))} s"
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def listed(scopes: tuple[Clean, ...]) -> str:
    """Permissions, one after the other."""
    return "  ".join(scopes) or "none"
