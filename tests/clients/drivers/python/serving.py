"""Loop of a driver in Python: one order a line on stdin, one reply a line on stdout."""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Setup:
    """Client to play: credentials, redirect URI and preferences."""

    server: str
    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: list[str]
    authentication: str
    pkce: bool

    @property
    def authorize(self) -> str:
        """Authorization endpoint."""
        return f"{self.server}/oauth/authorize"

    @property
    def token(self) -> str:
        """Token endpoint."""
        return f"{self.server}/oauth/token"

    @property
    def revoke(self) -> str:
        """Revocation endpoint."""
        return f"{self.server}/oauth/revoke"

    @property
    def introspect(self) -> str:
        """Introspection endpoint, which Smily does not have."""
        return f"{self.server}/oauth/introspect"

    @property
    def by_redirect(self) -> bool:
        """Whether the code comes in a URL."""
        return self.redirect_uri.startswith("http")

    @property
    def method(self) -> str:
        """How the client authenticates, by its registered name (RFC 7591)."""
        return f"client_secret_{self.authentication}"


def serve(kind: Any) -> None:
    """Carry out orders until stdin closes.

    Args:
        kind: class whose methods are the orders that the client has a function for; `reported` returns the
            OAuth error that the client reports, an empty text for another exception.
    """
    client: Any = None
    with asyncio.Runner() as runner:
        for line in sys.stdin:
            order = json.loads(line)
            name = order.pop("order")
            reply: dict[str, Any]
            try:
                if name == "begin":
                    client, reply = kind(Setup(**order)), {"done": True}
                elif not hasattr(kind, name):
                    reply = {"missing": True}
                else:
                    answer: Any = getattr(client, name)(**order)
                    reply = runner.run(answer) if inspect.iscoroutine(answer) else answer
            except Exception as error:  # noqa: BLE001 - the script judges it
                reply = {"error": kind.reported(error) or repr(error), "class": type(error).__name__}
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()
