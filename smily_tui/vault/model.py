"""Stored applications and authorizations, and the account view computed from them."""

from __future__ import annotations

import re
import sys
import unicodedata
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from smily_tui.clock import Instant
from smily_tui.system import Machine
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from smily_tui.origin import Origin
    from smily_tui.records import AS_TEXT, OMITTED, REST, FreeText, Stored
    from smily_tui.secret import Secret


CREDENTIALS_KIND: Final = "application"
PROVISIONAL: Final = "new-"
_LONGEST_KEY = 40
# what the program's own files are called, beside which those of an account or application lie
_OWN: Final = frozenset(
    {"application", "applications", "codes", "config", "lock", "protection", "settings", "trash", "wizard"}
)
# with any ending they are devices of Windows (learn.microsoft.com, “Naming Files, Paths, and Namespaces”)
_DEVICES: Final = r"con|prn|aux|nul|(com|lpt)[0-9]"
_PART: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")  # here: each start needs it
_PROVISIONAL: Final = rf"{PROVISIONAL}[0-9a-f]{{8}}"


class Application(NamedTuple):
    """Client registered at Smily.

    Attributes:
        key: its part of an address: lower case letters, digits and dashes.
        name: for people.
        client_id: the Client ID.
        scopes: what was last asked for.
        server: the origin it is registered at; its secret is sent to no other.
    """

    key: str
    name: Clean
    client_id: str
    scopes: tuple[FreeText, ...]
    server: Origin

    def is_same_client(self, other: Application) -> bool:
        """Return whether both are the same client of the same server, whatever their names here."""
        return (self.client_id, self.server) == (other.client_id, other.server)


class Credentials(NamedTuple):
    """Client credentials for the token endpoint of one server (RFC 6749 section 2.3.1)."""

    client_id: str
    client_secret: Secret
    server: Origin


def address_part(name: str, taken: Container[str], otherwise: str) -> str:
    """Return a free part of an address, made of `name`; of `otherwise` where no letter of it remains.

    Names come from outside: none may be that of a file of the program's own, or of a code exchange under way.
    """
    ascii_name = unicodedata.normalize("NFKD", clean(name)).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "-", ascii_name.lower()).strip("-")[:_LONGEST_KEY].strip("-") or otherwise
    if base not in taken and not is_reserved(base):
        return base
    number = 2
    while f"{base}-{number}" in taken or is_reserved(f"{base}-{number}"):
        number += 1
    return f"{base}-{number}"


def is_reserved(part: str) -> bool:
    """Return whether this part of an address is reserved for files of the program."""
    return part in _OWN or any(re.fullmatch(form, part) for form in (_DEVICES, _PROVISIONAL))


def is_address_part(text: str) -> bool:
    """Return whether `text` can be a part of an address, and so a name in the store."""
    return _PART.fullmatch(text) is not None


AUTHORIZATION_KIND: Final = "authorization"
NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


class Tokens(NamedTuple):
    """Token pair as the server issued it.

    Attributes:
        access: the access token.
        refresh: the refresh token; good until it is used.
        scopes: what was granted.
        sent: when the request that brought the pair was *sent*: the lifetime runs from then at the latest.
        lifetime: seconds.
        extra: fields of the answer that this program does not know; kept, not trusted.
    """

    access: Secret
    refresh: Secret
    scopes: tuple[Clean, ...]
    sent: Instant
    lifetime: float
    extra: Mapping[str, object] = NOTHING


