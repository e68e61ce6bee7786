"""Finding permissions by what one wants to do ("create bookings") or by endpoint ("GET /rentals")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from smily_tui.oauth.scopes import CATALOGUE, Kind, Scope, find, stem


@dataclass(frozen=True)
class _Subject:
    """What some permissions are about.

    Attributes:
        stem: their names without the ending.
        endpoints: the API's, without the leading slash.
        words: what people call it otherwise.
        public: whether `public` shows a part of it.
    """

    stem: str
    endpoints: frozenset[str]
    words: frozenset[str]
    public: bool

    @property
    def nouns(self) -> frozenset[str]:
        """What its endpoints give: `booking/discount_codes` gives discount codes, and codes."""
        ways = (each.rpartition("/")[2] for each in self.endpoints)
        return self.endpoints.union(*({way, way.rpartition("_")[2]} for way in ways))


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _about(about: str, endpoints: str, words: str = "", *, public: bool = False) -> _Subject:
    return _Subject(about, _set(endpoints), _set(words), public)


# Source: Smily reference, "OAuth Scopes" in the page of each endpoint.
_SUBJECTS: Final = (
    _about(
        "public",
        "me accounts amenities availabilities change_overs destinations tax_rules rates los_records "
        "rental_links",
        "free",
    ),
    _about("applications", "applications", "apps plugins"),
    _about("bookings", "bookings", "reservations stays calendars arrivals departures", public=True),
    _about(
        "bookings",
        "booking_comments bookings_fees bookings_tags bookings_taxes sources",
        "reservations stays calendars arrivals departures",
    ),
    _about("clients", "clients", "customers travellers people addresses"),
    _about("discount_code", "booking/discount_codes", "vouchers coupons promotions"),
    _about("discount_code_usage", "booking/discount_code_usages", "vouchers coupons"),
    _about(
        "inbox",
        "inbox/conversations inbox/messages inbox/participants inbox/attachments hosts",
        "mails emails chats answers replies",
    ),
    _about("inquiries", "inquiries", "enquiries requests questions leads"),
    _about("payments", "payments bookings_payments billing_addresses", "money charges invoices refunds"),
    _about("preferences_general_settings", "preferences_general_settings", "configuration options"),
    _about("preferences_payments", "payment_gateways", "stripe cards configuration"),
    _about(
        "rates",
        "rates_rules rates_tables seasons periods nightly_rate_maps mid_term_rate_maps",
        "prices pricing tariffs nights",
    ),
    _about("rates", "taxes fees special_offers", "offers", public=True),
    _about(
        "rentals",
        "rentals photos bedrooms bathrooms living_rooms contacts rental_agreements rentals_amenities "
        "rentals_fees rentals_taxes rental_urls rental_contacts",
        "apartments houses villas homes properties listings rooms photos pictures images descriptions",
        public=True,
    ),
    _about("rentals", "rentals_tags"),
    _about("reviews", "reviews host_reviews review_replies", "ratings opinions feedback stars", public=True),
    _about("webhooks", "webhooks", "notifications events callbacks"),
)
_ENDPOINTS: Final = frozenset(each for subject in _SUBJECTS for each in subject.endpoints)
_NOUNS: Final = frozenset(each for subject in _SUBJECTS for each in subject.nouns)
_SEEING: Final = _set("see read get list show view look export download fetch head sync import analyse")
_CHANGING: Final = _set(
    "create add new make change edit update write delete remove cancel manage send post put patch "
    "modify upload answer reply"
)
_IDLE: Final = _set("a an the my our their i we to want can may of for and or all any in with from")
_ENDPOINT: Final = re.compile(r"(?:(GET|HEAD|POST|PUT|PATCH|DELETE)\s+)?(\S*/\S*|(?<=\s)\S+)", re.IGNORECASE)


def search(wanted: str) -> tuple[Scope, ...]:
    """The permissions that fit, in the catalogue's order; all where nothing is wanted."""
    endpoint = _ENDPOINT.fullmatch(wanted.strip())
    names = needed_for(endpoint[1] or "", endpoint[2]) if endpoint else ()
    if names:
        return tuple(scope for scope in CATALOGUE if scope.name in names)
    words = [word for word in re.split(r"[\s,]+", wanted.casefold()) if word and word not in _IDLE]
    return tuple(scope for scope in CATALOGUE if all(_fits(scope, word) for word in words))


def needed_for(method: str, path: str) -> tuple[str, ...]:
    """The permissions of which a request needs one, the narrowest first; none where that is not known.

    Without a method: those for any use. Where `public` is the last of several, it shows a part.
    """
    resource = _resource(path)
    subject = next((each for each in _SUBJECTS if resource in each.endpoints), None)
    if subject is None:
        return ()
    if subject.stem == "public":
        return ("public",)
    seeing = method.upper() in ("GET", "HEAD", "")
    endings = ("read", "write_owned", "write") if seeing else ("write_owned", "write")
    names = tuple(name for ending in endings if find(name := f"{subject.stem}_{ending}"))
    return (*names, "public") if seeing and subject.public else names


def _resource(path: str) -> str:
    """What a path is about: `rentals/7/photos` is about photos, `inbox/messages/3` about inbox/messages."""
    try:
        parts = urlsplit(path.strip().casefold()).path.split("/")
    except ValueError:
        return ""
    named = [part for part in parts if re.fullmatch(r"[a-z_]{2,60}", part)]
    pairs = ["/".join(pair) for pair in pairwise(named)]
    return next((way for way in (*reversed(pairs), *reversed(named)) if way in _ENDPOINTS), "")


def _fits(scope: Scope, word: str) -> bool:
    """Whether a word means the permission: a verb by its kind, anything else by what it is about."""
    if word in _CHANGING:
        return scope.kind in (Kind.WRITE_OWNED, Kind.WRITE)
    if word in _SEEING:
        return scope.kind in (Kind.PUBLIC, Kind.READ)
    if any(word in text.casefold() for text in (scope.name, scope.summary, scope.resource)):
        return True
    mine = [each for each in _SUBJECTS if each.stem == stem(scope.name)]
    named = _NOUNS & {word, f"{word}s", f"{word}es"}
    if named:  # a whole word is no beginning of another: fees are no feedback
        return any(named & (each.nouns | each.words) for each in mine)
    return len(word) >= 3 and any(other.startswith(word) for each in mine for other in each.words)
