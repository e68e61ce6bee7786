"""G13 and G14: hostile text on every screen and in every output is shown as text, or left out."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import Final

import pytest

from smily_tui.cli import entry
from smily_tui.errors import SmilyError
from smily_tui.oauth.token_response import read_token_response
from smily_tui.text import clean
from smily_tui.vault.history import TokenUse
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.hostile.text.gallery import IN_ONE, Gallery, fill
from tests.support.corpus import BEFORE, hostile, strings
from tests.support.processes import PROGRAM, clean_environment, run_program
from tests.support.sampling import is_thorough
from tests.support.terminal import Terminal

CORPUS: Final = strings()
SIZES: Final = ((60, 16), (80, 24), (120, 36))
SEQUENCE: Final = re.compile(
    r"\x1b\[[0-9;:<=>?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[P_^X][^\x1b]*\x1b\\|\x1b[^\[\]P_^X]"
)


ANCHORED: Final = re.compile("[\u0590-\u08ff]")  # beside letters that run to the left a mark may stand


def unseen(text: str) -> list[str]:
    """The lines of a screen or an output that hold anything but what can be seen, and line ends."""
    lines = (line.replace("\u200e", "") if ANCHORED.search(line) else line for line in text.split("\n"))
    return [
        ascii(line)
        for line in lines
        if {unicodedata.category(char) for char in line if char not in "\u200c\u200d"}
        & {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}
    ]


def test_there_are_enough_of_them() -> None:
    assert len(CORPUS) >= 500
    assert len(set(CORPUS)) == len(CORPUS)


@pytest.mark.parametrize("raw", CORPUS, ids=range(len(CORPUS)))
def test_cleaning_leaves_what_can_be_read_and_nothing_else(raw: str) -> None:
    text = clean(raw)
    assert unseen(text) == []
    assert clean(text) == text
    assert text.startswith(BEFORE)
    if not STEERS.search(raw) and len(raw) < 300:
        assert _ascii(text) == _ascii(raw), "a printable character was lost"


STEERS: Final = re.compile(r"[\x1b\x90\x98\x9b\x9d-\x9f]")


def _ascii(text: str) -> str:
    return "".join(char for char in text if "!" <= char <= "~")


# -- every screen, dialog, toast and output, in a pty --------------------------------------------------


class Bytes(Terminal):
    """A pty of which only what was written to it is looked at."""

    def show(self, piece: str) -> None:
        """Draw nothing: megabytes would take minutes."""


def _gallery(folder: Path, part: str, kind: str, size: tuple[int, int]) -> str:
    """Everything that reached the terminal while the program showed them on all screens of a part."""
    lost, each = folder / f"{kind}-lost", "1" if is_thorough() else "6"
    arguments = (str(folder / f"{kind}-smily"), part, kind, each, str(lost))
    command = (sys.executable, "-m", "tests.hostile.text.gallery", *arguments)
    environ = clean_environment(folder) | {"PYTHONPATH": str(Path.cwd())}
    with Bytes(command, environ, columns=size[0], rows=size[1], limit=280) as terminal:
        assert (terminal.exit_code(), lost.read_text() if lost.exists() else "") == (0, "")
        return terminal.raw


def _kinds(raw: str) -> set[str]:
    """The kinds of sequences in it, which hold all that cannot be seen."""
    rest = SEQUENCE.sub("", raw)
    # the program's own mark may stand alone: a dialog may cover the letters that it was set beside
    assert unseen(rest.translate(dict.fromkeys(map(ord, "\r\x0f\b\u200e")))) == []
    # Rich 15 numbers a link by a hash, which may be negative
    return {re.sub(r"(?:-?[0-9;:]+)+", "0", each)[:12] for each in SEQUENCE.findall(raw)}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("part", Gallery.PARTS)
def test_no_hostile_byte_reaches_a_real_terminal_and_nothing_that_can_be_read_is_lost(
    tmp_path: Path, part: str, size: tuple[int, int]
) -> None:
    """Hostile text leads to no sequence that harmless names do not lead to."""
    harmless = _kinds(_gallery(tmp_path, part, "harmless", size))
    assert _kinds(_gallery(tmp_path, part, "hostile", size)) - harmless == set()


ANSWERS: Final = {
    "connect --plain": (("Code (not shown):", "\x04"),),
    "connect --plain --app x": (("Client ID:", "\x04"),),
    "--plain": (("Account or action:", "1\n"), (", action: ", "details\nquit\nquit\n")),
}


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize(
    "arguments",
    [
        ["accounts"], ["accounts", "--json"], ["accounts", "--history", "account-001"], ["doctor"], ["token"],
        ["refresh"], ["refresh", "account-001"], ["export"], ["export", "account-001"],
        ["api", "me", "account-001"], ["protect"], ["unprotect"],
        ["forget", "account-001"], ["forget", "--restore", "x"], ["handover", "--yes", "account-001"],
        ["connect", "--plain", "--app", "x"], ["connect", "--plain"], ["--plain"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_command_steers_a_real_terminal(
    tmp_path: Path, full: Path, arguments: list[str], size: tuple[int, int]
) -> None:
    shutil.copytree(full, tmp_path / full.name)
    environ = clean_environment(tmp_path) | {"SMILY_TUI_SERVER": "https://www.bookingsync.com"}
    environ |= {"https_proxy": "http://127.0.0.1:9"}
    with Bytes((*PROGRAM, *arguments), environ, columns=size[0], rows=size[1]) as terminal:
        for question, answer in ANSWERS.get(" ".join(arguments), ()):
            terminal.wait_for(lambda _, question=question: question in terminal.raw)  # type: ignore[misc]
            terminal.type(answer)
        terminal.exit_code()
    assert len(terminal.raw) > 40
    assert SEQUENCE.findall(terminal.raw) == []
    assert unseen(terminal.raw.replace("\r", "")) == []


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a store that speaks only so."""
    home = tmp_path_factory.mktemp("full") / "smily"
    for address, text in zip(fill(home, CORPUS), CORPUS, strict=False):
        Store(Home.at(home)).slot(address).history.add(
            TokenUse(1.0, text, text, text, text, 1, text, text)  # type: ignore[arg-type]
        )
    return home


