"""Records of the sandbox: an invented small world, the same for the same seed and day, and its changes."""

from __future__ import annotations

import random
from collections import deque
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from smily_tui.sandbox.accounts import ACCOUNTS, FakeAccount

if TYPE_CHECKING:
    from smily_tui.sandbox.resources import Entry

# created records that are kept; the oldest goes for a newer one, so that memory stays bounded
MOST_CREATED: Final = 1000
DAYS: Final = 1096  # characters of an availability map, one a day (reference, "Availabilities")
_MARKS: Final = {"Booked": "1", "Tentative": "2", "Unavailable": "3"}
_KINDS: Final = ("apartment", "cottage", "house", "villa", "studio", "chalet")
_HOMES: Final = ("Garden House", "Upper Flat", "Lake Cabin", "Orchard Cottage", "Sea View", "Old Stable")
_FIRST: Final = ("Ada", "Bruno", "Chiara", "Dimitri", "Elif", "Femi", "Greta", "Hugo", "Ines", "Jun")
_LAST: Final = ("Abel", "Bergström", "Castro", "Dubois", "Ek", "Fontana", "Gray", "Horváth", "Ito", "Jansen")
_SIZES: Final = {
    "micro": (48, 32), "thumb": (96, 64), "small": (192, 128), "compact": (384, 256),
    "medium": (768, 512), "large": (1200, 800), "grande": (1536, 1024), "giant": (2400, 1600),
}  # fmt: skip


