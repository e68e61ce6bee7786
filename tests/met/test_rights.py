"""Who may read what is stored: one check for both folders, by every way, and words for mounts that decide."""

from __future__ import annotations

import os
import shutil
import stat
from functools import partial
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.errors import SmilyError
from smily_tui.secret import Secret
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.errors import NoSuchAccount
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.bent_server import CLIENT_SECRET, BentServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.person import Person

USING = (
    ["token"], ["token", "--min-valid", "99999"], ["refresh"], ["refresh", "app/villa-rosa"],
    ["export", "--format", "json"], ["api", "me"], ["handover", "app/villa-rosa", "--yes"],
    ["connect", "--plain", "--yes", "--app", "app"], ["doctor"],
)  # fmt: skip


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mode", [0o777, 0o2770])
@pytest.mark.parametrize("folder", ["state", "state/app"])
def test_a_folder_that_others_may_enter_is_refused_by_every_way(
    person: Person, server: BentServer, folder: str, mode: int
) -> None:
    person.connect()
    path = person.home / folder
    path.chmod(mode)
    posts = len(server.posts)
    for command in USING:
        ended = person.run(*command, stdin=f"{server.code()}\n")
        assert ended.returncode == 7, (command, ended.stderr)
        assert str(path) in ended.stderr + ended.stdout
        assert ("SMILY_TUI_GROUP=allow" in ended.stderr + ended.stdout) is (not mode & 0o007)
    listed = person.run("accounts")
    assert str(path) in listed.stdout + listed.stderr
    assert len(server.posts) == posts, "nothing was sent"
    path.chmod(0o700)
    assert person.run("refresh").returncode == 0


def _rights(person: Person, folders: int, files: int) -> None:
    for path in (person.home, *person.home.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def test_a_mount_that_lets_the_group_in_works_where_that_is_allowed(person: Person) -> None:
    """Kubernetes sets `g+rwX` and the set-group-ID bit at each mount (fsGroup)."""
    person.connect()
    _rights(person, 0o2770, 0o660)
    refused = person.run("refresh")
    assert (refused.returncode, "fsGroup" in refused.stderr) == (7, True)
    assert "SMILY_TUI_GROUP=allow" in refused.stderr
    person.environ["SMILY_TUI_GROUP"] = "allow"
    for command in (["accounts"], ["refresh"], ["token"], ["doctor"], ["forget", "app/villa-rosa"]):
        assert person.run(*command).returncode == 0, command
    assert person.connect().returncode == 0
    assert _mode(person.home / "state" / "app" / "villa-rosa.tokens") == 0o600, (
        "what is new is private all the same"
    )


@pytest.mark.parametrize("value", ["allow", "yes", ""])
def test_others_are_never_let_in(person: Person, value: str) -> None:
    person.connect()
    _rights(person, 0o777, 0o666)
    ended = person.run("token", SMILY_TUI_GROUP=value)
    assert (ended.returncode, ended.stdout) == (7, "")
    assert "umask=077" in ended.stderr
    _rights(person, 0o770, 0o660)
    assert person.run("token", SMILY_TUI_GROUP=value).returncode == (0 if value == "allow" else 7)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["state", "state/app", "state/app/villa-rosa.tokens"])
def test_root_is_not_told_to_take_the_store(person: Person, name: str) -> None:
    person.connect()
    os.chown(person.home / name, 1234, 1234)
    ended = person.run("token")
    assert (ended.returncode, ended.stdout) == (7, "")
    assert "belongs to user 1234" in ended.stderr
    assert "sudo -u '#1234'" in ended.stderr
    assert "chown" not in ended.stderr


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("gone", ["state", "state/app"])
def test_what_a_dashboard_does_after_the_state_was_deleted_opens_no_folder(person: Person, gone: str) -> None:
    """The library that locks makes folders by its own rules: 0777 under this mask."""
    person.connect()
    stored = Accounts(Home.at(person.home))
    [account] = stored.accounts()
    [application] = stored.apps.all()
    shutil.rmtree(person.home / gone)
    address = account.address
    for act in (
        lambda: stored.refresh(address).wait(),
        lambda: stored.refresh(address, TokenRequirement(force=True)).wait(),
        lambda: stored.probe_rotation(address).wait(),
        lambda: stored.exchange(application, Secret("c0" * 32), ["public"]).wait(),
        lambda: stored.rename(address, "Other"),
        lambda: stored.forget(address),
        lambda: stored.hand_over(address),
        lambda: stored.name(address, "Other"),
    ):
        with pytest.raises(SmilyError) as raised:
            act()
        assert raised.value.exit_code in (3, 4), raised.value.in_lines()
    left = [path for path in (person.home / "state").rglob("*") if path.is_dir()]
    assert all(_mode(path) == 0o700 for path in left)
    assert person.connect().returncode == 0
    assert person.run("refresh").returncode == 0


@pytest.mark.usefixtures("open_umask")
def test_no_lock_makes_a_folder_that_others_may_enter(tmp_path: Path) -> None:
    store = Store(Home.at(tmp_path / "home"))
    with pytest.raises(NoSuchAccount):
        store.slot(Address("app", "villa-rosa")).lock()
    assert not store.home.state.exists()
    for lock in (store.names_lock, store.protection_lock, partial(store.application_lock, "app")):
        shutil.rmtree(store.home.config, ignore_errors=True)
        with lock():
            folders = [store.home.state, *(path for path in store.home.state.rglob("*") if path.is_dir())]
            assert {_mode(path) for path in folders} == {0o700}


@pytest.mark.parametrize("kind", ["file", "link", "dangling link", "circle"])
def test_what_is_no_folder_in_the_state_folder_is_no_application(person: Person, kind: str) -> None:
    person.connect()
    stray = person.home / "state" / "core"
    if kind == "file":
        stray.write_bytes(b"\x7fELF")
    else:
        stray.symlink_to({"link": "app/application.json", "dangling link": "none", "circle": "core"}[kind])
    ended = person.run(
        "connect", "--plain", "--yes", "--app", "core", "--client-id", "d2" * 32, "--secret-stdin",
        stdin=f"{CLIENT_SECRET}\n{person.server.code()}\n",
    )  # fmt: skip
    assert ended.stdout.split()[-1] == "core-2/villa-rosa", ended.stderr
    for command in (["accounts"], ["token", "core-2/villa-rosa"], ["doctor"]):
        assert person.run(*command).returncode == 0, command
