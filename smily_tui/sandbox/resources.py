"""Resources of the API: fields, links and filters (Smily reference, the page of each endpoint).

A resource is an entry here and its records in `world`. Permissions come from `oauth.endpoints`; an endpoint
without an entry here has an empty list.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from smily_tui.oauth.endpoints import ENDPOINTS
from smily_tui.sandbox import values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Entry = dict[str, Any]
"""One record: its fields, and its links by the name of the link."""


@dataclass(frozen=True)
class Filter:
    """Parameter that narrows a list.

    Attributes:
        read: turns its text into a value.
        admits: tells whether an entry stays.
    """

    read: Callable[[object], Any]
    admits: Callable[[Entry, Any], bool]


@dataclass(frozen=True)
class Writing:
    """Fields that a request may write.

    Attributes:
        fields: their checks; `X_id` sets the link X.
        required: those without which nothing is created.
        under: the resource below whose records new ones are created; empty: below none.
        unlocked: fields that may be changed although another application has locked the record.
        problems: what is wrong between fields of an entry: field and title.
        can_delete: whether DELETE is documented.
    """

    fields: Mapping[str, values.Check]
    required: tuple[str, ...] = ()
    under: str = ""
    unlocked: frozenset[str] = frozenset()
    problems: Callable[[Entry, str], list[tuple[str, str]]] = lambda _entry, _now: []
    can_delete: bool = True


@dataclass(frozen=True)
class Resource:
    """One resource.

    Attributes:
        path: its endpoint.
        fields: names of its fields.
        links: names of its links to other resources; those in the plural hold lists.
        public: the fields that `public` shows, if it shows a part.
        public_links: the links that it shows then.
        is_public: tells whether `public` shows an entry, at a time.
        part_of: the link to what an entry is a part of: who may not see that, does not see it either.
        filters: parameters that narrow a list.
        writing: what can be written; None: nothing.
        key: its name in an answer, if the path is another.
    """

    path: str
    fields: tuple[str, ...] = ("id",)
    links: tuple[str, ...] = ()
    public: tuple[str, ...] = ()
    public_links: tuple[str, ...] = ()
    is_public: Callable[[Entry, str], bool] = lambda _entry, _now: True
    part_of: str = ""
    filters: Mapping[str, Filter] = field(default_factory=dict)
    writing: Writing | None = None
    key: str = ""

    @property
    def name(self) -> str:
        """Name in an answer: conversations of `inbox/conversations`."""
        return self.key or self.path.rpartition("/")[2]


def link_target(link: str) -> str:
    """Return the path of the endpoint that a link leads to: `accounts` for `account`."""
    if link in ("conversations", "messages", "participants"):
        return f"inbox/{link}"
    if link == "assignee":
        return "hosts"
    if link.endswith(("ity", "icy")):
        return f"{link[:-1]}ies"
    return link if link.endswith("s") else f"{link}s"


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _is_ahead(booking: Entry, now: str) -> bool:
    return bool(booking["end_at"] > now and not booking.get("deleted_at"))


STATUSES: Final = {"booked": "Booked", "unavailable": "Unavailable", "tentative_expires_at": "Tentative"}


def _problems_of_booking(booking: Entry, now: str) -> list[tuple[str, str]]:
    """Check a booking (reference, "Bookings": constraints, status assignment)."""
    problems = []
    if booking["start_at"] and booking["end_at"] and booking["end_at"] <= booking["start_at"]:
        problems = [("start_at", "must be before end_at"), ("end_at", "must be after start_at")]
    if sum(bool(booking.get(name)) for name in STATUSES) > 1:
        problems.append(("status", f"only one of {', '.join(STATUSES)} can be set"))
    if (booking.get("tentative_expires_at") or "9") <= now:
        problems.append(("tentative_expires_at", "must be in the future"))
    problems += [
        (name, "needs final_price")
        for name in ("commission", "downpayment")
        if booking.get(name) and not booking.get("final_price")
    ]
    return problems


def _on(link: str) -> Filter:
    return Filter(values.numbers, lambda entry, numbers: entry.get(link) in numbers)


_BOOKINGS = Resource(
    "bookings",
    _names(
"id start_at end_at status updated_at reference adults authorized_amount balance_due_at booked "
        "bookings_payments_count cancelation_message_to_channel cancelation_message_to_guest "
        "cancelation_reason canceled_at channel_price charge_damage_deposit_on_arrival children commission "
        "contract_updated_at created_at created_by_id created_by_type currency damage_deposit "
        "damage_deposit_collection_method damage_deposit_external_collection_method_name discount "
        "door_key_code downpayment expected_checkin_time expected_checkout_time external_reference "
        "final_payback_to_owner final_price final_rental_price imported initial_price initial_rental_price "
        "locked notes owned_by_app paid_amount paid_or_authorized_amount payment_left_to_collect payment_url "
        "reconciliation rental_payback_to_owner review_requests_count tentative_expires_at unavailable"),
    _names(
"account rental client rental_agreement source inquiry booking_comments bookings_fees bookings_taxes "
        "bookings_payments conversations payments rentals_tags bookings_tags"),
    public=("id", "start_at", "end_at", "status", "updated_at", "reference"),
    public_links=("account", "rental", "rentals_tags", "bookings_tags"),
    is_public=_is_ahead,
    filters={
        "from": Filter(values.time, lambda booking, time: bool(booking["end_at"] > time)),
        "until": Filter(values.time, lambda booking, time: bool(booking["start_at"] < time)),
        "status": Filter(values.names, lambda booking, names: booking["status"].lower() in names),
        "rental_id": _on("rental"),
        "client_id": _on("client"),
    },
    writing=Writing(
        {
            "start_at": values.time,
            "end_at": values.time,
            "client_id": values.whole,
            "source_id": values.whole,
            **dict.fromkeys(("adults", "children", "channel_price"), values.whole),
            **dict.fromkeys(
                ("booked", "unavailable", "imported", "charge_damage_deposit_on_arrival"), values.flag
            ),
            **dict.fromkeys(
                (
                    "commission", "damage_deposit", "downpayment", "final_payback_to_owner", "final_price",
                    "initial_price", "reconciliation", "rental_payback_to_owner",
                ),
                values.decimal,
            ),
            **dict.fromkeys(
                (
                    "discount", "door_key_code", "expected_checkin_time", "expected_checkout_time",
                    "external_reference", "cancelation_reason", "damage_deposit_collection_method",
                    "damage_deposit_external_collection_method_name",
                ),
                values.text,
            ),
            **dict.fromkeys(
                ("notes", "cancelation_message_to_guest", "cancelation_message_to_channel"), values.notes
            ),
            "currency": values.currency,
            "tentative_expires_at": values.time,
        },
        required=("start_at", "end_at"),
        under="rentals",
        unlocked=frozenset({"expected_checkin_time", "expected_checkout_time", "rental_payback_to_owner"}),
        problems=_problems_of_booking,
    ),
)  # fmt: skip

_PUBLIC_OF_RENTALS = _names(
    "id name absolute_min_price absolute_min_stay balance_due base_rate base_rate_kind bathrooms_count "
    "bedrooms_count bookable_on_request bookable_online certifications charge_damage_deposit_on_arrival "
    "checkin_end_time checkin_time checkin_type checkout_time city contact_name country_code created_at "
    "currency damage_deposit damage_deposit_collection_method "
    "damage_deposit_external_collection_method_name description downpayment final_price floor "
    "full_bathrooms_count headline initial_price instantly_bookable lat lng management_type max_price "
    "mid_term_pricing_active min_price nightly_rates_managed_externally permit_issue_date permit_number "
    "position price_public_notes public_notes published_at refund_damage_deposit_after rental_type "
    "residency_category reviews_average_rating reviews_count rounding_kind sleeps sleeps_max "
    "standalone_toilets_count state stories_count summary surface surface_unit updated_at vr_bathrooms_count "
    "website_url"
)
_LINKS_OF_RENTALS = _names(
    "account availability change_over destination payment_gateway rates_table rental_agreement "
    "rental_cancelation_policy nightly_rate_map mid_term_rate_map photos reviews host_reviews special_offers "
    "rates rentals_amenities rentals_fees bathrooms bedrooms living_rooms rentals_tags rental_contacts "
    "videos"
)
_RENTALS = Resource(
    "rentals",
    (
        *_PUBLIC_OF_RENTALS,
        *_names("address1 address2 zip checkin_details checkout_details notes owner_email owner_fullname "
        "owner_notes"),
    ),
    _LINKS_OF_RENTALS,
    public=_PUBLIC_OF_RENTALS,
    public_links=_LINKS_OF_RENTALS,
    is_public=lambda rental, _now: bool(rental["published_at"]),
    writing=Writing(
        {
            **dict.fromkeys(
                (
                    "name", "address1", "address2", "city", "state", "zip", "floor", "rental_type",
                    "owner_fullname", "owner_email", "permit_number",
                ),
                values.text,
            ),
            **dict.fromkeys(("notes", "owner_notes"), values.notes),
            **dict.fromkeys(
                ("bathrooms_count", "bedrooms_count", "sleeps", "sleeps_max", "surface", "checkin_time",
                 "checkout_time", "position"),
                values.whole,
            ),
            **dict.fromkeys(("base_rate", "damage_deposit", "absolute_min_price"), values.decimal),
            "currency": values.currency,
        },
        required=("name",),
    ),
)  # fmt: skip

_CLIENTS = Resource(
    "clients",
    _names(
        "id addresses emails phones created_at updated_at forget_me_at processing_restricted_at fullname "
        "firstname lastname notes passport preferred_locale company vat_number"
    ),
    ("account",),
    writing=Writing(
        {
            **dict.fromkeys(("fullname", "firstname", "lastname", "company", "vat_number"), values.text),
            **dict.fromkeys(("passport", "preferred_locale"), values.text),
            "notes": values.notes,
        },
        required=("fullname",),
        can_delete=False,
    ),
)

_DECLARED: Final = (
    Resource("me", ("partnership_invoice_recipient",), ("account",), key="accounts_applications"),
    Resource(
        "accounts",
        _names(
            "id address1 address2 business_name city country_code created_at default_locale demo email "
            "phones preferences selected_locales state status test updated_at website zip"
        ),
    ),
    _RENTALS,
    _BOOKINGS,
    _CLIENTS,
    Resource(
        "rates",
        _names(
            "id currency start_date end_date initial_nightly_rate initial_weekly_rate initial_monthly_rate "
            "final_nightly_rate final_weekly_rate final_monthly_rate minimum_stay created_at "
            "updated_at"
        ),
        ("rental",),
        part_of="rental",
        filters={"rental_id": _on("rental")},
    ),
    Resource(
        "availabilities",
        ("id", "map", "start_date", "created_at", "updated_at"),
        ("account", "rental"),
        part_of="rental",
    ),
    Resource(
        "photos",
        _names(
            "id description kind position width height ratio size_in_bytes micro_url thumb_url small_url "
            "compact_url medium_url large_url grande_url giant_url created_at updated_at"
        ),
        ("account", "rental"),
        part_of="rental",
    ),
    Resource(
        "sources", ("id", "name", "position", "internal", "created_at", "updated_at"), ("account", "bookings")
    ),
    Resource(
        "inbox/conversations",
        _names(
            "id subject default_channel created_at updated_at closed_at deadline_response_at last_message_at "
            "marked_as_spam_at read_at"
        ),
        ("account", "assignee", "source", "bookings", "inquiries", "messages", "participants"),
    ),
)
RESOURCES: Final[Mapping[str, Resource]] = {path: Resource(path) for path in ENDPOINTS} | {
    resource.path: resource for resource in _DECLARED
}
