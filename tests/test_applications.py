"""Stored apps: what a person changes, and that a removal parts nothing, wherever it is cut short."""

from __future__ import annotations

import itertools
from functools import partial
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.applications import Applications
from smily_tui.oauth.errors import ClientRefused, Offline
from smily_tui.secret import Secret
from smily_tui.text import clean
from smily_tui.tokens.errors import NoCredentials, SecretNotProven
from smily_tui.tokens.secret_proof import replace_secret
from smily_tui.vault.conversion import AtRest
from smily_tui.vault.errors import Locked
from smily_tui.vault.journal import Answer
from smily_tui.vault.model import Application, Credentials
from smily_tui.vault.store import Store
from tests.support.disks import Died, DyingDisk
from tests.support.world import SERVER, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from smily_tui.vault.home import Home

WRONG = Secret("01d5ec7e" * 8)
OTHER_CLIENT = "0c" * 32
AT = 1_795_500_000.0
REFUSED_CODE = Answer(400, b'{"error": "invalid_grant"}')


def registered(folder: Path) -> World:
    """A world whose application is in the settings, too, with two accounts."""
    world = World(folder)
    application = Application("app", clean("My app"), world.state.client.client_id, ("public",), SERVER)
    world.store.settings.save_application(application)
    world.exchange()
    world.posts = 0
    return world


@pytest.fixture
def world(tmp_path: Path) -> World:
    return registered(tmp_path)


def apps_in(store: Store) -> Applications:
    return Applications(store, AtRest(store), SERVER, None)


def refresh_tokens(store: Store) -> set[str]:
    """Refresh tokens of all stored accounts."""
    return {store.slot(address).require().current.refresh.reveal() for address in store.addresses()}


def client_secret(world: World) -> Secret:
    return Secret(world.state.client.client_secret)


# -- names and permissions -----------------------------------------------------------------------------


def test_a_new_name_and_other_permissions_leave_the_rest_of_the_settings_as_it_was(world: World) -> None:
    path = world.home.settings
    path.write_text(path.read_text("utf-8") + "\n# mine\n[tui]\ntheme = 'x'\n", "utf-8")
    apps = apps_in(world.store)
    apps.rename("app", "Partner\x1b[31m API")
    apps.set_scopes("app", ("public", "bookings_read"))
    stored = apps.named("partner api")
    assert (stored.key, stored.name, stored.scopes) == ("app", "Partner API", ("public", "bookings_read"))
    assert path.read_text("utf-8").endswith("\n# mine\n[tui]\ntheme = 'x'\n")
    assert apps.rename("app", " ").name == "Partner API"


def test_a_mistyped_app_gets_the_name_that_is_meant(world: World) -> None:
    with pytest.raises(Exception, match="There is no app") as raised:
        apps_in(world.store).named("My ap")
    assert raised.value.next == "Did you mean My app?"  # type: ignore[attr-defined]


# -- a new secret --------------------------------------------------------------------------------------


def test_the_right_secret_is_stored_and_costs_no_token(world: World) -> None:
    world.store.save_credentials("app", Credentials(world.state.client.client_id, WRONG, SERVER))
    pairs, before = len(world.state.pairs), refresh_tokens(world.store)
    replace_secret(world.environment, world.store, "app", client_secret(world))
    assert apps_in(world.store).client_secret("app") == client_secret(world)
    assert (len(world.state.pairs), refresh_tokens(world.store), world.posts) == (pairs, before, 2)
    assert world.is_alive()


def test_a_wrong_secret_does_not_replace_the_right_one(world: World) -> None:
    with pytest.raises(ClientRefused, match="refuses this Client Secret"):
        replace_secret(world.environment, world.store, "app", WRONG)
    assert apps_in(world.store).client_secret("app") == client_secret(world)
    assert world.posts == 1


@pytest.mark.parametrize(
    "answer", [REFUSED_CODE, Answer(200, b'{"access_token": "aaaaaaaaaa", "token_type": "bearer"}')]
)
def test_a_server_that_takes_any_secret_proves_none(world: World, answer: Answer) -> None:
    world.wire = lambda *_: answer
    with pytest.raises(SecretNotProven):
        replace_secret(world.environment, world.store, "app", WRONG)
    assert apps_in(world.store).client_secret("app") == client_secret(world)


def test_without_an_answer_the_old_secret_stays(world: World) -> None:
    world.script = ["offline"]
    with pytest.raises(Offline) as raised:
        replace_secret(world.environment, world.store, "app", WRONG)
    assert raised.value.kept == "The old secret is still stored."
    assert apps_in(world.store).client_secret("app") == client_secret(world)


def test_the_secret_of_an_app_that_was_removed_meanwhile_is_not_stored(world: World) -> None:
    def remove_first(*_: object) -> Answer:
        if world.store.settings.applications():
            apps_in(world.store).remove("app", AT)
            return REFUSED_CODE
        return Answer(401, b'{"error": "invalid_client"}')

    world.wire = remove_first
    with pytest.raises(NoCredentials):
        replace_secret(world.environment, world.store, "app", WRONG)
    assert world.store.credentials("app") is None


