"""Costs of a start and of a key, in counts that are the same on every machine: `make bench` has the times."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tracemalloc
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from textual._compositor import Compositor, ReflowResult
from textual.css.parse import parse
from textual.css.stylesheet import Stylesheet
from textual.widget import Widget

from smily_tui.accounts import Accounts
from smily_tui.cli.entry import main
from smily_tui.clock import SystemClock
from smily_tui.records import encode
from smily_tui.text import Clean
from smily_tui.tokens.jobs import RefreshJob, encode_job
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.tui.widgets.accounts_pane import AccountsPane
from smily_tui.vault.format import encode_file
from smily_tui.vault.home import Home
from smily_tui.vault.model import AUTHORIZATION_KIND, Address
from smily_tui.vault.store import Store
from tests.support.connected import connected, let_expire
from tests.support.processes import PROGRAM, clean_environment
from tests.support.records import replaced, with_tokens
from tests.support.terminal import Terminal
from tests.support.tui.scenes import authorization, make_world, running

pytestmark = pytest.mark.no_cover  # which imports modules, too

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.css.model import RuleSet
    from textual.css.types import CSSLocation
    from textual.dom import DOMNode
    from textual.geometry import Region, Size
    from textual.strip import Strip

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
    "typing",
    "urllib.parse",
}  # nor these for help
OURS_NOT_FOR_A_TOKEN = {
    "applications", "oauth", "tokens.protocol", "vault.conversion", "vault.drafts", "vault.history",
    "vault.journal", "vault.settings", "vault.spill", "vault.trash",
}  # fmt: skip
MOST_MODULES = 115  # Python's own 45 among them
MOST_TO_START_A_WORKER = 20  # modules more
# `urllib.request` reads the system's proxies, of which there are none to loopback
NOT_FOR_A_REQUEST = {"asyncio", "email", "http.client", "httpx", "rich", "urllib.request"}
MOST_CALLS = 180  # of functions for each listed account
MOST_CALLS_INDEXED = 50  # where it is in the index
MOST_OPENED = 4  # of the store: the account, its note, its journal, the state of the encryption

MANY = 300
MOST_BYTES = 700  # of an account, while all are read again
MOST_DATA_CLASSES = 6  # of ours
MOST_WAKES = 6  # of a thread of the dashboard in an idle second; the countdown takes two or three
TIME_LEFT = re.compile(r"(\d+):(\d\d):(\d\d)")
FEW = 15  # widgets: more are a whole screen


def stored(folder: Path, number: int, *, identified: bool = True) -> dict[str, str]:
    """Accounts that are good for hours, and the environment of the program that finds them."""
    environ = clean_environment(folder)
    store, now = Store(Home.at(environ["SMILY_TUI_HOME"])), SystemClock().now()
    store.make_folder("app")
    for index in range(number):
        record = authorization(f"Villa {index}", 4700 + index, 0)
        number_at_smily = record.account_id if identified else None
        record = replaced(with_tokens(record, sent=now), account_id=number_at_smily)
        data = encode_file(AUTHORIZATION_KIND, encode(record))
        path = store.slot(Address("app", f"villa-{index}")).path()
        path.write_bytes(data)
        path.chmod(0o600)
    return environ


def modules(environ: dict[str, str], *arguments: str) -> set[str]:
    """Names of the modules that a command imports."""
    return imported_by(environ, *PROGRAM[1:], *arguments)


def imported_by(environ: dict[str, str], *arguments: str, stdin: str = "") -> set[str]:
    """Names of the modules that Python imports with these arguments."""
    importing = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(importing, env=environ, input=stdin, capture_output=True, text=True, check=True)
    return set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))


@pytest.mark.parametrize("identified", [True, False])
def test_a_stored_token_imports_what_it_needs(tmp_path: Path, *, identified: bool) -> None:
    imported = modules(stored(tmp_path, 1, identified=identified), "token")
    assert not imported & (HEAVY | OF_A_TOKEN)
    assert not imported & {f"smily_tui.{name}" for name in OURS_NOT_FOR_A_TOKEN}
    assert len(imported) <= MOST_MODULES


def test_a_refresh_imports_what_it_needs(tmp_path: Path) -> None:
    with connected(tmp_path) as (sandbox, accounts, address):
        accounts.identify(address).wait()
        let_expire(Store(accounts.home), address, sandbox)
        environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": sandbox.listening.server}
        imported = modules(environ | {"SMILY_TUI_HOME": str(tmp_path)}, "token")
    assert "smily_tui.tokens.running" in imported
    assert not imported & (HEAVY - {"subprocess"} | OF_A_TOKEN - {"locale"})  # `subprocess` takes that
    assert not imported & {f"smily_tui.{name}" for name in OURS_NOT_FOR_A_TOKEN - {"oauth"}}
    assert len(imported) <= MOST_MODULES + MOST_TO_START_A_WORKER


def test_the_worker_of_a_refresh_imports_what_it_needs(tmp_path: Path) -> None:
    with connected(tmp_path) as (_, accounts, address):
        accounts.identify(address).wait()
        job = RefreshJob(accounts.home, Clean("tests"), address, TokenRequirement(force=True))
        imported = imported_by(
            clean_environment(tmp_path), "-m", "smily_tui.tokens.worker", stdin=json.dumps(encode_job(job))
        )
    assert "httpcore" in imported
    assert not imported & NOT_FOR_A_REQUEST
    assert not imported & {"smily_tui.oauth.api", "smily_tui.oauth.api_answer"}


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


def test_help_makes_no_parser_of_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    make = ArgumentParser.__init__

    def noted(parser: ArgumentParser, **form: Any) -> None:
        made.append(form["prog"])
        make(parser, **form)

    monkeypatch.setattr(ArgumentParser, "__init__", noted)
    with pytest.raises(SystemExit):
        main(["--help"])
    assert made == ["smily-tui"]


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


def test_a_listed_account_of_a_large_store_costs_fewer(tmp_path: Path) -> None:
    large, larger = (stored(tmp_path / str(number), number) for number in (MANY + 50, MANY + 150))
    indexing = [calls(environ, "accounts") for environ in (large, larger)]
    assert indexing[1] - indexing[0] > 100 * MOST_CALLS_INDEXED
    assert (calls(larger, "accounts") - calls(large, "accounts")) / 100 <= MOST_CALLS_INDEXED


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


@pytest.mark.parametrize(
    ("screen", "later"),
    [
        ("wizard", {"export", "tui.flow", "tui.pages.authorize", "tui.pages.done", "tui.pages.permissions"}),
        ("dashboard", {"queue", "tui.screens.wizard", "tui.wire.log"}),
    ],
)
def test_a_first_screen_imports_nothing_of_later_ones(screen: str, later: set[str], tmp_path: Path) -> None:
    code = f"import smily_tui.tui.app, smily_tui.tui.screens.{screen}"
    imported = imported_by(clean_environment(tmp_path), "-c", code)
    assert not imported & {f"smily_tui.{name}" for name in {*later, "tui.screens.dialogs", "tui.slides"}}


@pytest.mark.parametrize("screen", ["wizard", "dashboard"])
def test_a_first_screen_makes_few_data_classes(screen: str) -> None:
    """Python writes and compiles the methods of each at import; named tuples cost a fifth."""
    code = f"""
