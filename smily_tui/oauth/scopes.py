"""Scopes that Smily documents, in plain words (Smily reference, "Authorization": scopes)."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Kind(Enum):
    """Access that a scope gives: the ending of its name, and the meaning of that."""

    PUBLIC = ("public", "See published information, and which account this is.")
    READ = ("read", "See {noun}. Can't change anything.")
    WRITE_OWNED = (
        "write_owned",
        "Create {noun}, and change those. See the others without their private data.",
    )
    WRITE = ("write", "See, create and change any {noun}.")

    def __init__(self, ending: str, meaning: str) -> None:
        self.ending = ending
        self.meaning = meaning


class Scope(NamedTuple):
    """One scope.

    Attributes:
        name: as the protocol writes it.
        resource: its subject, for people.
        kind: access to the resource.
        summary: what it allows, in a few words.
        meaning: what it allows and what it doesn't, in sentences.
        recommended: whether Smily recommends it over the wider scope.
    """

    name: str
    resource: str
    kind: Kind
    summary: str
    meaning: str
    recommended: bool = False


def _scope(name: str, resource: str, kind: Kind, summary: str, noun: str) -> Scope:
    meaning = kind.meaning.format(noun=noun)
    return Scope(
        f"{name}_{kind.ending}", resource, kind, summary, meaning, recommended=kind is Kind.WRITE_OWNED
    )


def _read(name: str, resource: str, noun: str) -> Scope:
    return _scope(name, resource, Kind.READ, f"See {noun}", noun)


def _owned(name: str, resource: str, noun: str) -> Scope:
    return _scope(name, resource, Kind.WRITE_OWNED, f"Create {noun}, change own", noun)


def _write(name: str, resource: str, noun: str) -> Scope:
    return _scope(name, resource, Kind.WRITE, f"See and change any {noun}", noun)


CATALOGUE: Final[tuple[Scope, ...]] = (
    Scope("public", "Public", Kind.PUBLIC, "See public information (always needed)", Kind.PUBLIC.meaning),
    _read("applications", "Applications", "installed apps"),
    _write("applications", "Applications", "installed apps"),
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
    # of Smily's Website app: guide "BookingSync Universe API"
    _read("__website__websites", "Websites", "websites"),
    _write("__website__websites", "Websites", "websites"),
    _read("__website__rentals", "Web rentals", "rentals on websites"),
    _write("__website__rentals", "Web rentals", "rentals on websites"),
)
_BY_NAME: Final = {scope.name: scope for scope in CATALOGUE}
_LONGEST: Final = 100
_TOKEN = re.compile(rf"[\x21\x23-\x5b\x5d-\x7e]{{1,{_LONGEST}}}")


def find(name: str) -> Scope | None:
    """Return the scope called `name`; None if the reference does not document it."""
    return _BY_NAME.get(name)


def closest_scope(name: str) -> str:
    """Return the name of the documented scope that a mistyped `name` may mean; empty where there is none.

    Case, separators, the order of the words, the words on the screen (“guests”) and a missing ending
    (“rentals”) are no mistakes; letters may be wrong, missing or swapped.
    """
    from difflib import SequenceMatcher, get_close_matches  # here: every command imports this module

    spelled = _spelled(name)
    for candidate in (spelled, f"{spelled}_read"):
        if candidate in _BY_SPELLING:
            return _BY_SPELLING[candidate]
    for match in get_close_matches(spelled, _BY_SPELLING, cutoff=0.8):
        noun = stem(match)
        # the same long ending alone does not make two names alike
        if SequenceMatcher(None, spelled[: len(noun)], noun).ratio() >= 0.7:
            return _BY_SPELLING[match]
    return ""


def _spelled(name: str) -> str:
    """Spell a name as the catalogue would: words in lower case, the kind of access last."""
    parts = re.findall(r"[a-z0-9]+", name.casefold()[:_LONGEST])
    kind = [word for word in ("read", "write", "owned") if {word, word.removesuffix("ed")} & set(parts)]
    if kind == ["owned"]:
        kind = ["write", "owned"]
    return "_".join([*(word for word in parts if word not in {*kind, "own"}), *kind])


def is_valid_name(text: str) -> bool:
    """Tell whether `text` can be a scope (`scope-token`, RFC 6749 section 3.3)."""
    return _TOKEN.fullmatch(text) is not None


def is_catalogue_like(text: str) -> bool:
    """Tell whether `text` is written like the catalogue's names; a server may name anything."""
    return re.fullmatch(r"[a-z_][a-z_:.]{0,99}", text) is not None


def stem(name: str) -> str:
    """Return the name of a scope without its ending."""
    for ending in ("_write_owned", "_read", "_write"):
        if name.endswith(ending):
            return name.removesuffix(ending)
    return name


def _spellings() -> dict[str, str]:
    """Map each way to spell a documented scope to its name: by its resource for people, too."""
    by_resource = {
        _spelled(scope.name.replace(stem(scope.name), scope.resource, 1)): scope.name
        for scope in reversed(CATALOGUE)
    }
    return by_resource | {_spelled(scope.name): scope.name for scope in CATALOGUE}


_BY_SPELLING: Final = _spellings()


def arrange(chosen: Iterable[str]) -> tuple[str, ...]:
    """Sort scopes, without repetition: `public`, then in the catalogue's order, then unknown ones."""
    names = list(dict.fromkeys(chosen))
    documented = [scope.name for scope in CATALOGUE if scope.name in names]
    return (*documented, *(name for name in names if name not in _BY_NAME))


def included(chosen: Iterable[str]) -> dict[str, str]:
    """Map scopes, chosen or not, to the wider chosen scope that includes them.

    Only full write includes reading: with `write_owned` an application cannot read the sensitive data of
    records that it does not own, so `read` beside it makes sense.

    Source: Smily's guide "OAuth Scopes".
    """
    names = set(chosen)
    return {
        name: wider
        for name in sorted({*_BY_NAME, *names})
        if name.endswith(("_read", "_write_owned")) and (wider := f"{stem(name)}_write") in names
    }


def redundant(chosen: Iterable[str]) -> dict[str, str]:
    """Map chosen scopes to the wider chosen scope that includes them."""
    names = set(chosen)
    return {name: wider for name, wider in included(names).items() if name in names}


# -- presets -------------------------------------------------------------------------------------------

PRESETS: Final[Mapping[str, tuple[str, ...]]] = {
    "read-only": tuple(scope.name for scope in CATALOGUE if scope.kind in (Kind.PUBLIC, Kind.READ)),
    "bookings": ("public", "bookings_read", "bookings_write_owned", "clients_read", "rentals_read"),
    "everything": arrange(_BY_NAME.keys() - redundant(_BY_NAME).keys()),
}
"""Named choices: read everything; take bookings, with the recommended scopes; everything."""


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """Replace presets by their scopes, add `public`, and sort."""
    # Smily's reference says that `public` is always granted; Doorkeeper grants it only if it is named
    return arrange(["public", *(scope for name in names for scope in PRESETS.get(name, (name,)))])
