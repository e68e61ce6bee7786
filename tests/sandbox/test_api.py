"""API of the sandbox: what a token reads, in the forms that Smily's reference and recorded answers have."""

from __future__ import annotations

import re
import socket
from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.oauth.endpoints import ENDPOINTS, reading
from smily_tui.sandbox.resources import RESOURCES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.visitor import Visitor

JSON_API = "application/vnd.api+json"
SIX = {"id", "reference", "status", "updated_at", "start_at", "end_at"}


def token(visitor: Visitor, scope: str = "public", account: int = 4711) -> str:
    code = visitor.sandbox.state.grant(account, tuple(scope.split()))
    access: str = visitor.exchange(code).json()["access_token"]
    return access


def client_token(visitor: Visitor) -> str:
    access: str = visitor.post(**visitor.client, grant_type="client_credentials").json()["access_token"]
    return access


def records(visitor: Visitor, path: str, access: str) -> list[dict[str, Any]]:
    answer = visitor.api(path, access)
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()[re.split(r"[/?]", path.removeprefix("inbox/"))[0]]
    return listed


# -- public --------------------------------------------------------------------------------------------


def test_public_reads_published_rentals_without_what_is_private(visitor: Visitor) -> None:
    published = records(visitor, "rentals", token(visitor))
    everything = records(visitor, "rentals", token(visitor, "public rentals_read"))
    assert [rental["id"] for rental in published] == [1, 2]
    assert [rental["id"] for rental in everything] == [1, 2, 3]
    assert everything[0].keys() - published[0].keys() == {
        *("address1", "address2", "zip", "checkin_details", "checkout_details"),
        *("notes", "owner_email", "owner_fullname", "owner_notes"),
    }
    assert visitor.api("rentals/3", token(visitor)).status_code == 404


def test_public_reads_six_fields_of_future_bookings(visitor: Visitor) -> None:
    seen = records(visitor, "bookings?from=2020-01-01&include_canceled=true", token(visitor))
    assert seen
    for booking in seen:
        assert booking.keys() - {"links"} == SIX
        assert booking["end_at"] > "2026-11-24T"
        assert booking["status"] != "Canceled"


def test_reading_bookings_shows_past_and_canceled_ones_on_demand(visitor: Visitor) -> None:
    access = token(visitor, "public bookings_read")
    future, every, canceled = (
        records(visitor, path, access)
        for path in ("bookings", "bookings?from=2020-01-01", "bookings?from=2020-01-01&include_canceled=true")
    )
    assert len(future) < len(every) < len(canceled)
    assert {booking["status"] for booking in canceled} == {"Booked", "Tentative", "Unavailable", "Canceled"}
    assert set(canceled[0]) > SIX | {"links", "final_price", "notes", "owned_by_app"}
    hidden = next(booking["id"] for booking in canceled if booking["status"] == "Canceled")
    assert visitor.api(f"bookings/{hidden}", access).status_code == 404
    assert visitor.api(f"bookings/{hidden}?include_canceled=true", access).status_code == 200


@pytest.mark.parametrize("path", ["rates", "availabilities", "photos"])
def test_parts_of_a_rental_are_public_as_it_is(visitor: Visitor, path: str) -> None:
    few = records(visitor, path, token(visitor))
    assert {part["links"]["rental"] for part in few} == {1, 2}
    if path != "photos":
        every = records(visitor, path, token(visitor, "public rentals_read"))
        assert {part["links"]["rental"] for part in every} == {1, 2, 3}


def test_client_credentials_see_public_data_of_all_accounts_that_authorized_the_app(visitor: Visitor) -> None:
    access = client_token(visitor)
    assert records(visitor, "rentals", access) == []
    for account in (4711, 4722):
        visitor.code(account)
    rentals = records(visitor, "rentals", access)
    assert {rental["links"]["account"] for rental in rentals} == {4711, 4722}
    assert visitor.api("rentals/4", access).status_code == 404, "of an account that did not"
    assert records(visitor, "bookings", access)
    assert visitor.api("clients", access).status_code == 403
    visitor.sandbox.state.uninstall()
    assert visitor.api("rentals", access).status_code == 401


@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_endpoint_of_the_reference_asks_for_its_scope(visitor: Visitor, path: str) -> None:
    for scope in reading(path):
        assert visitor.api(path, token(visitor, scope)).status_code == 200
    other = "webhooks_read" if "webhooks_read" not in reading(path) else "inbox_read"
    refused = visitor.api(path, token(visitor, other))
    assert (refused.status_code, refused.json()) == (403, {"errors": [{"code": "forbidden"}]})
    assert f"scope {' or '.join(reading(path))} missing" in visitor.log[-1]


# -- forms ---------------------------------------------------------------------------------------------


