"""An account as people see it: a name, a state, time left; computed from the store, never stored itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from smily_tui.clock import Instant
from smily_tui.secret import Secret
from smily_tui.system import Machine
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from smily_tui.vault.authorization import Authorization

SOON: Final = 600.0
LONGEST_NAME: Final = 120  # of an account, in characters
UNNAMED: Final = Clean("New account")
NO_NAMES: Final = frozenset({UNNAMED, Clean("Account")})  # the second was given before 0.2
NO_REFRESH: Final = Clean("This server gives no refresh tokens.")
REJECTED: Final = Clean("The API does not accept the access token any more.")


class State(Enum):
    """What a person should know of an account, as a word and a sign."""

    VALID = ("valid", "✓")
    EXPIRING = ("expires", "!")
    EXPIRED = ("expired", "✗")
    NO_REFRESH = ("no refresh", "!")
    UNCLEAR = ("unclear", "?")
    REFUSED = ("needs you", "✗")
    HANDED_OVER = ("given away", "→")
    UNREADABLE = ("unreadable", "✗")

    def __init__(self, word: str, glyph: str) -> None:
        self.word = word
        self.glyph = glyph


@dataclass(frozen=True, order=True)
class Address:
    """Where an account is found: APPLICATION/ACCOUNT, both in lower case letters, digits and dashes."""

    application: str
    account: str

    def __str__(self) -> str:
        return f"{self.application}/{self.account}"


@dataclass(frozen=True)
class Account:
    """One account at one moment.

    Attributes:
        sent: when the request for the current token pair was sent.
        lifetime: seconds from then.
        authorized_at, refreshed_at: UTC seconds.
        trouble: one sentence about why it cannot be, or was not, refreshed; empty where it was.
        refused: the server takes no refresh token of this account any more.
        rejected: the API takes its access token no more.
        in_doubt: a refresh was sent and its answer did not arrive.
        unreadable: the stored file cannot be used; all other fields are empty then.
        machine: the computer that holds the tokens.
        handed_over: when the refresh token was given to another holder (UTC seconds); None: it was not.
        formerly: the addresses at which it was stored before.
    """

    address: Address
    label: Clean
    account_id: int | None
    server: str
    access: Secret
    refresh: Secret
    scopes: tuple[Clean, ...]
    asked: tuple[Clean, ...]
    sent: Instant
    lifetime: float
    authorized_at: float
    refreshed_at: float | None
    generation: int
    confirmed: bool
    settled: bool
    trouble: Clean
    refused: bool
    rejected: bool
    in_doubt: bool
    unreadable: bool
    machine: Machine
    handed_over: float | None
    formerly: tuple[Address, ...] = ()

    @classmethod
    def of(
        cls,
        address: Address,
        stored: Authorization,
        trouble: Clean,
        *,
        refused: bool,
        in_doubt: bool,
        rejected: bool = False,
    ) -> Account:
        """The account of a stored authorization."""
        return cls(
            address=address,
            label=stored.label,
            account_id=stored.account_id,
            server=stored.server,
            access=stored.current.access,
            refresh=stored.current.refresh,
            scopes=stored.current.scopes,
            asked=stored.asked,
            sent=stored.current.sent,
            lifetime=stored.current.lifetime,
            authorized_at=stored.authorized_at,
            refreshed_at=stored.refreshed.wall if stored.refreshed else None,
            generation=stored.generation,
            confirmed=stored.confirmed,
            settled=stored.settled,
            trouble=trouble if stored.current.refresh else NO_REFRESH,
            refused=refused,
            rejected=rejected,
            in_doubt=in_doubt,
            unreadable=False,
            machine=stored.machine,
            handed_over=stored.handed_over,
            formerly=tuple(Address(address.application, account) for account in stored.formerly),
        )

    @classmethod
    def that_cannot_be_read(cls, address: Address, trouble: Clean) -> Account:
        """An account whose file cannot be used, and why."""
        nothing = Secret("")
        return cls(
            address=address,
            label=clean(address.account),
            account_id=None,
            server="",
            access=nothing,
            refresh=nothing,
            scopes=(),
            asked=(),
            sent=Instant(0.0),
            lifetime=0.0,
            authorized_at=0.0,
            refreshed_at=None,
            generation=0,
            confirmed=False,
            settled=True,
            trouble=trouble,
            refused=False,
            rejected=False,
            in_doubt=False,
            unreadable=True,
            machine=Machine("", clean("")),
            handed_over=None,
        )

    def left(self, now: Instant) -> float:
        """Seconds until the access token expires; negative when it has, none where it is dead already."""
        left = self.lifetime - now.since(self.sent)
        return min(0.0, left) if self.is_dead else left

    @property
    def is_identified(self) -> bool:
        """Whether it is known whose account it is, or what a person calls it and which number it has."""
        return self.account_id is not None and self.label not in NO_NAMES

    @property
    def is_renewable(self) -> bool:
        """Whether there is a refresh token; some servers give none."""
        return bool(self.refresh)

    @property
    def is_dead(self) -> bool:
        """Whether the access token is known to be accepted no more."""
        return self.refused or self.rejected

    def expires_at(self, now: Instant) -> float:
        """When the access token expires, in UTC seconds of the present wall clock."""
        return now.wall + self.left(now)

    def state(self, now: Instant) -> State:
        """The state to show now."""
        if self.unreadable:
            return State.UNREADABLE
        if self.refused:
            return State.REFUSED
        if self.handed_over is not None:
            return State.HANDED_OVER
        left = self.left(now)
        if not self.is_renewable:
            return State.NO_REFRESH if left > 0 else State.REFUSED
        if self.in_doubt and left <= SOON:
            return State.UNCLEAR
        if left <= 0:
            return State.EXPIRED
        return State.EXPIRING if left <= SOON else State.VALID
