"""Writes to the sandbox's API: created, changed, canceled, refused; in memory, and bounded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.sandbox.world import MOST_CREATED, World

if TYPE_CHECKING:
    import httpx

    from tests.support.visitor import Visitor

READ = "public bookings_read"
WRITE = "public bookings_write"
OWNED = "public bookings_write_owned"
SIX = {"id", "reference", "status", "updated_at", "start_at", "end_at"}
STAY = {"start_at": "2029-03-01T16:00:00Z", "end_at": "2029-03-08T10:00:00Z", "booked": True}
JSON_API = "application/vnd.api+json"


class Writer:
    """Application with a token of one account."""

    def __init__(self, visitor: Visitor, scope: str, *, other_app: bool = False) -> None:
        self._http = visitor.http
        client = visitor.sandbox.state.register(name="Another app") if other_app else None
        code = visitor.sandbox.state.grant(4711, tuple(scope.split()), client)
        changes = {"client_id": client.client_id, "client_secret": client.client_secret} if client else {}
        self._token = visitor.exchange(code, **changes).json()["access_token"]

    def send(self, method: str, path: str, **content: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": JSON_API}
        return self._http.request(
            method, f"/api/v3/{path}", headers=headers | content.pop("headers", {}), **content
        )

    def book(self, rental: int = 1, **fields: Any) -> httpx.Response:
        return self.send("POST", f"rentals/{rental}/bookings", json={"bookings": [STAY | fields]})

    def change(self, booking: int, **fields: Any) -> httpx.Response:
        return self.send("PUT", f"bookings/{booking}", json={"bookings": [fields]})


def booking_of(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code in (200, 201), answer.text
    (booking,) = answer.json()["bookings"]
    assert isinstance(booking, dict)
    return booking


def errors_of(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == JSON_API
    errors = answer.json()["errors"]
    assert {error["code"] for error in errors} == {"validation_failed"}
    return [(error["field"], error["title"]) for error in errors]


def test_a_booking_is_created_changed_and_canceled(visitor: Visitor) -> None:
    app = Writer(visitor, WRITE)
    created = app.book(adults=2, final_price=2700, client_id=1, notes="late arrival")
    booking = booking_of(created)
    assert created.status_code == 201
    assert created.headers["location"] == f"{visitor.server}/api/v3/bookings/{booking['id']}"
    assert (booking["status"], booking["adults"], booking["final_price"]) == ("Booked", 2, "2700.0")
    assert booking["links"]["rental"] == booking["links"]["client"] == 1
    assert booking["locked"] is None
    changed = booking_of(app.change(booking["id"], end_at="2029-03-09 10:00:00 UTC", adults=3))
    assert (changed["end_at"], changed["adults"]) == ("2029-03-09T10:00:00Z", 3)
    assert changed["notes"] == "late arrival", "what is not named stays"
    canceled = app.send("DELETE", f"bookings/{booking['id']}")
    assert (canceled.status_code, canceled.content) == (204, b"")
    assert app.send("GET", f"bookings/{booking['id']}").status_code == 404
    kept = booking_of(app.send("GET", f"bookings/{booking['id']}?include_canceled=true"))
    assert (kept["status"], kept["canceled_at"]) == ("Canceled", "2026-11-24T06:00:00Z")
    assert app.send("DELETE", f"bookings/{booking['id']}").status_code == 404
    updated = app.send("GET", "bookings?updated_since=2026-11-24T05:00:00Z").json()
    assert updated["meta"]["deleted_ids"] == [booking["id"]]


def test_a_cancelation_may_have_a_reason(visitor: Visitor) -> None:
    app = Writer(visitor, WRITE)
    number = booking_of(app.book())["id"]
    reason = {"bookings": [{"cancelation_reason": "payment_failed"}]}
    assert app.send("DELETE", f"bookings/{number}", json=reason).status_code == 204
    kept = booking_of(app.send("GET", f"bookings/{number}?include_canceled=true"))
    assert kept["cancelation_reason"] == "payment_failed"


def test_a_booking_is_drawn_into_the_availability(visitor: Visitor) -> None:
    app = Writer(visitor, WRITE)

    def nights() -> str:
        (availability,) = app.send("GET", "availabilities/1").json()["availabilities"]
        assert availability["start_date"] == "2026-11-01"
        drawn: str = availability["map"][850:860]
        return drawn

    assert nights() == "0" * 10
    number = booking_of(app.book())["id"]
    assert nights() == "0111111100"
    app.send("DELETE", f"bookings/{number}")
    assert nights() == "0" * 10


@pytest.mark.parametrize(
    ("fields", "errors"),
    [
        ({"start_at": None}, [("start_at", "can't be blank")]),
        ({"end_at": ""}, [("end_at", "can't be blank")]),
        ({"start_at": "soon"}, [("start_at", "is not a time")]),
        (
            {"end_at": "2029-02-01"},
            [("start_at", "must be before end_at"), ("end_at", "must be after start_at")],
        ),
        (
            {"unavailable": True},
            [("status", "only one of booked, unavailable, tentative_expires_at can be set")],
        ),
        (
            {"booked": False, "tentative_expires_at": "2026-01-01"},
            [("tentative_expires_at", "must be in the future")],
        ),
        ({"adults": -1}, [("adults", "is not a whole number")]),
        ({"final_price": "much"}, [("final_price", "is not a number of 0 or more")]),
        ({"downpayment": 5}, [("downpayment", "needs final_price")]),
        ({"currency": "euro"}, [("currency", "is not a currency code")]),
        ({"booked": "perhaps"}, [("booked", "is neither true nor false")]),
        ({"notes": "x" * 6001}, [("notes", "is too long (maximum is 6000 characters)")]),
        ({"notes": ["x"]}, [("notes", "is not a text")]),
        ({"client_id": 5}, [("client_id", "does not exist in this account")]),
    ],
)
def test_a_booking_that_cannot_be_is_refused_by_its_field(
    visitor: Visitor, fields: dict[str, Any], errors: list[tuple[str, str]]
) -> None:
    assert errors_of(Writer(visitor, WRITE).book(**fields)) == errors
    assert f"{errors[0][0]} {errors[0][1]}" in visitor.log[-1]


def test_two_bookings_do_not_overlap(visitor: Visitor) -> None:
    app = Writer(visitor, WRITE)
    first = booking_of(app.book())
    assert errors_of(app.book(start_at="2029-03-07"))[0] == ("start_at", "overlaps another booking")
    assert app.book(rental=2).status_code == 201, "another rental"
    late = app.book(start_at=STAY["end_at"], end_at="2029-03-20")
    assert late.status_code == 201, "arrival on the day of departure"
    assert errors_of(app.change(first["id"], end_at="2029-03-09"))
    assert booking_of(app.send("GET", f"bookings/{first['id']}"))["end_at"] == STAY["end_at"]
    app.send("DELETE", f"bookings/{first['id']}")
    assert app.book().status_code == 201, "a canceled one frees its time"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[" * 30_000, {}, 400),
        (b"\xff", {}, 400),
        (b"[]", {}, 422),
        (b"{}", {}, 422),
        (b'{"bookings": {}}', {}, 422),
        (b'{"bookings": [1]}', {}, 422),
        (b'{"bookings": [{}, {}]}', {}, 422),
        (b'{"bookings": [{}]}', {"Content-Type": "application/x-www-form-urlencoded"}, 422),
    ],
)
def test_a_body_must_be_json_with_one_record(
    visitor: Visitor, content: bytes, headers: dict[str, str], status: int
) -> None:
    answer = Writer(visitor, WRITE).send("POST", "rentals/1/bookings", content=content, headers=headers)
    assert answer.status_code == status
    if status == 422:
        assert errors_of(answer)


@pytest.mark.parametrize("scope", ["public", READ, "public rentals_write clients_write"])
def test_a_write_needs_its_scope(visitor: Visitor, scope: str) -> None:
    refused = Writer(visitor, scope).book()
    assert (refused.status_code, refused.json()) == (403, {"errors": [{"code": "forbidden"}]})
    assert "scope bookings_write_owned or bookings_write missing" in visitor.log[-1]


def test_write_owned_locks_what_it_creates_and_hides_what_others_created(visitor: Visitor) -> None:
    owner, other = Writer(visitor, OWNED), Writer(visitor, "public bookings_write", other_app=True)
    booking = booking_of(owner.book(final_price=900))
    number = booking["id"]
    assert (booking["owned_by_app"], booking["final_price"]) == (True, "900.0")
    assert booking["locked"]
    assert booking_of(other.send("GET", f"bookings/{number}"))["owned_by_app"] is False
    refused = other.change(number, final_price=1)
    assert (refused.status_code, refused.json()) == (403, {"errors": [{"code": "forbidden"}]})
    assert "locked by the app that created it" in visitor.log[-1]
    assert other.send("DELETE", f"bookings/{number}").status_code == 403
    assert other.change(number, expected_checkin_time="14:00", rental_payback_to_owner=5).status_code == 200
    assert booking_of(owner.change(number, final_price=800))["final_price"] == "800.0"
    for seen in owner.send("GET", "bookings?from=2020-01-01").json()["bookings"]:
        assert (seen.keys() - {"links"} == SIX) is (seen["id"] != number)
    assert owner.send("DELETE", f"bookings/{number}").status_code == 204


def test_write_owned_changes_what_nobody_locked_and_still_sees_six_fields(visitor: Visitor) -> None:
    number = booking_of(Writer(visitor, WRITE, other_app=True).book())["id"]
    changed = booking_of(Writer(visitor, OWNED).change(number, adults=4))
    assert changed.keys() - {"links"} == SIX


def test_another_account_is_out_of_reach(visitor: Visitor) -> None:
    app = Writer(visitor, "public bookings_write rentals_write clients_write")
    assert app.book(rental=4).status_code == 404
    assert app.send("DELETE", "rentals/4").status_code == 404
    assert app.send("PUT", "clients/5", json={"clients": [{"notes": "x"}]}).status_code == 404


def test_rentals_and_guests_are_written_the_same_way(visitor: Visitor) -> None:
    app = Writer(visitor, "public rentals_write clients_write")
    refused = app.send("POST", "rentals", json={"rentals": [{}]})
    assert errors_of(refused) == [("name", "can't be blank")]
    created = app.send("POST", "rentals", json={"rentals": [{"name": "Name"}]})
    number = created.json()["rentals"][0]["id"]
    assert (created.status_code, created.json()["rentals"][0]["published_at"]) == (201, None)
    renamed = app.send("PUT", f"rentals/{number}", json={"rentals": [{"name": "New Name"}]})
    assert renamed.json()["rentals"][0]["name"] == "New Name"
    assert app.send("DELETE", f"rentals/{number}").status_code == 204
    assert app.send("GET", f"rentals/{number}").status_code == 404
    guest = app.send("POST", "clients", json={"clients": [{"fullname": "Ada Abel"}]})
    assert (guest.status_code, guest.json()["clients"][0]["fullname"]) == (201, "Ada Abel")
    assert app.send("DELETE", "clients/1").status_code == 404, "the reference has no such request"


def test_a_deleted_rental_takes_its_parts_along(visitor: Visitor) -> None:
    app = Writer(visitor, "public rentals_write")
    assert app.send("DELETE", "rentals/1").status_code == 204
    for path in ("availabilities", "photos", "rates"):
        parts = app.send("GET", path).json()[path]
        assert 1 not in {part["links"]["rental"] for part in parts}


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
@pytest.mark.parametrize("path", ["bookings", "bookings/1,2", "me", "accounts/4711", "rates/1"])
def test_what_cannot_be_written_gets_no_json(visitor: Visitor, method: str, path: str) -> None:
    answer = Writer(visitor, WRITE).send(method, path, json={})
    assert (answer.status_code, answer.content) == (404, b"")


def test_created_records_are_bounded() -> None:
    world = World(1, 1_795_500_000.0)
    invented = len(world.entries("clients"))
    numbers = [world.create("clients", {"account": 4711})["id"] for _ in range(MOST_CREATED + 5)]
    assert len(world.entries("clients")) == invented + MOST_CREATED
    assert numbers[4] not in world.entries("clients")
    assert numbers[5] in world.entries("clients")
    assert len(set(numbers)) == len(numbers), "no number is given twice"