class Authorization(NamedTuple):
    """Stored authorization of one account.

    Attributes:
        generation: grows by one with each saved token pair.
        server: the origin that the tokens came from; they are sent to no other.
        client_id: the application that they were issued to.
        label: the account's name for people.
        account_id: Smily's number of the account; None while it is not known.
        requested_scopes: the scopes of the authorization request.
        current: the newest pair.
        previous: the refresh token before it, dead as soon as the current access token is used.
        used: whether the current access token was used with success.
        authorized_at: when the code was exchanged (UTC seconds).
        refreshed: when the current pair was asked for with a refresh token; None after a code exchange.
        named: whether a person gave the account its name; after a code exchange nobody has.
        machine: the computer that the tokens were obtained on, or brought to by a person's decision.
        handed_over: when the refresh token was given to another holder (UTC seconds); None: it was not.
        formerly: the account's part of addresses at which it was stored before; it still answers to them.
        other: fields of the file that this program does not know; saved again as they were.
    """

    generation: int
    server: Origin
    client_id: str
    label: Clean
    account_id: int | None
    requested_scopes: Annotated[tuple[Clean, ...], Stored(key="asked")]
    current: Tokens
    previous: Secret | None
    used: Annotated[bool, Stored(key="confirmed")]
    authorized_at: float
    refreshed: Instant | None
    named: Annotated[bool, Stored(key="settled")]
    machine: Machine
    handed_over: float | None = None
    formerly: Annotated[tuple[str, ...], OMITTED] = ()
    other: Annotated[Mapping[str, object], REST] = NOTHING

    @property
    def age(self) -> tuple[float, int]:
        """Sort key by age, newest last: each new authorization begins at generation one again."""
        return self.authorized_at, self.generation


SOON: Final = 600.0
LONGEST_NAME: Final = 120  # of an account, in characters
UNNAMED: Final = Clean("New account")
NO_NAMES: Final = frozenset({UNNAMED, Clean("Account")})  # the second was given before 0.2
NO_REFRESH: Final = Clean("This server gives no refresh tokens.")
REJECTED: Final = Clean("The API no longer accepts the access token.")


class State(Enum):
    """State of an account.

    Attributes:
        identifier: for programs; it never changes.
        word: for people.
        glyph: before the word.
    """

    VALID = ("valid", "valid", "✓")
    EXPIRING = ("expiring", "expiring", "!")
    EXPIRED = ("expired", "expired", "✗")
    NO_REFRESH = ("valid", "no refresh", "!")
    IN_DOUBT = ("in_doubt", "unconfirmed", "?")
    NEEDS_AUTHORIZATION = ("needs_authorization", "needs authorization", "▲")
    HANDED_OVER = ("handed_over", "handed over", "→")
    UNREADABLE = ("unreadable", "unreadable", "▲")

    def __init__(self, identifier: str, word: str, glyph: str) -> None:
        self.identifier = identifier
        self.word = word
        self.glyph = glyph


class Address(NamedTuple):
    """Address of an account: APPLICATION/ACCOUNT, in lower case letters, digits and dashes."""

    application: str
    account: str

    @classmethod
    def from_text(cls, text: str) -> Address:
        """Parse APPLICATION/ACCOUNT; raises ValueError."""
        application, _, account = text.partition("/")
        if not is_address_part(application) or not is_address_part(account):
            raise ValueError("no address")
        return cls(sys.intern(application), account)  # thousands of accounts have the same app

    def __str__(self) -> str:
        return f"{self.application}/{self.account}"


