"""Jobs for the worker and their outcomes; both cross a pipe as JSON."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from smily_tui.clock import Instant
from smily_tui.oauth.api import Identity
from smily_tui.oauth.requests import IssuedUrl
from smily_tui.records import Record
from smily_tui.secret import Secret
from smily_tui.text import Clean, clean
from smily_tui.tokens.context import NOBODY
from smily_tui.tokens.protocol import TokenRequirement
from smily_tui.tokens.registration import Registration
from smily_tui.vault.model import Address
from smily_tui.vault.settings import Home

Kind = Literal["exchanged", "refreshed", "still-valid", "identified", "rotates-on-use", "rotates-at-once"]


@dataclass(frozen=True)
class ExchangeJob:
    """Turn a code into a stored authorization of an application; `caller` asks for it.

    With a `registration` the application, or its secret, is stored only if the server accepts it.
    """

    home: Home
    caller: Clean
    application: str
    code: Secret
    asked: tuple[str, ...]
    link: IssuedUrl | None = None
    registration: Registration | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the helper's standard input, code and secret in clear: a pipe that nobody else reads."""
        return {
            "job": "exchange",
            "home": _home_as_list(self.home),
            "caller": self.caller,
            "application": self.application,
            "code": self.code.reveal(),
            "asked": list(self.asked),
            "link": None
            if self.link is None
            else [*dataclasses.astuple(self.link.made), self.link.other_client],
            "registration": None if self.registration is None else self.registration.as_dict(),
        }


@dataclass(frozen=True)
class RefreshJob:
    """Give an account an access token that satisfies a need; `caller` has it."""

    home: Home
    caller: Clean
    address: Address
    need: TokenRequirement

    def as_dict(self) -> dict[str, Any]:
        """For the helper's standard input."""
        need = self.need
        return {
            "job": "refresh",
            "home": _home_as_list(self.home),
            "caller": self.caller,
            "address": [self.address.application, self.address.account],
            "min_valid": need.min_valid,
            "rejected": need.rejected.reveal() if need.rejected else None,
            "force": need.force,
            "seen": need.seen,
            "began": dataclasses.astuple(need.began) if need.began else None,
            "here": need.here,
        }


@dataclass(frozen=True)
class ProbeJob:
    """Find out whether a server rotates on use or at once, by two refreshes of an account."""

    home: Home
    caller: Clean
    address: Address

    def as_dict(self) -> dict[str, Any]:
        """For the helper's standard input."""
        return {
            "job": "probe",
            "home": _home_as_list(self.home),
            "caller": self.caller,
            "address": [self.address.application, self.address.account],
        }


@dataclass(frozen=True)
class IdentifyJob:
    """Ask the API whose token an account's is, and note the answer; nothing is spent, so nobody is noted."""

    home: Home
    address: Address
    caller: Clean = NOBODY

    def as_dict(self) -> dict[str, Any]:
        """For the helper's standard input."""
        return {
            "job": "identify",
            "home": _home_as_list(self.home),
            "address": [self.address.application, self.address.account],
        }


Job = ExchangeJob | RefreshJob | IdentifyJob | ProbeJob


def job_from_dict(stated: dict[str, Any]) -> Job:
    """The job read back; raises KeyError, TypeError or ValueError where it is none."""
    home = Home(*(Path(folder) for folder in stated["home"]))
    caller = clean(stated.get("caller", ""))
    if stated["job"] == "exchange":
        code = Secret(stated["code"])
        link = _link(stated.get("link"))
        registration = _registration(stated.get("registration"))
        asked = tuple(stated["asked"])
        return ExchangeJob(home, caller, stated["application"], code, asked, link, registration)
    address = Address(*stated["address"])
    if stated["job"] == "identify":
        return IdentifyJob(home, address)
    if stated["job"] == "probe":
        return ProbeJob(home, caller, address)
    rejected = Secret(stated["rejected"]) if stated["rejected"] else None
    began = Instant(*stated["began"]) if stated["began"] else None
    need = TokenRequirement(
        float(stated["min_valid"]), rejected, bool(stated["force"]), stated["seen"], began, stated["here"]
    )
    return RefreshJob(home, caller, address, need)


def _registration(stated: dict[str, Any] | None) -> Registration | None:
    return None if stated is None else Registration.read(Record(stated))


def _link(stated: list[Any] | None) -> IssuedUrl | None:
    return None if stated is None else IssuedUrl(Instant(*stated[:3]), bool(stated[3]))


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes:
        kind: what happened.
        address: the account; after an exchange a provisional one.
        identity: whose token it is, after `identified`.
    """

    kind: Kind
    address: Address
    identity: Identity | None = None

    def as_dict(self) -> dict[str, Any]:
        """For the helper's standard output."""
        found = self.identity
        return {
            "kind": self.kind,
            "address": [self.address.application, self.address.account],
            "identity": None
            if found is None
            else [found.account_id, found.clock_off, found.business_name, found.status, found.remark],
        }

    @classmethod
    def from_dict(cls, stated: dict[str, Any]) -> Outcome:
        """The outcome read back."""
        found = stated["identity"]
        identity = None
        if found is not None:
            name, status, remark = (clean(each) for each in found[2:])
            identity = Identity(found[0], name, status, remark, found[1])
        return cls(stated["kind"], Address(*stated["address"]), identity)


def _home_as_list(home: Home) -> list[str]:
    return [str(home.config), str(home.state)]
