"""Demo: an application to begin with, every error on demand, and time lapse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.clock import SimulatedClock
    from smily_tui.sandbox.owner import Owner
    from smily_tui.secret import Secret

ASKED_FOR: Final = "You asked for this: {happened}"
TRY_DEMO: Final = -1
"""Ends the program in place of an exit code: the person wants to see the demo."""
SPEED: Final = 60.0
LASTS: Final = 120.0  # seconds


@dataclass(frozen=True)
class Trouble:
    """Error that the demo can make.

    Attributes:
        fault: its name at the sandbox.
        label: its name for people.
        help: one sentence about it.
        then: what to do to see it.
        happened: goes on after “You asked for this:” when it is met.
        met_as: names of the errors by which it is met, or of other messages.
    """

    fault: str
    label: str
    help: str
    then: str
    happened: str
    met_as: frozenset[str]


class Ordered:
    """Errors that a person has asked for and not met yet, newest first."""

    def __init__(self) -> None:
        self._troubles: list[Trouble] = []

    def add(self, trouble: Trouble) -> None:
        """Expect one more."""
        self._troubles.insert(0, trouble)

    def explain(self, kind: str, sentence: str) -> str:
        """Put before a sentence about something of that kind, once, that it was asked for."""
        for trouble in self._troubles:
            if kind in trouble.met_as:
                self._troubles.remove(trouble)
                return f"{ASKED_FOR.format(happened=trouble.happened)} {sentence}"
        return sentence


@dataclass(frozen=True)
class DemoInfo:
    """Demo server and the application that it knows, filled in for the person.

    Attributes:
        order: hands a line to the server: a fault, or the numbers of its clock; None: it takes none.
        clock: can be made faster; None: it cannot.
        owner: reads and answers the server's pages where there is no browser; None: nobody does.
        ordered: the errors that the person has asked for and not met yet.
        goes_back: whether Esc on its first page leads back to the program that it was opened from.
    """

    client_id: str
    client_secret: Secret
    server: str
    name: str = "Demo app"
    order: Callable[[dict[str, Any]], None] | None = None
    clock: SimulatedClock | None = None
    owner: Owner | None = None
    ordered: Ordered = field(default_factory=Ordered)
    goes_back: bool = False


CODE: Final = "Open the link, approve and paste the code."
REFRESH: Final = "Refresh an account or check a code."
SLOW: Final = "slow"
REFRESHED: Final = "refreshed"
SAYS_NO: Final = "OwnerDeclined"
NOT_GIVEN: Final = "ScopeMissing"
TROUBLES: Final = (
    Trouble(
        "expired-code", "expired code", "The next code is too old.", CODE,
        "the code is 11 minutes old.", frozenset({"GrantRefused"}),
    ),
    Trouble(
        "denied", "owner declines", "The next owner declines.", CODE,
        "the owner declined.", frozenset({SAYS_NO}),
    ),
    Trouble(
        "wrong-secret", "wrong secret", "The server has a different Client Secret.", REFRESH,
        "the server has a different Client Secret.", frozenset({"ClientRefused"}),
    ),
    Trouble(
        "slow", "slow server", "The next answer takes eight seconds.", REFRESH,
        "the answer takes eight seconds.", frozenset({SLOW}),
    ),
    Trouble(
        "offline", "offline", "The server is offline for twenty seconds.", REFRESH,
        "the server is offline for twenty seconds.", frozenset({"Offline", "PageUnusable"}),
    ),
    Trouble(
        "cut", "lost answer", "The server acts, but its answer gets lost.", REFRESH,
        "the server acted, its answer got lost, and smily-tui asked again.",
        frozenset({"GrantRefused", REFRESHED}),
    ),
    Trouble(
        "revoked", "revoked", "The owners remove the app.", "Refresh an account.",
        "the owners removed the app.", frozenset({"AuthorizationRevoked", "AuthorizationLost"}),
    ),
    Trouble(
        "missing-scope", "missing permission", "The next code lacks “public”.", CODE,
        "the code lacks “public”.", frozenset({NOT_GIVEN}),
    ),
    Trouble(
        "rate-limit", "rate limit", "The next API request hits the rate limit.", CODE,
        "that API request hit the rate limit.", frozenset({"RateLimited"}),
    ),
)  # fmt: skip


def make(demo: DemoInfo, trouble: Trouble, say: Callable[[str], None]) -> None:
    """Order an error, and say what to do to see it."""
    if demo.order is not None:
        demo.order({"fault": trouble.fault})
        demo.ordered.add(trouble)
        say(f"Demo: {trouble.help} {trouble.then}")


def time_lapse(
    order: Callable[[dict[str, Any]], None],
    clock: SimulatedClock,
    say: Callable[[str], None],
    later: Callable[..., object],
) -> None:
    """Let two hours pass in two minutes; `later` calls a function after some seconds."""

    def run(speed: float) -> None:
        clock.run(speed)
        order({"lapse": clock.lapse.as_list()})

    run(SPEED)
    say("Demo: for two minutes, each second counts as a minute.")
    later(LASTS, lambda: run(1.0))
