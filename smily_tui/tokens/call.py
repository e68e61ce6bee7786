"""GET request of the API with a stored access token."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from smily_tui.oauth.api_answer import LARGEST_BODY, read_api_answer

if TYPE_CHECKING:
    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.tokens.context import Environment
    from smily_tui.vault.store import Slot


def call(environment: Environment, slot: Slot, path: str) -> ApiAnswer:
    """Send one request, whatever the token is; return the answer, also a refusal.

    Raises:
        NoSuchAccount, VaultError: nothing was sent.
        NoUsableAnswer: no whole answer came.
    """
    from smily_tui.oauth.http import Transport

    stored = slot.require()
    environment.report("asking")
    began = time.monotonic()
    transport = Transport(stored.server, largest=LARGEST_BODY, record=environment.record)
    response = transport.get(path, stored.current.access)
    return read_api_answer(
        response,
        path,
        time.monotonic() - began,
        granted=stored.current.scopes,
        asked=stored.requested_scopes,
        now=environment.clock.now().wall,
    )
