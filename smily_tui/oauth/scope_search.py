"""Search for scopes by task ("create bookings") or by endpoint ("GET /rentals")."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from smily_tui.oauth.endpoints import ENDPOINTS, reading, writing
from smily_tui.oauth.scopes import CATALOGUE, Kind, Scope, stem

if TYPE_CHECKING:
    from collections.abc import Mapping


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


# what people call the records that some scopes give access to; by the scopes' names without their ending
_SYNONYMS: Final[Mapping[str, frozenset[str]]] = {
    "public": _set("free"),
    "applications": _set("apps plugins"),
    "bookings": _set("reservations stays calendars arrivals departures"),
    "clients": _set("customers travellers people addresses"),
    "discount_code": _set("vouchers coupons promotions"),
    "discount_code_usage": _set("vouchers coupons"),
    "inbox": _set("mails emails chats answers replies"),
    "inquiries": _set("enquiries requests questions leads"),
    "payments": _set("money charges invoices refunds"),
    "preferences_general_settings": _set("configuration options"),
    "preferences_payments": _set("stripe cards configuration"),
    "rates": _set("prices pricing tariffs nights offers"),
    "rentals": _set(
        "apartments houses villas homes properties listings rooms photos pictures images descriptions"
    ),
    "reviews": _set("ratings opinions feedback stars"),
    "webhooks": _set("notifications events callbacks"),
    "__website__websites": _set("sites homepages pages"),
    "__website__rentals": _set("sites homepages pages"),
}


def _nouns(path: str) -> frozenset[str]:
    """Nouns of an endpoint: `booking/discount_codes` gives discount codes, and codes."""
    name = path.rpartition("/")[2]
    return frozenset({path, name, name.rpartition("_")[2]})


_NOUNS: Final = frozenset(noun for path in ENDPOINTS for noun in _nouns(path))
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
    endpoint = _endpoint(path)
    if not endpoint:
        return ()
    return reading(endpoint) if method.upper() in ("GET", "HEAD", "") else writing(endpoint)


def _endpoint(path: str) -> str:
    """Find the endpoint in a path: photos in `rentals/7/photos`, inbox/messages in `inbox/messages/3`."""
    try:
        parts = urlsplit(path.strip().casefold()).path.split("/")
    except ValueError:
        return ""
    nouns = [part for part in parts if re.fullmatch(r"[a-z_]{2,60}", part)]
    pairs = ["/".join(pair) for pair in pairwise(nouns)]
    return next((path for path in (*reversed(pairs), *reversed(nouns)) if path in ENDPOINTS), "")


def _fits(scope: Scope, term: str) -> bool:
    """Match a search term: a verb with the kind of a scope, any other with its resource."""
    if term in _WRITING:
        return scope.kind in (Kind.WRITE_OWNED, Kind.WRITE)
    if term in _READING:
        return scope.kind in (Kind.PUBLIC, Kind.READ)
    if any(term in text.casefold() for text in (scope.name, scope.summary, scope.resource)):
        return True
    nouns = _NOUNS & {term, f"{term}s", f"{term}es"}
    synonyms = _SYNONYMS[stem(scope.name)]
    # a whole noun matches no longer synonym: "fee" is not "feedback"
    if nouns:
        return bool(nouns & synonyms) or any(
            nouns & _nouns(path) and scope.name in scopes for path, scopes in ENDPOINTS.items()
        )
    return len(term) >= 3 and any(synonym.startswith(term) for synonym in synonyms)
