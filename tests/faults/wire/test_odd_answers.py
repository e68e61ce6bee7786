"""G5: the tokens arrive whole, in a form that nobody promised: none is lost, and none is asked for twice."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from smily_tui.errors import SmilyError
from smily_tui.tokens.errors import InDoubt
from smily_tui.tokens.protocol import refresh
from smily_tui.tokens.requirement import TokenRequirement
from tests.faults.wire.cutting import Cut
from tests.faults.wire.odd import ODD, http

if TYPE_CHECKING:
    from tests.faults.conftest import Figure
    from tests.faults.wire.wires import Wire


@pytest.mark.timeout(600)
def test_a_refresh_whose_answer_is_odd(wire: Wire, figure: Figure) -> None:
    address = wire.connect()
    for name, bend in ODD.items():
        wire.proxy.requests, wire.proxy.next = 0, Cut(bend=bend)
        try:
            refresh(wire.environment, wire.store.slot(address), TokenRequirement(force=True))
            if wire.proxy.requests != 1:
                wire.wrong.append(f"{name}: {wire.proxy.requests} requests")
            if not wire.lives(address):
                wire.wrong.append(f"{name}: no working token")
        except SmilyError as error:
            wire.wrong.append(f"{name}: {error.name}: {error.what}")
            wire.proxy.next = None
            address = wire.connect()
    assert wire.wrong == []
    _note(wire, figure, f"lost where the answer to a refresh is odd, {len(ODD)} forms")


@pytest.mark.timeout(600)
def test_a_code_exchange_whose_answer_is_odd(wire: Wire, figure: Figure) -> None:
    for name, bend in ODD.items():
        wire.proxy.requests, wire.proxy.next = 0, Cut(bend=bend)
        try:
            address = wire.connect()
            if wire.proxy.requests != 1:
                wire.wrong.append(f"{name}: {wire.proxy.requests} requests")
            if not wire.lives(address):
                wire.wrong.append(f"{name}: no working token")
        except SmilyError as error:
            wire.wrong.append(f"{name}: {error.name}: {error.what}")
            wire.proxy.next = None
    assert wire.wrong == []
    _note(wire, figure, f"accounts lost where the answer to a code is odd, {len(ODD)} forms")


def _note(wire: Wire, figure: Figure, what: str) -> None:
    figure("G5", f"{what}, {wire.sandbox.state.rotation}", "0 where the refresh token had arrived")


@pytest.mark.parametrize("label", ["br", "zstd", "compress", "aes128gcm", ""])
def test_what_nobody_can_read_is_kept_and_not_asked_for_again(wire: Wire, label: str) -> None:
    """On the next try a server that rotates on use still takes the old token; the first answer stays."""
    address = wire.connect()
    sealed = bytes(range(256)) * 3
    wire.proxy.requests = 0
    wire.proxy.next = Cut(bend=lambda _: http(sealed, f"Content-Encoding: {label}" if label else "X-Y: z"))
    with pytest.raises(InDoubt) as raised:
        refresh(wire.environment, wire.store.slot(address), TokenRequirement(force=True))
    assert wire.proxy.requests == 1
    aside = wire.store.slot(address).path("next-damaged")
    assert str(aside) in raised.value.kept
    assert (label or "not text") in raised.value.what
    assert sealed in aside.read_bytes()
    with contextlib.suppress(SmilyError):
        refresh(wire.environment, wire.store.slot(address), TokenRequirement(force=True))
    assert wire.proxy.requests == 2
    assert sealed in aside.read_bytes()


def test_what_nobody_can_read_of_an_exchange_is_kept_and_not_asked_for_again(wire: Wire) -> None:
    sealed = bytes(range(256)) * 3
    wire.proxy.next = Cut(bend=lambda _: http(sealed, "Content-Encoding: br"))
    with pytest.raises(InDoubt):
        wire.connect()
    assert wire.proxy.requests == 1
    (orphan,) = wire.store.unfinished_exchanges()
    assert sealed in orphan.path("next").read_bytes()