class World:
    """Records by resource and number.

    Args:
        seed: the same seed gives the same world on the same day.
        now: Unix seconds; bookings lie before and after it.
    """

    def __init__(self, seed: int, now: float) -> None:
        self._random = random.Random(seed)  # noqa: S311 - invented records, no secrets
        self._today = datetime.fromtimestamp(now, UTC).date()
        self._entries: dict[str, dict[int, Entry]] = {}
        self._created: deque[tuple[str, int]] = deque()
        self._last_number: dict[str, int] = {}
        for account in ACCOUNTS:
            self._invent(account)

    def entries(self, path: str) -> dict[int, Entry]:
        """Return the records of a resource by number, deleted ones included."""
        return self._entries.get(path, {})

    def create(self, path: str, entry: Entry) -> Entry:
        """Store a new record, and forget the oldest if there are too many."""
        if len(self._created) >= MOST_CREATED:
            oldest_path, oldest = self._created.popleft()
            del self._entries[oldest_path][oldest]
        self._add(path, entry)
        if path == "bookings":
            entry["reference"] = f"{entry['id']:06X}"
        self._created.append((path, entry["id"]))
        return entry

    def delete(self, path: str, entry: Entry, now: str) -> None:
        """Mark a record as deleted, with the parts of a rental."""
        entry |= {"deleted_at": now, "updated_at": now}
        if path == "rentals":
            for parts in self._entries.values():
                for part in parts.values():
                    if part.get("rental") == entry["id"] and not part.get("deleted_at"):
                        part["deleted_at"] = now

    def overlaps(self, booking: Entry) -> bool:
        """Tell whether another booking occupies a part of the time."""
        return any(
            occupied is not booking
            and occupied["id"] != booking.get("id")
            and occupied["rental"] == booking["rental"]
            and not occupied.get("deleted_at")
            and occupied["start_at"] < booking["end_at"]
            and booking["start_at"] < occupied["end_at"]
            for occupied in self._entries["bookings"].values()
        )

    def map_availability(self, rental: int, now: str) -> None:
        """Draw the map of a rental anew, from its bookings."""
        availability = next(
            (entry for entry in self._entries["availabilities"].values() if entry["rental"] == rental), None
        )
        if availability is None:
            return
        first = date.fromisoformat(availability["start_date"])
        days = ["0"] * DAYS
        for booking in self._entries["bookings"].values():
            if booking["rental"] == rental and not booking.get("deleted_at"):
                start, end = ((_day(booking[name]) - first).days for name in ("start_at", "end_at"))
                # the night is occupied, the day of departure is free
                for day in range(max(start, 0), min(max(end, start + 1), DAYS)):
                    days[day] = _MARKS.get(booking["status"], "2")
        availability |= {"map": "".join(days), "updated_at": now}

    # -- inventing -------------------------------------------------------------------------------------

    def _add(self, path: str, entry: Entry) -> Entry:
        number = entry.get("id") or self._last_number.get(path, 0) + 1
        self._last_number[path] = number
        entry["id"] = number
        self._entries.setdefault(path, {})[number] = entry
        return entry

    def _at(self, days: int) -> str:
        """Write a time, in days from today."""
        day = self._today + timedelta(days=days)
        return f"{day.isoformat()}T09:00:00Z"

    def _stamps(self) -> Entry:
        created = self._random.randint(200, 900)
        return {"created_at": self._at(-created), "updated_at": self._at(-self._random.randint(1, 199))}

    def _invent(self, account: FakeAccount) -> None:
        at = account.number
        self._add("accounts", {"id": at, "account": at, **_describe(account), **self._stamps()})
        self._add("me", {"id": at, "account": at, "partnership_invoice_recipient": "account"})
        names = ("Own website", "Partner site")
        sources = [
            self._add(
                "sources",
                {"account": at, "name": name, "position": place, "internal": False, "bookings": []}
                | self._stamps(),
            )
            for place, name in enumerate(names, 1)
        ]
        clients = [self._add("clients", self._client(account)) for _ in range(4)]
        for place in range(1, 4):
            rental = self._rental(account, place)
            self._bookings(account, rental, clients, sources)
            self.map_availability(rental["id"], rental["updated_at"])

    def _client(self, account: FakeAccount) -> Entry:
        first, last = self._random.choice(_FIRST), self._random.choice(_LAST)
        labelled = {"label": "default", "primary": True}
        return {
            "account": account.number,
            "firstname": first,
            "lastname": last,
            "fullname": f"{first} {last}",
            "preferred_locale": account.default_locale,
            "notes": "",
            "addresses": [labelled | {"city": account.city, "country_code": account.country_code}],
            "emails": [labelled | {"email": f"guest{self._random.randrange(10**6)}@example.com"}],
            "phones": [labelled | {"number": f"+99 555 {self._random.randrange(10**6):06}"}],
        } | self._stamps()

    def _rental(self, account: FakeAccount, place: int) -> Entry:
        """Invent a rental with its photos, rates and availability; every third is not published."""
        sleeps, rate = self._random.randint(2, 8), self._random.randrange(300, 1500, 10)
        home, kind = self._random.choice(_HOMES), self._random.choice(_KINDS)
        rental = self._add("rentals", {"account": account.number} | self._stamps())
        rental |= {
            "name": f"{home} {place}",
            "headline": {account.default_locale: f"{home} in {account.city}"},
            "summary": {account.default_locale: f"Sleeps {sleeps}."},
            "description": {account.default_locale: f"An invented {kind} in {account.city}."},
            "rental_type": kind,
            "management_type": "professional",
            "residency_category": "primary_residence",
            "sleeps": sleeps,
            "sleeps_max": sleeps + 1,
            "bedrooms_count": (sleeps + 1) // 2,
            "bathrooms_count": 1 + sleeps // 5,
            "surface": 25 * sleeps,
            "surface_unit": "metric",
            "currency": account.currency,
            "base_rate": f"{rate}.0",
            "base_rate_kind": "weekly",
            "min_price": f"{rate}.0",
            "max_price": f"{rate * 2}.0",
            "downpayment": 30,
            "damage_deposit": "200.0",
            "checkin_time": 16,
            "checkout_time": 10,
            "city": account.city,
            "country_code": account.country_code,
            "lat": account.lat,
            "lng": account.lng,
            "contact_name": account.business_name,
            "bookable_online": place == 1,
            "mid_term_pricing_active": False,
            "nightly_rates_managed_externally": False,
            "reviews_count": 0,
            "position": place,
            "published_at": None if place == 3 else rental["updated_at"],
            "address1": f"{self._random.randint(1, 90)} Invented Street",
            "zip": account.zip,
            "notes": "Not for guests.",
            "owner_fullname": self._random.choice(_FIRST),
            "owner_email": account.email,
        }
        part = {"account": account.number, "rental": rental["id"]}
        rental["photos"] = [self._add("photos", self._photo(part, spot))["id"] for spot in (1, 2)]
        rental["rates"] = [self._add("rates", self._rate(part, rental, half))["id"] for half in (0, 1)]
        start = {"start_date": self._today.replace(day=1).isoformat(), "map": ""}
        rental["availability"] = self._add("availabilities", part | start | self._stamps())["id"]
        return rental

    def _photo(self, part: Entry, spot: int) -> Entry:
        name = f"https://photos.example.com/{part['rental']}-{spot}"
        urls = {f"{size}_url": f"{name}-{width}x{height}.jpg" for size, (width, height) in _SIZES.items()}
        size = {"width": 2400, "height": 1600, "ratio": "1.5", "size_in_bytes": 400_000 + spot}
        kind = ("outside", "livingroom")[spot - 1]
        return part | urls | size | {"kind": kind, "position": spot, "description": {}} | self._stamps()

    def _rate(self, part: Entry, rental: Entry, half: int) -> Entry:
        start = self._today + timedelta(days=182 * half)
        weekly = float(rental["base_rate"]) * (1 + half)
        rate: Entry = {"currency": rental["currency"], "minimum_stay": 2 + half}
        rate |= {
            "start_date": start.isoformat(),
            "end_date": (start + timedelta(days=181)).isoformat(),
        }
        for name, share in (("nightly", 1 / 7), ("weekly", 1), ("monthly", 30 / 7)):
            rate |= {f"{kind}_{name}_rate": str(round(weekly * share, 2)) for kind in ("initial", "final")}
        return part | rate | self._stamps()

    def _bookings(
        self, account: FakeAccount, rental: Entry, clients: list[Entry], sources: list[Entry]
    ) -> None:
        """Invent bookings one after the other, from two months ago on."""
        day = -60
        statuses = (
            "Booked",
            "Booked",
            "Canceled",
            "Booked",
            "Unavailable",
            "Booked",
            "Tentative",
            "Booked",
            "Tentative",
        )
        for status in statuses:
            day += self._random.randint(2, 9)
            nights = self._random.randint(3, 10)
            # an older tentative booking would have expired
            kind = "Booked" if status == "Tentative" and day < 2 else status
            client, source = self._random.choice(clients), self._random.choice(sources)
            booking = self._add("bookings", self._booking(rental, kind, day, nights))
            day += nights
            if status == "Unavailable":
                continue
            source["bookings"].append(booking["id"])
            booking |= {"client": client["id"], "source": source["id"], "adults": rental["sleeps"] // 2}
            if status == "Tentative":
                booking["conversations"] = [self._conversation(account, booking, client)]

    def _booking(self, rental: Entry, status: str, day: int, nights: int) -> Entry:
        price = f"{round(float(rental['base_rate']) / 7 * nights)}.0"
        stamps = {"created_at": self._at(day - 90), "updated_at": self._at(min(day, 0) - 20)}
        deleted = self._at(min(day, 0) - 15) if status == "Canceled" else None
        return {
            "account": rental["account"],
            "rental": rental["id"],
            "start_at": self._at(day)[:11] + "16:00:00Z",
            "end_at": self._at(day + nights)[:11] + "10:00:00Z",
            "status": status,
            "reference": f"{self._random.randrange(36**4):06X}",
            "booked": status in ("Booked", "Canceled"),
            "unavailable": status == "Unavailable",
            "tentative_expires_at": self._at(max(day, 2)) if status == "Tentative" else None,
            "canceled_at": deleted,
            "deleted_at": deleted,
            "currency": rental["currency"],
            "initial_price": price,
            "final_price": price,
            "downpayment": None,
            "notes": "",
        } | stamps

    def _conversation(self, account: FakeAccount, booking: Entry, client: Entry) -> int:
        conversation = {
            "account": account.number,
            "subject": f"Question of {client['fullname']}",
            "default_channel": "email",
            "last_message_at": booking["updated_at"],
            "bookings": [booking["id"]],
            "source": booking["source"],
        }
        return int(self._add("inbox/conversations", conversation | self._stamps())["id"])


def _day(time: str) -> date:
    return date.fromisoformat(time[:10])


def _describe(account: FakeAccount) -> dict[str, Any]:
    """Write the fields of an account (reference, "Accounts")."""
    locale = account.default_locale
    hours = {"default_arrival_time": 16, "default_arrival_end_time": 20, "default_departure_time": 10}
    return {
        "business_name": account.business_name,
        "email": account.email,
        "status": account.status,
        "default_locale": locale,
        "selected_locales": sorted({"en", locale}),
        "address1": "1 Invented Street",
        "address2": "",
        "city": account.city,
        "zip": account.zip,
        "state": "",
        "country_code": account.country_code,
        "website": f"https://{account.email.partition('@')[0]}.example.com",
        "demo": False,
        "test": True,
        "phones": {"phone": "", "mobile": f"+99 555 {account.number}", "fax": ""},
        "preferences": {
            "bookings": {**hours, "default_communication_locale": locale},
            "privacy_policy": {},
        },
    }
