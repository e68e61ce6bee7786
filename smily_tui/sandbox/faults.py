"""Faults on demand: rare behaviour of a real server, once for each order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, get_args

from smily_tui.errors import UsageError
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


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
EFFECTS: Final[Mapping[Fault, str]] = {
    "expired-code": "The next code has expired.",
    "denied": "The next owner declines.",
    "wrong-secret": "The server refuses the next Client Secret.",
    "slow": "The next answer takes eight seconds.",
    "offline": "The server is offline for twenty seconds, starting now.",
    "cut": "The next token request succeeds, but its answer is cut.",
    "revoked": "The owners remove the app before the next refresh.",
    "missing-scope": "The next code lacks “public”.",
    "rate-limit": "The next API request hits the rate limit.",
}
SLOW: Final = 8.0  # seconds
AWAY: Final = 20.0  # seconds


@dataclass
class Faults:
    """Ordered faults; each happens once.

    Attributes:
        slow: seconds that a slow answer takes.
        away: called with the seconds for which the server does not listen.
    """

    slow: float = SLOW
    away: Callable[[float], None] = lambda _: None
    _waiting: set[str] = field(default_factory=set)

    def order(self, fault: str, seconds: float | None = None) -> None:
        """Order a fault; an unknown one is ignored."""
        if fault == "offline":
            self.away(AWAY if seconds is None else seconds)
            return
        if fault == "slow" and seconds is not None:
            self.slow = seconds
        if fault in FAULTS:
            self._waiting.add(fault)

    def is_waiting(self, fault: Fault) -> bool:
        """Tell whether a fault is ordered and has not happened yet."""
        return fault in self._waiting

    def take(self, fault: Fault) -> bool:
        """Tell whether a fault is due, and remove it."""
        due = fault in self._waiting
        self._waiting.discard(fault)
        return due


def checked_fault(name: str) -> str:
    """Return the name of a fault.

    Raises:
        UsageError: there is no such fault; it lists all.
    """
    if name not in FAULTS:
        raise UsageError(f"Unknown fault “{clean(name, 40)}”.", next=f"Choose from: {', '.join(FAULTS)}.")
    return name
