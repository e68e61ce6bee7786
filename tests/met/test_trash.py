"""The trash is emptied by evidence: no clock alone, wherever it jumps, deletes what was forgotten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.clock import Instant
from smily_tui.vault.trash import DAYS_KEPT
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY = 86400.0


class Machine:
    """The clocks of a machine that may be restarted, and set to anything."""

    def __init__(self, wall: float = 1_795_500_000.0) -> None:
        self.wall, self.boot, self.boottime = wall, "boot-1", 1000.0

    def now(self) -> Instant:
        return Instant(self.wall, self.boot, self.boottime)

    def run(self, seconds: float) -> None:
        """Time passes."""
        self.wall += seconds
        self.boottime += seconds

    def restart(self) -> None:
        """A new run: its clock begins anew."""
        self.boot, self.boottime = f"{self.boot}+", 1.0


def is_there(world: World) -> bool:
    return [each.address for each in world.store.trash.find()] == [world.address]


def look(world: World, machine: Machine) -> None:
    """A command that lists the accounts."""
    Accounts(world.home, clock=machine).accounts()


def forgotten(folder: Path, machine: Machine) -> World:
    world = World(folder)
    Accounts(world.home, clock=machine).forget(world.address)
    return world


def jump_ahead(machine: Machine) -> None:
    machine.wall += 32 * DAY


def jump_back(machine: Machine) -> None:
    machine.wall -= 3000 * DAY


def jump_both_clocks(machine: Machine) -> None:
    """As `faketime` does, which lies to every clock."""
    machine.run(32 * DAY)


def restart_in_2050(machine: Machine) -> None:
    machine.restart()
    machine.wall = 2_540_000_000.0


def restart_in_1970(machine: Machine) -> None:
    machine.restart()
    machine.wall = 60.0


JUMPS = [jump_ahead, jump_back, jump_both_clocks, restart_in_2050, restart_in_1970]


@pytest.mark.parametrize("jump", JUMPS)
@pytest.mark.parametrize("second", JUMPS)
def test_a_clock_that_jumps_empties_no_trash(
    tmp_path: Path, jump: Callable[[Machine], None], second: Callable[[Machine], None]
) -> None:
    machine = Machine()
    world = forgotten(tmp_path, machine)
    for change in (jump, second, jump, second):
        change(machine)
        look(world, machine)
        look(world, machine)
        assert is_there(world), change.__name__


@pytest.mark.parametrize("wall", [60.0, 1_795_500_000.0 - 3000 * DAY, 2_540_000_000.0])
def test_an_account_forgotten_by_a_wrong_clock_stays_a_month(tmp_path: Path, wall: float) -> None:
    machine = Machine(wall)
    world = forgotten(tmp_path, machine)
    machine.wall = 1_795_500_000.0  # NTP answers
    for _ in range(DAYS_KEPT - 1):
        look(world, machine)
        assert is_there(world)
        machine.run(DAY)


@pytest.mark.parametrize("restarts", [False, True])
def test_after_a_month_of_days_it_is_deleted(tmp_path: Path, *, restarts: bool) -> None:
    machine = Machine()
    world = forgotten(tmp_path, machine)
    for day in range(DAYS_KEPT):
        assert is_there(world), day
        machine.run(DAY)
        if restarts:
            machine.restart()
        for _ in range(3):
            look(world, machine)
    assert not is_there(world)
    assert not any((world.home.state / ".trash").rglob("*.*"))


def test_what_lies_in_the_future_is_kept(tmp_path: Path) -> None:
    machine = Machine(2_540_000_000.0)
    world = forgotten(tmp_path, machine)
    machine.wall = 1_795_500_000.0
    for _ in range(DAYS_KEPT + 2):
        machine.run(DAY)
        look(world, machine)
    assert is_there(world)


def test_what_comes_back_leaves_nothing_in_the_trash(tmp_path: Path) -> None:
    machine = Machine()
    world = forgotten(tmp_path, machine)
    machine.run(DAY)
    look(world, machine)
    stored = Accounts(world.home, clock=machine)
    stored.restore(world.address)
    assert list((world.home.state / ".trash").iterdir()) == []
    stored.forget(world.address)
    assert is_there(world)
