"""G9: many processes add applications and accounts at once; every one must be there afterwards."""

from __future__ import annotations

import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.secret import Secret
from smily_tui.vault.home import Home
from smily_tui.vault.model import Credentials
from smily_tui.vault.store import Store
from tests.support.crowd import LABEL, SERVER

if TYPE_CHECKING:
    from tests.faults.conftest import Figure

ROOT = Path(__file__).parents[3]
EACH = 5
PERSONS = """\
# mine, and in my order
[keys]   # what my fingers know
quit = "q"

# the one by the sea
[applications.zebra]  # first, on purpose
name = 'Zebra'
client_id = "z"
server = "https://example.com"
scopes = [ "public" ]   # no more!

[applications.ant]
server = "https://example.com"
client_id = "a"
# the end
"""


def let_loose(deed: str, folder: Path, processes: int) -> None:
    command = [sys.executable, "-m", "tests.support.crowd"]
    arguments = [deed, str(folder), str(processes), str(EACH)]
    done = subprocess.run(
        [*command, *arguments], cwd=ROOT, check=False, timeout=600, text=True, stderr=subprocess.PIPE
    )
    assert done.returncode == 0, f"{done.returncode} of {processes} failed: {done.stderr[-3000:]}"


def in_the_settings(folder: Path, count: int) -> int:
    """How many of the applications are in config.toml; none where it is broken."""
    try:
        found = tomllib.loads((folder / "config.toml").read_text("utf-8")).get("applications", {})
    except ValueError:
        return 0
    return sum(found.get(f"app-{each}", {}).get("client_id") == f"client-{each}" for each in range(count))


@pytest.fixture
def processes(full: bool) -> int:
    return 40 if full else 8


@pytest.mark.timeout(900)
def test_no_application_is_lost(tmp_path: Path, full: bool, processes: int, figure: Figure) -> None:
    count = processes * EACH
    settings = tmp_path / "config.toml"
    settings.write_text(PERSONS)
    settings.chmod(0o600)
    let_loose("save_applications", tmp_path, processes)
    assert in_the_settings(tmp_path, count) == count
    assert settings.read_text("utf-8").startswith(PERSONS), "what the person wrote was changed"
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    store = Store(Home.at(tmp_path))
    for each in range(count):
        wanted = Credentials(f"client-{each}", Secret(f"secret-{each}"), SERVER)
        assert store.credentials(f"app-{each}") == wanted
    others = {}
    if full:
        (unlocked := tmp_path / "unlocked").mkdir()
        (unlocked / "config.toml").write_text(PERSONS)
        let_loose("change_without_lock", unlocked, processes)
        kept = in_the_settings(unlocked, count)
        assert kept < count, "a laboratory that catches nobody proves nothing"
        others["tomlkit without a lock"] = f"{kept} of {count}"
    what = f"apps in config.toml after {processes} processes added {EACH} each at once"
    figure("G9", what, f"{count} of {count}, comments and order kept", **others)


def test_a_crowd_makes_the_store_where_there_is_none(tmp_path: Path) -> None:
    let_loose("save_applications", tmp_path / "new", 8)
    assert in_the_settings(tmp_path / "new", 8 * EACH) == 8 * EACH


@pytest.mark.timeout(900)
def test_no_account_is_lost_where_all_get_one_name(tmp_path: Path, processes: int, figure: Figure) -> None:
    home = Home.at(tmp_path)
    Store(home).save_credentials("shop", Credentials("client", Secret("secret"), SERVER))
    let_loose("save_accounts", tmp_path, processes)
    count = processes * EACH
    stored = Accounts(home)
    accounts = stored.accounts()
    assert sorted(account.account_id or 0 for account in accounts) == list(range(count))
    assert {account.label for account in accounts} == {LABEL}
    for account in accounts:
        assert stored.tokens(account.address).refresh == Secret(f"refresh-{account.account_id}")
        assert stat.S_IMODE(Store(home).slot(account.address).path().stat().st_mode) == 0o600
    what = f"accounts after {processes} processes saved {EACH} each at once under one name"
    figure("G9", what, f"{count} of {count}")


def test_no_application_is_lost_where_all_get_one_name(tmp_path: Path, processes: int) -> None:
    let_loose("save_namesakes", tmp_path, processes)
    found = Accounts(Home.at(tmp_path), server=SERVER).apps.all()
    assert len({application.client_id for application in found}) == processes * EACH