def test_an_account_has_the_fields_of_the_reference(visitor: Visitor) -> None:
    access = token(visitor, account=4713)
    (account,) = records(visitor, "accounts/4713", access)
    assert (account["business_name"], account["country_code"]) == ("Casa Azul & Jardín", "ES")
    assert len(account) == 19
    assert account["preferences"]["bookings"]["default_communication_locale"] == "es"
    assert set(account["phones"]) == {"phone", "mobile", "fax"}
    assert visitor.api("accounts/4711", access).status_code == 404, "another owner's"


def test_me_links_the_account_and_has_a_url_template(visitor: Visitor) -> None:
    me = visitor.api("me", token(visitor)).json()
    template = "/api/v3/accounts/{accounts_applications.account}"
    assert me["links"] == {"accounts_applications.account": visitor.server + template}
    assert me["accounts_applications"] == [
        {"links": {"account": 4711}, "partnership_invoice_recipient": "account"}
    ]


@pytest.mark.parametrize("path", ["me", "accounts", "rentals", "bookings", "rates", "fees", "rentals/1"])
def test_paging_is_in_the_headers_and_in_meta(visitor: Visitor, path: str) -> None:
    answer = visitor.api(path, token(visitor))
    url = f"{visitor.server}/api/v3/{path}?page=1"
    total = str(len(next(value for name, value in answer.json().items() if name not in ("links", "meta"))))
    assert answer.headers["content-type"] == JSON_API
    counts = {"X-Total-Pages": "1", "X-Total-Count": total, "X-Per-Page": "100"}
    assert answer.json()["meta"] == {"Link": {"first": url, "last": url}, **counts}
    assert {name: answer.headers[name] for name in counts} == counts
    assert answer.headers["X-Current-Page"] == "1"
    assert answer.headers["Link"] == f'<{url}>; rel="first", <{url}>; rel="last"'
    assert answer.headers["X-Updated-Since-Request-Synced-At"] == "2026-11-24 06:00:00 UTC"
    assert answer.headers["Vary"] == "Origin"


def test_a_page_has_100_entries_and_never_more(visitor: Visitor) -> None:
    for account in range(4711, 4723):
        visitor.code(account)
    access = client_token(visitor)
    for parameters in ("", "?per_page=1000", "?per_page=-1", "?per_page=x", "?page=0", "?page=" + "9" * 5000):
        answer = visitor.api(f"bookings{parameters}", access)
        assert answer.headers["X-Per-Page"] == "100"
        assert len(answer.json()["bookings"]) in ({0, 100} if "999" in parameters else {100})
    assert "per_page" not in visitor.api("bookings", access).headers["Link"]
    seen, path = [], "bookings?per_page=40"
    while path:
        page = visitor.api(path, access)
        seen += [booking["id"] for booking in page.json()["bookings"]]
        path = page.links.get("next", {}).get("url", "").removeprefix(f"{visitor.server}/api/v3/")
        assert "per_page=40" in page.headers["Link"]
    assert len(seen) == len(set(seen)) == int(page.headers["X-Total-Count"])


def test_a_token_in_the_query_is_in_no_link(visitor: Visitor) -> None:
    access = token(visitor)
    answer = visitor.http.get("/api/v3/rentals", params={"access_token": access, "fields": "id"})
    assert answer.status_code == 200
    assert access not in answer.text + str(answer.headers)


def test_header_names_have_the_usual_case_on_the_wire(visitor: Visitor) -> None:
    access, port = token(visitor), int(visitor.server.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)) as connection:
        head = f"GET /api/v3/rentals HTTP/1.0\r\nAuthorization: Bearer {access}\r\n\r\n"
        connection.sendall(head.encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    for name in (b"X-Total-Pages", b"X-RateLimit-Reset", b"Content-Type", b"Link", b"X-Per-Page"):
        assert b"\r\n" + name + b": " in received


def test_the_limit_is_reset_at_the_full_hour(visit: Callable[..., Visitor]) -> None:
    visitor = visit(rate_limit=1)
    visitor.wall = visitor.wall // 3600 * 3600 + 3000.0
    access = token(visitor)
    first, second = visitor.api("me", access), visitor.api("me", access)
    assert (first.status_code, second.status_code) == (200, 429)
    assert second.text == "API v3 rate limit exceeded."
    reset = int(second.headers["X-RateLimit-Reset"])
    assert reset % 3600 == 0
    assert reset == visitor.wall + 600
    visitor.wall += 599
    assert visitor.api("me", access).status_code == 429
    visitor.wall += 1
    assert visitor.api("me", access).headers["X-RateLimit-Remaining"] == "0"


@pytest.mark.parametrize("path", ["accounts/", "rentals.json", "/rentals", "rentals/1.json", "me/"])
def test_a_path_may_end_in_a_slash_or_json(visitor: Visitor, path: str) -> None:
    assert visitor.api(path, token(visitor)).status_code == 200


@pytest.mark.parametrize(
    "path", ["nothing", "rentals/x", "rentals/1/bookings", "rentals/1/2", "rentals/1,", ""]
)
def test_a_path_that_the_api_lacks_gets_no_json(visitor: Visitor, path: str) -> None:
    answer = visitor.api(path, token(visitor))
    assert (answer.status_code, answer.content) == (404, b"")
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["rentals/4", "rentals/999999999999999999", "bookings/0", "clients/5"])
def test_a_record_that_the_token_does_not_see_is_not_found(visitor: Visitor, path: str) -> None:
    answer = visitor.api(path, token(visitor, "public rentals_read bookings_read clients_read"))
    assert (answer.status_code, answer.json()) == (404, {"errors": [{"code": "not_found"}]})
    assert answer.headers["content-type"] == JSON_API


