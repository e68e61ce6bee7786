"""Thousands of accounts cost what forty cost: only what was changed is read, only what is seen is drawn."""

from __future__ import annotations

import contextlib
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from smily_tui.tui.arrangement import URGENCY
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.vault.disk import Disk
from smily_tui.vault.model import Account, Address, State
from tests.support.records import replaced
from tests.support.tui.scenes import NOW, World, authorization, fill, grid, make_world, running, settled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.clock import Instant

FEW, MANY = 40, 3000
SIZE = (80, 24)


class ReadingDisk(Disk):
    """A disk that notes which files are opened."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
        self.read.append(path.name)
        return super().open(path, flags, mode)


class Counted:
    """What the program reads and draws."""

    def __init__(self, world: World, screen: DashboardScreen) -> None:
        self.world, self.screen = world, screen
        self.table = screen.query_one(AccountTable)
        self.disk = world.store.disk = ReadingDisk()
        self.drawn = 0

    @contextlib.contextmanager
    def counting(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
        """From here on."""
        cells = self.table.cells

        def cells_(row: int) -> object:
            self.drawn += 1
            return cells(row)

        with monkeypatch.context() as patched:
            patched.setattr(self.table, "cells", cells_)
            yield self

    async def tick(self, pilot: Pilot[None]) -> tuple[list[str], int]:
        """What one second costs."""
        self.disk.read.clear()
        self.drawn = 0
        self.screen.pane.tick()
        await pilot.pause()
        return list(self.disk.read), self.drawn


@contextlib.asynccontextmanager
async def dashboard(
    folder: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Pilot[None], Counted]]:
    """The dashboard of so many accounts, counted."""
    world = make_world(folder, accounts=True)
    fill(world, number)
    async with running(world, SIZE) as pilot:
        screen = world.app.screen
        assert isinstance(screen, DashboardScreen)
        await settled(pilot, lambda: screen.query_one(AccountTable).row_count == number + 4)
        with Counted(world, screen).counting(monkeypatch) as counted:
            yield pilot, counted


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_a_second_reads_nothing_and_draws_what_can_be_seen(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(tmp_path, number, monkeypatch) as (pilot, counted):
        read, drawn = await counted.tick(pilot)
        assert read == []
        assert drawn <= 2 * SIZE[1], "a tick of the program's own may fall into it"


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_one_that_was_changed_is_read_again_alone(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(tmp_path, number, monkeypatch) as (pilot, counted):
        address = Address("demo-app", "home-0007")
        counted.world.store.slot(address).save(authorization("Home renewed", 10_007, 7100))
        read, drawn = await counted.tick(pilot)
        assert "home-0007.tokens" in read
        assert {name for name in read if name.startswith("home-")} <= {"home-0007.tokens", "home-0007.note"}
        assert drawn <= 2 * SIZE[1]
        counted.table.go_to(address)
        await pilot.pause()
        assert "Home renewed" in grid(counted.world.app)


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_typing_to_find_reads_nothing_and_draws_what_can_be_seen(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(tmp_path, number, monkeypatch) as (pilot, counted):
        for key in ("slash", "h", "o", "space", "1", "backspace", "escape", "end", "s", "s", "o"):
            counted.disk.read.clear()
            counted.drawn = 0
            await pilot.press(key)
            assert not any("home-" in name for name in counted.disk.read)  # config.toml remembers the order
            assert counted.drawn <= 6 * SIZE[1]
        assert counted.table.row_count == number + 4


async def test_the_whole_time_left_is_seen_beside_the_scroll_bar(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(tmp_path, FEW, monkeypatch) as (pilot, counted):
        for size in ((80, 24), (100, 20), (60, 30)):
            await pilot.resize_terminal(*size)
            await pilot.press("end")
            shown = grid(counted.world.app)
            last = counted.table.accounts[-1]
            assert last.label in shown
            assert " 1:12:44" in shown, "Villa Rosa, the last by name"
            assert counted.table.show_vertical_scrollbar


async def test_the_list_follows_the_clock_where_it_is_sorted_or_filtered_by_state(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        screen, table = world.app.screen, world.app.screen.query_one(AccountTable)
        assert isinstance(screen, DashboardScreen)

        def listed() -> list[str]:
            return [each.address.account for each in table.accounts]

        assert listed() == ["casa-azul", "chalet", "old-mill", "villa-rosa"]
        await pilot.press("s")
        assert listed() == ["old-mill", "casa-azul", "chalet", "villa-rosa"]
        await pilot.press("f", "f", "f")
        assert listed() == ["casa-azul"]
        world.clock.wall += 251
        screen.pane.tick()
        # the order was saved meanwhile, so that everything is read anew
        await settled(pilot, lambda: listed() == ["casa-azul", "chalet"])
        await pilot.press("f")
        assert listed() == ["villa-rosa"]
        await pilot.press("escape")
        assert len(listed()) == 4
        await pilot.press("slash", *"expired")
        assert listed() == ["casa-azul", "chalet"]
        await pilot.press("down", "down")
        assert table.has_focus, "from the field into what it found"
        assert table.cursor_row == 1


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_after_sorting_the_list_begins_at_its_top(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(tmp_path, number, monkeypatch) as (pilot, counted):
        for _ in range(3):
            await pilot.press("end")
            assert counted.table.cursor_row == number + 3
            await pilot.press("s")
            assert (counted.table.cursor_row, counted.table.scroll_offset.y) == (0, 0)
        await pilot.click(AccountTable, offset=(3, 4))
        assert counted.table.cursor_row == 3


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_the_cursor_stays_on_its_account_while_the_clock_sorts(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(tmp_path, number, monkeypatch) as (pilot, counted):
        await pilot.press("s", "end")
        assert counted.table.chosen is not None
        chosen = counted.table.chosen.address
        counted.world.clock.wall += 3000
        await counted.tick(pilot)
        assert counted.table.chosen.address == chosen


@pytest.mark.parametrize("number", [FEW, MANY])
async def test_a_second_counts_those_alone_that_change_their_state(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dashboard(tmp_path, number, monkeypatch) as (pilot, counted):
        pane = counted.screen.pane
        asked = list[float]()
        state = Account.state

        def asking(account: Account, now: Instant) -> State:
            asked.append(1.0)
            return state(account, now)

        monkeypatch.setattr(Account, "state", asking)
        for seconds in (1, 60, 600, 1800, 7200):
            counted.world.clock.wall += seconds
            asked.clear()
            await counted.tick(pilot)
            assert len(asked) <= 12 * SIZE[1] + 2 * number * min(1, seconds / 1800)
        monkeypatch.undo()
        expected = Counter(
            URGENCY[account.state(counted.world.clock.now())].only for account in pane.accounts
        )
        assert {only: pane.tally[only] for only in expected} == expected


async def test_what_cannot_be_refreshed_is_not_due(tmp_path: Path) -> None:
    from smily_tui.batch import due

    world = make_world(tmp_path, accounts=True)
    address = Address("demo-app", "chalet")
    stored = world.store.slot(address).read()
    assert stored is not None
    world.store.slot(address).save(replaced(stored, handed_over=NOW))
    found = due(world.stored.accounts(), world.clock.now(), 600.0)
    assert [each.address.account for each in found] == ["casa-azul"]


def test_the_first_screenful_reads_the_files_of_its_accounts_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    fill(world, 300)
    disk = world.store.disk = ReadingDisk()
    assert len(world.stored.first(60)) == 60
    assert len([name for name in disk.read if name.endswith(".tokens")]) == 60


async def test_the_others_come_after_the_first_screenful(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    fill(world, 300)
    async with running(world, SIZE) as pilot:
        screen = world.app.screen
        assert isinstance(screen, DashboardScreen)
        await settled(pilot, lambda: screen.pane.title == "304 accounts")
