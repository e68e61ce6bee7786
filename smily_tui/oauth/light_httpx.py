"""`httpx` without its command line."""

import sys

# httpx 0.28 imports it where click and rich are installed: half of its time. None makes that import fail
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402 - after that

__all__ = ["httpx"]
