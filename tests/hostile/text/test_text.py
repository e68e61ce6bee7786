"""G13 and G14: hostile text on every screen and in every output is shown as text, or left out."""

from __future__ import annotations

import dataclasses
import json
import re
import unicodedata
from typing import TYPE_CHECKING, Final

import pytest
from rich.cells import cell_len

from smily_tui.clock import SystemClock
from smily_tui.errors import SmilyError
from smily_tui.oauth.token_response import read_token_response
from smily_tui.refresh.authorizations import Authorizations
from smily_tui.text import clean
from smily_tui.tui.screens.dialogs import HistoryScreen, NameDialog, Question
from smily_tui.tui.widgets.account_table import AccountTable
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.vault.account import Address
from smily_tui.vault.home import Home
from smily_tui.vault.ledger import Rotation
from smily_tui.vault.store import Note, Store
from tests.e2e.processes import PROGRAM, clean_environment, run_program
from tests.e2e.terminal import Terminal
from tests.hostile.text.corpus import BEFORE, hostile, strings
from tests.tui.scenes import CLIENT_ID, CLIENT_SECRET, authorization, grid, make_world, running, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

CORPUS: Final = strings()
BATCH: Final = 130
BATCHES: Final = [CORPUS[start : start + BATCH] for start in range(0, len(CORPUS), BATCH)]
SIZES: Final = ((60, 16), (80, 24), (120, 36))
SEQUENCE: Final = re.compile(
    r"\x1b\[[0-9;:<=>?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[P_^X][^\x1b]*\x1b\\|\x1b[^\[\]P_^X]"
)


def is_harmless(text: str) -> bool:
    """Whether a screen or an output holds nothing but what can be seen, and line ends."""
    return all(
        char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}
        for char in text.replace("\u200d", "").replace("\u200c", "")
    )


def test_there_are_enough_of_them() -> None:
    assert len(CORPUS) >= 500
    assert len(set(CORPUS)) == len(CORPUS)


@pytest.mark.parametrize("raw", CORPUS, ids=range(len(CORPUS)))
def test_cleaning_leaves_what_can_be_read_and_nothing_else(raw: str) -> None:
    text = clean(raw)
    assert is_harmless(text)
    assert clean(text) == text
    assert text.startswith(BEFORE)
    if not STEERS.search(raw) and len(raw) < 300:
        assert _ascii(text) == _ascii(raw), "a printable character was lost"


STEERS: Final = re.compile(r"[\x1b\x90\x98\x9b\x9d-\x9f]")


def _ascii(text: str) -> str:
    return "".join(char for char in text if "!" <= char <= "~")


# -- the store, full of it -----------------------------------------------------------------------------


def fill(folder: Path, labels: list[str]) -> Store:
    """A store whose accounts, application, notes and ledgers speak only so."""
    home = Home.at(folder)
    stored = Authorizations(home)
    stored.save_application("Demo app", CLIENT_ID, CLIENT_SECRET, ["public"])
    store = Store(home)
    for number, label in enumerate(labels):
        address = Address("demo-app", f"account-{number:03d}")
        record = authorization("x", 4000 + number, 0, label, "public")
        current = dataclasses.replace(record.current, sent=SystemClock().now())
        # as another program might have written it: not cleaned
        raw = record.as_dict() | {"label": label, "asked": [label]}
        tokens = dataclasses.replace(current, scopes=(label,))  # type: ignore[arg-type]
        raw["current"] = dataclasses.replace(record, current=tokens).as_dict()["current"]
        path = store.path(address)
        from smily_tui.vault.frame import enframe

        path.write_bytes(enframe("authorization", raw))
        path.chmod(0o600)
        store.write_note(address, Note(1, 1.0, label, refused=number % 2 == 0))  # type: ignore[arg-type]
        store.ledger(address).add(
            Rotation(1.0, label, label, label, label, 1, label, label)  # type: ignore[arg-type]
        )
    return store


@pytest.mark.parametrize("batch", BATCHES, ids=range(len(BATCHES)))
async def test_no_screen_shows_more_than_text(
    tmp_path: Path, batch: list[str], request: pytest.FixtureRequest
) -> None:
    """Dashboard, detail, history, dialogs, status line and palette; a markup error would end the program."""
    world = make_world(tmp_path, accounts=False)
    fill(tmp_path, batch)
    async with running(world, (120, 150)) as pilot:
        table = pilot.app.screen.query_one(AccountTable)
        await settled(pilot, lambda: table.row_count == len(batch))
        shown = grid(world.app)
        assert is_harmless(shown)
        for account in world.stored.accounts():
            label = account.label if cell_len(account.label) <= 19 else ""
            if label.isascii():
                assert label in shown, "a printable character was lost"
        # each text is in the table; with --faults each is in every dialog, too, else every 26th
        step = 1 if request.config.getoption("--faults") else 26
        for number, label in list(enumerate(batch))[::step]:
            table.move_cursor(row=number)
            await _dialogs(pilot, label, world.stored, number)
        assert world.app.return_code is None, "it still runs"


