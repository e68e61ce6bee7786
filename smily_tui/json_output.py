"""JSON for programs: its form is the same wherever the program prints some."""

from __future__ import annotations

import json
import time
from typing import Any, Final

SCHEMA: Final = 1
"""Version of the form; a new one begins where a key changes its meaning or goes."""


def json_output(**fields: Any) -> str:
    """Write one object with the version of its form, and a newline at its end."""
    return json.dumps({"schema": SCHEMA, **fields}, indent=2) + "\n"


def rfc3339(at: float | None) -> str | None:
    """Format UTC seconds as RFC 3339 does, such as 2026-11-23T06:42:00Z; None stays None."""
    return None if at is None else time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
