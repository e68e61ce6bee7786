"""Request log: one redacted line a request, with the reason of a refusal."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from smily_tui.secret import MASK
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.types import Scope

    from smily_tui.sandbox.state import State


LONGEST_PATH: Final = 160
_WHOLE: Final = 2**17  # characters; longer than a head may be
# values of other parameters are redacted, also those of unknown ones
SHOWN: Final = frozenset(
    {
        *("response_type", "redirect_uri", "scope", "account_id", "grant_type", "code_challenge_method"),
        *("page", "per_page", "fields", "include", "from", "until", "status", "updated_since"),
    }
)
_TOKEN: Final = re.compile(r"[0-9A-Fa-f]{32,}")


def explain(request: Request, reason: str) -> None:
    """Record in plain words why a request is refused, such as “scope rentals_read missing”; it is logged."""
    request.state.reason = reason


class Log:
    """Lines about requests: time, method, path, status, milliseconds and reason.

    Args:
        state: knows the time and the Client Secrets, which no line shows.
        write: receives a line; None: nothing is logged.
    """

    def __init__(self, state: State, write: Callable[[str], None] | None) -> None:
        self._state = state
        self._write = write

    def begin(self, scope: Scope) -> None:
        """Prepare a request for its line."""
        scope.setdefault("state", {}).update(note="", reason="", began=time.monotonic())

    def answered(self, scope: Scope, status: int) -> None:
        """Log a request, once its answer has a status."""
        state = scope["state"]
        milliseconds = (time.monotonic() - state["began"]) * 1000
        path = self._redact(f"{scope['method']} {scope['path']}{_query(scope)}")
        self.add(
            f"{clean(path, LONGEST_PATH)}{state['note']} {status} {milliseconds:.0f} ms", state["reason"]
        )

    def add(self, event: str, reason: str = "") -> None:
        """Log an event that is fit to be shown, and the reason for it."""
        if self._write is not None:
            clock = time.strftime("%H:%M:%S", time.localtime(self._state.now()))
            self._write(f"{clock} {event}" + (f": {clean(self._redact(reason))}" if reason else ""))

    def _redact(self, text: str) -> str:
        """Replace tokens, codes and Client Secrets, before a part of one can be cut off."""
        line: str = _TOKEN.sub(MASK, clean(text, _WHOLE))
        for secret in self._state.client_secrets:
            line = line.replace(secret, MASK)
        return line


def _query(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    fields = parse_qsl(query, keep_blank_values=True)
    parameters = (f"{name}={value if name in SHOWN or not value else MASK}" for name, value in fields)
    return f"?{'&'.join(parameters)}" if query else ""
