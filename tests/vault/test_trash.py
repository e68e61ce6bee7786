"""The trash: any of what is in it can be brought back, for a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.text import Clean
from tests.support.records import replaced
from tests.support.world import World

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, "on-use")


def test_after_a_month_a_look_at_the_accounts_is_enough(world: World) -> None:
    Accounts(world.home, clock=world).forget(world.address)
    for _ in range(29):
        world.wall += 86400
        Accounts(world.home, clock=world).accounts()
    assert [each.address for each in world.store.trash.find()] == [world.address]
    world.wall += 86400
    Accounts(world.home, clock=world).accounts()
    assert world.store.trash.find() == []


def test_any_of_several_with_one_address_can_be_brought_back(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    older = world.stored()
    stored.forget(world.address)
    world.wall += 60
    world.slot.save(replaced(older, label=Clean("Newer")))
    stored.forget(world.address)
    assert stored.restore(stored.forgotten()[1]).label == older.label
