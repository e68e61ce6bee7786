"""G15: nothing that leaves the program holds a secret: streams, screens, files, processes, logs."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.clock import Instant, SystemClock
from smily_tui.oauth.http import Transport
from smily_tui.sandbox.server import Options
from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.tokens.errors import WorkerFailed
from smily_tui.tokens.jobs import ExchangeJob, RefreshJob, encode_job
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.drafts import Draft, Drafts
from smily_tui.vault.store import Store
from tests.hostile.canaries.conftest import Scene
from tests.support.connected import connected, let_expire
from tests.support.polling import until
from tests.support.processes import PROGRAM, descendants
from tests.support.records import replaced, with_tokens
from tests.support.scanner import Canary, Scanner
from tests.support.terminal import Terminal
from tests.support.world import World

if TYPE_CHECKING:
    from smily_tui.vault.journal import Answer


def test_the_control_is_found(scene: Scene) -> None:
    assert scene.scanner().hits(scene.run("token")) == ["access token as it is"]
    assert scene.scanner().hits(scene.run("handover", "--yes", str(scene.address))) == [
        "refresh token as it is"
    ]


# -- the streams of the commands -----------------------------------------------------------------------


def _expired(scene: Scene) -> None:
    let_expire(Store(scene.stored.home), scene.address, scene.sandbox)


def _revoked(scene: Scene) -> None:
    _expired(scene)
    for pair in scene.sandbox.state.pairs:
        pair.revoked = True


def _unknown_client(scene: Scene) -> None:
    scene.sandbox.state.clients.clear()


def _damaged(scene: Scene) -> None:
    path = Store(scene.stored.home).slot(scene.address).path()
    path.write_bytes(path.read_bytes()[:-9])


def _loose(scene: Scene) -> None:
    Store(scene.stored.home).slot(scene.address).path().chmod(0o644)


def _offline(scene: Scene) -> None:
    _expired(scene)
    scene.sandbox.stop()


def _nothing(_scene: Scene) -> None:
    """As it is."""


def _replaced(scene: Scene) -> None:
    """The refresh token was used by somebody else, who has the newer one."""
    _expired(scene)
    pair = scene.sandbox.state.pairs[-1]
    scene.run("refresh")
    record = Store(scene.stored.home).slot(scene.address).read()
    assert record is not None
    spent = with_tokens(record, refresh=Secret(str(pair.refresh)), sent=Instant(1.0))
    Store(scene.stored.home).slot(scene.address).save(replaced(spent, refreshed=None))
    _revoked(scene)


COMMANDS = {
    "accounts": (_nothing, ["accounts"]),
    "accounts as JSON": (_nothing, ["accounts", "--json"]),
    "history": (_nothing, ["accounts", "--history"]),
    "history as JSON": (_nothing, ["accounts", "--history", "--json"]),
    "refresh": (_nothing, ["refresh"]),
    "refresh of all": (_nothing, ["refresh", "--all"]),
    "refresh, revoked": (_revoked, ["refresh"]),
    "refresh, unknown client": (_unknown_client, ["refresh"]),
    "refresh, offline": (_offline, ["refresh"]),
    "token, revoked": (_revoked, ["token"]),
    "token, damaged": (_damaged, ["token"]),
    "token, readable by others": (_loose, ["token"]),
    "accounts, damaged": (_damaged, ["accounts"]),
    "doctor": (_nothing, ["doctor"]),
    "doctor, damaged": (_damaged, ["doctor"]),
    "rotation probe": (_nothing, ["doctor", "--probe-rotation", "villa-rosa", "--yes"]),
    "api": (_nothing, ["api", "me"]),
    "api, revoked": (_revoked, ["api", "me"]),
    "api, no such path": (_nothing, ["api", "nothing"]),
    "forget": (_nothing, ["forget", "villa-rosa"]),
    "handover, nobody said yes": (_nothing, ["handover", "villa-rosa"]),
    "help": (_nothing, ["--help"]),
    "refresh, with a likely cause": (_replaced, ["refresh"]),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_prints_a_secret(scene: Scene, name: str) -> None:
    prepare, arguments = COMMANDS[name]
    prepare(scene)
    said = scene.run(*arguments)
    assert said, "nothing was said, so nothing was searched"
    assert scene.scanner().hits(said) == []


@pytest.mark.parametrize("pasted", ["the code", "the refresh token", "the client secret", "rubbish"])
def test_no_paste_is_printed(scene: Scene, pasted: str) -> None:
    state = scene.sandbox.state
    typed = {
        "the code": scene.code(),
        "the refresh token": str(state.pairs[-1].refresh),
        "the client secret": state.client.client_secret,
        "rubbish": "r4bb15h" * 10,
    }[pasted]
    said = scene.run("connect", "--plain", "--app", "App", "--yes", stdin=f"{typed}\n" * 3)
    assert scene.scanner(typed).hits(said) == []
    assert scene.run("connect", "--plain", "--app", "App", "--client-secret", typed).count(typed) <= 1


def test_a_code_that_is_pasted_twice_is_explained_without_it(scene: Scene) -> None:
    code = scene.code()
    for wanted in ("Connected", "was used here"):
        said = scene.run("connect", "--plain", "--app", "App", "--yes", stdin=f"{code}\n")
        assert wanted in said
        assert scene.scanner(code).hits(said) == []


def test_the_sandbox_logs_no_secret(scene: Scene) -> None:
    scene.run("refresh")
    assert any("/oauth/token" in line for line in scene.log)
    assert scene.scanner().hits("\n".join(scene.log)) == []


# -- files and processes -------------------------------------------------------------------------------

SECRET_FILES = {".tokens", ".next"}


def test_no_file_but_those_for_secrets_holds_one(scene: Scene) -> None:
    temporary = scene.folder / "temporary"
    temporary.mkdir()
    scene.environ |= {"TMPDIR": str(temporary), "XDG_RUNTIME_DIR": str(temporary)}
    client = scene.sandbox.state.client.client_id
    draft = Draft("authorize", scene.stored.server, "App", client, "app", ("public",), SystemClock().now())
    Drafts(scene.stored.home, SystemClock(), scene.stored.server).keep(draft)
    scene.run("refresh")
    scene.run("connect", "--plain", "--app", "App", "--yes", stdin=scene.code() + "\n")
    _revoked(scene)
    scene.run("refresh", "villa-rosa")
    files = [path for path in scene.folder.rglob("*") if path.is_file()]
    searched = [path for path in files if path.suffix not in SECRET_FILES and path.name != "application.json"]
    assert {path.suffix for path in searched} >= {".toml", ".lock", ".ledger", ".note", ".json", ".draft"}
    for path in searched:
        assert scene.scanner().hits(path.read_bytes()) == [], path.name
        assert scene.scanner().hits(str(path)) == []


def test_no_process_shows_a_secret_in_its_arguments_or_environment(tmp_path: Path) -> None:
    with connected(tmp_path / "smily", Options(latency_ms=1200)) as (sandbox, stored, address):
        scene = Scene(tmp_path, sandbox, stored, address, [])
        with subprocess.Popen([*PROGRAM, "refresh"], env=scene.environ, stdout=subprocess.DEVNULL) as front:
            until(lambda: Store(stored.home).slot(address).path("next").exists())
            family = (front.pid, *descendants(front.pid))
            seen = [part for pid in family for part in _shown_by(pid)]
        assert len(seen) >= 4, "the helper was not seen"
        assert scene.scanner().hits(b"\n".join(seen)) == []


def _shown_by(pid: int) -> list[bytes]:
    return [_read(Path(f"/proc/{pid}/{name}")) for name in ("cmdline", "environ")]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except PermissionError:  # only root may look into the helper's environment
        return b""


# -- logs, representations, tracebacks -----------------------------------------------------------------


def test_no_library_logs_a_secret(scene: Scene) -> None:
    """httpx and httpcore at DEBUG, as somebody may switch them on; headers and bodies are not logged."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        found = scene.stored.account(scene.address)
        assert found is not None
        Transport(found.server).get("/api/v3/me", scene.stored.tokens(scene.address).access)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert "httpcore" in text.getvalue() or "send_request_headers" in text.getvalue()
    assert scene.scanner().hits(text.getvalue()) == []


