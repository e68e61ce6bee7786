"""A new store is encrypted where the keyring answers; where it does not, that is said, with the reason."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.oauth.requests import authorization_url
from smily_tui.secret import Secret
from smily_tui.vault.encryption import Stage
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.support.dialogue import say_yes
from tests.support.keyrings import CRASHES, FORGETS, HANGS, IS_MISSING, REFUSES, SecretService, StandIn
from tests.support.processes import SandboxProcess, run_program

if TYPE_CHECKING:
    from pathlib import Path

SECRET = Secret("5ec4e7" * 10 + "0f1e")


def store_one(folder: Path, *, keyring: bool = True, client_id: str = "c" * 64) -> Accounts:
    stored = Accounts(Home.at(folder), keyring=keyring)
    stored.apps.save("App", client_id, SECRET, ["public"])
    return stored


def in_clear(folder: Path) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if SECRET.reveal().encode() in path.read_bytes()]


def test_where_the_keyring_answers_nothing_is_ever_in_clear(tmp_path: Path, stand_in: StandIn) -> None:
    stored = store_one(tmp_path / "home")
    assert stored.at_rest.words == "encrypted"
    assert in_clear(tmp_path / "home") == []
    assert stored.apps.client_secret("app") == SECRET
    assert Accounts(Home.at(tmp_path / "home")).apps.client_secret("app") == SECRET


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (IS_MISSING, "no keyring answers here"),
        (REFUSES, "the keyring is locked, or failed"),
        (CRASHES, "the keyring is locked, or failed"),
        (FORGETS, "the keyring keeps no key"),
        (HANGS, "the keyring did not answer"),
    ],
    ids=["missing", "refuses", "crashes", "forgets", "hangs"],
)
@pytest.mark.alone
def test_where_it_does_not_the_store_is_in_clear_and_says_so(
    tmp_path: Path, stand_in: StandIn, behaviour: str, reason: str
) -> None:
    stand_in.becomes(behaviour)
    began = time.monotonic()
    stored = store_one(tmp_path / "home")
    assert time.monotonic() - began <= 3.0
    assert stored.at_rest.words == f"not encrypted ({reason})"
    assert stored.apps.client_secret("app") == SECRET
    assert Store(Home.at(tmp_path / "home")).protection.now.stage is Stage.PLAIN


def test_a_store_that_holds_something_is_left_as_it_is(tmp_path: Path, stand_in: StandIn) -> None:
    store_one(tmp_path / "home", keyring=False)
    stored = store_one(tmp_path / "home", client_id="d" * 64)
    assert stored.at_rest.words == "not encrypted"
    assert not stand_in.entries.exists(), "the keyring was not asked"


def test_a_store_that_a_person_opened_stays_open(tmp_path: Path, stand_in: StandIn) -> None:
    stored = Accounts(Home.at(tmp_path / "home"), keyring=True)
    stored.at_rest.protect()
    stored.at_rest.unprotect()
    assert store_one(tmp_path / "home").at_rest.words == "not encrypted"


def test_without_the_wish_no_keyring_is_asked(tmp_path: Path, stand_in: StandIn) -> None:
    assert store_one(tmp_path / "home", keyring=False).at_rest.words == "not encrypted"
    assert not stand_in.entries.exists()


@pytest.mark.alone  # the keyring has two seconds to answer
@pytest.mark.parametrize("wanted", [True, False])
def test_a_person_connects_with_a_real_keyring(
    tmp_path: Path, secret_service: SecretService, *, wanted: bool
) -> None:
    with SandboxProcess() as sandbox:
        environ = secret_service.environ | {
            "SMILY_TUI_HOME": str(tmp_path / "smily"),
            "SMILY_TUI_SERVER": sandbox.server,
            "PYTHONWARNINGS": "error",
        }
        if not wanted:
            environ["SMILY_TUI_KEYRING"] = "off"
        code = say_yes(authorization_url(sandbox.server, sandbox.client_id, ["public"]))
        said = run_program(
            environ, "connect", "--plain", "--app", "App", "--client-id", sandbox.client_id,
            "--secret-stdin", "--yes", stdin=f"{sandbox.client_secret}\n{code}\n",
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        doctor = run_program(environ, "doctor").stdout
        assert f"writable, {'encrypted' if wanted else 'not encrypted'} and readable only by you." in doctor
        assert "Keyring: answers." in doctor
        found = [path for path in (tmp_path / "smily").rglob("*") if path.is_file()]
        assert any(sandbox.client_secret.encode() in path.read_bytes() for path in found) is not wanted
