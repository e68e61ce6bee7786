"""Endpoints of the API, and the scopes that each needs one of.

Source: Smily reference, "OAuth Scopes" in the page of each endpoint. Pages of its guides and official gem are
the source for preferences_general_settings, webhooks, host_reviews, review_replies and billing_addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# the narrowest first; `public` at the end shows a part only
_TABLE: Final = """
accounts                        public
amenities                       public
applications                    applications_read applications_write
availabilities                  public
bathrooms                       public rentals_write
bedrooms                        public rentals_write
billing_addresses               payments_read payments_write_owned payments_write
booking/discount_code_usages    discount_code_usage_read
booking/discount_codes          discount_code_read discount_code_write
booking_comments                bookings_read bookings_write_owned bookings_write
bookings                        bookings_read bookings_write_owned bookings_write public
bookings_fees                   bookings_read bookings_write_owned bookings_write
bookings_payments               payments_read payments_write
bookings_tags                   bookings_read bookings_write
bookings_taxes                  bookings_read bookings_write_owned bookings_write
change_overs                    public
clients                         clients_read clients_write
contacts                        public rentals_write
destinations                    public
fees                            public rates_write
fees_taxes                      public rates_write
host_reviews                    reviews_read reviews_write public
hosts                           inbox_read inbox_write
inbox/attachments               inbox_read inbox_write
inbox/conversations             inbox_read inbox_write
inbox/messages                  inbox_read inbox_write
inbox/participants              inbox_read inbox_write
inquiries                       inquiries_read inquiries_write_owned inquiries_write
living_rooms                    public rentals_write
los_records                     public
me                              public
mid_term_rate_maps              rates_read rates_write
nightly_rate_maps               rates_read rates_write
payment_gateways                preferences_payments_read preferences_payments_write
payments                        payments_read payments_write_owned payments_write
periods                         rates_read rates_write
photos                          public rentals_write
preferences_general_settings    preferences_general_settings_read preferences_general_settings_write
rates                           public
rates_rules                     rates_read rates_write
rates_tables                    rates_read rates_write
rental_agreements               public rentals_write
rental_cancelation_policies     public
rental_cancelation_policy_items public
rental_contacts                 rentals_read rentals_write public
rental_link_groups              public rentals_write
rental_links                    public
rental_urls                     public rentals_write
rentals                         rentals_read rentals_write public
rentals_amenities               public rentals_write
rentals_contents_overrides      rentals_read rentals_write
rentals_fees                    public rentals_write
rentals_tags                    rentals_read rentals_write
rentals_taxes                   public rates_write rentals_write
review_replies                  reviews_read reviews_write public
reviews                         public reviews_write
seasons                         rates_read rates_write
sources                         bookings_read bookings_write_owned bookings_write
special_offers                  public rates_write
tax_rules                       public
taxes                           rates_read rates_write public
webhooks                        webhooks_read webhooks_write_owned webhooks_write
"""
ENDPOINTS: Final[Mapping[str, tuple[str, ...]]] = {
    path: tuple(scopes) for path, *scopes in map(str.split, _TABLE.strip().splitlines())
}
"""Scopes by path, without the leading slash."""


def reading(path: str) -> tuple[str, ...]:
    """List the scopes that read an endpoint: those that write do, too."""
    return ENDPOINTS[path]


def writing(path: str) -> tuple[str, ...]:
    """List the scopes that write to an endpoint; empty if none does."""
    return tuple(name for name in ENDPOINTS[path] if name.endswith(("_write", "_write_owned")))
