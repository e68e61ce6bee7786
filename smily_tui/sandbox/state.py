"""State of the sandbox: applications, accounts, codes and tokens, their rotation, and faults on demand.

Behaves as Doorkeeper 5.5 does. Rotation `immediate`: a refresh revokes the old pair at once. Rotation
`on-use`: the old pair stays valid until the new access token is first presented to any endpoint; using a
token revokes its direct predecessor only. Faults arrive as JSON lines on the sandbox's stdin, so that only
the program that started it can order them.
"""

from __future__ import annotations

import json
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from starlette.responses import Response

from smily_tui.clock import SimulatedTime
from smily_tui.oauth.diagnosis import CODE_LIFETIME
from smily_tui.oauth.scopes import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Message, Receive, Scope, Send


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

    def take(self, fault: Fault) -> bool:
        """Tell whether a fault is due, and remove it."""
        due = fault in self._waiting
        self._waiting.discard(fault)
        return due


def apply_order(line: str, state: State) -> None:
    """Carry out a line from stdin: set the clock or order a fault; an invalid line is ignored."""
    try:
        order = json.loads(line)
        if "lapse" in order:
            simulated = SimulatedTime.from_list(order["lapse"])
            state.now = lambda: simulated.now().wall
        else:
            state.faults.order(str(order["fault"]), order.get("seconds"))
    except (KeyError, TypeError, ValueError):
        return


class CutAnswer(Response):
    """Answer that is cut: the server has acted, and a part of the body arrives."""

    def __init__(self, whole: Response) -> None:
        super().__init__()
        self._whole = whole

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head and a few bytes, then end the connection."""

        async def cut(message: Message) -> None:
            # uvicorn closes a connection with an unfinished body, which the client sees as a cut
            if message["type"] == "http.response.body":
                message = {**message, "body": message["body"][:20], "more_body": True}
            await send(message)

        await self._whole(scope, receive, cut)


Rotation = Literal["on-use", "immediate"]
PUBLIC: Final = "public"


@dataclass(frozen=True)
class FakeAccount:
    """Account whose owner can approve."""

    number: int
    business_name: str
    email: str
    status: str
    default_locale: str


ACCOUNTS: Final = (
    FakeAccount(4711, "Villa Rosa", "rosa@example.com", "paying", "en"),
    FakeAccount(4712, "Chalet [Alpes]", "chalet@example.com", "paying", "fr"),
    FakeAccount(4713, "Casa Azul & Jardín", "azul@example.com", "trial", "es"),
    FakeAccount(4714, "Old Mill Farm", "mill@example.com", "suspended", "en"),
)


@dataclass(frozen=True)
class Client:
    """Registered application."""

    client_id: str
    client_secret: str
    name: str = "Sandbox app"
    scopes: tuple[str, ...] = tuple(scope.name for scope in CATALOGUE)


@dataclass
class Code:
    """Authorization code: valid once, for ten minutes."""

    value: str
    client_id: str
    account: int
    scopes: tuple[str, ...]
    expires: float
    used: bool = False


@dataclass
class Pair:
    """Access token and refresh token, revoked together as in Doorkeeper, where they share a row."""

    access: str
    refresh: str | None
    client_id: str
    account: int | None
    scopes: tuple[str, ...]
    created: float
    lifetime: int
    previous: Pair | None = None
    revoked: bool = False

    def expired(self, now: float) -> bool:
        """Tell whether the access token has expired; the refresh token never does."""
        return now >= self.created + self.lifetime


@dataclass
class Hour:
    """API calls of one application in the current hour."""

    since: float
    calls: int = 0


@dataclass
class State:
    """State of the whole server; the event loop serves one request at a time, so that it needs no lock."""

    rotation: Rotation = "on-use"
    lifetime: int = 7200
    rate_limit: int = 1000
    seed: int | None = None
    now: Callable[[], float] = time.time
    codes: dict[str, Code] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    granted: set[tuple[str, int, tuple[str, ...]]] = field(default_factory=set)
    clients: dict[str, Client] = field(default_factory=dict)
    hours: dict[str, Hour] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        """Register the first application."""
        # a seed is for pictures and tests only: its tokens can be guessed
        self._random = random.Random(self.seed) if self.seed is not None else secrets.SystemRandom()  # noqa: S311
        self.client = self.register()

    def token(self) -> str:
        """Make a token, code or identifier: 64 hexadecimal digits, like Smily's."""
        return f"{self._random.getrandbits(256):064x}"

    def register(self, **changes: Any) -> Client:
        """Register an application; `changes` replace defaults of `Client`."""
        client = Client(self.token(), self.token(), **changes)
        self.clients[client.client_id] = client
        return client

    # -- codes -----------------------------------------------------------------------------------------

    def grant(self, account: int, scopes: tuple[str, ...], client: Client | None = None) -> str:
        """Issue a code for an application, by default the first one, as after the owner's approval."""
        client_id = (client or self.client).client_id
        code = Code(self.token(), client_id, account, scopes, self.now() + CODE_LIFETIME)
        self.codes[code.value] = code
        self.granted.add((client_id, account, scopes))
        return code.value

    def live_code(self, value: str) -> Code | None:
        """Return the code if it is still valid."""
        code = self.codes.get(value)
        return code if code and not code.used and self.now() < code.expires else None

    # -- tokens ----------------------------------------------------------------------------------------

    def issue(self, pair: Pair) -> None:
        """Store a new pair."""
        self.pairs.append(pair)

    def uninstall(self) -> None:
        """Revoke all tokens, as if the owners removed the application."""
        for pair in self.pairs:
            pair.revoked = True
        self.granted.clear()

    def expire_codes(self) -> None:
        """Let all codes expire now."""
        for code in self.codes.values():
            code.expires = self.now()

    def by_refresh(self, value: str) -> Pair | None:
        """Find the pair of a refresh token that is not revoked."""
        return next((pair for pair in self.pairs if pair.refresh == value and not pair.revoked), None)

    def by_access(self, value: str) -> Pair | None:
        """Find the pair of an access token, revoked or not."""
        return next((pair for pair in self.pairs if pair.access == value), None)

    def rotate(self, old: Pair, new: Pair) -> None:
        """Replace a pair after a refresh, by the rules of the rotation."""
        # Doorkeeper keeps the old pair if its table has the column previous_refresh_token
        if self.rotation == "immediate":
            old.revoked = True
        else:
            new.previous = old
        self.issue(new)

    def present(self, pair: Pair) -> None:
        """Use an access token: revoke its direct predecessor."""
        if pair.previous is not None:
            pair.previous.revoked = True
            pair.previous = None

    def live_refresh_tokens(self) -> int:
        """Count the valid refresh tokens."""
        return sum(1 for pair in self.pairs if pair.refresh and not pair.revoked)

    # -- rate limit ------------------------------------------------------------------------------------

    def count_call(self, client_id: str) -> tuple[int, int]:
        """Count a call; return the calls left this hour (negative: too many) and when the hour ends."""
        hour = self.hours.get(client_id)
        if hour is None or self.now() - hour.since >= 3600:
            hour = self.hours[client_id] = Hour(self.now())
        hour.calls += 1
        if self.faults.take("rate-limit"):
            return -1, int(hour.since + 3600)
        return self.rate_limit - hour.calls, int(hour.since + 3600)
