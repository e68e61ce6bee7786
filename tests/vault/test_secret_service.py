"""A protected store with a real keyring: gnome-keyring in a D-Bus session of the test's own."""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, TypeVar

import pytest

from smily_tui.vault.conversion import AtRest
from smily_tui.vault.encryption import Stage
from smily_tui.vault.errors import KeyMissing, KeyringSilent, KeyUnavailable, NoKeyring
from tests.support.connected import connected
from tests.support.filled import everything, fill, in_clear, store_at
from tests.support.keyrings import SecretService, need_secret_service
from tests.support.polling import PATIENCE
from tests.support.processes import run_program

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Mapping
    from pathlib import Path

Result = TypeVar("Result")


def join(session: SecretService, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process and its children belong to that desktop session."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_DATA_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(name, session.environ[name])


def test_a_person_protects_uses_and_unprotects_a_store(
    tmp_path: Path, secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(secret_service, monkeypatch)
    home = tmp_path / "smily"
    with connected(home) as (sandbox, stored, address):
        access = stored.tokens(address).access
        environ = secret_service.environ | {
            "SMILY_TUI_HOME": str(home),
            "SMILY_TUI_SERVER": sandbox.listening.server,
            "PYTHONWARNINGS": "error",
        }
        said = run_program(environ, "accounts")
        assert "not encrypted" in said.stderr
        said = _run(environ, "protect")
        assert said.returncode == 0, said.stderr
        assert "Encrypted 2 files." in said.stdout
        assert _run(environ, "token").stdout == access.reveal() + "\n"
        assert "The store is encrypted and readable only by you." in _run(environ, "accounts").stderr
        assert "encrypted and readable only by you" in _run(environ, "doctor").stdout
        refreshed = _run(environ, "refresh")
        assert refreshed.returncode == 0, refreshed.stderr
        token = _run(environ, "token").stdout
        assert token != access.reveal() + "\n"
        found = [path.read_bytes() for path in (home / "state").rglob("*") if path.is_file()]
        for secret in (token.strip(), sandbox.listening.client_secret.reveal()):
            assert not any(secret.encode() in each for each in found)
        said = _run(environ, "unprotect")
        assert said.returncode == 0, said.stderr
        assert "Decrypted 2 files." in said.stdout
        secret_service.stop()
        assert run_program(environ, "token").stdout == token, "a store in clear needs no keyring"


def _run(environ: Mapping[str, str], command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a person does, who tries again where the keyring was too slow."""

    def ask() -> subprocess.CompletedProcess[str]:
        done = run_program(environ, command)
        if "did not answer within" in done.stderr:
            raise KeyringSilent(done.stderr)
        return done

    return _patiently(ask)


def _patiently(ask: Callable[[], Result]) -> Result:
    """Return the answer, asking again while the keyring of a busy machine is too slow."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except KeyringSilent:
            if time.monotonic() > ends:
                raise


def test_everything_survives_protect_and_unprotect(
    tmp_path: Path, secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(secret_service, monkeypatch)
    before = everything(fill(tmp_path / "home"))
    _patiently(AtRest(store_at(tmp_path / "home")).protect)
    assert in_clear(tmp_path / "home") == []
    assert _patiently(lambda: everything(store_at(tmp_path / "home"))) == before
    _patiently(AtRest(store_at(tmp_path / "home")).unprotect)
    assert in_clear(tmp_path / "home") != []
    assert everything(store_at(tmp_path / "home")) == before


@pytest.mark.alone
def test_a_keyring_that_ended_with_its_session_is_named(
    tmp_path: Path, secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(secret_service, monkeypatch)
    store = fill(tmp_path / "home")
    _patiently(AtRest(store).protect)
    secret_service.stop()
    address = store.addresses()[0]
    began = time.monotonic()
    with pytest.raises(NoKeyring):
        store_at(tmp_path / "home").slot(address).read()
    assert time.monotonic() - began <= 3.0


def test_a_key_that_was_deleted_is_named(
    tmp_path: Path, secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(secret_service, monkeypatch)
    store = fill(tmp_path / "home")
    _patiently(AtRest(store).protect)
    secret_service.stop()
    need_secret_service()
    shutil.rmtree(secret_service.environ["XDG_DATA_HOME"])
    again = SecretService(tmp_path / "another-session")
    try:
        join(again, monkeypatch)
        with pytest.raises(KeyMissing):
            _patiently(store_at(tmp_path / "home").slot(store.addresses()[0]).read)
        with pytest.raises(KeyMissing):
            _patiently(AtRest(store_at(tmp_path / "home")).protect)
    finally:
        again.stop()


@pytest.mark.alone
def test_a_locked_keyring_protects_nothing_and_changes_nothing(
    tmp_path: Path, locked_secret_service: SecretService, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(locked_secret_service, monkeypatch)
    store = fill(tmp_path / "home")
    before, clear = everything(store), in_clear(tmp_path / "home")
    began = time.monotonic()
    with pytest.raises(KeyUnavailable) as raised:
        AtRest(store).protect()
    assert time.monotonic() - began <= 3.0
    assert "Unlock it" in raised.value.next
    assert everything(store_at(tmp_path / "home")) == before
    assert in_clear(tmp_path / "home") == clear
    assert store_at(tmp_path / "home").protection.now.stage is Stage.PLAIN
