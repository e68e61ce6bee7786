"""The real helper against the real sandbox: what it reports of the wire, and what it keeps to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.errors import SmilyError
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.secret import Secret
from smily_tui.vault.home import Home
from smily_tui.wire.explain import curl, transcript

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.tokens.running import Running
    from smily_tui.wire.redaction import Exchange


class Watcher:
    """Collects what a helper reports."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.exchanges: list[Exchange] = []

    def step(self, name: str) -> None:
        self.steps.append(name)

    def exchange(self, exchange: Exchange) -> None:
        self.exchanges.append(exchange)

    def watch(self, running: Running) -> Running:
        running.tell(self)
        return running


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Options()) as running:
        yield running


def test_a_whole_life_on_the_wire_without_a_secret(sandbox: Sandbox, tmp_path: Path) -> None:
    state, found, watcher = sandbox.state, sandbox.listening, Watcher()
    stored = Accounts(Home.at(tmp_path), server=found.server)
    application = stored.apps.save("App", found.client_id, found.client_secret, ["public"])
    code = state.grant(4711, ("public",))
    with pytest.raises(SmilyError):
        watcher.watch(stored.exchange(application, Secret(code[::-1]), ["public"])).wait()
    connected = watcher.watch(stored.exchange(application, Secret(code), ["public"])).wait()
    watcher.watch(stored.identify(connected.address)).wait()
    watcher.watch(stored.refresh(connected.address)).wait()

    assert watcher.steps == ["sending", "sending", "asking", "lock", "sending"]
    seen = [(each.method, each.path, each.status) for each in watcher.exchanges]
    assert seen == [
        ("POST", "/oauth/token", 400),
        ("POST", "/oauth/token", 200),
        ("GET", "/api/v3/me", 200),
        ("GET", "/api/v3/accounts", 200),
        ("POST", "/oauth/token", 200),
    ]
    assert all(each.sent and each.seconds > 0 for each in watcher.exchanges)
    assert any('"business_name": "Villa Rosa"' in line for line in watcher.exchanges[3].body)

    live = [code, code[::-1], found.client_secret.reveal()]
    live += [token for pair in state.pairs for token in (pair.access, pair.refresh or "")]
    assert len(live) == 7
    shown = repr(watcher.exchanges) + transcript("", watcher.exchanges, 0.0)
    shown += "".join(curl(each) for each in watcher.exchanges)
    pieces = [each[at : at + 12] for each in live for at in range(len(each) - 11)]
    assert [piece for piece in pieces if piece in shown] == []
    assert live[-1][-4:] in shown, "the end of a token tells which one it was"


def test_a_server_that_is_not_there_is_recorded_too(tmp_path: Path) -> None:
    with Sandbox(Options()) as sandbox:
        found = sandbox.listening
    stored, watcher = Accounts(Home.at(tmp_path), server=found.server), Watcher()
    application = stored.apps.save("App", found.client_id, found.client_secret, ["public"])
    with pytest.raises(SmilyError):
        watcher.watch(stored.exchange(application, Secret("c0de" * 16), ["public"])).wait()
    assert watcher.exchanges[0].status == 0
    assert watcher.exchanges[0].failure.startswith("Cannot reach 127.0.0.1")
