"""The wire view in each state that is pictured, with exchanges as the masking makes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from smily_tui.oauth.requests import (
    JSON_API,
    RawExchange,
    Request,
    Response,
    code_exchange_fields,
    refresh_fields,
)
from smily_tui.secret import Secret
from smily_tui.text import clean
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.wire.redaction import Exchange, masked
from tests.support.tui import scenes
from tests.support.tui.scenes import grid, settled

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

    from smily_tui.tui.app import SmilyApp

AT = 1_795_500_010.0
SERVER = "https://www.bookingsync.com"
CLIENT_ID = "a1b2c3d4e5f60718" * 4
CLIENT_SECRET, CODE = Secret("5ec4e7" * 10 + "0f1e"), Secret("c0de" * 15 + "77aa")
ACCESS, REFRESH, NEXT = Secret("ab" * 30 + "e21f"), Secret("cd" * 30 + "90ab"), Secret("ef" * 30 + "31d2")
EXCHANGE = Request("POST", "/oauth/token", fields=code_exchange_fields(CLIENT_ID, CLIENT_SECRET, CODE))
RENEWAL = Request("POST", "/oauth/token", fields=refresh_fields(CLIENT_ID, CLIENT_SECRET, REFRESH))
TOKENS = {
    "access_token": ACCESS.reveal(), "token_type": "Bearer", "expires_in": 7200,
    "refresh_token": NEXT.reveal(), "scope": "public bookings_read", "created_at": int(AT),
}  # fmt: skip
REFUSED = {"error": "invalid_grant", "error_description": "The provided authorization grant is invalid."}


def answered(request: Request, status: int, body: object, seconds: float) -> RawExchange:
    """A request with a whole answer."""
    headers = {"content-type": clean("application/json; charset=utf-8"), "cache-control": clean("no-store")}
    whole = json.dumps(body).encode()
    return RawExchange(
        SERVER, request, Response(status, headers, whole), "", status, len(whole), AT + seconds, seconds
    )


def asked(path: str, body: object, seconds: float) -> RawExchange:
    """API request that was answered."""
    return answered(Request("GET", f"/api/v3/{path}", JSON_API, access_token=ACCESS), 200, body, seconds)


def connected() -> list[Exchange]:
    """All of a connection that went well."""
    account = {"id": 4711, "business_name": "Villa [red] Rosa", "email": "rosa@example.com"}
    return masked(
        [
            answered(EXCHANGE, 200, TOKENS, 0.412),
            asked("me", {"accounts_applications": [{"links": {"account": 4711}}]}, 0.098),
            asked("accounts", {"accounts": [account]}, 0.081),
        ]
    )


def log_of(app: SmilyApp, steps: list[str], exchanges: list[Exchange]) -> None:
    """Tell the log what a helper would."""
    for step in steps:
        app.wire.step(step)
    for each in exchanges:
        app.wire.exchange(each)


async def wire(pilot: Pilot[None]) -> None:
    """Step 3: the link, and the token request that is planned."""
    await scenes.authorize(pilot)
    await opened(pilot)


async def wire_planned(pilot: Pilot[None]) -> None:
    """Step 3, the planned request in full."""
    await wire(pilot)
    said = pilot.app.screen.query_one("#exchanges")
    said.focus()
    await settled(pilot, lambda: said.has_focus)
    await pilot.press("down")


async def wire_connected(pilot: Pilot[None]) -> None:
    """After a code became tokens, the exchange in full."""
    await wire_planned(pilot)
    log_of(pilot.app, ["sending", "asking"], connected())  # type: ignore[arg-type]
    await pilot.pause()
    await pilot.press("up", "up")


async def wire_refused(pilot: Pilot[None]) -> None:
    """After a code was refused."""
    await wire(pilot)
    log_of(pilot.app, ["sending"], masked([answered(EXCHANGE, 400, REFUSED, 0.105)]))  # type: ignore[arg-type]
    await pilot.pause()


async def wire_cut(pilot: Pilot[None]) -> None:
    """A refresh whose first answer was cut."""
    await scenes.dashboard(pilot)
    await opened(pilot)
    words = "The connection to www.bookingsync.com broke before the whole answer arrived."
    lost = RawExchange(SERVER, RENEWAL, None, words, 200, 20, AT, 0.2, in_doubt=True)
    log_of(pilot.app, ["lock", "sending"], masked([lost]))  # type: ignore[arg-type]
    await pilot.pause()


async def presenter(pilot: Pilot[None]) -> None:
    """The dashboard of a speaker after a refresh."""
    app: SmilyApp = pilot.app  # type: ignore[assignment]
    app.present()
    app.switch_screen(DashboardScreen())
    await scenes.dashboard(pilot)
    if app.wire_open:
        await opened(pilot, press=False)
    log_of(app, ["sending"], masked([answered(RENEWAL, 200, TOKENS, 0.3)]))
    await pilot.pause()


async def opened(pilot: Pilot[None], *, press: bool = True) -> None:
    """The wire view is open and drawn."""
    if press:
        await pilot.press("f2")
    await settled(pilot, lambda: "smily-tui  " in grid(pilot.app) and "server" in grid(pilot.app))  # type: ignore[arg-type]
    await pilot.pause()


# name -> (whether accounts are stored, how to get there), as in scenes.py
SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "wire": (False, wire),
    "wire-planned": (False, wire_planned),
    "wire-connected": (False, wire_connected),
    "wire-refused": (False, wire_refused),
    "wire-cut": (True, wire_cut),
    "presenter": (True, presenter),
}
