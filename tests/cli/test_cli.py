"""The command line's contract: exit codes, an empty stdout on failure, quick starts, no secret in argv."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.batch import AT_ONCE
from smily_tui.cli.parser import read_options
from smily_tui.origin import Origin
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.text import Clean, Untrusted
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.connected import add_refused, connected
from tests.support.limited import limited
from tests.support.processes import PROGRAM, clean_environment, run_program
from tests.support.records import replaced, with_tokens
from tests.support.tui.scenes import CLIENT_ID, CLIENT_SECRET, authorization

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Run = "Callable[..., subprocess.CompletedProcess[str]]"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command over a home with two accounts that are valid now."""

    from smily_tui.clock import SystemClock

    home = Home.at(tmp_path / "home")
    Accounts(home).apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public"])
    store = Store(home)
    for key, label, number in (("villa-rosa", "Villa Rosa", 4711), ("chalet", "Chalet", 4712)):
        record = authorization(label, number, 0)
        record = with_tokens(record, sent=SystemClock().now())
        store.slot(Address("demo-app", key)).save(replaced(record, refreshed=None))

    def run(*arguments: str, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        environ = clean_environment(tmp_path) | {"SMILY_TUI_HOME": str(home.config)} | more
        return run_program(environ, *arguments, stdin=stdin)

    return run


@pytest.mark.parametrize("spoken", ["demo-app/villa-rosa", "villa-rosa", "Villa Rosa", "4711"])
def test_token_prints_one_line(run: Callable[..., subprocess.CompletedProcess[str]], spoken: str) -> None:
    answer = run("token", spoken)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "a" * 60 + "4711\n"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["token"], 3, "several accounts: demo-app/chalet, demo-app/villa-rosa"),
        (["token", "nobody"], 3, "no account “nobody”"),
        (["token", "villa-rosa", "--min-valid", "-1"], 2, "--min-valid"),
        (["token", "--rejected-stdin", "villa-rosa"], 2, "no token on the first line"),
        (["token", "--server", "http://example.com"], 2, "Only https"),
        (["token", "--server", "https://other.example"], 3, "No account is stored"),
        (["refresh", "villa-rosa", "--all"], 2, "not both"),
        (["forget", "nobody"], 3, "no account"),
        (["forget"], 2, "Which account?"),
        (["forget", "villa-rosa", "--list"], 2, "no ACCOUNT"),
        (["forget", "villa-rosa", "--restore"], 3, "in the trash"),
        (["accounts", "villa-rosa"], 2, "--history"),
        (["refresh", "--all", "--here"], 2, "one ACCOUNT"),
        (["doctor", "--probe-rotation", "villa-rosa"], 2, "add --yes"),
        (["handover", "nobody"], 3, "no account"),
        (["api", "https://evil.example/", "villa-rosa"], 2, "not an API path"),
        (["connect"], 2, "needs a terminal"),
        (["connect", "--yes"], 2, "need --plain"),
        (["connect", "--plain", "--client-id", "ab", "--secret-stdin"], 2, "Too short"),
        (["demo"], 2, "needs a terminal"),
        (["demo", "--plain"], 2, "needs a terminal"),
        (["--plain"], 2, "needs a terminal"),
        ([], 2, "needs a terminal"),
        (["token", "a", "--secret", "x"], 2, "unrecognized arguments"),
        (["sandbox", "--port", "99999"], 2, "--port"),
    ],
)
def test_a_failure_has_its_code_its_words_and_no_output(
    run: Callable[..., subprocess.CompletedProcess[str]], arguments: list[str], code: int, words: str
) -> None:
    answer = run(*arguments)
    assert answer.returncode == code, answer.stderr
    assert words in answer.stderr
    assert answer.stdout == ""
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("token --rejected-stdin <&-", 2),
        ("connect --plain <&-", 2),
        ("handover villa-rosa <&-", 2),
        ("<&-", 2),
        ("demo <&-", 2),
        ("--plain 2>&-", 2),
        ("doctor --server http://127.0.0.1:9 2>&-", 6),
        ("token nobody 2>&-", 3),
        ("token nobody <&- >&- 2>&-", 3),
        ("--help >&-", 1),
        ("sandbox --help >&-", 1),
        ("--version >&-", 1),
    ],
)
def test_a_closed_stream_is_an_empty_one(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, command: str, code: int
) -> None:
    environ = clean_environment(tmp_path) | {"SMILY_TUI_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        ["sh", "-c", f'"$@" {command}', "sh", *PROGRAM],
        env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert "bug" not in done.stderr
    assert "Warning" not in done.stderr


def test_all_leaves_out_what_was_handed_over(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    with connected(tmp_path / "smily") as (_, stored, address):
        stored.hand_over(address)
        environ = clean_environment(tmp_path)
        done = run_program(environ, "refresh", "--all")
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert run_program(environ, "refresh", str(address)).returncode == 4


def test_all_goes_on_after_failures_of_one_kind_where_nobody_can_be_asked(tmp_path: Path) -> None:
    with connected(tmp_path / "smily") as (sandbox, stored, _):
        add_refused(stored, sandbox, 3 * AT_ONCE)
        done = run_program(clean_environment(tmp_path), "refresh", "--all")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.count("not refreshed.") == 3 * AT_ONCE


def test_all_asks_no_more_where_there_were_too_many_requests(tmp_path: Path) -> None:
    with limited(tmp_path / "smily", 3 * AT_ONCE) as (_, asked):
        done = run_program(clean_environment(tmp_path), "refresh", "--all")
    assert (done.returncode, done.stdout) == (5, "")
    assert done.stderr.count("not refreshed.") == 3 * AT_ONCE
    assert 1 <= len(asked) <= AT_ONCE


def test_accounts_prints_nothing_where_the_encryption_cannot_be_read(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    remembered = Home.at(tmp_path / "home").state / "protection.json"
    remembered.write_text("damaged", "ascii")
    remembered.chmod(0o600)
    done = run("accounts")
    assert (done.returncode, done.stdout) == (7, "")
    assert "protection.json" in done.stderr


def test_no_network_keeps_everything_and_exits_6(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    store = Store(Home.at(tmp_path / "home"))
    address = Address("demo-app", "villa-rosa")

    stored = store.slot(address).read()
    found = store.credentials("demo-app")
    assert stored is not None
    assert found is not None
    nowhere = Origin("http://127.0.0.1:9")
    store.slot(address).save(replaced(stored, server=nowhere))
    store.save_credentials("demo-app", replaced(found, server=nowhere))
    before = store.slot(address).path().read_bytes()
    answer = run("refresh", "villa-rosa")
    assert (answer.returncode, answer.stdout) == (6, "")
    assert "Cannot reach 127.0.0.1:9" in answer.stderr
    assert store.slot(address).path().read_bytes() == before


def test_a_damaged_file_is_named_and_left_alone(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    path = Store(Home.at(tmp_path / "home")).slot(Address("demo-app", "villa-rosa")).path()
    path.write_bytes(path.read_bytes()[:-5])
    before = path.read_bytes()
    answer = run("token", "villa-rosa")
    assert (answer.returncode, answer.stdout) == (7, "")
    assert "is damaged" in answer.stderr
    assert path.read_bytes() == before
    listed = json.loads(run("accounts", "--json").stdout)["accounts"]
    assert {each["state"] for each in listed} == {"unreadable", "valid"}


def test_accounts_never_show_a_secret(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    for arguments in (["accounts"], ["accounts", "--json"]):
        answer = run(*arguments)
        assert answer.returncode == 0
        assert "Villa Rosa" in answer.stdout
        assert "valid" in answer.stdout
        for secret in ("aaaaaaaa", "bbbbbbbb", CLIENT_SECRET.reveal()):
            assert secret not in answer.stdout + answer.stderr


def test_forget_says_what_it_does_not_do(run: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    answer = run("forget", "villa-rosa")
    assert answer.returncode == 0
    assert "uninstall" in answer.stdout
    assert run("token").stdout == "a" * 60 + "4712\n", "one is left, so none need be named"


def test_what_was_forgotten_is_listed_brought_back_or_deleted_for_good(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    assert "Restore" not in run("forget", "--list").stdout
    run("forget", "villa-rosa")
    run("forget", "chalet")
    assert "demo-app/villa-rosa  forgotten" in run("forget", "--list").stdout
    assert "villa-rosa (Villa Rosa) is restored" in run("forget", "--restore", "villa-rosa").stdout
    assert run("token").stdout == "a" * 60 + "4711\n"
    assert run("forget", "--empty-trash").stdout == "1 account deleted for good.\n"
    gone = run("forget", "--restore", "demo-app/chalet")
    assert (gone.returncode, gone.stdout) == (3, "")
    assert run("forget", "--list").stdout == "The trash is empty.\n"


def test_a_refresh_token_leaves_only_by_handing_it_over(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    asked = run("handover", "villa-rosa")
    assert (asked.returncode, asked.stdout) == (2, ""), "without a terminal nobody said yes"
    given = run("handover", "villa-rosa", "--yes")
    assert (given.returncode, given.stdout) == (0, "b" * 60 + "4711\n")
    refused = run("refresh", "villa-rosa")
    assert (refused.returncode, refused.stdout) == (4, "")
    assert "handover demo-app/villa-rosa --take-back" in refused.stderr
    accounts = json.loads(run("accounts", "--json").stdout)["accounts"]
    states = {account["account"]: account["state"] for account in accounts}
    assert states == {"demo-app/villa-rosa": "handed_over", "demo-app/chalet": "valid"}
    assert run("token", "villa-rosa").returncode == 0, "the access token is good until it expires"
    assert run("handover", "villa-rosa", "--take-back", "--yes").returncode == 0
    history = run("accounts", "--history", "villa-rosa")
    assert [line.split("  ")[1] for line in history.stdout.splitlines()] == ["handed over", "taken back"]
    listed = json.loads(run("accounts", "--history", "villa-rosa", "--json").stdout)
    assert (listed["schema"], listed["account"]) == (1, "demo-app/villa-rosa")
    assert [row["outcome"] for row in listed["history"]] == ["handed over", "taken back"]
    assert "bbbb" not in history.stdout


def test_doctor_says_what_is_wrong_and_what_mends_it(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    with Sandbox(Options()) as sandbox:
        well = run("doctor", "--server", sandbox.listening.server)
        assert well.returncode == 0, well.stdout
        assert "not encrypted" in well.stdout
        assert "Clock: within" in well.stdout
        path = Store(Home.at(tmp_path / "home")).slot(Address("demo-app", "villa-rosa")).path()
        path.write_bytes(b"damaged")
        ill = run("doctor", "--server", sandbox.listening.server)
        assert ill.returncode == 7
        assert "smily-tui forget demo-app/villa-rosa" in ill.stdout
        path.parent.parent.chmod(0o755)
        assert "chmod 700" in run("doctor", "--server", sandbox.listening.server).stdout
    offline = run("doctor", "--server", "http://127.0.0.1:9")
    assert "Cannot reach 127.0.0.1:9" in offline.stdout
    for secret in ("aaaaaaaa", "bbbbbbbb", CLIENT_SECRET.reveal()):
        assert secret not in well.stdout + ill.stdout + offline.stdout


def test_a_rejected_token_that_is_not_the_stored_one_leads_to_no_request(
    run: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    answer = run("token", "villa-rosa", "--rejected-stdin", stdin="older-token-of-a-script\n")
    assert (answer.returncode, answer.stdout) == (0, "a" * 60 + "4711\n")


@pytest.mark.parametrize(
    "mistake", ["token --none", "token villa-rosa twice", "token --home", "api", "apps none", "--none"]
)
def test_a_mistake_gets_the_same_answer_after_options_of_the_program(
    run: Callable[..., subprocess.CompletedProcess[str]], mistake: str
) -> None:
    at_once, after_options = run(*mistake.split()), run("--server", "http://127.0.0.1:9", *mistake.split())
    assert at_once.returncode == after_options.returncode == 2
    assert at_once.stderr == after_options.stderr
    assert "usage:" in at_once.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["token", "villa-rosa"], ["accounts"], ["--version"]])
def test_quick_commands_import_neither_toolkit_nor_http(
    run: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, arguments: list[str]
) -> None:
    environ = {**os.environ, "SMILY_TUI_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-P", "-X", "importtime", "-m", "smily_tui", *arguments]
    told = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=True).stderr
    imported = {line.rpartition("|")[2].strip().split(".")[0] for line in told.splitlines()}
    assert "smily_tui" in imported
    heavy = {"textual", "httpx", "rich", "tomlkit", "starlette", "filelock", "keyring", "cryptography"}
    assert not imported & heavy


def test_ten_thousand_accounts_do_not_slow_token_down(tmp_path: Path) -> None:
    """With its address given, `token` opens as many files with 10,000 accounts as with one."""
    home = Home.at(tmp_path / "home")
    store = Store(home)
    Accounts(home).apps.save("Demo app", CLIENT_ID, CLIENT_SECRET, ["public"])
    record = authorization("Villa", 1, 7000)
    store.slot(Address("demo-app", "a0")).save(record)
    data = store.slot(Address("demo-app", "a0")).path().read_bytes()
    reads: list[str] = []

    class Counting(type(store.disk)):  # type: ignore[misc]
        def open(self, path: Path, flags: int, mode: int = 0o600) -> int:
            reads.append(path.name)
            return int(super().open(path, flags, mode))

    def opened() -> int:
        stored = Accounts(home)
        stored._store.disk = Counting()
        reads.clear()
        assert stored.find("demo-app/a0").label == Clean("Villa")
        return len(reads)

    with_one = opened()
    for number in range(1, 10_000):
        path = store.slot(Address("demo-app", f"a{number}")).path()
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123
            file.write(data)
    assert opened() == with_one


def test_a_limit_of_the_api_is_told_with_its_end(tmp_path: Path) -> None:
    with connected(tmp_path / "smily", Options(rate_limit=1)) as (sandbox, _, _):
        environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": sandbox.listening.server}
        assert run_program(environ, "api", "me").returncode == 0
        limited = run_program(environ, "api", "me")
        assert (limited.returncode, limited.stdout) == (5, "")
        assert "The limit is lifted at " in limited.stderr


SPOKEN = ["token", "refresh", "accounts", "export --format env", "handover", "forget"]


@pytest.mark.parametrize("command", SPOKEN)
def test_an_account_that_is_named_is_text_from_outside(command: str) -> None:
    arguments = [*command.split(), "villa-rosa"]
    assert read_options(arguments).account == Untrusted("villa-rosa")
