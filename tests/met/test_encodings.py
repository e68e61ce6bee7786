"""Letters that an encoding lacks, and bytes that are no letters: never a bug, never another value."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer
from tests.support.dialogue import HIDDEN, Dialogue
from tests.support.person import Person
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("Jardín d'Été", "東京の家", "Вилла Роза", "Šárka 🏡")
NO_LETTERS = b"caf\xe9\n"


@pytest.fixture(params=["ascii", "latin-1", "cp1252", "utf-16", "cp037", "LC_ALL=C", "ISO-8859-1"])
def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[dict[str, str], str]:
    """The variables of a terminal that lacks some letters, or all, and its encoding."""
    name: str = request.param
    if name == "LC_ALL=C":
        return {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "ascii"
    if name != "ISO-8859-1":
        return {"PYTHONIOENCODING": name}, name
    made = ["localedef", "-i", "en_US", "-f", name, str(tmp_path / f"en_US.{name}")]
    if shutil.which("localedef") is None or subprocess.run(made, check=False, capture_output=True).returncode:
        pytest.skip("no localedef (Debian: apt-get install locales)")
    return {"LOCPATH": str(tmp_path), "LC_ALL": f"en_US.{name}"}, name


def _run(
    person: Person, environ: dict[str, str], *arguments: str, stdin: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=person.environ | environ,
        input=stdin,
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def holder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A person with an account for each of the names."""
    with BentServer() as server:
        person = Person(tmp_path_factory.mktemp("holder"), server)
        for number, name in enumerate(NAMES, 7):
            server.account_id, server.business_name = number, name
            assert person.connect().returncode == 0
        yield person


def test_one_name_does_not_hide_a_list(holder: Person, narrow: tuple[dict[str, str], str]) -> None:
    environ, encoding = narrow
    expected = sorted(name.encode(encoding, "replace").decode(encoding) for name in NAMES)
    listed = _run(holder, environ, "accounts")
    assert (listed.returncode, b"bug" in listed.stderr) == (0, False), listed.stderr
    rows = [re.split(r" {2,}", line) for line in listed.stdout.decode(encoding).splitlines()]
    assert sorted(row[1] for row in rows) == expected
    address = rows[0][0]
    printed = _run(holder, environ, "accounts", "--json").stdout.decode(encoding)
    assert len(json.loads(printed)["accounts"]) == len(NAMES)
    for command in (
        ["accounts", address, "--history"], ["refresh", "--all"], ["refresh", address], ["doctor"],
        ["forget", address], ["forget", "--list"], ["forget", "--restore", address], ["--help"],
    ):  # fmt: skip
        ended = _run(holder, environ, *command)
        assert (ended.returncode, b"bug" in ended.stderr) == (0, False), (command, ended.stderr)
        assert ended.stdout


def test_what_must_be_exact_is_exact_or_refused_by_name(
    holder: Person, narrow: tuple[dict[str, str], str]
) -> None:
    environ, encoding = narrow
    accounts = holder.accounts()
    token = holder.run("token", accounts[0]["account"]).stdout
    assert _run(holder, environ, "token", accounts[0]["account"]).stdout.decode(encoding) == token
    for account in accounts:
        exported = _run(holder, environ, "export", account["account"], "--format", "env")
        lacking = [letter for letter in account["name"] if not _has(encoding, letter)]
        if lacking:
            assert (exported.returncode, exported.stdout) == (2, b""), exported.stderr
            assert "PYTHONIOENCODING=utf-8" in exported.stderr.decode(encoding)
        else:
            assert exported.returncode == 0, exported.stderr
            line = f"export SMILY_ACCOUNT_NAME={shlex.quote(account['name'])}\n"
            assert line in exported.stdout.decode(encoding)
    assert _run(holder, environ, "export", accounts[0]["account"], "--format", "json").returncode == 0