@pytest.mark.parametrize(
    "arguments",
    [["accounts"], ["accounts", "--json"], ["token"], ["doctor"]],
    ids=["accounts", "accounts --json", "several accounts", "doctor"],
)
def test_no_command_prints_more_than_text(full: Path, arguments: list[str]) -> None:
    environ = clean_environment(full.parent) | {"SMILY_TUI_SERVER": "http://127.0.0.1:9"}
    environ.pop("SMILY_TUI_SERVER") if "accounts" in arguments else None
    done = run_program(environ, *arguments)
    assert done.stdout + done.stderr
    assert unseen(done.stdout) == []
    assert unseen(done.stderr) == []
    if arguments[-1] == "--json":
        assert len(json.loads(done.stdout)["accounts"]) == -(-len(CORPUS) // IN_ONE)


@pytest.mark.parametrize(
    "arguments",
    [
        ["token"],
        ["forget", "--restore"],
        ["connect", "--plain", "--yes", "--app"],
        ["connect", "--plain", "--yes", "--client-id", "x", "--scope"],
        ["accounts", "-"],
    ],
    ids=" ".join,
)
def test_no_argument_is_repeated_as_it_is(
    tmp_path: Path, arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them as an account, a name, a permission or what the command does not know at all."""
    fill(tmp_path, CORPUS[:10])
    monkeypatch.setenv("SMILY_TUI_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    for text in CORPUS[:: 1 if arguments[0] == "token" else 3]:
        *before, last = arguments
        given = [*before, f"--{text}"] if last == "-" else [*arguments, text]
        with contextlib.suppress(SystemExit):
            entry.main(given)
        said = "".join(capsys.readouterr())
        assert said
        assert unseen(said) == [], given


def test_what_a_server_says_is_cleaned(tmp_path: Path) -> None:
    for raw in hostile():
        body = json.dumps({"error": "invalid_request", "error_description": f"{BEFORE}{raw}"}).encode()
        with pytest.raises(SmilyError) as raised:
            read_token_response(400, body)
        assert unseen(raised.value.in_lines()) == []
