"""What the dashboard does with accounts: refreshes many, stops that, exports, tells of other programs."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from smily_tui.accounts import Accounts
from smily_tui.batch import AT_ONCE, BatchRefresh
from smily_tui.origin import Origin
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.sandbox.state import Pair
from smily_tui.secret import Secret
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.dialogs import CopyQuestion, ExportDialog, ResultsScreen
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.vault.home import Home
from smily_tui.vault.model import Account, Address
from smily_tui.vault.store import Store
from tests.support.connected import let_expire
from tests.support.limited import limited
from tests.support.records import replaced, with_tokens
from tests.support.tui.pilot import click, until
from tests.support.tui.scenes import (
    Frozen,
    World,
    app_over,
    authorization,
    grid,
    make_world,
    running,
    says,
    settled,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


ACCOUNTS = 7


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Options()) as running_sandbox:
        yield running_sandbox


def connected(sandbox: Sandbox, folder: Path) -> Accounts:
    """A store with accounts of the sandbox, all of them expired."""
    found = sandbox.listening
    stored = Accounts(Home.at(folder), server=Origin(found.server))
    stored.apps.save("Demo app", found.client_id, found.client_secret, ["public"])
    store = Store(Home.at(folder))
    for number in range(ACCOUNTS):
        pair = Pair(f"{number}" * 64, f"{number}r" * 32, found.client_id, 4711, ("public",), 0.0, 7200)
        sandbox.state.issue(pair)
        record = authorization(f"Home {number}", 4711, 7200.0)
        record = with_tokens(record, access=Secret(pair.access), refresh=Secret(f"{number}r" * 32))
        address = Address("demo-app", f"home-{number}")
        of_sandbox = replaced(record, client_id=found.client_id, server=Origin(found.server))
        store.slot(address).save(of_sandbox)
        let_expire(store, address, sandbox)
    return stored


def world_of(stored: Accounts, folder: Path) -> World:
    """The program over that store, by the machine's clock."""
    make_world(folder / "unused", accounts=False)  # for its time zone and its lack of proxies
    app = app_over(stored)
    return World(stored, Store(stored.home), app, Frozen())


async def test_all_that_are_due_are_refreshed_and_what_failed_can_be_looked_up(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    stored = connected(sandbox, tmp_path / "smily")
    sandbox.state.pairs[2].revoked = True
    world = world_of(stored, tmp_path)
    async with running(world, (100, 30)) as pilot:
        await pilot.press("l")
        await until(pilot, lambda: "Nothing has been refreshed yet." in grid(world.app))
        sandbox.state.faults.order("slow", 5.0)  # else it is over before a busy machine looks at it
        await pilot.press("R")
        await until(pilot, lambda: says(pilot, "Press esc to stop"))
        await until(pilot, lambda: says(pilot, "6 accounts refreshed, 1 failed."))
        assert not says(pilot, "Press esc to stop")
        assert says(pilot, "Home 2: The server no longer accepts this account's refresh token.")
        await pilot.press("l")
        await until(pilot, lambda: isinstance(world.app.screen, ResultsScreen))
        shown = str(world.app.screen.query(Static).first().render())
        assert shown.index("no longer accepts") < shown.index("Home 2")
        assert shown.index("Refreshed:") < shown.index("Home 6")
        await pilot.press("f")
        await until(pilot, lambda: "1 selected" in grid(world.app))
        chosen = world.app.screen.query_one(AccountTable).chosen
        assert chosen is not None
        assert chosen.label == "Home 2"
    left = {each.label: each.left(stored.clock.now()) > 7000 for each in stored.accounts()}
    assert left == {f"Home {number}": number != 2 for number in range(ACCOUNTS)}


async def test_stopping_begins_no_more_and_saves_what_has_begun(sandbox: Sandbox, tmp_path: Path) -> None:
    stored = connected(sandbox, tmp_path / "smily")
    renewal = BatchRefresh(stored, stored.accounts())
    begun: list[Account] = []

    def began(account: Account, _: object) -> None:
        begun.append(account)
        if len(begun) == AT_ONCE:
            renewal.stop()

    ended: list[Account] = []
    await renewal.run(began, ended.append)
    assert len(begun) == len(ended) == len(renewal.results) == AT_ONCE
    assert renewal.not_begun == ACCOUNTS - AT_ONCE
    assert renewal.failures == []
    renewed = {each.address for each in stored.accounts() if each.left(stored.clock.now()) > 7000}
    assert renewed == {each.address for each in begun}


async def test_esc_stops_a_refresh_of_many_and_the_words_say_so(tmp_path: Path) -> None:
    with Sandbox(Options(latency_ms=1500)) as slow:
        slow.state.faults.order("slow", 6.0)  # else it is over before a busy machine looks at it
        stored = connected(slow, tmp_path / "smily")
        world = world_of(stored, tmp_path)
        async with running(world, (100, 30)) as pilot:
            await pilot.press("R")
            await pilot.press("escape", "R")
            await until(pilot, lambda: "still running" in grid(world.app))
            await pilot.press("end", "r")  # one alone is refreshed meanwhile
            await until(pilot, lambda: "skipped" in grid(world.app))
            await until(pilot, lambda: stored.accounts()[-1].left(stored.clock.now()) > 7000)
            await pilot.press("R")
            await until(pilot, lambda: " refreshed." in grid(world.app))
        assert all(each.left(stored.clock.now()) > 7000 for each in stored.accounts())


async def test_a_server_that_has_had_too_many_requests_is_asked_no_more(tmp_path: Path) -> None:
    with limited(tmp_path, ACCOUNTS * 2) as (stored, asked):
        renewal = BatchRefresh(stored, stored.accounts())
        await renewal.run(lambda *_: None, lambda _: None)
    assert len(renewal.failures) == ACCOUNTS * 2
    assert 1 <= len(asked) <= AT_ONCE
    told = {each.error.what for each in renewal.failures if each.error}
    assert any(words.startswith("Skipped: ") for words in told)


# -- exporting -------------------------------------------------------------------------------------------


async def test_an_export_goes_into_a_new_file_for_this_person_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path / "smily", accounts=True)
    folder = tmp_path / "out"
    folder.mkdir()
    async with running(world, (120, 36)) as pilot:
        await pilot.press("end")
        await pilot.press("x", "down")
        await settled(pilot, lambda: isinstance(world.app.screen, ExportDialog))
        world.app.screen.query_one(Input).value = str(folder)
        await click(pilot, "OptionList", (4, 1))
        await settled(pilot, lambda: world.app.screen.query_one("#save_export").has_focus)
        assert list(folder.iterdir()) == [], "a click chooses, and writes nothing"
        await pilot.press("enter")
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await settled(pilot, lambda: "Saved to" in grid(world.app))
        assert "aaaaaaaa" not in grid(world.app)
    (path,) = folder.iterdir()
    assert path.name == "villa-rosa.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text("utf-8"))["access_token"] == "a" * 60 + "4711"


