"""Table of endpoints and scopes, beside the pages of Smily's reference."""

from __future__ import annotations

import pytest

from smily_tui.oauth.endpoints import ENDPOINTS, reading, writing
from smily_tui.oauth.scopes import find

# one page of the reference each
PAGES = """
accounts amenities applications availabilities bathrooms bedrooms booking/discount_code_usages
booking/discount_codes booking_comments bookings bookings_fees bookings_payments bookings_tags
bookings_taxes change_overs clients contacts destinations fees fees_taxes hosts inbox/attachments
inbox/conversations inbox/messages inbox/participants inquiries living_rooms los_records me
mid_term_rate_maps nightly_rate_maps payment_gateways payments periods photos rates rates_rules
rates_tables rental_agreements rental_cancelation_policies rental_cancelation_policy_items rental_contacts
rental_link_groups rental_links rental_urls rentals rentals_amenities rentals_contents_overrides
rentals_fees rentals_tags rentals_taxes reviews seasons sources special_offers tax_rules taxes
"""


def test_every_page_of_the_reference_has_its_endpoint() -> None:
    assert len(PAGES.split()) == 57
    assert set(PAGES.split()) <= ENDPOINTS.keys()


@pytest.mark.parametrize("path", ENDPOINTS)
def test_an_endpoint_names_scopes_of_the_catalogue(path: str) -> None:
    assert all(find(name) for name in reading(path))
    assert set(writing(path)) <= set(reading(path)), "writing includes reading"
    assert "public" not in writing(path)


def test_public_shows_a_part_where_the_reference_has_a_tab_with_more() -> None:
    parts = {path for path in PAGES.split() if reading(path)[-1] == "public" and len(reading(path)) > 1}
    assert parts == {"bookings", "rental_contacts", "rentals", "taxes"}
