"""Undo: the last change is taken back, whole, and never a change that somebody made since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.errors import SmilyError
from smily_tui.undo import Changes
from smily_tui.vault.model import Address
from tests.support.tui.scenes import World, make_world

if TYPE_CHECKING:
    from pathlib import Path


VILLA = Address("demo-app", "villa-rosa")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world(tmp_path, accounts=True)


def labels(world: World) -> list[str]:
    return [account.label for account in world.stored.accounts()]


def test_a_name_comes_back(world: World) -> None:
    changes, account = Changes(world.stored), world.stored.find("villa-rosa")
    assert changes.rename(account, "Villa Nord") == "Renamed Villa Rosa to Villa Nord."
    assert changes.undo() == "Renamed Villa Nord to Villa Rosa."
    assert "Villa Rosa" in labels(world)
    assert changes.undo() == "Nothing to undo."


def test_several_forgotten_accounts_come_back_together_with_their_tokens(world: World) -> None:
    changes, before = Changes(world.stored), world.stored.accounts()
    tokens = [world.stored.tokens(account.address) for account in before]
    assert changes.forget(before).startswith("Forgot 4 accounts (Casa Azul & Jardín, Chalet")
    assert labels(world) == []
    assert changes.undo().startswith("Restored 4 accounts")
    after = world.stored.accounts()
    assert [world.stored.tokens(account.address) for account in after] == tokens
    assert [account.address for account in after] == [account.address for account in before]


def test_what_was_restored_is_forgotten_again(world: World) -> None:
    changes, account = Changes(world.stored), world.stored.find("villa-rosa")
    changes.forget([account])
    changes.restore(world.stored.forgotten()[0])
    assert changes.undo() == "Forgot Villa Rosa."
    assert "Villa Rosa" not in labels(world)


def test_the_account_of_the_last_change_comes_back_and_not_the_newest_of_the_trash(world: World) -> None:
    changes = Changes(world.stored)
    changes.forget([world.stored.find("villa-rosa")])
    Accounts(world.stored.home).forget(Address("demo-app", "chalet"))
    assert changes.undo() == "Restored Villa Rosa."


def test_a_name_that_was_given_since_stays(world: World) -> None:
    changes, account = Changes(world.stored), world.stored.find("villa-rosa")
    changes.rename(account, "Villa Nord")
    Accounts(world.stored.home).rename(VILLA, "Villa of another program")
    assert changes.undo() == "Villa of another program was renamed again. The name is unchanged."
    assert "Villa of another program" in labels(world)


def test_a_renamed_account_that_was_forgotten_since_is_left_alone(world: World) -> None:
    changes, account = Changes(world.stored), world.stored.find("villa-rosa")
    changes.rename(account, "Villa Nord")
    Accounts(world.stored.home).forget(VILLA)
    assert changes.undo() == "Villa Nord is no longer stored. Nothing was changed."


def test_an_undo_that_fails_can_be_tried_again(world: World) -> None:
    changes, account = Changes(world.stored), world.stored.find("villa-rosa")
    changes.forget([account])
    trash = world.stored.forgotten()[0].folder
    aside = trash.rename(trash.with_name("aside"))
    with pytest.raises(SmilyError):
        changes.undo()
    aside.rename(trash)
    assert changes.undo() == "Restored Villa Rosa."


def test_an_account_that_is_gone_already_is_left_out(world: World) -> None:
    changes = Changes(world.stored)
    accounts = [world.stored.find("villa-rosa"), world.stored.find("chalet")]
    Accounts(world.stored.home).forget(Address("demo-app", "chalet"))
    assert changes.forget(accounts) == "Forgot Villa Rosa."
    assert changes.undo() == "Restored Villa Rosa."
    assert changes.forget(accounts[1:]) == "Chalet [Alpes] is no longer stored. Nothing was changed."


def test_a_new_account_in_its_place_stays_beside_the_restored_one(world: World) -> None:
    changes, account = Changes(world.stored), world.stored.find("villa-rosa")
    record = world.store.slot(VILLA).read()
    assert record is not None
    changes.forget([account])
    world.store.slot(VILLA).save(record)
    assert changes.undo() == "Restored Villa Rosa."
    assert labels(world).count("Villa Rosa") == 2
