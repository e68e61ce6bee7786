"""Search for scopes by task ("create bookings") or by endpoint ("GET /rentals")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from smily_tui.oauth.scopes import CATALOGUE, Kind, Scope, find, stem


@dataclass(frozen=True)
class _Subject:
    """Resource that some scopes give access to.

    Attributes:
        stem: the names of the scopes without the ending.
        endpoints: paths of the API without the leading slash.
        synonyms: what people call the resource.
        public: whether `public` shows a part of it.
    """

    stem: str
    endpoints: frozenset[str]
    synonyms: frozenset[str]
    public: bool

    @property
    def nouns(self) -> frozenset[str]:
        """Nouns of its endpoints: `booking/discount_codes` gives discount codes, and codes."""
        names = (endpoint.rpartition("/")[2] for endpoint in self.endpoints)
        return self.endpoints.union(*({name, name.rpartition("_")[2]} for name in names))


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _subject(stem: str, endpoints: str, synonyms: str = "", *, public: bool = False) -> _Subject:
    return _Subject(stem, _set(endpoints), _set(synonyms), public)


# Source: Smily reference, "OAuth Scopes" in the page of each endpoint.
_SUBJECTS: Final = (
    _subject(
        "public",
        "me accounts amenities availabilities change_overs destinations tax_rules rates los_records "
        "rental_links",
        "free",
    ),
    _subject("applications", "applications", "apps plugins"),
    _subject("bookings", "bookings", "reservations stays calendars arrivals departures", public=True),
    _subject(
        "bookings",
        "booking_comments bookings_fees bookings_tags bookings_taxes sources",
        "reservations stays calendars arrivals departures",
    ),
    _subject("clients", "clients", "customers travellers people addresses"),
    _subject("discount_code", "booking/discount_codes", "vouchers coupons promotions"),
    _subject("discount_code_usage", "booking/discount_code_usages", "vouchers coupons"),
    _subject(
        "inbox",
        "inbox/conversations inbox/messages inbox/participants inbox/attachments hosts",
        "mails emails chats answers replies",
    ),
    _subject("inquiries", "inquiries", "enquiries requests questions leads"),
    _subject("payments", "payments bookings_payments billing_addresses", "money charges invoices refunds"),
    _subject("preferences_general_settings", "preferences_general_settings", "configuration options"),
    _subject("preferences_payments", "payment_gateways", "stripe cards configuration"),
    _subject(
        "rates",
        "rates_rules rates_tables seasons periods nightly_rate_maps mid_term_rate_maps",
        "prices pricing tariffs nights",
    ),
    _subject("rates", "taxes fees special_offers", "offers", public=True),
    _subject(
        "rentals",
        "rentals photos bedrooms bathrooms living_rooms contacts rental_agreements rentals_amenities "
        "rentals_fees rentals_taxes rental_urls rental_contacts",
        "apartments houses villas homes properties listings rooms photos pictures images descriptions",
        public=True,
    ),
    _subject("rentals", "rentals_tags"),
    _subject(
        "reviews", "reviews host_reviews review_replies", "ratings opinions feedback stars", public=True
    ),
    _subject("webhooks", "webhooks", "notifications events callbacks"),
)
_ENDPOINTS: Final = frozenset(endpoint for subject in _SUBJECTS for endpoint in subject.endpoints)
_NOUNS: Final = frozenset(noun for subject in _SUBJECTS for noun in subject.nouns)
_READING: Final = _set("see read get list show view look export download fetch head sync import analyse")
_WRITING: Final = _set(
    "create add new make change edit update write delete remove cancel manage send post put patch "
    "modify upload answer reply"
)
_STOP_WORDS: Final = _set("a an the my our their i we to want can may of for and or all any in with from")
_ENDPOINT: Final = re.compile(r"(?:(GET|HEAD|POST|PUT|PATCH|DELETE)\s+)?(\S*/\S*|(?<=\s)\S+)", re.IGNORECASE)


def search(query: str) -> tuple[Scope, ...]:
    """Find the scopes that fit, in the catalogue's order; an empty query finds all."""
    endpoint = _ENDPOINT.fullmatch(query.strip())
    names = needed_for(endpoint[1] or "", endpoint[2]) if endpoint else ()
    if names:
        return tuple(scope for scope in CATALOGUE if scope.name in names)
    terms = [term for term in re.split(r"[\s,]+", query.casefold()) if term and term not in _STOP_WORDS]
    return tuple(scope for scope in CATALOGUE if all(_fits(scope, term) for term in terms))


def needed_for(method: str, path: str) -> tuple[str, ...]:
    """List the scopes of which a request needs one, narrowest first; empty if not known.

    Without a method: for reading and writing. `public` after other scopes shows a part only.
    """
    resource = _resource(path)
    subject = next((subject for subject in _SUBJECTS if resource in subject.endpoints), None)
    if subject is None:
        return ()
    if subject.stem == "public":
        return ("public",)
    reading = method.upper() in ("GET", "HEAD", "")
    endings = ("read", "write_owned", "write") if reading else ("write_owned", "write")
    names = tuple(name for ending in endings if find(name := f"{subject.stem}_{ending}"))
    return (*names, "public") if reading and subject.public else names


def _resource(path: str) -> str:
    """Find the endpoint in a path: photos in `rentals/7/photos`, inbox/messages in `inbox/messages/3`."""
    try:
        parts = urlsplit(path.strip().casefold()).path.split("/")
    except ValueError:
        return ""
    nouns = [part for part in parts if re.fullmatch(r"[a-z_]{2,60}", part)]
    pairs = ["/".join(pair) for pair in pairwise(nouns)]
    return next((path for path in (*reversed(pairs), *reversed(nouns)) if path in _ENDPOINTS), "")


def _fits(scope: Scope, term: str) -> bool:
    """Match a search term: a verb with the kind of a scope, any other with its resource."""
    if term in _WRITING:
        return scope.kind in (Kind.WRITE_OWNED, Kind.WRITE)
    if term in _READING:
        return scope.kind in (Kind.PUBLIC, Kind.READ)
    if any(term in text.casefold() for text in (scope.name, scope.summary, scope.resource)):
        return True
    subjects = [subject for subject in _SUBJECTS if subject.stem == stem(scope.name)]
    nouns = _NOUNS & {term, f"{term}s", f"{term}es"}
    # a whole noun matches no longer synonym: "fee" is not "feedback"
    if nouns:
        return any(nouns & (subject.nouns | subject.synonyms) for subject in subjects)
    synonyms = (synonym for subject in subjects for synonym in subject.synonyms)
    return len(term) >= 3 and any(synonym.startswith(term) for synonym in synonyms)