async def test_an_export_of_an_expired_token_is_renewed_first(sandbox: Sandbox, tmp_path: Path) -> None:
    stored = connected(sandbox, tmp_path / "smily")
    world = world_of(stored, tmp_path)
    folder = tmp_path / "out"
    folder.mkdir()
    async with running(world, (120, 36)) as pilot:
        await pilot.press("x")
        await settled(pilot, lambda: isinstance(world.app.screen, ExportDialog))
        world.app.screen.query_one(Input).value = str(folder)
        await pilot.press("enter", "enter")
        await until(pilot, lambda: "Saved to" in grid(world.app))
        world.app.screen.pane.tick()  # type: ignore[attr-defined]
        await world.app.workers.wait_for_complete()
        assert "Saved to" in grid(world.app), "no other program renewed it"
    text = (folder / "home-0.env").read_text("utf-8")
    assert sandbox.state.pairs[-1].access in text
    assert len(sandbox.state.pairs) == ACCOUNTS + 1


async def test_an_export_is_copied_after_the_same_question_as_a_token(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    copied: list[str | Secret] = []

    world.app = app_over(world.stored, copied, verified=False)
    async with running(world, (120, 36)) as pilot:
        await pilot.press("end")
        await pilot.press("x")
        await settled(pilot, lambda: isinstance(world.app.screen, ExportDialog))
        await click(pilot, "#copy_export")
        await settled(pilot, lambda: isinstance(world.app.screen, CopyQuestion))
        assert copied == []
        await pilot.press("enter")
        await settled(pilot, lambda: bool(copied))
    (text,) = copied
    assert isinstance(text, Secret), "so that it goes to a clipboard that can be cleared, or nowhere"
    assert "a" * 60 + "4711" in text.reveal()


# -- two programs ----------------------------------------------------------------------------------------


async def test_what_another_program_renews_is_told_and_what_this_one_renews_is_not(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    stored = connected(sandbox, tmp_path / "smily")
    world = world_of(stored, tmp_path)
    async with running(world, (100, 30)) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: "Refreshed Home 0, valid for 2 h." in grid(world.app))
        other = Accounts(stored.home, server=stored.server)
        address = Address("demo-app", "home-0")
        account = other.account(address)
        assert account is not None
        other.refresh(address).wait()
        await until(pilot, lambda: "Another program refreshed Home 0" in grid(world.app))


async def test_a_change_that_another_screen_has_read_first_is_listed_all_the_same(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (100, 30)) as pilot:
        await until(pilot, lambda: "Villa Rosa" in grid(world.app))
        world.store.slot(Address("demo-app", "villa-rosa")).save(authorization("Villa Blu", 4711, 7100))
        assert "Villa Blu" in {account.label for account in world.app.stored.accounts()}
        await until(pilot, lambda: "Villa Blu" in grid(world.app))
