"""The main job on Windows: connect, token, refresh, encryption, against a sandbox on Linux."""

from __future__ import annotations

import json
import random
from threading import Timer
from typing import TYPE_CHECKING, Final

from smily_tui.batch import AT_ONCE
from smily_tui.messages.accounts import FORMATS
from tests.support.windows import finish, in_windows, run, start

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.visitor import Visitor

CALLERS: Final = 50
KILLS: Final = 12
REFRESH: Final = "grant_type=refresh_token"


def token_files(tmp_path: Path) -> list[bytes]:
    return [path.read_bytes() for path in (tmp_path / "home").rglob("*.tokens")]


def test_a_connected_account_has_a_token_that_the_server_accepts(
    environ: dict[str, str], server: Visitor
) -> None:
    token = run(environ, "token")
    assert (token.returncode, token.stderr) == (0, "")
    me = server.http.get("/api/v3/me", headers={"Authorization": f"Bearer {token.stdout.strip()}"})
    assert me.status_code == 200
    assert run(environ, "api", "me").returncode == 0
    exported = run(environ, "export", "--format", "json")
    assert json.loads(exported.stdout)["access_token"] == token.stdout.strip()
    accounts = json.loads(run(environ, "accounts", "--json").stdout)
    assert "valid" in json.dumps(accounts)


def test_the_token_is_exported_in_every_format(environ: dict[str, str]) -> None:
    token = run(environ, "token").stdout.strip()
    for name in FORMATS:
        export = run(environ, "export", "--format", name)
        assert (export.returncode, token in export.stdout) == (0, True), name


def test_a_refresh_by_another_process_replaces_the_token(environ: dict[str, str], server: Visitor) -> None:
    before = run(environ, "token").stdout
    assert run(environ, "refresh").returncode == 0
    after = run(environ, "token").stdout
    assert after != before
    assert sum(REFRESH in line for line in server.log) == 1


def test_a_worker_refreshes_one_account_after_the_other(environ: dict[str, str], server: Visitor) -> None:
    for number in range(AT_ONCE):
        code = server.code(4712 + number)
        added = run(environ, "connect", "--plain", "--yes", "--app", "app", stdin=f"{code}\n")
        assert added.returncode == 0, added.stderr
    refreshed = run(environ, "refresh", "--all")
    assert (refreshed.returncode, refreshed.stderr) == (0, "")
    assert refreshed.stdout.count("valid until") == AT_ONCE + 1
    assert sum(REFRESH in line for line in server.log) == AT_ONCE + 1


def test_fifty_callers_lead_to_one_request(environ: dict[str, str], server: Visitor) -> None:
    old = run(environ, "token").stdout.strip()
    callers = [start(environ, "token", "--rejected-stdin") for _ in range(CALLERS)]
    answers = [finish(caller, f"{old}\n") for caller in callers]
    assert [(answer.returncode, answer.stderr) for answer in answers if answer.returncode] == []
    assert len({answer.stdout for answer in answers}) == 1
    assert old not in answers[0].stdout
    assert sum(REFRESH in line for line in server.log) == 1


def test_a_killed_caller_costs_no_token(environ: dict[str, str], server: Visitor) -> None:
    """Kill callers of a refresh at random moments: the worker is a process of its own, and goes on."""
    moments = random.Random(19)  # noqa: S311 - moments, no secrets
    for _ in range(KILLS):
        caller = start(environ, "refresh")
        Timer(moments.uniform(0.2, 2.5), caller.kill).start()  # any moment of its life
        caller.communicate()
    answer = run(environ, "refresh")
    assert answer.returncode == 0, answer.stderr
    assert run(environ, "api", "me").returncode == 0


def test_the_credential_manager_keeps_the_key_of_an_encrypted_store(
    environ: dict[str, str], tmp_path: Path
) -> None:
    environ.pop("SMILY_TUI_KEYRING")
    token = run(environ, "token").stdout
    assert any(token.strip().encode() in data for data in token_files(tmp_path))
    protected = run(environ, "protect")
    assert (protected.returncode, protected.stderr) == (0, "")
    assert not any(token.strip().encode() in data for data in token_files(tmp_path))
    assert run(environ, "token").stdout == token
    assert run(environ, "refresh").returncode == 0
    assert run(environ, "unprotect").returncode == 0
    assert run(environ, "token").stdout != token


def test_doctor_finds_a_private_store_a_keyring_and_a_clipboard(environ: dict[str, str]) -> None:
    environ.pop("SMILY_TUI_KEYRING")
    checks = run(environ, "doctor").stdout
    assert "!!" not in checks, checks
    for check in ("Store", "Keyring", "Accounts", "Network", "Clipboard"):
        assert f"ok  {check}" in checks


def test_a_file_that_others_may_read_is_refused(environ: dict[str, str], tmp_path: Path) -> None:
    (path,) = (tmp_path / "home").rglob("*.tokens")
    path.chmod(0o644)  # Wine shows these bits as an entry for everybody in the ACL
    answer = run(environ, "token")
    assert (answer.returncode, answer.stdout) == (7, "")
    assert "Other users can read" in answer.stderr
    assert "icacls" in answer.stderr


def test_a_forgotten_account_comes_back(environ: dict[str, str]) -> None:
    address = json.loads(run(environ, "accounts", "--json").stdout)["accounts"][0]["account"]
    token = run(environ, "token").stdout
    assert run(environ, "forget", address).returncode == 0
    assert run(environ, "token").returncode == 3
    assert run(environ, "forget", "--restore", address).returncode == 0
    assert run(environ, "token").stdout == token


def test_a_list_from_a_spreadsheet_fills_the_queue(environ: dict[str, str], tmp_path: Path) -> None:
    owners = tmp_path / "owners.csv"
    owners.write_text("name;account_id\r\nChâlet d'été;4712\r\nHaus am Deich;4716\r\n", "utf-8-sig")
    answer = run(environ, "queue", "add", in_windows(owners))
    assert answer.returncode == 0, answer.stderr
    rows = json.loads(run(environ, "queue", "list", "--json").stdout)["rows"]
    assert [(row["name"], row["account_id"]) for row in rows] == [
        ("Châlet d'été", 4712), ("Haus am Deich", 4716),
    ]  # fmt: skip
    assert run(environ, "queue", "remove", str(rows[0]["row"])).returncode == 0
    assert "Châlet" not in run(environ, "queue", "list").stdout
    assert "app" in run(environ, "apps").stdout
