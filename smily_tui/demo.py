"""What the demo gives the person: an application to begin with, every error on demand, and time lapse."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.lapse import LapseClock
    from smily_tui.sandbox.owner import Owner
    from smily_tui.secret import Secret

SPEED: Final = 60.0
LASTS: Final = 120.0


@dataclass(frozen=True)
class DemoInfo:
    """The demo's own server, and the application that it knows; filled in for the person.

    Attributes:
        order: hands a line to the server: a fault, or the numbers of its clock; None: it takes none.
        clock: can be made faster; None: it cannot.
        owner: reads and answers the server's pages where there is no browser; None: nobody does.
    """

    client_id: str
    client_secret: Secret
    server: str
    name: str = "Demo app"
    order: Callable[[dict[str, Any]], None] | None = None
    clock: LapseClock | None = None
    owner: Owner | None = None


@dataclass(frozen=True)
class Trouble:
    """An error that the demo can make.

    Attributes:
        fault: its name at the sandbox.
        label: its name for people.
        help: what it is.
        then: what the person does to see it.
    """

    fault: str
    label: str
    help: str
    then: str


CODE: Final = "Open the link, say yes and paste the code."
REFRESH: Final = "Refresh an account (r in the dashboard) or check a code."
TROUBLES: Final = (
    Trouble("expired-code", "expired code", "The next code is too old.", CODE),
    Trouble("denied", "owner says no", "The next owner is understood to say no.", CODE),
    Trouble("wrong-secret", "wrong secret", "The server knows another Client Secret.", REFRESH),
    Trouble("slow", "slow server", "The next answer takes eight seconds.", REFRESH),
    Trouble("offline", "offline", "The server cannot be reached for twenty seconds.", REFRESH),
    Trouble("cut", "cable pulled", "The server acts, and its answer is cut.", REFRESH),
    Trouble("revoked", "revoked", "The owners remove the application.", "Refresh an account (r)."),
    Trouble("missing-scope", "missing permission", "The next code is given without “public”.", CODE),
    Trouble("rate-limit", "rate limit", "The next call of the API is one too many.", CODE),
)


def make(order: Callable[[dict[str, Any]], None], trouble: Trouble, say: Callable[[str], None]) -> None:
    """Order an error, and say what to do to see it."""
    order({"fault": trouble.fault})
    say(f"Demo: {trouble.help} {trouble.then}")


def time_lapse(
    order: Callable[[dict[str, Any]], None],
    clock: LapseClock,
    say: Callable[[str], None],
    later: Callable[..., object],
) -> None:
    """Two hours pass in two minutes; `later` calls a function after some seconds."""

    def run(speed: float) -> None:
        clock.run(speed)
        order({"lapse": clock.lapse.as_list()})

    run(SPEED)
    say("Demo: each second is a minute now, for two minutes.")
    later(LASTS, lambda: run(1.0))
