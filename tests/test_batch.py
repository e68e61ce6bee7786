"""Refresh of many accounts in a few workers, which outlive what happens to one of them."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.batch import AT_ONCE, BatchRefresh
from smily_tui.secret import Secret
from smily_tui.tokens.errors import WorkerFailed
from smily_tui.vault.home import Home
from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer, Reply
from tests.support.polling import until
from tests.support.processes import workers_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


MANY = 2 * AT_ONCE + 1


@pytest.fixture
def server() -> Iterator[BentServer]:
    with BentServer() as running:
        yield running


@pytest.fixture
def stored(tmp_path: Path, server: BentServer) -> Accounts:
    """A store with many accounts at the server."""
    accounts = Accounts(Home.at(tmp_path), server=server.origin)
    application = accounts.apps.save("App", CLIENT_ID, Secret(CLIENT_SECRET), ["public"])
    for number in range(MANY):
        server.account_id, server.business_name = number + 1, f"Casa {number}"
        fresh = accounts.exchange(application, Secret(server.code()), ["public"]).wait().address
        accounts.name(fresh, server.business_name)
    server.posts.clear()
    return accounts


def test_many_accounts_are_refreshed_by_a_few_processes(server: BentServer, stored: Accounts) -> None:
    seen: set[int] = set()

    def look(_: dict[str, str], reply: Reply) -> Reply:
        seen.update(workers_of(os.getpid()))
        return reply

    server.bend_token = look
    before = [account.generation for account in stored.accounts()]
    batch = BatchRefresh(stored, stored.accounts())
    batch.run_in_loop()
    assert batch.failures == []
    assert [account.generation for account in stored.accounts()] == [number + 1 for number in before]
    assert 1 <= len(seen) <= AT_ONCE
    until(lambda: not workers_of(os.getpid()))


def test_a_killed_worker_costs_the_account_that_it_had_alone(server: BentServer, stored: Accounts) -> None:
    def kill_all_once(_: dict[str, str], reply: Reply) -> Reply:
        if len(server.posts) == AT_ONCE + 1:
            for pid in workers_of(os.getpid()):
                os.kill(pid, signal.SIGKILL)
        return reply

    server.bend_token = kill_all_once
    batch = BatchRefresh(stored, stored.accounts())
    batch.run_in_loop()
    assert len(batch.results) == MANY
    assert 1 <= len(batch.failures) <= AT_ONCE
    assert {type(result.error) for result in batch.failures} == {WorkerFailed}


def test_workers_end_with_the_refresh_that_they_have_when_nobody_waits(
    server: BentServer, stored: Accounts
) -> None:
    begun: list[str] = []

    async def leave() -> None:
        batch = BatchRefresh(stored, stored.accounts())
        waiting = asyncio.create_task(batch.run(lambda account, _: begun.append(account.label)))
        await asyncio.to_thread(until, lambda: bool(server.posts))
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(leave())
    until(lambda: not workers_of(os.getpid()))
    refreshed = {account.label for account in stored.accounts() if account.refreshed_at is not None}
    assert refreshed
    assert refreshed <= set(begun)
