"""Faults on demand: what the demo asks for next, one line of JSON each, through the sandbox's own stdin.

A pipe and not an address: no page of another origin, and no program but the one that started the sandbox,
can reach it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

from starlette.responses import Response

from smily_tui.clock import Lapse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Message, Receive, Scope, Send

    from smily_tui.sandbox.state import State

Fault = Literal[
    "expired-code",
    "denied",
    "wrong-secret",
    "slow",
    "offline",
    "cut",
    "revoked",
    "missing-scope",
    "rate-limit",
]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)
SLOW: Final = 8.0
AWAY: Final = 20.0


@dataclass
class Faults:
    """What goes wrong next; each fault happens once.

    Attributes:
        slow: seconds that a slow answer takes.
        away: called with the seconds for which nobody listens.
    """

    slow: float = SLOW
    away: Callable[[float], None] = lambda _: None
    _waiting: set[str] = field(default_factory=set)

    def order(self, fault: str, seconds: float | None = None) -> None:
        """Make a fault happen next; an unknown one never happens."""
        if fault == "offline":
            self.away(AWAY if seconds is None else seconds)
            return
        if fault == "slow" and seconds is not None:
            self.slow = seconds
        if fault in FAULTS:
            self._waiting.add(fault)

    def take(self, fault: Fault) -> bool:
        """Whether that is to happen now; it will not happen again."""
        due = fault in self._waiting
        self._waiting.discard(fault)
        return due


def obey(line: str, state: State) -> None:
    """Do what one line from the pipe asks for; what cannot be understood is left alone."""
    try:
        said = json.loads(line)
        if "lapse" in said:
            lapse = Lapse.from_list(said["lapse"])
            state.now = lambda: lapse.now().wall
        else:
            state.faults.order(str(said["fault"]), said.get("seconds"))
    except (KeyError, TypeError, ValueError):
        return


class CutAnswer(Response):
    """An answer whose cable is pulled: the server has acted, and a part of its body arrives."""

    def __init__(self, whole: Response) -> None:
        super().__init__()
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send head and a few bytes, then nothing more: the connection ends."""

        async def cut(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": message["body"][:20], "more_body": True}
            await send(message)

        await self._whole(scope, receive, cut)