import sys
import smily_tui.tui.app, smily_tui.tui.screens.{screen}
ours = {{name: module for name, module in sys.modules.items() if name.startswith("smily_tui.")}}
kinds = {{kind for module in ours.values() for kind in vars(module).values() if isinstance(kind, type)}}
print(sum(kind.__module__ in ours and "__dataclass_fields__" in vars(kind) for kind in kinds))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) <= MOST_DATA_CLASSES


@pytest.mark.parametrize(("accounts", "most_widgets"), [(False, 30), (True, 40)])
async def test_a_start_parses_the_rules_of_its_screen_once_and_styles_each_of_its_few_widgets_once(
    *, accounts: bool, most_widgets: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    restyled: list[int] = []
    update_nodes = Stylesheet.update_nodes

    def noted(scope: str, css: str, read_from: CSSLocation, **options: Any) -> Iterable[RuleSet]:
        parsed.append(read_from[0].rpartition("/")[2])
        return parse(scope, css, read_from, **options)

    def counted(sheet: Stylesheet, nodes: Iterable[DOMNode], animate: bool = False) -> None:
        every = list(nodes)
        restyled.append(len(every))
        update_nodes(sheet, every, animate=animate)

    monkeypatch.setattr("textual.css.stylesheet.parse", noted)
    monkeypatch.setattr(Stylesheet, "update_nodes", counted)
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, (80, 24)) as pilot:
        await pilot.pause()
        assert len(world.app.screen.query("*")) <= most_widgets
    sheets = [name for name in parsed if name.endswith(".tcss")]
    assert sheets == ["smily.tcss", "dashboard.tcss" if accounts else "wizard.tcss"]
    assert max(restyled) <= FEW


