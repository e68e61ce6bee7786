"""Paths in one form: every route of the sandbox, also those of the API, is found by it."""

from __future__ import annotations

import re
from typing import Final

_SLASHES: Final = re.compile(r"/{2,}")


def canonical(path: str) -> str:
    """Return a path without doubled and final slashes and without `.json`, which Rails ignores."""
    short = _SLASHES.sub("/", path).rstrip("/")
    name = short.rpartition("/")[2]
    return (short if name == ".json" else short.removesuffix(".json")) or "/"
