"""Demo: an application to begin with, every error on demand, and time lapse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from smily_tui.sandbox.accounts import ACCOUNTS
from smily_tui.sandbox.faults import EFFECTS, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Container

    from smily_tui.clock import SimulatedClock
    from smily_tui.sandbox.owner import Owner
    from smily_tui.secret import Secret

APP_NAME: Final = "Demo app"
ASKED_FOR: Final = "You asked for this: {happened}"
TRY_DEMO: Final = -1
"""Ends the program in place of an exit code: the person wants to see the demo."""
SPEED: Final = 60.0
LASTS: Final = 120.0  # seconds


class Trouble(NamedTuple):
    """Error that the demo can make.

    Attributes:
        fault: its name at the sandbox.
        label: its name for people.
        then: what to do to see it.
        happened: goes on after “You asked for this:” when it is met.
        met_as: names of the errors by which it is met, or of other messages.
    """

    fault: Fault
    label: str
    then: str
    happened: str
    met_as: frozenset[str]

    @property
    def help(self) -> str:
        """One sentence about it."""
        return EFFECTS[self.fault]


class Ordered:
    """Errors that a person has asked for and not met yet, newest first."""

    def __init__(self) -> None:
        self._troubles: list[Trouble] = []

    def add(self, trouble: Trouble) -> None:
        """Expect one more."""
        self._troubles.insert(0, trouble)

    @property
    def pending(self) -> tuple[Trouble, ...]:
        """Errors that were not met yet, newest first."""
        return tuple(self._troubles)

    def meet(self, kind: str) -> Trouble | None:
        """Return the newest one that is met as something of that kind; it is expected no longer."""
        trouble = next((trouble for trouble in self._troubles if kind in trouble.met_as), None)
        if trouble is not None:
            self._troubles.remove(trouble)
        return trouble

    def explain(self, kind: str, sentence: str) -> str:
        """Put before a sentence about something of that kind, once, that it was asked for."""
        trouble = self.meet(kind)
        return sentence if trouble is None else f"{ASKED_FOR.format(happened=trouble.happened)} {sentence}"


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
    name: str = APP_NAME
    order: Callable[[dict[str, Any]], None] | None = None
    clock: SimulatedClock | None = None
    owner: Owner | None = None
    ordered: Ordered = field(default_factory=Ordered)
    goes_back: bool = False

    def cause(self, trouble: Trouble) -> None:
        """Order an error."""
        if self.order is not None:
            self.order({"fault": trouble.fault})
            self.ordered.add(trouble)

    @property
    def has_time(self) -> bool:
        """True where its time can be made faster."""
        return self.order is not None and self.clock is not None

    def run_time(self, speed: float) -> None:
        """From now on so many seconds pass in one, for the program and for the server."""
        if self.order is not None and self.clock is not None:
            self.clock.run(speed)
            self.order({"lapse": self.clock.lapse.as_list()})


def queue_lines(connected: Container[int | None]) -> str:
    """Write the accounts of the demo's server for the queue, without those with these numbers."""
    accounts = (account for account in ACCOUNTS if account.number not in connected)
    return "\n".join(f"{account.business_name}; {account.number}" for account in accounts)


CODE: Final = "Open the link, approve and paste the code."
REFRESH: Final = "Refresh an account or check a code."
SLOW: Final = "slow"
REFRESHED: Final = "refreshed"
SAYS_NO: Final = "OwnerDeclined"
NOT_GIVEN: Final = "ScopeMissing"
TROUBLES: Final = (
    Trouble(
        "expired-code", "expired code", CODE, "the code is 11 minutes old.", frozenset({"GrantRefused"})
    ),
    Trouble("denied", "owner declines", CODE, "the owner declined.", frozenset({SAYS_NO})),
    Trouble(
        "wrong-secret", "wrong secret", REFRESH,
        "the server has a different Client Secret.", frozenset({"ClientRefused"}),
    ),
    Trouble("slow", "slow server", REFRESH, "the answer takes eight seconds.", frozenset({SLOW})),
    Trouble(
        "offline", "offline", REFRESH,
        "the server is offline for twenty seconds.", frozenset({"Offline", "PageUnusable"}),
    ),
    Trouble(
        "cut", "lost answer", REFRESH,
        "the server acted, but its answer got lost.", frozenset({"GrantRefused", REFRESHED}),
    ),
    Trouble(
        "revoked", "revoked", "Refresh an account.",
        "the owners removed the app.", frozenset({"AuthorizationRevoked", "AuthorizationLost"}),
    ),
    Trouble("missing-scope", "missing permission", CODE, "the code lacks “public”.", frozenset({NOT_GIVEN})),
    Trouble(
        "rate-limit", "rate limit", CODE, "that API request hit the rate limit.", frozenset({"RateLimited"})
    ),
)  # fmt: skip


TIME_LAPSE: Final = "Demo: for two minutes, each second counts as a minute."
TIME_AS_USUAL: Final = "Demo: time runs as usual."


def make(demo: DemoInfo, trouble: Trouble, say: Callable[[str], None]) -> None:
    """Order an error, and say what to do to see it."""
    demo.cause(trouble)
    say(f"Demo: {trouble.help} {trouble.then}")


def time_lapse(
    run_time: Callable[[float], None], say: Callable[[str], None], later: Callable[..., object]
) -> None:
    """Let two hours pass in two minutes; `later` calls a function after some seconds."""
    run_time(SPEED)
    say(TIME_LAPSE)
    later(LASTS, lambda: run_time(1.0))
