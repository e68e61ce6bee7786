"""G5: the connection breaks after each byte of the answer, or the answer is replaced by an error page."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from smily_tui.clock import SystemClock
from smily_tui.errors import SmilyError
from smily_tui.machine import this_machine
from smily_tui.oauth.errors import GrantRefused
from smily_tui.refresh.decision import Need
from smily_tui.refresh.errors import AuthorizationLost
from smily_tui.refresh.exchange import exchange
from smily_tui.refresh.protocol import renew
from smily_tui.refresh.surroundings import Surroundings
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.secret import Secret
from smily_tui.vault.application import Credentials
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.faults.killing.naive import ask
from tests.faults.killing.verdict import IS_ACCEPTED, POST
from tests.faults.wire.cutting import Cut, CuttingProxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.sandbox.state import Rotation
    from smily_tui.vault.account import Address
    from tests.faults.conftest import Figure

STEP = 37  # of the bytes, one in so many is tried in the quick part
ROTATIONS: tuple[Rotation, ...] = ("on-use", "immediate")
PAGE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nBusy"


@dataclass
class Wire:
    """A store whose server is behind a proxy that cuts answers."""

    folder: Path
    sandbox: Sandbox
    proxy: CuttingProxy
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Register the application at the proxy's address."""
        self.store = Store(Home.at(self.folder))
        found = self.sandbox.listening
        self.store.save_credentials(
            "app", Credentials(found.client_id, found.client_secret, self.proxy.origin)
        )
        self.around = Surroundings(
            store=self.store,
            clock=SystemClock(),
            machine=this_machine(),
            post=POST,
            is_accepted=IS_ACCEPTED,
            hold=lambda: None,
            tell=lambda _: None,
        )

    def connect(self) -> Address:
        """A new account."""
        return exchange(self.around, "app", self.code(), ["public"])

    def code(self) -> Secret:
        """The owner says yes."""
        return Secret(self.sandbox.state.grant(4711, ("public",)))

    def lives(self, address: Address) -> bool:
        """Whether a working access token can be had."""
        renew(self.around, address, Need(force=True))
        stored = self.store.read(address)
        assert stored is not None
        return IS_ACCEPTED(stored.server, stored.current.access)

    def last_answer(self) -> tuple[int, int]:
        """How long the last answer was, and where its refresh token ended, quotation mark included."""
        body = json.loads(self.proxy.last.partition(b"\r\n\r\n")[2])
        token = body["refresh_token"].encode()
        return len(self.proxy.last), self.proxy.last.index(token) + len(token) + 1


@pytest.fixture(params=ROTATIONS)
def wire(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Wire]:
    with (
        Sandbox(Options(rotation=request.param)) as sandbox,
        CuttingProxy(sandbox.listening.server) as proxy,
    ):
        yield Wire(tmp_path, sandbox, proxy)


@pytest.mark.timeout(1200)
def test_a_refresh_whose_answer_is_cut_after_any_byte(wire: Wire, *, full: bool, figure: Figure) -> None:
    address = wire.connect()
    renew(wire.around, address, Need(force=True))
    length, end = wire.last_answer()
    cuts = [*range(0, length, 1 if full else STEP), end - 1, end]
    lost = most = 0
    for number, after in enumerate(cuts):
        wire.proxy.requests = 0
        wire.proxy.next = Cut(after, "rst" if number % 2 else "fin")
        try:
            renew(wire.around, address, Need(force=True))
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
            assert "got lost on the way" in refused.what  # noqa: PT017 - either end is right
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
    figure("G5", what, "0 where the refresh token had arrived; else the code is said to be lost")


def test_an_error_page_after_the_server_has_acted(wire: Wire, figure: Figure) -> None:
    address = wire.connect()
    wire.proxy.requests = 0
    wire.proxy.next = Cut(instead=PAGE)
    if wire.sandbox.state.rotation == "on-use":
        renew(wire.around, address, Need(force=True))
        assert wire.proxy.requests == 2
        assert wire.lives(address)
        figure("G5", "lost where a 503 takes the place of the new tokens, on-use", "0")
        return
    with pytest.raises(AuthorizationLost, match="interrupted refresh"):
        renew(wire.around, address, Need(force=True))