# -- removal and restoring -----------------------------------------------------------------------------


def test_a_removed_app_comes_back_with_its_accounts_its_secret_and_its_queue(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    stored.queue("app").change(lambda queue: queue)
    world.home.queue("app").write_bytes(b"rows")
    before, settings = refresh_tokens(world.store), world.store.settings.applications()
    removed = stored.remove_app("app")
    assert (stored.apps.all(), stored.accounts(), stored.count_by_app().total()) == ((), (), 0)
    assert not world.home.queue("app").exists()
    assert not (world.home.state / "app").exists()
    assert len(stored.forgotten()) == 2
    stored.restore_app(removed)
    assert world.store.settings.applications() == settings
    assert refresh_tokens(world.store) == before
    assert stored.apps.client_secret("app") == client_secret(world)
    assert world.home.queue("app").read_bytes() == b"rows"
    assert (stored.forgotten(), stored.apps.removed()) == ([], [])
    assert world.is_alive()


def test_one_account_brings_its_removed_app_back(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    stored.forget(world.address)
    world.wall += 60
    stored.remove_app("app")
    assert stored.restore(world.address).address == world.address
    assert [app.name for app in stored.apps.usable()] == ["My app"]
    assert len(stored.forgotten()) == 1
    assert world.is_alive()


def test_an_account_comes_back_to_the_app_that_was_registered_anew(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    stored.remove_app("app")
    newer = stored.apps.save("New", world.state.client.client_id, client_secret(world), ("public",), SERVER)
    address = stored.restore(world.address).address
    assert (address.application, [app.key for app in stored.apps.all()]) == (newer.key, [newer.key])
    world.address = address
    assert world.is_alive()


def test_an_account_does_not_come_back_to_another_app_of_the_same_name(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    stored.remove_app("app")
    world.store.settings.save_application(Application("app", clean("App"), OTHER_CLIENT, (), SERVER))
    world.store.save_credentials("app", Credentials(OTHER_CLIENT, WRONG, SERVER))
    world.address = stored.restore(world.address).address
    assert world.address.application == "my-app"
    assert stored.apps.client_secret("app") == WRONG
    assert world.is_alive()


def test_an_app_whose_account_is_being_connected_is_not_removed(world: World) -> None:
    new = world.store.slot(world.address).path("next").with_name("new-0123abcd.next")
    new.write_bytes(b"")
    with pytest.raises(Locked):
        apps_in(world.store).remove("app", AT)
    assert apps_in(world.store).client_secret("app") == client_secret(world)


def test_a_removed_app_is_deleted_for_good_after_a_month_or_with_the_trash(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    stored.remove_app("app")
    for _ in range(31):
        world.wall += 86400
        Accounts(world.home, clock=world).accounts()
    assert stored.apps.removed() == []
    assert whole(world.home).count(client_secret(world).reveal().encode()) == 0


def whole(home: Home) -> bytes:
    """Everything below the state folder."""
    return b"".join(path.read_bytes() for path in home.state.rglob("*") if path.is_file())


def test_emptying_the_trash_deletes_the_secrets_of_removed_apps(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    stored.remove_app("app")
    assert stored.empty_trash() == 2
    assert client_secret(world).reveal().encode() not in whole(world.home)


def test_a_removal_that_dies_at_any_step_loses_nothing(tmp_path: Path) -> None:
    for steps in itertools.count():
        world = registered(tmp_path / str(steps))
        before = refresh_tokens(world.store)
        is_over = dies(world.home, steps, lambda apps: apps.remove("app", AT))
        stored = Accounts(world.home, clock=world)
        stored.accounts()
        is_stored = bool(stored.apps.all())
        if is_stored:
            assert stored.apps.client_secret("app") == client_secret(world), steps
        else:
            assert not (world.home.state / "app").exists(), steps
        for forgotten in stored.forgotten():
            stored.restore(forgotten)
        assert refresh_tokens(world.store) == before, steps
        assert [app.key for app in stored.apps.usable()] == ["app"], steps
        assert world.is_alive(), steps
        if is_over:
            return


def test_a_restoring_that_dies_at_any_step_is_done_again(tmp_path: Path) -> None:
    for steps in itertools.count():
        world = registered(tmp_path / str(steps))
        removed = apps_in(world.store).remove("app", AT)
        is_over = dies(world.home, steps, partial(Applications.restore, removed=removed))
        stored = Accounts(world.home, clock=world)
        stored.accounts()
        world.address = stored.restore(world.address).address
        assert [app.key for app in stored.apps.usable()] == ["app"], steps
        assert world.is_alive(), steps
        if is_over:
            return


def dies(home: Home, steps: int, act: Callable[[Applications], object]) -> bool:
    """Change the apps by a process that dies after so many changes of the disk; whether it ended first."""
    disk = DyingDisk()
    disk.left = steps
    try:
        act(apps_in(Store(home, disk)))
    except Died:
        return False
    return True