def _has(encoding: str, letter: str) -> bool:
    return letter.encode(encoding, "ignore") != "".encode(encoding)


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"LC_ALL": "C.UTF-8"},
        {"LC_ALL": "C"},
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "utf-8"},
    ],
    ids=lambda environ: " ".join(f"{name}={value}" for name, value in environ.items()) or "bare",
)
def test_bytes_that_are_no_letters_on_stdin(person: Person, environ: dict[str, str]) -> None:
    person.connect()
    secret = CLIENT_SECRET.encode() + b"\n"
    new = ["connect", "--plain", "--yes", "--app", "new", "--client-id", CLIENT_ID[::-1], "--secret-stdin"]
    for command, stdin in (
        (["token", "--rejected-stdin"], NO_LETTERS),
        (["connect", "--plain", "--yes", "--app", "app"], NO_LETTERS),
        (new, NO_LETTERS),
        (new, secret + NO_LETTERS),
    ):
        ended = _run(person, environ, *command, stdin=stdin)
        words = ended.stderr.decode()
        assert ended.returncode == 2, (command, words)
        assert "is not valid" in words
        assert command[0] == "connect" or not ended.stdout
        assert "caf" not in words


@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_bytes_that_are_no_letters_at_a_hidden_prompt(person: Person, locale: str) -> None:
    person.connect()
    command = [*PROGRAM, "connect", "--plain", "--app", "app", "--scope", "public"]
    with Dialogue(command, person.environ | {"LC_ALL": locale}) as dialogue:
        dialogue.hear(HIDDEN)
        dialogue.type_bytes(NO_LETTERS)
        dialogue.answer(HIDDEN, "quit")
        assert dialogue.exit_code() == 2
    assert "is not valid" in " ".join(dialogue.raw.split())
    assert "bug" not in dialogue.raw


def test_bytes_that_are_no_letters_are_not_taken_for_the_default(person: Person) -> None:
    person.connect()
    command = [*PROGRAM, "connect", "--plain", "--client-id", "d2" * 32]
    with Dialogue(command, person.environ) as dialogue:
        dialogue.hear("Name (optional) [My app]: ")
        dialogue.type_bytes(NO_LETTERS)
        dialogue.answer("Name (optional) [My app]: ", "quit")
        assert dialogue.exit_code() == 2
    assert "is not valid" in " ".join(dialogue.raw.split())


def test_bytes_that_are_no_letters_in_the_plain_mode_are_asked_for_again(person: Person) -> None:
    person.connect()
    with Dialogue([*PROGRAM, "--plain"], person.environ) as dialogue:
        dialogue.hear(": ")
        dialogue.type_bytes(b"quit\xff\n")
        dialogue.hear("is not valid")
        dialogue.answer(": ", "quit")
        assert dialogue.exit_code() == 0
    assert "bug" not in dialogue.raw


def test_the_columns_of_wide_names_stand_below_each_other(person: Person, server: BentServer) -> None:
    from rich.cells import cell_len

    for number, name in enumerate(("東京の家", "한국 펜션", "Villa Rosa"), 7):
        server.account_id, server.business_name = number, name
        person.connect()
    lines = person.run("accounts").stdout.splitlines()
    assert len(lines) == 3
    assert len({cell_len(line[: line.index("valid")]) for line in lines}) == 1, lines


@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "cp1252"])
def test_the_full_screen_is_in_ascii_where_the_terminal_is_not_unicode(holder: Person, encoding: str) -> None:
    with Terminal(PROGRAM, holder.environ | {"PYTHONIOENCODING": encoding}, columns=100) as terminal:
        terminal.wait_for("Jardin d'Ete")
        terminal.wait_for("valid")
        terminal.press("q")
        assert terminal.exit_code() == 0
    assert terminal.raw.isascii()
    assert "\\u" not in terminal.raw


def test_the_full_screen_has_all_signs_where_the_terminal_is_unicode(holder: Person) -> None:
    with Terminal(PROGRAM, holder.environ, columns=100) as terminal:
        terminal.wait_for("Jardín d'Été")
        terminal.wait_for("✓ 4 valid")
        terminal.press("q")
        assert terminal.exit_code() == 0
