"""The permissions that Smily documents, in plain words (Smily reference, "Authorization": scopes)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Kind(Enum):
    """What a permission allows, as its name's ending says, and what that means."""

    PUBLIC = ("public", "what everybody may see, and whose account it is")
    READ = ("read", "see everything, change nothing")
    WRITE_OWNED = ("write_owned", "create, change own; others' private data stays hidden")
    WRITE = ("write", "see and change all, whoever made it")

    def __init__(self, ending: str, meaning: str) -> None:
        self.ending = ending
        self.meaning = meaning


@dataclass(frozen=True)
class Scope:
    """One permission.

    Attributes:
        name: as the protocol writes it.
        resource: what it is about, for people.
        kind: what it allows.
        summary: what the application may do with it.
        recommended: whether Smily recommends it over its wider sibling.
    """

    name: str
    resource: str
    kind: Kind
    summary: str
    recommended: bool = False


def _read(name: str, resource: str, things: str) -> Scope:
    return Scope(f"{name}_read", resource, Kind.READ, f"See {things}")


def _owned(name: str, resource: str, things: str) -> Scope:
    words = f"Create {things}, change own"
    return Scope(f"{name}_write_owned", resource, Kind.WRITE_OWNED, words, recommended=True)


def _write(name: str, resource: str, things: str) -> Scope:
    return Scope(f"{name}_write", resource, Kind.WRITE, f"See and change any {things}")


CATALOGUE: Final[tuple[Scope, ...]] = (
    Scope("public", "Public", Kind.PUBLIC, "See public information (always needed)"),
    _read("applications", "Applications", "installed applications"),
    _read("bookings", "Bookings", "bookings"),
    _owned("bookings", "Bookings", "bookings"),
    _write("bookings", "Bookings", "bookings"),
    _read("clients", "Guests", "guests"),
    _write("clients", "Guests", "guests"),
    _read("discount_code", "Discounts", "discount codes"),
    _write("discount_code", "Discounts", "discount codes"),
    _read("discount_code_usage", "Discount use", "how discount codes are used"),
    _read("inbox", "Inbox", "messages"),
    _write("inbox", "Inbox", "messages"),
    _read("inquiries", "Inquiries", "inquiries"),
    _owned("inquiries", "Inquiries", "inquiries"),
    _write("inquiries", "Inquiries", "inquiries"),
    _read("payments", "Payments", "payments"),
    _owned("payments", "Payments", "payments"),
    _write("payments", "Payments", "payments"),
    _read("preferences_general_settings", "Settings", "general settings"),
    _write("preferences_general_settings", "Settings", "general settings"),
    _read("preferences_payments", "Pay settings", "payment settings"),
    _write("preferences_payments", "Pay settings", "payment settings"),
    _read("rates", "Rates", "rates"),
    _write("rates", "Rates", "rates"),
    _read("rentals", "Rentals", "rentals"),
    _write("rentals", "Rentals", "rentals"),
    _read("reviews", "Reviews", "reviews"),
    _write("reviews", "Reviews", "reviews"),
    _read("webhooks", "Webhooks", "webhooks"),
    _owned("webhooks", "Webhooks", "webhooks"),
    _write("webhooks", "Webhooks", "webhooks"),
)
_BY_NAME: Final = {scope.name: scope for scope in CATALOGUE}
_TOKEN = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}")


def find(name: str) -> Scope | None:
    """The permission called `name`, where the reference documents it."""
    return _BY_NAME.get(name)


def is_valid_name(text: str) -> bool:
    """Whether `text` can be the name of a permission (RFC 6749 section 3.3)."""
    return _TOKEN.fullmatch(text) is not None


def is_catalogue_like(text: str) -> bool:
    """Whether `text` is written as all names of the catalogue are; a server may name anything it likes."""
    return re.fullmatch(r"[a-z][a-z_:.]{0,99}", text) is not None


def stem(name: str) -> str:
    """What a permission is about: its name without the ending; the name itself where it has none."""
    for ending in ("_write_owned", "_read", "_write"):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def arrange(chosen: Iterable[str]) -> tuple[str, ...]:
    """What was chosen, once each: `public` first, then in the catalogue's order, then unknown ones."""
    names = list(dict.fromkeys(chosen))
    known = [scope.name for scope in CATALOGUE if scope.name in names]
    return (*known, *(name for name in names if name not in _BY_NAME))


def redundant(chosen: Iterable[str]) -> dict[str, str]:
    """The chosen permissions that another chosen one includes, each with that one.

    Only full write includes reading: what is read with `write_owned` lacks the sensitive data of records
    that the application does not own, so `read` beside it is meant.

    Source: Smily's guide "OAuth Scopes".
    """
    names = set(chosen)
    return {name: wider for name in sorted(names) if (wider := _full_write(name)) and wider in names}


def _full_write(name: str) -> str:
    """The permission to change everything of what `name` is about; empty where `name` is not below one."""
    return f"{stem(name)}_write" if name.endswith(("_read", "_write_owned")) else ""


# -- presets -------------------------------------------------------------------------------------------


def _everything() -> tuple[str, ...]:
    names = [scope.name for scope in CATALOGUE]
    return tuple(name for name in names if name not in redundant(names))


PRESETS: Final[Mapping[str, tuple[str, ...]]] = {
    "read-only": tuple(scope.name for scope in CATALOGUE if scope.kind in (Kind.PUBLIC, Kind.READ)),
    "bookings": ("public", "bookings_read", "bookings_write_owned", "clients_read", "rentals_read"),
    "everything": _everything(),
}
"""Choices with a name: see all; take bookings, by the recommended way; all that there is."""


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """What is meant by names of permissions and of presets: `public` and all of them, arranged."""
    return arrange(["public", *(each for name in names for each in PRESETS.get(name, (name,)))])
