"""G5: the connection breaks after each byte of the answer, or the answer is replaced by an error page."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from smily_tui.errors import SmilyError
from smily_tui.oauth.errors import GrantRefused
from smily_tui.tokens.errors import AuthorizationLost
from smily_tui.tokens.protocol import refresh
from smily_tui.tokens.requirement import TokenRequirement
from tests.faults.killing.naive import ask
from tests.faults.wire.cutting import Cut

if TYPE_CHECKING:
    from tests.faults.conftest import Figure
    from tests.faults.wire.wires import Wire

STEP = 37  # of the bytes, one in so many is tried in the quick part
PAGE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nBusy"


@pytest.mark.timeout(1200)
def test_a_refresh_whose_answer_is_cut_after_any_byte(wire: Wire, *, full: bool, figure: Figure) -> None:
    address = wire.connect()
    refresh(wire.environment, wire.store.slot(address), TokenRequirement(force=True))
    length, end = wire.last_answer()
    cuts = [*range(0, length, 1 if full else STEP), end - 1, end]
    lost = most = 0
    for number, after in enumerate(cuts):
        wire.proxy.requests = 0
        wire.proxy.next = Cut(after, "rst" if number % 2 else "fin")
        try:
            refresh(wire.environment, wire.store.slot(address), TokenRequirement(force=True))
        except AuthorizationLost:
            lost += 1
            if after >= end or wire.sandbox.state.rotation == "on-use":
                wire.wrong.append(f"lost after {after} of {length} bytes, the token ends at {end}")
            address = wire.connect()
            continue
        most = max(most, wire.proxy.requests)
        if not wire.lives(address):
            wire.wrong.append(f"no working token after {after} bytes")
    assert wire.wrong == []
    assert most <= 3
    rotation = wire.sandbox.state.rotation
    others = {"obvious client": _obvious(wire)} if full else {}
    ours = "0" if not lost else f"{lost}, all before the refresh token had arrived, each named"
    what = f"lost where the answer to a refresh is cut after byte n, {len(cuts)} values of n, {rotation}"
    figure("G5", what, ours, **others)


def _obvious(wire: Wire) -> str:
    """`httpx.post(...).json()`, and the file written afterwards."""
    found = wire.sandbox.listening
    client = {"client_id": found.client_id, "client_secret": found.client_secret.reveal()}
    lost = tried = 0
    token = ""
    for after in range(0, 700, 7):
        if not token:
            fields = {"grant_type": "authorization_code", "code": wire.code().reveal()}
            fields |= {"redirect_uri": "urn:ietf:wg:oauth:2.0:oob"}
            token = _tokens(wire.proxy.origin, client | fields)
        tried += 1
        wire.proxy.next = Cut(after)
        with contextlib.suppress(Exception):  # whatever it raises, the program ends here
            ask(wire.proxy.origin, client, token).json()
        again = ask(found.server, client, token)
        token = again.json()["refresh_token"] if again.status_code == 200 else ""
        lost += not token
    return f"{lost} of {tried}"


def _tokens(server: str, fields: dict[str, str]) -> str:
    import httpx

    found: str = httpx.post(f"{server}/oauth/token", data=fields, trust_env=False).json()["refresh_token"]
    return found


@pytest.mark.timeout(1200)
def test_a_code_exchange_whose_answer_is_cut_after_any_byte(
    wire: Wire, *, full: bool, figure: Figure
) -> None:
    wire.connect()
    length, end = wire.last_answer()
    cuts = [*range(0, length, 1 if full else STEP), end - 1, end]
    kept = 0
    for number, after in enumerate(cuts):
        wire.proxy.next = Cut(after, "rst" if number % 2 else "fin")
        try:
            address = wire.connect()
        except GrantRefused as refused:
            if after >= end:
                wire.wrong.append(f"given up after {after} of {length} bytes, the token ends at {end}")
            assert "the answer got lost" in refused.what  # noqa: PT017 - either end is right
            continue
        except SmilyError as error:
            wire.wrong.append(f"{after}: {error.name}: {error.what}")
            continue
        kept += 1
        if not wire.lives(address):
            wire.wrong.append(f"no working token after {after} bytes")
    assert wire.wrong == []
    assert kept
    rotation = wire.sandbox.state.rotation
    what = (
        f"accounts lost where the answer to a code is cut after byte n, {len(cuts)} values of n, {rotation}"
    )
    figure("G5", what, "0 where the refresh token had arrived; otherwise the code is reported as lost")


def test_an_error_page_after_the_server_has_acted(wire: Wire, figure: Figure) -> None:
    address = wire.connect()
    wire.proxy.requests = 0
    wire.proxy.next = Cut(instead=PAGE)
    if wire.sandbox.state.rotation == "on-use":
        refresh(wire.environment, wire.store.slot(address), TokenRequirement(force=True))
        assert wire.proxy.requests == 2
        assert wire.lives(address)
        figure("G5", "lost where a 503 takes the place of the new tokens, on-use", "0")
        return
    with pytest.raises(AuthorizationLost, match="refresh interrupted"):
        refresh(wire.environment, wire.store.slot(address), TokenRequirement(force=True))
