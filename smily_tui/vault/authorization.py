"""What is stored for one account: its tokens, to whom they belong, and when they were obtained."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Final

from smily_tui.clock import Instant
from smily_tui.machine import Machine
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean

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
    extra: dict[str, Any] = field(default_factory=dict)


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
        other: fields of the file that this program does not know; saved again as they were.
    """

    generation: int
    server: str
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
    other: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The record as JSON, secrets in clear: for the store's private files only."""
        return self.other | {
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

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Authorization:
        """The record read back; raises KeyError, TypeError or ValueError where a field is not as written."""
        previous, handed_over = stored["previous"], stored["handed_over"]
        mark, name = stored["machine"]
        return cls(
            generation=int(stored["generation"]),
            server=str(stored["server"]),
            client_id=str(stored["client_id"]),
            label=clean(stored["label"]),
            account_id=None if stored["account_id"] is None else int(stored["account_id"]),
            asked=tuple(clean(each) for each in stored["asked"]),
            current=_tokens_from_dict(stored["current"]),
            previous=None if previous is None else Secret(str(previous)),
            confirmed=bool(stored["confirmed"]),
            authorized_at=float(stored["authorized_at"]),
            refreshed=_instant_from_list(stored["refreshed"]),
            settled=bool(stored["settled"]),
            machine=Machine(str(mark), clean(name)),
            handed_over=None if handed_over is None else float(handed_over),
            other={name: value for name, value in stored.items() if name not in _KNOWN},
        )


_KNOWN: Final = {each.name for each in fields(Authorization)} - {"other"}


def _tokens_as_dict(tokens: Tokens) -> dict[str, Any]:
    return {
        "access": tokens.access.reveal(),
        "refresh": tokens.refresh.reveal(),
        "scopes": list(tokens.scopes),
        "sent": _instant_as_list(tokens.sent),
        "lifetime": tokens.lifetime,
        "extra": tokens.extra,
    }


def _tokens_from_dict(stored: dict[str, Any]) -> Tokens:
    sent = _instant_from_list(stored["sent"])
    if sent is None:
        raise ValueError("sent")
    return Tokens(
        access=Secret(str(stored["access"])),
        refresh=Secret(str(stored["refresh"])),
        scopes=tuple(clean(each) for each in stored["scopes"]),
        sent=sent,
        lifetime=float(stored["lifetime"]),
        extra=dict(stored["extra"]),
    )


def _instant_as_list(moment: Instant | None) -> list[Any] | None:
    return None if moment is None else [moment.wall, moment.boot, moment.boottime]


def _instant_from_list(stored: Any) -> Instant | None:
    if stored is None:
        return None
    wall, boot, boottime = stored
    return Instant(float(wall), str(boot), float(boottime))
