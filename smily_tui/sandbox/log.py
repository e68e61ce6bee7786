"""Request log: one redacted line a request, with the reason of a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request


def explain(request: Request, reason: str) -> None:
    """Record in plain words why a request is refused, such as “scope rentals_read missing”; it is logged."""
    request.state.reason = reason