def test_no_representation_shows_a_secret(scene: Scene) -> None:
    store = Store(scene.stored.home)
    code = Secret(scene.code())
    shown: list[Any] = [
        store.slot(scene.address).read(),
        store.slot(scene.address).account(),
        store.credentials("app"),
        store.slot(scene.address).history.read(),
        scene.stored.accounts(),
        scene.stored.apps.all(),
        scene.sandbox.listening,
        ExchangeJob(scene.stored.home, Clean("x"), "app", code, ("public",)),
        RefreshJob(scene.stored.home, Clean("x"), scene.address, TokenRequirement(rejected=code)),
        code,
        {"a": [code]},
    ]
    for each in shown:
        assert scene.scanner().hits(f"{each!r} {each} {[each]}") == [], type(each).__name__


def test_a_traceback_with_all_values_shows_no_secret_of_ours(tmp_path: Path) -> None:
    """Frames of our own hold `Secret`s; those of libraries are never printed (the next test)."""
    world = World(tmp_path)

    def broken(*_: object) -> Answer:
        raise RuntimeError("forced")

    world.wire = broken
    canaries = [Canary("token", str(pair.refresh)) for pair in world.state.pairs]
    canaries.append(Canary("client secret", world.state.client.client_secret))
    with pytest.raises(RuntimeError, match="forced") as raised:
        world.refresh()
    ours = raised.value.__traceback__
    assert ours is not None  # the first frame is this test's, which holds the canaries
    found = traceback.TracebackException(RuntimeError, raised.value, ours.tb_next, capture_locals=True)
    text = "".join(found.format())
    assert "request = " in text, "the values are there"
    assert Scanner(*canaries).hits(text) == []