async def _dialogs(pilot: Pilot[None], label: str, stored: Authorizations, number: int) -> None:
    """Every dialog and the status line with this text; each is looked at."""
    app = pilot.app
    status = app.screen.query_one(StatusLine)
    status.error(SmilyError(clean(label), kept=clean(label), next=clean(label)))
    await pilot.pause()
    assert is_harmless(grid(app))  # type: ignore[arg-type]
    history = stored.history(Address("demo-app", f"account-{number:03d}"))
    for dialog in (
        Question(clean(label), clean(label, 20), "No"),
        NameDialog(clean(label)),
        HistoryScreen(clean(label), history, 1.0),
    ):
        app.push_screen(dialog)
        await settled(pilot, lambda dialog=dialog: app.screen is dialog)  # type: ignore[misc]
        assert is_harmless(grid(app))  # type: ignore[arg-type]
        await pilot.press("escape")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_no_hostile_byte_reaches_a_real_terminal(tmp_path: Path, size: tuple[int, int]) -> None:
    """All of them at once, in a pty: only sequences that harmless names lead to, too, and nothing unseen."""
    kinds = _sequences(tmp_path / "harmless", ["Villa Rosa"] * len(CORPUS), size)
    found = _sequences(tmp_path / "hostile", CORPUS, size)
    assert found - kinds == set()


def _sequences(folder: Path, labels: list[str], size: tuple[int, int]) -> set[str]:
    """The kinds of sequences that reach the terminal while all accounts are walked through."""
    fill(folder / "smily", labels)
    folder.mkdir(exist_ok=True)
    with Terminal(PROGRAM, clean_environment(folder), columns=size[0], rows=size[1]) as terminal:
        terminal.wait_for(f"{len(labels)} accounts", 60)
        for key in ("end", "home", "h"):
            terminal.press(key)
        terminal.wait_for("Who used")
        terminal.press("escape")
        terminal.wait_for(lambda shown: "Who used" not in shown)
        terminal.press("d")
        terminal.wait_for("Forget")
        terminal.press("enter")
        terminal.press("ctrl+q")
        terminal.exit_code()
        raw = terminal.raw
    rest = SEQUENCE.sub("", raw)
    assert is_harmless(rest.replace("\r", "").replace("\x0f", "").replace("\b", "")), "something unseen"
    return {re.sub(r"[0-9;:]+", "0", each)[:12] for each in SEQUENCE.findall(raw)}


@pytest.mark.parametrize(
    "arguments",
    [["accounts"], ["accounts", "--json"], ["token"], ["token", CORPUS[7].replace("\0", "")], ["doctor"]],
    ids=["accounts", "accounts --json", "several accounts", "a hostile name", "doctor"],
)
def test_no_command_prints_more_than_text(tmp_path: Path, arguments: list[str]) -> None:
    fill(tmp_path / "smily", CORPUS)
    environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": "http://127.0.0.1:9"}
    environ.pop("SMILY_TUI_SERVER") if "accounts" in arguments else None
    done = run_program(environ, *arguments)
    assert done.stdout + done.stderr
    assert is_harmless(done.stdout)
    assert is_harmless(done.stderr)
    if arguments[-1] == "--json":
        assert len(json.loads(done.stdout)) == len(CORPUS)


def test_no_history_prints_more_than_text(tmp_path: Path) -> None:
    fill(tmp_path / "smily", CORPUS[:60])
    for number in range(0, 60, 6):
        done = run_program(clean_environment(tmp_path), "accounts", "--history", f"account-{number:03d}")
        assert done.returncode == 0
        assert is_harmless(done.stdout + done.stderr)


def test_what_a_server_says_is_cleaned(tmp_path: Path) -> None:
    for raw in hostile():
        body = json.dumps({"error": "invalid_request", "error_description": f"{BEFORE}{raw}"}).encode()
        with pytest.raises(SmilyError) as raised:
            read_token_response(400, body)
        assert is_harmless(raised.value.in_lines())
