"""Costs of a start and of a key, in counts that are the same on every machine: `make bench` has the times."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from textual._compositor import Compositor

from smily_tui.clock import SystemClock
from smily_tui.records import encode
from smily_tui.vault.format import encode_file
from smily_tui.vault.home import Home
from smily_tui.vault.model import AUTHORIZATION_KIND, Address
from smily_tui.vault.store import Store
from tests.support.processes import PROGRAM, clean_environment
from tests.support.tui.scenes import authorization, make_world, running

pytestmark = pytest.mark.no_cover  # which imports modules, too

if TYPE_CHECKING:
    from pathlib import Path

    from textual._compositor import ReflowResult
    from textual.geometry import Size
    from textual.widget import Widget

HEAVY = {
    "_hashlib", "asyncio", "cryptography", "datetime", "email", "httpx", "keyring", "platformdirs", "rich",
    "shutil", "socket", "ssl", "subprocess", "textual", "tempfile", "tomllib", "unittest",
}  # fmt: skip
# nor these, for a token that is stored and good
OF_A_TOKEN = {"argparse", "dataclasses", "encodings.ascii", "gettext", "inspect", "locale"}
OF_HELP = {
    "dataclasses",
    "inspect",
    "json",
    "pathlib",
    "smily_tui.system",
    "urllib.parse",
}  # nor these for help
OURS_NOT_FOR_A_TOKEN = {
    "applications", "oauth", "tokens.protocol", "vault.conversion", "vault.drafts", "vault.history",
    "vault.journal", "vault.settings", "vault.spill", "vault.trash",
}  # fmt: skip
MOST_MODULES = 115  # Python's own 45 among them
MOST_CALLS = 230  # of functions for each listed account
MOST_OPENED = 4  # of the store: the account, its note, its journal, the state of the encryption


def stored(folder: Path, number: int, *, identified: bool = True) -> dict[str, str]:
    """Accounts that are good for hours, and the environment of the program that finds them."""
    environ = clean_environment(folder)
    store, now = Store(Home.at(environ["SMILY_TUI_HOME"])), SystemClock().now()
    store.make_folder("app")
    for index in range(number):
        record = authorization(f"Villa {index}", 4700 + index, 0)
        number_at_smily = record.account_id if identified else None
        record = record._replace(current=record.current._replace(sent=now), account_id=number_at_smily)
        data = encode_file(AUTHORIZATION_KIND, encode(record))
        path = store.slot(Address("app", f"villa-{index}")).path()
        path.write_bytes(data)
        path.chmod(0o600)
    return environ


def modules(environ: dict[str, str], *arguments: str) -> set[str]:
    """Names of the modules that a command imports."""
    importing = [sys.executable, "-X", "importtime", *PROGRAM[1:], *arguments]
    done = subprocess.run(importing, env=environ, capture_output=True, text=True, check=True)
    return set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("identified", [True, False])
def test_a_stored_token_imports_what_it_needs(tmp_path: Path, *, identified: bool) -> None:
    imported = modules(stored(tmp_path, 1, identified=identified), "token")
    assert not imported & (HEAVY | OF_A_TOKEN)
    assert not imported & {f"smily_tui.{name}" for name in OURS_NOT_FOR_A_TOKEN}
    assert len(imported) <= MOST_MODULES


def test_a_worker_imports_no_command_line_of_its_http_library() -> None:
    importing = [
        sys.executable,
        "-X",
        "importtime",
        "-c",
        "import smily_tui.tokens.worker, smily_tui.oauth.http",
    ]
    done = subprocess.run(importing, capture_output=True, text=True, check=True)
    assert not re.findall(r"\| +(click|pygments|rich)$", done.stderr, re.MULTILINE)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have other keyrings")
def test_only_keyrings_of_this_system_are_loaded() -> None:
    """To find the libraries of another one, `ctypes` starts the C compiler."""
    asking = [sys.executable, "-X", "importtime", "-m", "smily_tui.vault.keyring_process"]
    done = subprocess.run(asking, input='{"id": ""}\n', capture_output=True, text=True, check=False)
    assert "| secretstorage\n" in done.stderr
    assert "ctypes.util" not in done.stderr


@pytest.mark.parametrize("command", ["--help", "--version"])
def test_help_imports_no_store(command: str, tmp_path: Path) -> None:
    imported = modules(clean_environment(tmp_path), command)
    assert not imported & (HEAVY - {"shutil"} | OF_HELP)  # argparse asks shutil for the terminal's width
    assert not {name for name in imported if name.startswith(("smily_tui.vault", "smily_tui.accounts"))}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the audit hook counts what Linux opens")
@pytest.mark.parametrize("number", [1, 300])
def test_a_token_opens_the_files_of_one_account(number: int, tmp_path: Path) -> None:
    environ = stored(tmp_path, number)
    counting = """
import json, sys
opened = []
sys.addaudithook(lambda name, what: opened.append(str(what[0])) if name == "open" else None)
from smily_tui.cli.entry import main
code = main(["token", "app/villa-0"])
sys.stderr.write(json.dumps(opened))
sys.exit(code)
"""
    done = subprocess.run(
        [sys.executable, "-c", counting], env=environ, capture_output=True, text=True, check=True
    )
    of_the_store = {path for path in json.loads(done.stderr) if path.startswith(environ["SMILY_TUI_HOME"])}
    assert len(of_the_store) <= MOST_OPENED


def test_a_listed_account_costs_few_calls(tmp_path: Path) -> None:
    few, many = (calls(stored(tmp_path / str(number), number), "accounts") for number in (50, 150))
    assert (many - few) / 100 <= MOST_CALLS


def calls(environ: dict[str, str], *arguments: str) -> int:
    """Count the calls of Python's functions by a command."""
    counting = """
import collections, sys
counts = collections.Counter()
from smily_tui.cli.entry import main
sys.setprofile(lambda frame, event, argument: counts.update([event]))
code = main(sys.argv[1:])
sys.setprofile(None)
sys.stderr.write("\\n" + str(counts["call"]))
sys.exit(code)
"""
    command = [sys.executable, "-c", counting, *arguments]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    return int(done.stderr.splitlines()[-1])


async def test_a_key_in_a_field_draws_that_field_and_lays_nothing_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (80, 24)) as pilot:
        await pilot.pause()
        layouts: list[Size] = []
        reflow = Compositor.reflow

        def noted(compositor: Compositor, parent: Widget, size: Size) -> ReflowResult:
            layouts.append(size)
            return reflow(compositor, parent, size)

        monkeypatch.setattr(Compositor, "reflow", noted)
        for letter in "villa":
            await pilot.press(letter)
            await pilot.pause()
        assert world.app.focused is not None
        assert getattr(world.app.focused, "value", "") == "villa"
        assert not layouts


async def test_the_wizard_begins_with_its_first_page_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (80, 24)) as pilot:
        assert [page.id for page in pilot.app.screen.query("Page")] == ["application"]
        assert len(pilot.app.screen_stack) == 2  # no dashboard below it, which nobody sees
