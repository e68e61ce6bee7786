"""A request with an account's token: its answer, a refusal, and the first call on the last page."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from smily_tui.oauth.api_answer import read_api_answer
from smily_tui.oauth.requests import Response
from smily_tui.text import Clean
from tests.support.tui import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

PATH = "/api/v3/bookings"
GRANTED = ("public", "bookings_read")
BOOKING = {
    "id": 90211, "start_at": "2026-12-05T16:00:00Z", "end_at": "2026-12-12T10:00:00Z", "status": "Booked",
    "reference": "0001HV", "final_price": "1480.0", "links": {},
    "comments": "Arrives late [/b] \u05e9\u05dc\u05d5\u05dd",
}  # fmt: skip
LEFT = {"x-ratelimit-remaining": Clean("987")}


def answers(pilot: Pilot[None], status: int, body: object, **headers: str) -> None:
    """Let the API answer so, after 81 ms."""
    named = LEFT | {name.replace("_", "-"): Clean(value) for name, value in headers.items()}
    response = Response(status, named, json.dumps(body, ensure_ascii=False).encode())
    now = scenes.NOW
    scenes.stored_of(pilot).answered = read_api_answer(response, PATH, 0.081, granted=GRANTED, now=now)


async def sent(pilot: Pilot[None]) -> None:
    """Try it in the dashboard, and send the request."""
    await scenes.dashboard(pilot)
    await pilot.press("t")
    await scenes.settled(pilot, lambda: pilot.app.screen.query_one("#endpoints").has_focus)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: "\u2190 " in scenes.grid(pilot.app))  # type: ignore[arg-type]


async def records(pilot: Pilot[None]) -> None:
    """Bookings, with a name that is no markup and one that runs from right to left."""
    answers(pilot, 200, {"bookings": [BOOKING | {"id": 90211 + number} for number in range(25)]})
    await sent(pilot)


async def forbidden(pilot: Pilot[None]) -> None:
    """The token lacks a permission, which can be asked for."""
    answers(pilot, 403, {"errors": [{"code": "forbidden"}]}, www_authenticate='Bearer scope="clients_read"')
    await sent(pilot)


async def limited(pilot: Pilot[None]) -> None:
    """Too many requests this hour."""
    answers(pilot, 429, "API v3 rate limit exceeded.", retry_after="38")
    await sent(pilot)


async def first_call(pilot: Pilot[None]) -> None:
    """Step 4, after the account was confirmed and the first call made."""
    await scenes.done(pilot)
    answers(pilot, 200, {"bookings": [BOOKING | {"id": 90211 + number} for number in range(25)]})
    await pilot.press("enter", "enter")
    await scenes.settled(pilot, lambda: "\u2190 200" in scenes.grid(pilot.app))  # type: ignore[arg-type]


async def first_call_forbidden(pilot: Pilot[None]) -> None:
    """Step 4, where the first call lacks a permission."""
    await scenes.done(pilot)
    answers(pilot, 403, {}, www_authenticate='Bearer scope="clients_read"')
    await pilot.press("t")
    await scenes.settled(pilot, lambda: "\u2190 403" in scenes.grid(pilot.app))  # type: ignore[arg-type]


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "try-it": (True, records),
    "try-it-forbidden": (True, forbidden),
    "try-it-limited": (True, limited),
    "wizard-done-call": (False, first_call),
    "wizard-done-call-forbidden": (False, first_call_forbidden),
}
