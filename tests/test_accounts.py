"""What front ends change in the store without the network: names and places."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.vault.disk import Disk
from smily_tui.vault.encryption import EncryptionState, Stage
from smily_tui.vault.errors import NotWritable
from smily_tui.vault.home import Home
from smily_tui.vault.index import write_index
from smily_tui.vault.model import Application
from tests.support.records import replaced, with_tokens
from tests.support.world import SERVER, World

if TYPE_CHECKING:
    from pathlib import Path


class NoMoves(Disk):
    """A disk on which files can be written but the fresh account's file cannot be moved."""

    def replace(self, source: Path, target: Path) -> None:
        if source.name.startswith("new-") and source.suffix == ".tokens":
            raise PermissionError(13, "Permission denied")
        super().replace(source, target)


def test_a_fresh_authorization_takes_its_twins_place_and_the_twins_journal_goes_last(
    tmp_path: Path,
) -> None:
    world = World(tmp_path)
    stored = Accounts(world.home)
    duplicate = stored.name(world.address, "Villa Rosa").address
    world.store.slot(duplicate).journal().open({"grant": "refresh_token", "pid": 1})
    fresh = world.exchange()
    stored._store.disk = NoMoves()
    with pytest.raises(NotWritable):
        stored.name(fresh, "Villa Rosa", replace=duplicate)
    assert world.store.slot(duplicate).journal().read() is not None, "it may hold the twin's newest tokens"
    stored._store.disk = Disk()
    expected = world.store.slot(fresh).read()
    assert expected is not None
    account = stored.name(fresh, "Villa Rosa", replace=duplicate)
    assert account.address == duplicate
    assert world.store.addresses() == [duplicate]
    assert world.store.slot(duplicate).journal().read() is None
    assert world.store.slot(duplicate).read() == replaced(expected, named=True, label=account.label)


def test_an_application_is_stored_at_the_origin_that_is_named(tmp_path: Path) -> None:
    stored = Accounts(Home.at(tmp_path))
    secret, origin = Secret("5" * 64), Origin("https://other.example")
    there = stored.apps.save("There", "a" * 64, secret, ["public"], origin)
    here = stored.apps.save("Here", "a" * 64, secret, ["public"])
    assert (there.server, here.server) == (origin, stored.server)
    assert stored.apps.registered("a" * 64) == here
    assert stored.apps.registered("a" * 64, origin) == there
    assert stored.apps.save("Again", "a" * 64, secret, ["public"], origin).key == there.key


def test_accounts_in_a_folder_open_to_others_are_unreadable_until_it_is_private(tmp_path: Path) -> None:
    world = World(tmp_path)
    stored, folder = Accounts(world.home), world.store.application_folder(world.address.application)
    (readable,) = stored.accounts()
    folder.chmod(0o755)
    (unreadable,) = stored.accounts()
    assert unreadable.address == readable.address
    assert unreadable.unreadable
    assert str(folder) in unreadable.trouble
    folder.chmod(0o700)
    assert stored.accounts() == (readable,)


def test_a_stored_token_is_told_from_a_code_and_from_one_with_its_checksum(tmp_path: Path) -> None:
    world = World(tmp_path)
    slot, stored = world.store.slot(world.address), Accounts(world.home)
    access, alike = Secret("plumless"), Secret("buckeroo")
    assert access.checksum() == alike.checksum()
    slot.save(with_tokens(slot.require(), access=access))
    application = Application("app", Clean("App"), "a" * 64, (), SERVER)
    is_token = stored.paste_context(application).is_token
    assert is_token is not None
    assert is_token(access)
    assert is_token(stored.tokens(world.address).refresh)
    assert not is_token(alike)
    assert not is_token(Secret("f" * 64))
    slot.path().write_bytes(b"damaged")
    assert not is_token(access)


def test_the_mark_is_of_accounts_and_apps_alone(tmp_path: Path) -> None:
    world = World(tmp_path)
    stored = Accounts(world.home)
    before = stored.mark()
    write_index(world.store, stored.accounts())
    (world.home.state / "app.queue").write_text("a queue")
    assert stored.mark() == before
    slot = world.store.slot(world.address)
    slot.save(replaced(slot.require(), label=Clean("Villa Nova")))
    renamed = stored.mark()
    stored.apps.save("Another", "b" * 64, Secret("5" * 64), ["public"])
    added = stored.mark()
    world.store.protection.remember(EncryptionState(Stage.SEALING, "0" * 32), Disk())
    assert len({before, renamed, added, stored.mark()}) == 4