# -- parameters ----------------------------------------------------------------------------------------


def test_several_numbers_in_a_path_give_the_records_that_are_there(visitor: Visitor) -> None:
    assert [rental["id"] for rental in records(visitor, "rentals/2,39,1", token(visitor))] == [2, 1]


def test_fields_limits_an_entry(visitor: Visitor) -> None:
    for entry in records(visitor, "rentals?fields=id,name,unknown", token(visitor)):
        assert entry.keys() == {"links", "id", "name"}
    (account,) = records(visitor, "accounts?fields=id,business_name", token(visitor))
    assert account == {"id": 4711, "business_name": "Villa Rosa"}


def test_include_puts_linked_records_into_an_entry(visitor: Visitor) -> None:
    (rental,) = records(visitor, "rentals/1?include=availability,rates,nothing", token(visitor))
    assert rental["availability"]["id"] == rental["links"]["availability"]
    assert len(rental["availability"]["map"]) == 1096
    assert [rate["id"] for rate in rental["rates"]] == rental["links"]["rates"]
    (booking, *_) = records(visitor, "bookings?include=client", token(visitor, "public bookings_read"))
    assert booking["client"] is None, "clients_read is missing"


def test_bookings_are_filtered(visitor: Visitor) -> None:
    access = token(visitor, "public bookings_read")
    every = records(visitor, "bookings?from=20200101", access)
    start = every[len(every) // 2]["start_at"]
    cases: dict[str, Callable[[dict[str, Any]], bool]] = {
        f"from={start}": lambda booking: booking["end_at"] > start,
        f"from=20200101&until={start}": lambda booking: booking["start_at"] < start,
        "from=20200101&status=booked,unavailable": lambda booking: (
            booking["status"] in ("Booked", "Unavailable")
        ),
        "from=20200101&rental_id=2,3": lambda booking: booking["links"]["rental"] in (2, 3),
        "from=20200101&client_id=1": lambda booking: booking["links"]["client"] == 1,
    }
    for query, stays in cases.items():
        ids = [booking["id"] for booking in records(visitor, f"bookings?{query}", access)]
        assert ids == [booking["id"] for booking in every if stays(booking)], query
        assert 0 < len(ids) < len(every)


def test_updated_since_narrows_a_list_and_names_what_was_deleted(visitor: Visitor) -> None:
    access = token(visitor, "public bookings_read")
    every = visitor.api("bookings?updated_since=2020-01-01", access)
    synced = every.headers["X-Updated-Since-Request-Synced-At"]
    assert len(every.json()["meta"]["deleted_ids"]) == 3
    none = visitor.api(f"bookings?updated_since={synced}", access).json()
    assert (none["bookings"], none["meta"]["deleted_ids"]) == ([], [])
    assert "deleted_ids" not in visitor.api("bookings", access).json()["meta"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("bookings?from=tomorrow", "from"),
        ("bookings?until=2026-13-01", "until"),
        ("bookings?from=0001-01-01T00:00:00%2B14:00", "from"),
        ("bookings?include_canceled=maybe", "include_canceled"),
        ("bookings?rental_id=1,x", "rental_id"),
        ("rates?rental_id=" + "9" * 5000, "rental_id"),
        ("rentals?updated_since=now", "updated_since"),
    ],
)
def test_a_value_that_cannot_be_read_is_named(visitor: Visitor, query: str, field: str) -> None:
    answer = visitor.api(query, token(visitor, "public bookings_read"))
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["code"], error["field"]) == ("validation_failed", field)
    assert error["title"]
    assert f"{field} {error['title']}" in visitor.log[-1]


# -- the table -----------------------------------------------------------------------------------------


def test_every_declared_resource_is_an_endpoint_of_the_reference() -> None:
    assert RESOURCES.keys() == ENDPOINTS.keys()


def test_the_same_seed_gives_the_same_world(visit: Callable[..., Visitor]) -> None:
    def world(seed: int) -> list[list[dict[str, Any]]]:
        visitor = visit(world_seed=seed)
        access = token(visitor, "public rentals_read bookings_read clients_read")
        return [records(visitor, path, access) for path in ("rentals", "bookings", "clients", "rates")]

    assert world(5) == world(5)
    assert world(5) != world(6)