def test_a_second_reading_holds_little_beside_the_first(tmp_path: Path) -> None:
    stored_accounts = Accounts(Home.at(stored(tmp_path, MANY)["SMILY_TUI_HOME"]))
    stored_accounts.accounts()
    tracemalloc.start()
    try:
        stored_accounts.accounts()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak / MANY < MOST_BYTES


async def test_a_letter_in_a_field_lays_nothing_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


async def test_a_letter_in_a_field_draws_the_field_and_what_is_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (80, 24)) as pilot:
        await pilot.press("v")
        await pilot.pause()
        drawn: set[Widget] = set()
        render_lines = Widget.render_lines

        def noted(widget: Widget, crop: Region) -> list[Strip]:
            drawn.add(widget)
            return render_lines(widget, crop)

        monkeypatch.setattr(Widget, "render_lines", noted)
        await pilot.press("i")
        await pilot.pause()
        field = world.app.focused
        assert field is not None
        assert field in drawn
        assert drawn <= set(field.ancestors_with_self)


async def test_the_wizard_begins_with_its_first_page_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (80, 24)) as pilot:
        assert [page.id for page in pilot.app.screen.query("Page")] == ["application"]
        assert len(pilot.app.screen_stack) == 2  # no dashboard below it, which nobody sees


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux counts how often a thread wakes")
def test_a_dashboard_that_nobody_types_into_wakes_for_its_countdown_alone(tmp_path: Path) -> None:
    with Terminal(tuple(PROGRAM), stored(tmp_path, 1)) as terminal:
        start = seconds_left(terminal.wait_for(TIME_LEFT))
        # until then the program waits for answers of the terminal
        terminal.wait_for(lambda screen: seconds_left(screen) <= start - 2)
        before = wakes(terminal.pid)
        terminal.wait_for(lambda screen: seconds_left(screen) <= start - 4)
        woken = [number - before.get(thread, 0) for thread, number in wakes(terminal.pid).items()]
        assert max(woken) <= 2 * MOST_WAKES


def seconds_left(screen: str) -> int:
    """How long the token of the first account is still valid."""
    hours, minutes, seconds = map(int, re.findall(TIME_LEFT, screen)[0])
    return (hours * 60 + minutes) * 60 + seconds


def wakes(pid: int) -> dict[str, int]:
    threads = Path(f"/proc/{pid}/task").iterdir()
    pattern = re.compile(r"^voluntary_ctxt_switches:\s+(\d+)", re.MULTILINE)
    return {
        thread.name: int(number[1])
        for thread in threads
        if (number := pattern.search((thread / "status").read_text("ascii")))
    }


async def test_a_second_draws_the_time_that_is_left_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (80, 24)) as pilot:
        await pilot.pause()
        pane = world.app.screen.query_one(AccountsPane)
        pane.go_to(Address("demo-app", "villa-rosa"))
        await pilot.pause()
        drawn: list[str] = []
        refresh = Widget.refresh

        def noted(widget: Widget, *regions: Region, **options: Any) -> Widget:
            drawn.append(type(widget).__name__)
            return refresh(widget, *regions, **options)

        monkeypatch.setattr(Widget, "refresh", noted)
        for _ in range(3):
            world.clock.wall += 1.0
            pane.tick()
        assert set(drawn) == {"AccountTable", "Countdown"}
