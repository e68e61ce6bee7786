"""A process that dies at any step of a first exchange parts the tokens from no secret that renews them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from smily_tui.secret import Secret
from smily_tui.text import clean
from smily_tui.tokens.exchange import exchange
from smily_tui.tokens.recovery import adopt
from smily_tui.tokens.registration import Registration
from smily_tui.vault.disk import Disk
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address, Application, Credentials
from smily_tui.vault.settings import Settings
from smily_tui.vault.store import Store
from tests.support.disks import Died, DyingDisk
from tests.support.world import SERVER, World

if TYPE_CHECKING:
    from pathlib import Path


OLD = "01d5ec7e" * 8


def registration(world: World) -> Registration:
    client = world.state.client
    application = Application("", clean("My app"), client.client_id, ("public",), SERVER)
    return Registration(application, Secret(client.client_secret))


def exchanged(folder: Path, steps: int, *, known: bool) -> tuple[World, bool]:
    """A first exchange by a process that dies after so many changes; whether it came to its end."""
    disk = DyingDisk()
    world = World(folder, "immediate", disk=disk, address=None)
    if known:
        world.store.save_credentials("app", Credentials(world.state.client.client_id, Secret(OLD), SERVER))
        Settings(world.home, disk).save_application(
            Application("app", clean("My app"), world.state.client.client_id, ("public",), SERVER)
        )
    else:
        for path in (world.home.state / "app").iterdir():
            path.unlink()
        (world.home.state / "app").rmdir()
    disk.left = steps
    code = Secret(world.state.grant(4712, ("public",)))
    try:
        exchange(world.environment, world.store, "", code, ["public"], registration=registration(world))
    except Died:
        return world, False
    return world, True


@pytest.mark.parametrize("known", [False, True])
def test_a_death_at_any_step_keeps_secret_and_tokens_together(tmp_path: Path, *, known: bool) -> None:
    for steps in itertools.count():
        folder = tmp_path / str(steps)
        world, is_over = exchanged(folder, steps, known=known)
        store = Store(Home.at(folder))
        store.spill = world.store.spill
        whole = b"".join(path.read_bytes() for path in store.home.state.rglob("*") if path.is_file())
        arrived = any(
            str(pair.refresh).encode() in whole for pair in world.state.pairs if pair.account == 4712
        )
        adopt(store.unfinished_exchanges(), world.environment.machine)
        store.tidy()
        accounts = new_accounts(store, world.address)
        found = Settings(store.home, Disk()).applications()
        if arrived or is_over:
            assert len(accounts) == 1, steps
        for address in accounts:
            credentials = store.credentials(address.application)
            assert credentials is not None, steps
            assert credentials.client_secret.reveal() == world.state.client.client_secret, steps
            assert [each.key for each in found] == ["my-app" if not known else "app"], steps
        if not accounts and known:
            old = store.credentials("app")
            assert old is not None
            assert old.client_secret.reveal() == OLD, steps
        if not accounts and not known:
            assert found == (), steps
            assert store.application_keys() == [], steps
        if is_over:
            return


def new_accounts(store: Store, before: Address) -> list[Address]:
    return [address for address in store.addresses() if address != before]
