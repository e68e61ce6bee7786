"""A keyring that hangs, refuses, crashes, forgets or is missing: a named error; nothing sent or written."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from smily_tui.vault.conversion import AtRest
from smily_tui.vault.disk import durable_replace
from smily_tui.vault.encryption import EncryptionState, Stage
from smily_tui.vault.errors import (
    KeyMissing,
    KeyringRefused,
    KeyringSilent,
    KeyUnavailable,
    NoKeyring,
)
from smily_tui.vault.keyring_process import LIMIT
from smily_tui.vault.store import Store
from tests.support.keyrings import (
    CONFUSES,
    CRASHES,
    FORGETS,
    HANGS,
    IS_MISSING,
    REFUSES,
    SLOW_TO_LOAD,
    StandIn,
)
from tests.support.processes import SandboxProcess, run_program
from tests.support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TROUBLES = {
    "hangs": (HANGS, KeyringSilent),
    "refuses": (REFUSES, KeyringRefused),
    "crashes": (CRASHES, KeyringRefused),
    "forgets": (FORGETS, KeyMissing),
    "has another key": (CONFUSES, KeyMissing),
    "is missing": (IS_MISSING, NoKeyring),
}
trouble = pytest.mark.parametrize(("behaviour", "named"), TROUBLES.values(), ids=TROUBLES)


@pytest.fixture
def world(tmp_path: Path, stand_in: StandIn) -> World:
    """A world whose store is protected."""
    found = World(tmp_path / "world")
    AtRest(found.store).protect()
    return found


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path): path.read_bytes() for path in found}


def fresh(world: World) -> Store:
    """The store as a new process has it: without a key in memory."""
    return Store(world.home)


@trouble
@pytest.mark.alone
def test_no_keyring_no_request_and_no_change(
    world: World, stand_in: StandIn, tmp_path: Path, behaviour: str, named: type[KeyUnavailable]
) -> None:
    stand_in.becomes(behaviour)
    before = files(tmp_path / "world")
    world.store = fresh(world)
    began = time.monotonic()
    with pytest.raises(named) as raised:
        world.refresh()
    with pytest.raises(named):
        AtRest(world.store).protect()
    assert raised.value.exit_code == 7
    assert "nothing was written unencrypted" in raised.value.kept
    assert raised.value.next
    assert time.monotonic() - began <= 3.0
    assert world.posts == 0
    assert files(tmp_path / "world") == before
    stand_in.becomes("")
    world.store = fresh(world)
    assert world.is_alive()


@trouble
def test_the_key_is_there_before_the_gate_even_where_the_tokens_are_still_in_clear(
    tmp_path: Path, stand_in: StandIn, behaviour: str, named: type[KeyUnavailable]
) -> None:
    world = World(tmp_path / "world")
    in_clear = {each: each.read_bytes() for each in tmp_path.rglob("*.tokens")}
    credentials = world.store.application_path("app").read_bytes()
    key_id = world.store.protection.keys.create()
    world.store.protection.remember(EncryptionState(Stage.SEALING, key_id), world.store.disk)
    stand_in.becomes(behaviour)
    world.store = fresh(world)
    with pytest.raises(named):
        world.refresh()
    with pytest.raises(named):
        world.exchange()
    with pytest.raises(named):
        world.store.check_writable()
    assert world.posts == 0
    assert {each: each.read_bytes() for each in tmp_path.rglob("*.tokens")} == in_clear
    assert world.store.application_path("app").read_bytes() == credentials
    assert not list(tmp_path.rglob("*.next"))


def test_a_rescued_file_that_cannot_be_opened_now_is_not_passed_over(world: World, stand_in: StandIn) -> None:
    """It may hold the newest refresh token: the older one in clear must not be used instead."""
    stored = world.stored()
    world.slot.spill(stored)
    protection, path = world.store.protection, world.slot.path()
    in_clear = protection.decrypt(path.read_bytes(), path, "authorization", str(world.address))
    protection.remember(EncryptionState(Stage.OPENING, protection.now.key_id), world.store.disk)
    durable_replace(path, in_clear, world.store.disk)
    stand_in.becomes(REFUSES)
    spill = world.store.spill
    world.store = fresh(world)
    world.store.spill = spill
    with pytest.raises(KeyringRefused):
        world.refresh()
    assert world.posts == 0


def test_that_a_machine_is_slow_to_load_it_is_not_held_against_a_keyring(
    world: World, stand_in: StandIn
) -> None:
    stand_in.becomes(SLOW_TO_LOAD)
    began = time.monotonic()
    assert fresh(world).slot(world.address).read()
    assert time.monotonic() - began > LIMIT


@pytest.mark.alone
def test_whoever_holds_signals_back_or_ignores_them_waits_no_longer(world: World, stand_in: StandIn) -> None:
    stand_in.becomes(HANGS)
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        began = time.monotonic()
        with pytest.raises(KeyringSilent):
            fresh(world).slot(world.address).read()
        assert time.monotonic() - began <= 3.0
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.alone
def test_a_keyring_is_asked_once_and_left_alone_for_a_while(world: World, stand_in: StandIn) -> None:
    stand_in.becomes(HANGS)
    store = fresh(world)
    began = time.monotonic()
    for _ in range(5):
        with pytest.raises(KeyringSilent):
            store.slot(world.address).read()
    assert time.monotonic() - began <= 3.0


def test_no_other_keyring_is_taken_whatever_the_settings_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
    world = World(tmp_path / "world")
    for backend in ("null.Keyring", "fail.Keyring", "chainer.ChainerBackend"):
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"keyring.backends.{backend}")
        with pytest.raises(NoKeyring):
            AtRest(fresh(world)).protect()
    assert world.store.protection.now.stage is Stage.PLAIN


def test_unprotect_needs_the_key_before_it_changes_anything(
    world: World, stand_in: StandIn, tmp_path: Path
) -> None:
    stand_in.becomes(FORGETS)
    before = files(tmp_path / "world")
    with pytest.raises(KeyMissing):
        AtRest(fresh(world)).unprotect()
    assert files(tmp_path / "world") == before


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    """A server that must hear nothing."""
    with SandboxProcess() as found:
        yield found


COMMANDS = [
    ["token"],
    ["refresh"],
    ["refresh", "--all"],
    ["accounts"],
    ["accounts", "--json"],
    ["api", "me"],
    ["handover", "app/new-0", "--yes"],
    ["forget", "app/new-0"],
    ["connect", "--plain", "--app", "app", "--yes"],
    ["protect"],
    ["unprotect"],
]


def test_each_command_ends_in_that_error_and_sends_nothing(
    world: World, stand_in: StandIn, tmp_path: Path, sandbox: SandboxProcess
) -> None:
    environ = _environ(world, stand_in, tmp_path) | {"SMILY_TUI_SERVER": sandbox.server}
    stand_in.becomes(REFUSES)
    before = files(tmp_path / "world")
    for command in COMMANDS:
        answer = run_program(environ, *command)
        assert answer.returncode == 7, (command, answer.stderr)
        assert answer.stdout == "", command
        assert "The system's keyring is locked" in answer.stderr, command
        assert "Traceback" not in answer.stderr
    assert files(tmp_path / "world") == before
    doctor = run_program(environ, "doctor")
    assert doctor.returncode == 7
    assert "!!  Store: The system's keyring is locked or failed." in doctor.stdout
    sandbox.stop()
    assert not any("POST" in line for line in sandbox.log)


@pytest.mark.alone
def test_token_does_not_wait_longer_than_the_limit_for_a_keyring_that_hangs(
    world: World, stand_in: StandIn, tmp_path: Path
) -> None:
    stand_in.becomes(HANGS)
    environ = _environ(world, stand_in, tmp_path)
    began = time.monotonic()
    answer = run_program(environ, "token")
    took = time.monotonic() - began
    assert (answer.returncode, answer.stdout) == (7, "")
    assert "did not answer within 2 s" in answer.stderr
    assert took <= 3.0


def _environ(world: World, stand_in: StandIn, folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SMILY_TUI_HOME": str(world.home.config),
        "PYTHONPATH": str(stand_in.folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "error",
    }
