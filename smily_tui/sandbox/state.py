"""State of the sandbox: its app, accounts, codes and tokens, their rotation, and faults on demand.

Behaves as a Doorkeeper server does. Rotation `immediate`: a refresh ends the old pair at once. Rotation
`on-use`: the old pair lives until the new access token is first presented anywhere; using a token ends its
direct predecessor only. Faults arrive as JSON lines on the sandbox's stdin, so that only the program that
started it can ask for them.
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


def apply_order(line: str, state: State) -> None:
    """Do what one line from the pipe asks for; what cannot be understood is left alone."""
    try:
        said = json.loads(line)
        if "lapse" in said:
            lapse = SimulatedTime.from_list(said["lapse"])
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


Rotation = Literal["on-use", "immediate"]
OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
CODE_LIFETIME: Final = 600.0
PUBLIC: Final = "public"


@dataclass(frozen=True)
class FakeAccount:
    """An account whose owner can say yes."""

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
    """A registered application."""

    client_id: str
    client_secret: str
    name: str = "Sandbox app"
    scopes: tuple[str, ...] = tuple(scope.name for scope in CATALOGUE)


@dataclass
class Code:
    """An authorization code: works once, for ten minutes."""

    value: str
    client_id: str
    account: int
    scopes: tuple[str, ...]
    expires: float
    used: bool = False


@dataclass
class Pair:
    """A row of tokens: revoking it ends its access token and its refresh token together."""

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
        """Whether the access token's time is over; the refresh token has none."""
        return now >= self.created + self.lifetime


@dataclass
class Hour:
    """The API calls of one application in the present hour."""

    since: float
    calls: int = 0


@dataclass
class State:
    """Everything that happens at the server, one request at a time: the event loop is the lock."""

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
        self._random = random.Random(self.seed) if self.seed is not None else secrets.SystemRandom()  # noqa: S311
        self.client = self.register()

    def token(self) -> str:
        """A new token, code or identifier: 64 hex digits, as Smily's are."""
        return f"{self._random.getrandbits(256):064x}"

    def register(self, **changes: Any) -> Client:
        """One more application, with the fields of `Client` that differ from the usual."""
        client = Client(self.token(), self.token(), **changes)
        self.clients[client.client_id] = client
        return client

    # -- codes -----------------------------------------------------------------------------------------

    def grant(self, account: int, scopes: tuple[str, ...], client: Client | None = None) -> str:
        """The owner says yes to the application (the first, where none is named): a new code."""
        client_id = (client or self.client).client_id
        code = Code(self.token(), client_id, account, scopes, self.now() + CODE_LIFETIME)
        self.codes[code.value] = code
        self.granted.add((client_id, account, scopes))
        return code.value

    def live_code(self, value: str) -> Code | None:
        """The code, if it still works."""
        code = self.codes.get(value)
        return code if code and not code.used and self.now() < code.expires else None

    # -- tokens ----------------------------------------------------------------------------------------

    def issue(self, pair: Pair) -> None:
        """Keep a pair that was handed out."""
        self.pairs.append(pair)

    def uninstall(self) -> None:
        """The owners remove the application: no token works any more."""
        for pair in self.pairs:
            pair.revoked = True
        self.granted.clear()

    def expire_codes(self) -> None:
        """The time of all codes is over."""
        for code in self.codes.values():
            code.expires = self.now()

    def by_refresh(self, value: str) -> Pair | None:
        """The living pair of a refresh token."""
        return next((each for each in self.pairs if each.refresh == value and not each.revoked), None)

    def by_access(self, value: str) -> Pair | None:
        """The pair of an access token, living or not."""
        return next((each for each in self.pairs if each.access == value), None)

    def rotate(self, old: Pair, new: Pair) -> None:
        """A refresh: what becomes of the old pair depends on the rotation."""
        if self.rotation == "immediate":
            old.revoked = True
        else:
            new.previous = old
        self.issue(new)

    def present(self, pair: Pair) -> None:
        """An access token is shown to the API: its direct predecessor ends."""
        if pair.previous is not None:
            pair.previous.revoked = True
            pair.previous = None

    def live_refresh_tokens(self) -> int:
        """How many refresh tokens would work now."""
        return sum(1 for each in self.pairs if each.refresh and not each.revoked)

    # -- rate limit ------------------------------------------------------------------------------------

    def count_call(self, client_id: str) -> tuple[int, int]:
        """Count an application's call: how many remain this hour (negative: too many), when the hour ends."""
        hour = self.hours.get(client_id)
        if hour is None or self.now() - hour.since >= 3600:
            hour = self.hours[client_id] = Hour(self.now())
        hour.calls += 1
        if self.faults.take("rate-limit"):
            return -1, int(hour.since + 3600)
        return self.rate_limit - hour.calls, int(hour.since + 3600)
