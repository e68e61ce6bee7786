"""State of the sandbox: applications, accounts, codes and tokens, and their rotation.

Behaves as Doorkeeper 5.5 does. Rotation `immediate`: a refresh revokes the old pair at once. Rotation
`on-use`: the old pair stays valid until the new access token is first presented to any endpoint; using a
token revokes its direct predecessor only.
"""

from __future__ import annotations

import json
import random
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from smily_tui.clock import SimulatedTime
from smily_tui.oauth.diagnosis import CODE_LIFETIME
from smily_tui.oauth.requests import OUT_OF_BAND
from smily_tui.oauth.scopes import CATALOGUE
from smily_tui.sandbox.faults import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
MOST: Final = 10_000
Rotation = Literal["on-use", "immediate"]
PUBLIC: Final = "public"


@dataclass(frozen=True)
class Client:
    """Registered application."""

    client_id: str
    client_secret: str
    name: str = "Sandbox app"
    scopes: tuple[str, ...] = tuple(scope.name for scope in CATALOGUE)
    redirect_uris: tuple[str, ...] = (OUT_OF_BAND,)


@dataclass
class Code:
    """Authorization code: valid once, for ten minutes.

    Attributes:
        challenge: PKCE's method and code_challenge (RFC 7636); None without one.
        used_at: when it was exchanged; None if it was not.
    """

    value: str
    client_id: str
    account: int
    scopes: tuple[str, ...]
    expires: float
    redirect_uri: str = OUT_OF_BAND
    challenge: tuple[str, str] | None = None
    used_at: float | None = None

    @property
    def used(self) -> bool:
        """Tell whether it was exchanged."""
        return self.used_at is not None