class Account(NamedTuple):
    """Account as front ends see it, without its tokens: these are read when they are used.

    Attributes:
        access_checksum, refresh_checksum: CRC-32 of its tokens: where to look for a pasted one.
        is_refreshable: there is a refresh token; some servers issue none.
        sent: when the request for the current token pair was sent.
        lifetime: seconds from then.
        authorized_at: UTC seconds.
        was_refreshed: that request was a refresh, and not the exchange of a code.
        trouble: one sentence about why it cannot be, or was not, refreshed; empty where it was.
        refused: the server takes no refresh token of this account any more.
        rejected: the API takes its access token no more.
        in_doubt: a refresh was sent and its answer did not arrive.
        unreadable: the stored file cannot be used; all other fields are empty then.
        machine: the computer that holds the tokens.
        handed_over: when the refresh token was given to another holder (UTC seconds); None: it was not.
        formerly: the addresses at which it was stored before.
        mark: of its files when they were read, as `Store.survey` yields it; 0 where it did not.
    """

    address: Address
    label: Clean
    account_id: int | None
    server: str
    access_checksum: int
    refresh_checksum: int
    is_refreshable: bool
    granted_scopes: tuple[Clean, ...]
    requested_scopes: tuple[Clean, ...]
    sent: Instant
    lifetime: float
    authorized_at: float
    was_refreshed: bool
    generation: int
    used: bool
    named: bool
    trouble: Clean
    refused: bool
    rejected: bool
    in_doubt: bool
    unreadable: bool
    machine: Machine
    handed_over: float | None
    formerly: tuple[Annotated[Address, AS_TEXT], ...] = ()
    mark: int = 0

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
        mark: int = 0,
    ) -> Account:
        """Build the account of a stored authorization."""
        return cls(
            address=address,
            label=stored.label,
            account_id=stored.account_id,
            server=stored.server,
            access_checksum=stored.current.access.checksum(),
            refresh_checksum=stored.current.refresh.checksum(),
            is_refreshable=bool(stored.current.refresh),
            granted_scopes=stored.current.scopes,
            requested_scopes=stored.requested_scopes,
            sent=stored.current.sent,
            lifetime=stored.current.lifetime,
            authorized_at=stored.authorized_at,
            was_refreshed=stored.refreshed is not None,
            generation=stored.generation,
            used=stored.used,
            named=stored.named,
            trouble=trouble if stored.current.refresh else NO_REFRESH,
            refused=refused,
            rejected=rejected,
            in_doubt=in_doubt,
            unreadable=False,
            machine=stored.machine,
            handed_over=stored.handed_over,
            formerly=tuple(Address(address.application, account) for account in stored.formerly),
            mark=mark,
        )

    @classmethod
    def that_cannot_be_read(cls, address: Address, trouble: Clean, mark: int = 0) -> Account:
        """Build an account whose file cannot be used, with the reason."""
        return cls(
            address=address,
            label=clean(address.account),
            account_id=None,
            server="",
            access_checksum=0,
            refresh_checksum=0,
            is_refreshable=False,
            granted_scopes=(),
            requested_scopes=(),
            sent=Instant(0.0),
            lifetime=0.0,
            authorized_at=0.0,
            was_refreshed=False,
            generation=0,
            used=False,
            named=True,
            trouble=trouble,
            refused=False,
            rejected=False,
            in_doubt=False,
            unreadable=True,
            machine=Machine("", clean("")),
            handed_over=None,
            mark=mark,
        )

    def left(self, now: Instant) -> float:
        """Seconds until the access token expires; negative when it has, none where it is dead already."""
        left = self.lifetime - now.since(self.sent)
        return min(0.0, left) if self.is_dead else left

    @property
    def refreshed_at(self) -> float | None:
        """Moment of the last refresh (UTC seconds); None where there was none."""
        return self.sent.wall if self.was_refreshed else None

    @property
    def is_identified(self) -> bool:
        """True if both its number and a name are known."""
        return self.account_id is not None and self.label not in NO_NAMES

    @property
    def is_dead(self) -> bool:
        """True if the server is known to reject the access token."""
        return self.refused or self.rejected

    def expires_at(self, now: Instant) -> float:
        """Return the expiry of the access token in UTC seconds of the present wall clock."""
        return now.wall + self.left(now)

    def state(self, now: Instant) -> State:
        """Return the state to show now."""
        return self.state_with(self.left(now))

    def state_with(self, left: float) -> State:
        """Return the state to show with so many seconds left."""
        if self.unreadable:
            return State.UNREADABLE
        if self.refused:
            return State.NEEDS_AUTHORIZATION
        if self.handed_over is not None:
            return State.HANDED_OVER
        if not self.is_refreshable:
            return State.NO_REFRESH if left > 0 else State.NEEDS_AUTHORIZATION
        if self.in_doubt and left <= SOON:
            return State.IN_DOUBT
        if left <= 0:
            return State.EXPIRED
        return State.EXPIRING if left <= SOON else State.VALID
