"""Worker process as its parent sees it."""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

import pytest

from tests.support.connected import connected
from tests.support.polling import until

if TYPE_CHECKING:
    from pathlib import Path


def test_a_job_that_nothing_waits_for_any_more_is_finished_and_reaped(tmp_path: Path) -> None:
    with connected(tmp_path) as (sandbox, accounts, address):
        sandbox.state.faults.order("slow", 0.5)
        uses = len(accounts.history(address))

        async def leave() -> None:
            running = accounts.refresh(address)
            waiting = asyncio.create_task(running.ended())
            await asyncio.sleep(0)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting

        asyncio.run(leave())
        gc.collect()  # a process that still runs warns here, and warnings are errors
        until(lambda: len(accounts.history(address)) > uses)
