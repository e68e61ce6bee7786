"""Requests of the API: what a token can read, the command for a shell, and the call of a worker."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.api_call import CurlCommand, as_curl, endpoints, first_path, send
from smily_tui.oauth.endpoints import ENDPOINTS, reading
from smily_tui.oauth.scopes import PRESETS
from smily_tui.system import command
from smily_tui.text import Clean
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.support.connected import connected, let_expire
from tests.support.processes import PROGRAM, clean_environment, needs_curl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.oauth.api_answer import ApiAnswer
    from smily_tui.sandbox.server import Sandbox
    from smily_tui.vault.model import Address

    Connected = tuple[Sandbox, Accounts, Address]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Connected]:
    with connected(tmp_path / "it's a home") as connection:
        yield connection


def answer_to(stored: Accounts, address: Address, path: str) -> tuple[ApiAnswer, list[str]]:
    """The answer, and what was done for it."""
    steps, done = send(stored, address, path), []
    try:
        doing, running = next(steps)
        while True:
            done.append(doing.partition(" ")[0])
            doing, running = steps.send(running.wait())
    except StopIteration as end:
        return end.value, done


@pytest.mark.parametrize("granted", [(), ("public",), ("public", "bookings_read"), PRESETS["everything"]])
def test_the_endpoints_that_a_token_can_read_come_first(granted: tuple[str, ...]) -> None:
    listed = endpoints(granted)
    assert sorted(endpoint.path for endpoint in listed) == sorted(ENDPOINTS)
    assert [bool(endpoint.needs) for endpoint in listed] == sorted(bool(each.needs) for each in listed)
    for endpoint in listed:
        assert (endpoint.needs == "") == bool({*granted} & {*reading(endpoint.path)})
        assert endpoint.needs in ("", reading(endpoint.path)[0])


@pytest.mark.parametrize(
    ("granted", "path"),
    [
        ("public", "me"),
        ("", "me"),
        ("public clients_read bookings_read", "bookings"),
        ("public rates_read rentals_write", "rentals"),
        ("public clients_read", "clients"),
        ("public invented_read", "me"),
    ],
)
def test_the_first_call_is_what_the_token_is_for(granted: str, path: str) -> None:
    assert first_path(granted.split()) == path


@needs_curl
def test_the_command_works_as_pasted_at_any_width(account: Connected, tmp_path: Path) -> None:
    _, stored, address = account
    shown = stored.account(address)
    assert shown is not None
    curl = as_curl(stored, shown, "accounts")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "smily-tui").write_text(f'#!/bin/sh\nexec {command(*PROGRAM)} "$@"\n')
    (programs / "smily-tui").chmod(0o755)
    environ = clean_environment(tmp_path)
    environ["PATH"] = f"{programs}:{environ['PATH']}"
    for text in (curl.line, "\n".join(curl.rows(60))):
        ended = subprocess.run(["sh", "-c", text], env=environ, capture_output=True, text=True, check=True)
        assert json.loads(ended.stdout)["accounts"][0]["business_name"] == "Villa Rosa"
    assert stored.tokens(shown.address).access.reveal() not in curl.line


def test_rows_are_the_line_for_a_shell() -> None:
    curl = CurlCommand(tuple(map(Clean, ("curl", "-H", '"A: B $(a', "--home 'x y'", 'b)"', "http://u"))))
    for width in range(1, 60):
        rows = curl.rows(width)
        # within the command substitution, the shell takes a run of spaces for one
        assert " ".join("\n".join(rows).replace("\\\n", "").split()) == curl.line
        assert all(len(row) <= max(width, 18) for row in rows)


def test_neither_store_nor_server_is_named_where_they_are_the_usual_ones(
    monkeypatch: pytest.MonkeyPatch, account: Connected
) -> None:
    _, stored, address = account
    monkeypatch.setenv("SMILY_TUI_HOME", "")
    shown = stored.account(address)
    assert shown is not None
    assert (
        f"--home {command(stored.home.config)} --server {shown.server} " in as_curl(stored, shown, "me").line
    )
    assert " --home" not in as_curl(Accounts(Home.at()), shown, "me").line


def test_a_token_that_is_due_is_refreshed_first(account: Connected) -> None:
    sandbox, stored, address = account
    old = let_expire(Store(stored.home), address, sandbox)
    answer, done = answer_to(stored, address, "me")
    assert (answer.status, done) == (200, ["Refreshing", "Waiting"])
    assert stored.tokens(address).access.reveal() != old


def test_a_rejected_token_is_refreshed_and_the_request_sent_once_again(account: Connected) -> None:
    sandbox, stored, address = account
    for pair in sandbox.state.pairs:
        pair.created -= 3 * 3600
    answer, done = answer_to(stored, address, "me")
    assert (answer.status, done) == (200, ["Waiting", "Refreshing", "Waiting"])


def test_a_missing_permission_is_named(account: Connected) -> None:
    _, stored, address = account
    answer, _ = answer_to(stored, address, "webhooks")
    assert answer.status == 403
    assert answer.missing[0] == "webhooks_read"
