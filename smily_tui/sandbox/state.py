"""What the sandbox's server knows: its application, accounts, codes and tokens, and how tokens rotate.

It behaves as a server of Doorkeeper's family does. Rotation `immediate`: a refresh ends the old pair at
once. Rotation `on-use`: the old pair lives until the new access token is first presented anywhere; using
a token ends its direct predecessor only.
"""

from __future__ import annotations

import random
import secrets
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from smily_tui.oauth.scopes import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable

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
    """The registered application."""

    client_id: str
    client_secret: str
    name: str = "Sandbox app"
    scopes: tuple[str, ...] = tuple(scope.name for scope in CATALOGUE)


@dataclass
class Code:
    """An authorization code: works once, for ten minutes."""

    value: str
    account: int
    scopes: tuple[str, ...]
    expires: float
    used: bool = False


@dataclass
class Pair:
    """A row of tokens: revoking it ends its access token and its refresh token together."""

    access: str
    refresh: str | None
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
class State:
    """Everything that happens at the server, one request at a time."""

    rotation: Rotation = "on-use"
    lifetime: int = 7200
    rate_limit: int = 1000
    seed: int | None = None
    now: Callable[[], float] = time.time
    codes: dict[str, Code] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    granted: set[tuple[int, tuple[str, ...]]] = field(default_factory=set)
    calls: int = 0
    calls_since: float = 0.0

    def __post_init__(self) -> None:
        """Register the application."""
        self._random = random.Random(self.seed) if self.seed is not None else secrets.SystemRandom()  # noqa: S311
        self.client = Client(self.token(), self.token())

    def token(self) -> str:
        """A new token, code or identifier: 64 hex digits, as Smily's are."""
        return f"{self._random.getrandbits(256):064x}"

    # -- codes -----------------------------------------------------------------------------------------

    def grant(self, account: int, scopes: tuple[str, ...]) -> str:
        """The owner says yes: a new code."""
        code = Code(self.token(), account, scopes, self.now() + CODE_LIFETIME)
        self.codes[code.value] = code
        self.granted.add((account, scopes))
        return code.value

    def live_code(self, value: str) -> Code | None:
        """The code, if it still works."""
        code = self.codes.get(value)
        return code if code and not code.used and self.now() < code.expires else None

    # -- tokens ----------------------------------------------------------------------------------------

    def issue(self, pair: Pair) -> None:
        """Keep a pair that was handed out."""
        self.pairs.append(pair)

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

    def count_call(self) -> tuple[int, int]:
        """Count an API call: how many remain this hour (negative: too many), and when the hour ends."""
        now = self.now()
        if now - self.calls_since >= 3600:
            self.calls, self.calls_since = 0, now
        self.calls += 1
        return self.rate_limit - self.calls, int(self.calls_since + 3600)