@dataclass
class Pair:
    """Access token and refresh token, revoked together as in Doorkeeper, where they share a row.

    Attributes:
        previous: access token of the pair that was refreshed, until this one is first used.
        ending: what revoked it, and when, for the log.
    """

    access: str
    refresh: str | None
    client_id: str
    account: int | None
    scopes: tuple[str, ...]
    created: float
    lifetime: int
    previous: str | None = None
    revoked: bool = False
    ending: str = "revoked"

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
    """State of the whole server; the event loop serves one request at a time, so that it needs no lock.

    Codes, tokens and consents are bounded: `MOST` of each are kept, the useful ones longest.

    Attributes:
        registration: fields of the first application.
        pkce: whether `code_challenge` is stored and checked.
        world_seed: makes the same invented records again.
    """

    rotation: Rotation = "on-use"
    lifetime: int = 7200
    rate_limit: int = 1000
    seed: int | None = None
    registration: Mapping[str, Any] = field(default_factory=dict)
    pkce: bool = False
    world_seed: int = 1
    now: Callable[[], float] = time.time
    codes: dict[str, Code] = field(default_factory=dict)
    granted: dict[tuple[str, int, tuple[str, ...]], None] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    client_secrets: set[str] = field(default_factory=set)
    hours: dict[str, Hour] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    _by_access: dict[str, Pair] = field(default_factory=dict)
    _by_refresh: dict[str, Pair] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Register the first application."""
        # a seed is for pictures and tests only: its tokens can be guessed
        self._random = random.Random(self.seed) if self.seed is not None else secrets.SystemRandom()  # noqa: S311
        self.client = self.register(**self.registration)

    def token(self) -> str:
        """Make a token, code or identifier: 64 hexadecimal digits, like Smily's."""
        return f"{self._random.getrandbits(256):064x}"

    def register(self, *, client_id: str = "", client_secret: str = "", **changes: Any) -> Client:
        """Register an application; ID and secret are made if empty, `changes` are fields of `Client`."""
        client = Client(client_id or self.token(), client_secret or self.token(), **changes)
        self.clients[client.client_id] = client
        self.client_secrets.add(client.client_secret)
        return client

    def apply_order(self, line: str) -> None:
        """Set the clock or order a fault, as a line of JSON says; an invalid line is ignored."""
        try:
            order = json.loads(line)
            if "lapse" in order:
                simulated = SimulatedTime.from_list(order["lapse"])
                self.now = lambda: simulated.now().wall
            else:
                self.faults.order(str(order["fault"]), order.get("seconds"))
        except (KeyError, TypeError, ValueError):
            return

    # -- codes -----------------------------------------------------------------------------------------

    def grant(
        self, account: int, scopes: tuple[str, ...], client: Client | None = None, **request: Any
    ) -> str:
        """Issue a code for an application, by default the first one, as after the owner's approval.

        Args:
            account: number of the owner's account.
            scopes: the granted ones.
            client: the application.
            request: redirect URI and challenge of the authorization request, as fields of `Code`.
        """
        client_id = (client or self.client).client_id
        code = Code(self.token(), client_id, account, scopes, self.now() + CODE_LIFETIME, **request)
        self.codes[code.value] = code
        self.granted[client_id, account, tuple(sorted(scopes))] = None
        _shorten(self.codes, lambda code: not code.used and self.now() < code.expires)
        _shorten(self.granted, lambda _: True)
        return code.value

    def is_granted(self, client: Client, account: int, scopes: tuple[str, ...]) -> bool:
        """Tell whether the owner has approved these scopes before, in any order."""
        return (client.client_id, account, tuple(sorted(scopes))) in self.granted

    # -- tokens ----------------------------------------------------------------------------------------

    @property
    def pairs(self) -> list[Pair]:
        """Kept pairs, oldest first."""
        return list(self._by_access.values())

    def issue(self, pair: Pair) -> None:
        """Store a new pair."""
        self._by_access[pair.access] = pair
        if pair.refresh:
            self._by_refresh[pair.refresh] = pair
        for dropped in _shorten(self._by_access, self._worth):
            self._by_refresh.pop(dropped.refresh or "", None)

    def _worth(self, pair: Pair) -> int:
        """Rank a pair: a refresh token can be used for ever, an access token for two hours."""
        if pair.revoked or (pair.refresh is None and pair.expired(self.now())):
            return 0
        return 1 if pair.refresh is None else 2

    def revoke(self, pair: Pair, reason: str) -> None:
        """Revoke a pair; the reason goes on after “access token” or “refresh token” in the log."""
        if not pair.revoked:
            pair.revoked, pair.ending = True, f"{reason} at {clock_time(self.now())}"

    def uninstall(self) -> None:
        """Revoke all tokens, as if the owners removed the application."""
        for pair in self.pairs:
            self.revoke(pair, "revoked: the owner removed the app")
        self.granted.clear()

    def expire_codes(self) -> None:
        """Let all codes expire now."""
        for code in self.codes.values():
            code.expires = self.now()

    def by_refresh(self, value: str) -> Pair | None:
        """Find the pair of a refresh token, revoked or not."""
        return self._by_refresh.get(value)

    def by_access(self, value: str) -> Pair | None:
        """Find the pair of an access token, revoked or not."""
        return self._by_access.get(value)

    def rotate(self, old: Pair, new: Pair) -> None:
        """Replace a pair after a refresh, by the rules of the rotation."""
        # Doorkeeper keeps the old pair if its table has the column previous_refresh_token
        if self.rotation == "immediate":
            self.revoke(old, "used already")
        else:
            new.previous = old.access
        self.issue(new)

    def present(self, pair: Pair) -> None:
        """Use an access token: revoke its direct predecessor."""
        if pair.previous is not None and (previous := self.by_access(pair.previous)):
            self.revoke(previous, "used already, and its successor used")
        pair.previous = None

    # -- rate limit ------------------------------------------------------------------------------------

    def count_call(self, client_id: str) -> tuple[int, int]:
        """Count a call; return the calls left this hour (negative: too many) and when the hour ends."""
        # Smily counts by the full hour of the clock: 236 of 236 recorded answers
        start = int(self.now()) // 3600 * 3600
        hour = self.hours.get(client_id)
        if hour is None or hour.since != start:
            hour = self.hours[client_id] = Hour(start)
        hour.calls += 1
        left = -1 if self.faults.take("rate-limit") else self.rate_limit - hour.calls
        return left, start + 3600


def clock_time(seconds: float) -> str:
    """Return a time of day on this computer's clock, as in 14:05."""
    return time.strftime("%H:%M", time.localtime(seconds))


def _shorten(kept: dict[_Key, _Value], worth: Callable[[_Value], int]) -> list[_Value]:
    """Drop a quarter of a table that has become too long, the least useful and oldest first."""
    if len(kept) <= MOST:
        return []
    keys = sorted(kept, key=lambda key: worth(kept[key]))[: MOST // 4]
    return [kept.pop(key) for key in keys]