BROKEN = """
import sys
from smily_tui.tokens import worker

def broken(*_):
    raise ValueError("Illegal header value " + sys.argv[2])

place = worker if hasattr(worker, sys.argv[1]) else worker.here
setattr(place, sys.argv[1], broken)
sys.exit(worker.main())
"""


@pytest.mark.parametrize("where", ["_post", "_is_accepted", "block_signals"])
def test_a_bug_in_the_helper_is_told_by_its_type(scene: Scene, where: str) -> None:
    """In a process of its own, since the helper holds signals back, and that is inherited."""
    secret = str(scene.sandbox.state.pairs[-1].refresh)
    _expired(scene)
    if where == "_is_accepted":
        store = Store(scene.stored.home)
        found = store.slot(scene.address).read()
        assert found is not None
        store.slot(scene.address).save(replaced(found, refreshed=SystemClock().now()))
    job = RefreshJob(
        scene.stored.home, Clean("x"), scene.address, TokenRequirement(force=where != "_is_accepted")
    )
    done = subprocess.run(
        [sys.executable, "-c", BROKEN, where, secret],
        input=json.dumps(encode_job(job)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    said = done.stdout + done.stderr
    assert WorkerFailed.__name__ in said
    assert "ValueError" in said
    assert scene.scanner().hits(said) == []


# -- screens -------------------------------------------------------------------------------------------


def test_no_screen_shows_a_secret_before_it_is_asked_for(scene: Scene) -> None:
    """Every byte that reaches the terminal, through dashboard, dialogs, refresh, history and wizard."""
    typed = "5ecre7" * 10 + "abcd"
    with Terminal(PROGRAM, scene.environ) as terminal:
        terminal.wait_for("1 account")
        terminal.press("r")
        terminal.wait_for("Refreshed ")
        terminal.press("h")
        terminal.wait_for("Refresh token history")
        terminal.press("escape")
        terminal.wait_for(lambda screen: "Refresh token history" not in screen)
        terminal.press("f1")
        terminal.wait_for("Refresh all due")
        terminal.press("escape")
        terminal.wait_for(lambda screen: "Refresh all due" not in screen)
        terminal.press("n")
        terminal.wait_for_focus_below("Client ID")
        terminal.press("tab")
        terminal.wait_for_focus_below("Client Secret")
        terminal.paste(typed)
        terminal.wait_for("•" * 50)
        terminal.press("ctrl+c")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
        assert len(terminal.raw) > 5000
        assert scene.scanner(typed).hits(terminal.raw) == []


def test_what_is_shown_on_request_is_found(scene: Scene) -> None:
    """The control for the screen: `v` shows the tokens, and the scanner sees them among the sequences."""
    with Terminal(PROGRAM, scene.environ, columns=160, rows=40) as terminal:
        terminal.wait_for("1 account")
        terminal.press("v")
        terminal.wait_for(scene.sandbox.state.pairs[-1].access)
        terminal.press("V")
        refresh = scene.sandbox.state.pairs[-1].refresh
        assert refresh
        terminal.wait_for(refresh)
        hits = scene.scanner().hits(terminal.raw)
        assert {"access token as it is", "refresh token as it is"} <= set(hits)


def test_the_toolkits_switches_write_nothing(scene: Scene) -> None:
    log = scene.folder / "textual.log"
    scene.environ |= {"TEXTUAL_LOG": str(log), "TEXTUAL_DEBUG": "1", "TEXTUAL": "debug,devtools"}
    with Terminal(PROGRAM, scene.environ) as terminal:
        terminal.wait_for("1 account")
        terminal.press("q")
        assert terminal.exit_code() == 0
    assert not log.exists()
    assert not (Path(os.getcwd()) / "keys.log").exists()  # noqa: PTH109
