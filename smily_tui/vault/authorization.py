"""What is stored for one account: its tokens, to whom they belong, and when they were obtained."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Final

from smily_tui.system import Machine
from smily_tui.text import Clean, clean

if TYPE_CHECKING:
    from smily_tui.clock import Instant
    from smily_tui.origin import Origin
    from smily_tui.records import Record
    from smily_tui.secret import Secret

KIND: Final = "authorization"


@dataclass(frozen=True)
class Tokens:
    """One token pair as the server gave it.

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
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Authorization:
    """One stored authorization.

    Attributes:
        generation: grows by one with each saved token pair.
        server: the origin that the tokens came from; they are sent to no other.
        client_id: the application that they were issued to.
        label: the account's name for people.
        account_id: Smily's number of the account; None while it is not known.
        asked: the scopes that were asked for.
        current: the newest pair.
        previous: the refresh token before it, dead as soon as the current access token is used.
        confirmed: whether the current access token was used with success.
        authorized_at: when the code was exchanged (UTC seconds).
        refreshed: when the current pair was asked for with a refresh token; None after a code exchange.
        settled: whether a person gave the account its name; a fresh exchange is not settled.
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
    asked: tuple[Clean, ...]
    current: Tokens
    previous: Secret | None
    confirmed: bool
    authorized_at: float
    refreshed: Instant | None
    settled: bool
    machine: Machine
    handed_over: float | None = None
    formerly: tuple[str, ...] = ()
    other: dict[str, object] = field(default_factory=dict)

    @property
    def age(self) -> tuple[float, int]:
        """What is greater is newer: each authorization of an account begins at generation one again."""
        return self.authorized_at, self.generation

    def as_dict(self) -> dict[str, object]:
        """The record as JSON, secrets in clear: for the store's private files only."""
        before = {"formerly": list(self.formerly)} if self.formerly else {}
        return (
            self.other
            | before
            | {
                "generation": self.generation,
                "server": self.server,
                "client_id": self.client_id,
                "label": self.label,
                "account_id": self.account_id,
                "asked": list(self.asked),
                "current": _tokens_as_dict(self.current),
                "previous": self.previous.reveal() if self.previous else None,
                "confirmed": self.confirmed,
                "authorized_at": self.authorized_at,
                "refreshed": _instant_as_list(self.refreshed),
                "settled": self.settled,
                "machine": [self.machine.mark, self.machine.name],
                "handed_over": self.handed_over,
            }
        )

    @classmethod
    def read(cls, stored: Record) -> Authorization:
        """The record read back; raises KeyError, TypeError or ValueError where a field is not as written."""
        mark, name = stored.texts("machine")
        return cls(
            generation=stored.whole("generation"),
            server=stored.origin("server"),
            client_id=stored.word("client_id"),
            label=clean(stored.text("label")),
            account_id=stored.whole("account_id") if stored.given("account_id") else None,
            asked=tuple(clean(each) for each in stored.texts("asked")),
            current=_tokens(stored.record("current")),
            previous=stored.secret("previous") if stored.given("previous") else None,
            confirmed=stored.flag("confirmed"),
            authorized_at=stored.number("authorized_at"),
            refreshed=stored.instant("refreshed") if stored.given("refreshed") else None,
            settled=stored.flag("settled"),
            machine=Machine(clean(mark), clean(name)),
            handed_over=stored.number("handed_over") if stored.given("handed_over") else None,
            formerly=stored.words("formerly") if "formerly" in stored else (),
            other=stored.without(*_KNOWN),
        )


_KNOWN: Final = {each.name for each in fields(Authorization)} - {"other"}


def _tokens_as_dict(tokens: Tokens) -> dict[str, object]:
    return {
        "access": tokens.access.reveal(),
        "refresh": tokens.refresh.reveal(),
        "scopes": list(tokens.scopes),
        "sent": _instant_as_list(tokens.sent),
        "lifetime": tokens.lifetime,
        "extra": tokens.extra,
    }


def _tokens(stored: Record) -> Tokens:
    return Tokens(
        access=stored.secret("access"),
        refresh=stored.secret("refresh"),
        scopes=tuple(clean(each) for each in stored.texts("scopes")),
        sent=stored.instant("sent"),
        lifetime=stored.number("lifetime"),
        extra=stored.record("extra").without(),
    )


def _instant_as_list(moment: Instant | None) -> list[object] | None:
    return None if moment is None else [moment.wall, moment.boot, moment.boottime]
