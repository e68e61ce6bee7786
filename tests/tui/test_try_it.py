"""A request with an account's token, sent from a screen: answers, refusals, and what is kept from them."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Log, OptionList

from smily_tui.accounts import Accounts
from smily_tui.clock import SystemClock
from smily_tui.origin import Origin
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.tui.flow import IdentityRemarks
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.try_it import TryItScreen
from smily_tui.tui.screens.wizard import WizardScreen
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.connected import connected, let_expire
from tests.support.raw_server import RawServer
from tests.support.records import replaced, with_tokens
from tests.support.tui.pilot import paste, until
from tests.support.tui.scenes import CLIENT_ID, CLIENT_SECRET, app_over, authorization, grid

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.secret import Secret
    from smily_tui.tui.app import SmilyApp

    Connected = tuple[Sandbox, Accounts, Address]

ADDRESS = Address("app", "villa-rosa")
GRANTED = ("public", "bookings_read")


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path) as connection:
        yield connection


def stored_at(folder: Path, origin: str) -> Accounts:
    """A store with an account of that server, with a fresh token."""
    stored = Accounts(Home.at(folder), server=origin)
    stored.apps.save("App", CLIENT_ID, CLIENT_SECRET, GRANTED)
    record = authorization("Villa Rosa", 4711, 7200)
    record = with_tokens(record, sent=SystemClock().now())
    record = replaced(record, server=Origin(origin), refreshed=None)
    Store(stored.home).slot(ADDRESS).save(record)
    return stored


def answers(status: str, body: bytes = b"", *headers: str) -> Callable[[socket.socket], None]:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""])
    return lambda connection: connection.sendall(head.encode() + body)


def screen_of(app: SmilyApp) -> TryItScreen:
    assert isinstance(app.screen, TryItScreen)
    return app.screen


def said(app: SmilyApp) -> str:
    return " ".join(grid(app).split())


async def opened(pilot: Pilot[None], app: SmilyApp) -> None:
    """Press t in the dashboard, as soon as the account is listed."""
    await until(pilot, lambda: isinstance(app.screen, DashboardScreen) and "Villa Rosa" in grid(app))
    await pilot.press("t")
    await until(pilot, lambda: isinstance(app.screen, TryItScreen) and bool(app.screen.query("#body")))
    await until(pilot, lambda: isinstance(app.focused, OptionList))


async def chosen(pilot: Pilot[None], app: SmilyApp, path: str) -> None:
    """Put the cursor on an endpoint."""
    listed = screen_of(app).query_one(OptionList)
    listed.highlighted = listed.get_option_index(path)
    await pilot.pause()


async def test_two_keys_from_the_dashboard_to_the_records(account: Connected) -> None:
    _, stored, address = account
    app = app_over(stored)
    async with app.run_test(size=(120, 36)) as pilot:
        await opened(pilot, app)
        await pilot.press("enter")
        await until(pilot, lambda: "← 200" in grid(app))
        assert "1 record 999 requests left" in said(app)
        assert '  "accounts_applications": [' in screen_of(app).query_one(Log).lines
        assert [each.path for each in app.wire.exchanges] == ["/api/v3/me"]
        assert stored.tokens(address).access.reveal() not in grid(app)


async def test_a_403_names_the_permission_and_one_key_asks_the_owner_for_it(account: Connected) -> None:
    app = app_over(account[1])
    async with app.run_test(size=(100, 36)) as pilot:
        await opened(pilot, app)
        assert "Ask for it" not in grid(app)
        await chosen(pilot, app, "clients")
        await until(pilot, lambda: "Ask for it" in grid(app))
        await pilot.press("enter")
        await until(pilot, lambda: "← 403" in grid(app))
        # its second line is there once the screen was laid out for two
        await until(pilot, lambda: "Press u to ask the owner for clients_read." in said(app))
        await pilot.press("u")
        await until(pilot, lambda: isinstance(app.screen, WizardScreen) and bool(app.screen.query("#code")))
        assert isinstance(app.screen, WizardScreen)
        await until(pilot, lambda: "scope=public%20clients_read" in app.screen.flow.url)  # type: ignore[attr-defined]


async def test_what_needs_another_permission_says_which(account: Connected) -> None:
    app = app_over(account[1])
    async with app.run_test(size=(100, 36)) as pilot:
        await opened(pilot, app)
        listed = screen_of(app).query_one(OptionList)
        rows = [" ".join(str(option.prompt).split()) for option in listed.options]
        assert "inbox/messages needs inbox_read" in rows
        assert rows.index("me") < rows.index("inbox/messages needs inbox_read")


async def test_a_token_that_is_due_is_refreshed_first(account: Connected) -> None:
    sandbox, stored, address = account
    let_expire(Store(stored.home), address, sandbox)
    app = app_over(stored)
    async with app.run_test(size=(100, 36)) as pilot:
        await opened(pilot, app)
        await pilot.press("enter")
        await until(pilot, lambda: "← 200" in grid(app))
        assert [each.method for each in app.wire.exchanges][-1] == "GET"
        await pilot.press("escape")
        await until(pilot, lambda: "valid" in grid(app))


async def test_the_copied_command_holds_no_token(account: Connected) -> None:
    _, stored, address = account
    copied: list[str | Secret] = []
    app = app_over(stored, copied)
    async with app.run_test(size=(100, 36)) as pilot:
        await opened(pilot, app)
        await pilot.press("c")
        await until(pilot, lambda: bool(copied))
        shown = stored.account(address)
        assert shown is not None
        assert str(copied[0]).startswith('curl -H "Authorization: Bearer $(smily-tui token ')
        assert str(copied[0]).endswith(f"{shown.server}/api/v3/me")
        assert stored.tokens(address).access.reveal() not in str(copied[0])


REFUSALS = {
    "401": (answers("401 Unauthorized"), "rejects this account"),
    "404": (answers("404 Not Found"), "The API has no such path or record (404)"),
    "422": (answers("422 Unprocessable", b'{"errors":{"from":["is odd"]}}'), "from: is odd"),
    "429": (answers("429 Too Many", b"", "Retry-After: 90"), "You can try again in 1:"),
    "500": (answers("500 Oops", b"<html>"), "The server has a problem (status 500)"),
    "302": (answers("302 Found", b"", "Location: https://a.example/"), "a redirect (302)"),
    "no JSON": (answers("200 OK", b"<b>Log in", "Content-Type: text/html"), "isn't JSON (text/html)"),
    "cut": (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"), "broke"),
    "too long": (answers("200 OK", b" " * (17 << 20)), "longer than 16384 KiB"),
}


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refusal_is_explained(tmp_path: Path, name: str) -> None:
    answer, sentence = REFUSALS[name]
    server = RawServer(answer)
    app = app_over(stored_at(tmp_path, server.origin))
    try:
        async with app.run_test(size=(120, 36)) as pilot:
            await opened(pilot, app)
            await pilot.press("enter")
            await until(pilot, lambda: "✗" in grid(app))
            if name != "401":  # the raw server refuses the refresh as well, in words of the protocol
                assert sentence in said(app)
            assert "Bearer" not in " ".join(grid(app).split()).replace("Bearer $(smily-tui", "")
    finally:
        server.stop()


async def test_without_a_server_the_person_is_told(tmp_path: Path) -> None:
    server = RawServer(lambda _: None)
    server.stop()
    app = app_over(stored_at(tmp_path, server.origin))
    async with app.run_test(size=(100, 36)) as pilot:
        await opened(pilot, app)
        await pilot.press("enter")
        await until(pilot, lambda: "Nothing was sent." in said(app))


async def test_of_a_long_answer_the_beginning_can_be_scrolled(tmp_path: Path) -> None:
    body = json.dumps({"bookings": [{"id": number, "name": "[/b]"} for number in range(90_000)]}).encode()
    server = RawServer(answers("200 OK", body, "Content-Type: application/json"))
    app = app_over(stored_at(tmp_path, server.origin))
    try:
        async with app.run_test(size=(100, 36)) as pilot:
            await opened(pilot, app)
            await pilot.press("enter")
            await until(pilot, lambda: "90000 records" in grid(app))
            assert "The whole answer: smily-tui api bookings app/villa-rosa" in said(app)
            await pilot.press("tab", "end")
            await until(pilot, lambda: screen_of(app).query_one(Log).scroll_y > 0)
    finally:
        server.stop()


def _wait(event: threading.Event) -> None:
    event.wait(60)


async def test_a_slow_request_is_sent_once_and_esc_stops_it(tmp_path: Path) -> None:
    is_over = threading.Event()
    server = RawServer(lambda _: (is_over.wait(60) and None) or None)
    app = app_over(stored_at(tmp_path, server.origin))
    try:
        async with app.run_test(size=(100, 36)) as pilot:
            await opened(pilot, app)
            await pilot.press("enter", "enter", "t")
            await until(pilot, lambda: "esc: cancel" in grid(app))
            await until(pilot, lambda: len(server.requests) == 1)
            await pilot.press("escape")
            await until(pilot, lambda: "Stopped." in grid(app))
            is_over.set()
            assert isinstance(app.screen, TryItScreen)
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, DashboardScreen))
        assert len(server.requests) == 1
    finally:
        is_over.set()
        server.stop()


PRESSED = 8
PASTED = 3


async def test_from_an_empty_store_to_a_first_call_in_eight_keys_and_three_pastes(tmp_path: Path) -> None:
    with Sandbox(Options()) as sandbox:
        known = sandbox.listening
        app = app_over(Accounts(Home.at(tmp_path), server=known.server))
        keys: list[str] = []
        pastes: list[str] = []

        async def press(*names: str) -> None:
            keys.extend(names)
            await pilot.press(*names)

        async def put(text: str) -> None:
            pastes.append(text)
            await paste(pilot, text)

        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: app.focused is not None and app.focused.id == "client-id")
            await put(known.client_id)
            await press("tab")
            await put(known.client_secret.reveal())
            await press("enter")
            await until(pilot, lambda: app.focused is not None and app.focused.id == "scopes")
            await press("2", "enter")
            await until(pilot, lambda: app.focused is not None and app.focused.id == "code")
            assert isinstance(app.screen, WizardScreen)
            await press("ctrl+o")
            await put(sandbox.state.grant(4711, app.screen.flow.request.scopes))
            await press("enter")
            await until(pilot, lambda: "Connected: Villa Rosa" in grid(app))
            await press("t")
            await until(pilot, lambda: "← 200" in grid(app))
            assert '"bookings": [ {' in said(app)
        assert len(keys) <= PRESSED
        assert len(pastes) <= PASTED


CHALLENGE = 'WWW-Authenticate: Bearer error="insufficient_scope", scope="bookings_write"'


async def test_after_a_403_on_the_last_page_one_key_asks_for_the_permission(tmp_path: Path) -> None:
    server = RawServer(answers("403 Forbidden", b"", CHALLENGE))
    app = app_over(stored_at(tmp_path, server.origin))
    try:
        async with app.run_test(size=(100, 40)) as pilot:
            await until(pilot, lambda: isinstance(app.screen, DashboardScreen) and "Villa" in grid(app))
            await pilot.press("a")
            await until(pilot, lambda: bool(app.screen.query("#code")))
            wizard = app.screen
            assert isinstance(wizard, WizardScreen)
            await wizard.show_account(ADDRESS, IdentityRemarks())
            await until(pilot, lambda: "Is this the right account?" in grid(app))
            await pilot.press("enter")
            await until(pilot, lambda: "Is this the right account?" not in grid(app))
            await pilot.press("enter")
            await until(pilot, lambda: "← 403" in grid(app))
            assert f"{server.origin}/api/v3/bookings" in said(app)
            await until(pilot, lambda: "Press u to ask the owner for bookings_write." in said(app))
            await pilot.press("u")
            await until(pilot, lambda: "bookings_write" in wizard.flow.url)
    finally:
        server.stop()
