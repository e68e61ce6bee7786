"""Every error can be ordered, happens once, and the sandbox is as good as before afterwards."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from smily_tui.clock import SimulatedClock
from smily_tui.demo import TROUBLES
from smily_tui.sandbox.faults import FAULTS
from tests.support.polling import PATIENCE, until

if TYPE_CHECKING:
    from tests.support.visitor import Visitor


def order(visitor: Visitor, fault: str, **fields: float) -> None:
    visitor.sandbox.state.apply_order(json.dumps({"fault": fault, **fields}))


def test_the_palette_offers_every_fault() -> None:
    assert [trouble.fault for trouble in TROUBLES] == list(FAULTS)


def test_a_code_expires_on_demand(visitor: Visitor) -> None:
    code = visitor.code()
    order(visitor, "expired-code")
    assert visitor.exchange(code).json()["error"] == "invalid_grant"
    assert visitor.exchange(visitor.code()).status_code == 200


def test_an_owner_who_clicks_yes_is_understood_to_say_no(visitor: Visitor) -> None:
    order(visitor, "denied")
    assert visitor.decide().json()["error"] == "access_denied"
    assert visitor.exchange(visitor.code()).status_code == 200


@pytest.mark.parametrize("refresh", [False, True])
def test_the_secret_is_wrong_once(visitor: Visitor, *, refresh: bool) -> None:
    token = visitor.tokens()["refresh_token"]
    order(visitor, "wrong-secret")
    answer = visitor.refresh(token) if refresh else visitor.exchange(visitor.code())
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert visitor.refresh(token).status_code == 200


def test_an_answer_is_slow_once(visitor: Visitor) -> None:
    token = visitor.tokens()["refresh_token"]
    order(visitor, "slow", seconds=0.5)
    began = time.monotonic()
    assert visitor.refresh(token).status_code == 200
    assert time.monotonic() - began > 0.45


def test_nobody_listens_for_a_while_and_then_all_is_as_it_was(visitor: Visitor) -> None:
    token = visitor.tokens()["refresh_token"]
    order(visitor, "offline", seconds=0.5)
    ends = time.monotonic() + PATIENCE
    refused = 0
    while time.monotonic() < ends:
        try:
            answer = httpx.get(f"{visitor.server}/api/v3/me", trust_env=False)
        except httpx.ConnectError:
            refused += 1
            continue
        except httpx.HTTPError:
            continue
        if refused and answer.status_code == 401:
            break
    assert refused
    assert visitor.refresh(token).status_code == 200


def test_an_answer_is_cut_after_the_server_has_acted(visitor: Visitor) -> None:
    token = visitor.tokens()["refresh_token"]
    before = len(visitor.sandbox.state.pairs)
    order(visitor, "cut")
    with pytest.raises(httpx.RemoteProtocolError):
        visitor.refresh(token)
    assert len(visitor.sandbox.state.pairs) == before + 1
    assert visitor.refresh(token).status_code == 200


def test_the_owner_removes_the_application(visitor: Visitor) -> None:
    tokens = visitor.tokens()
    order(visitor, "revoked")
    assert visitor.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert visitor.api("me", tokens["access_token"]).status_code == 401
    assert visitor.exchange(visitor.code()).status_code == 200


@pytest.mark.parametrize("asked", ["public", "public bookings_read"])
def test_a_permission_is_missing(visitor: Visitor, asked: str) -> None:
    order(visitor, "missing-scope")
    tokens = visitor.tokens(scope=asked)
    assert tokens["scope"] == asked.removeprefix("public").strip()
    assert visitor.api("me", tokens["access_token"]).status_code == 403
    assert visitor.refresh(tokens["refresh_token"]).status_code == 200
    assert visitor.api("me", visitor.tokens(scope=asked)["access_token"]).status_code == 200


def test_one_call_is_one_too_many(visitor: Visitor) -> None:
    token = visitor.tokens()["access_token"]
    order(visitor, "rate-limit")
    assert [visitor.api("me", token).status_code for _ in range(2)] == [429, 200]


@pytest.mark.parametrize("line", ["", "no json", "[]", '{"fault": "unknown"}', '{"lapse": [1]}', "{}"])
def test_an_order_that_cannot_be_understood_changes_nothing(visitor: Visitor, line: str) -> None:
    visitor.sandbox.state.apply_order(line)
    assert visitor.api("me", visitor.tokens()["access_token"]).status_code == 200


def test_time_lapse_makes_a_token_expire(visitor: Visitor) -> None:
    clock = SimulatedClock()
    clock.run(1.0)
    visitor.sandbox.state.apply_order(json.dumps({"lapse": clock.lapse.as_list()}))
    token = visitor.tokens()["access_token"]
    clock.run(1e6)
    visitor.sandbox.state.apply_order(json.dumps({"lapse": clock.lapse.as_list()}))
    until(lambda: visitor.api("me", token).status_code == 401)


def refuses(server: str) -> bool:
    try:
        httpx.get(f"{server}/style.css", trust_env=False)
    except httpx.ConnectError:
        return True
    except (httpx.ReadError, httpx.RemoteProtocolError):
        pass  # its connection was open already when the port closed
    return False


def test_orders_come_through_the_pipe_of_the_program_that_started_it() -> None:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "smily_tui", "sandbox", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    with process, process.stdin, process.stdout:
        server = json.loads(process.stdout.readline())["server"]
        process.stdin.write('{"fault": "offline", "seconds": 60}\n')
        process.stdin.flush()
        until(lambda: refuses(server))
        process.stdin.close()
        assert process.wait(timeout=PATIENCE) == 0
