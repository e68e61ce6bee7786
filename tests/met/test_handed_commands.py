"""M10: a command that a person is told to run is one command with its own arguments, whatever they hold."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import smily_tui
from smily_tui.cli.parser import COMMANDS
from smily_tui.oauth.api import refusal
from smily_tui.oauth.requests import Response
from smily_tui.system import command
from smily_tui.text import clean
from smily_tui.vault.disk import Disk, check_private_folder, read_private
from smily_tui.vault.errors import Unsafe
from tests.support.polling import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.bent_server import BentServer
    from tests.support.person import Person

PROGRAM: Final = Path(smily_tui.__file__).parent
PRINTABLE: Final = (
    "a b", "it's", "'; touch PWNED; '", 'say "x"', "$(touch PWNED)", "`touch PWNED`", "x;touch${IFS}PWNED;#",
    "a&b|c>d<e", "*", "?", "~root", "!!", "#x", "back\\slash", "100%s", "Жёлтый дом", "-rf", "",
)  # fmt: skip
UNPRINTABLE: Final = (
    "two\nlines", "a  b", " a", "tab\there", "\x1b]0;title\x07x", "\u202eevil", "\u2800x", "%s\n\\x", "-x\ny",
    os.fsdecode(b"caf\xe9"),
)  # fmt: skip


COMMAND: Final = rf"(?:smily-tui (?:{'|'.join(COMMANDS)})|chmod|chown)"
WRITTEN: Final = re.compile(rf"\b{COMMAND}(?: -[a-z-]+| \d+)* [^\w.:;, ]?\{{\w*\}}")


class Shell:
    """A real `sh` in an empty folder, in which the commands that people are told to run only say how."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        for name in ("chmod", "chown", "smily-tui", "sudo"):
            stub = folder / "bin" / name
            stub.write_text('#!/bin/sh\nprintf \'%s\\0\' "${0##*/}" "$@"\n')
            stub.chmod(0o755)

    def words(self, line: str) -> list[str]:
        """The words of the one command that `line` runs; nothing else may have happened."""
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}"
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=self.folder,
            env={"PATH": path},
            capture_output=True,
            check=True,
            timeout=PATIENCE,
        )
        assert [each.name for each in self.folder.iterdir()] == ["bin"]
        assert done.stderr == b""
        return [os.fsdecode(word) for word in done.stdout.split(b"\0")[:-1]]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    folder = tmp_path / "shell"
    folder.mkdir()
    return Shell(folder)


def advised(sentence: str) -> str:
    """The command at the end of a sentence."""
    return re.search(r": ((?:chmod|chown|sudo|smily-tui) .*)$", sentence)[1]  # type: ignore[index]


@pytest.mark.parametrize("value", [*PRINTABLE, *UNPRINTABLE])
def test_each_value_is_one_argument(shell: Shell, value: str) -> None:
    line = command("chmod", "600", value)
    assert shell.words(line) == ["chmod", "600", value]
    assert clean(line) == line, "what is copied is what is shown"
    if value in PRINTABLE:
        assert shlex.split(line) == ["chmod", "600", value]


@given(st.text(min_size=1, max_size=60))
def test_no_value_makes_a_second_argument(value: str) -> None:
    shown = clean(value, 100)
    assert shlex.split(command("smily-tui", "refresh", shown)) == ["smily-tui", "refresh", shown]


@pytest.mark.parametrize("name", [*PRINTABLE[:-1], *UNPRINTABLE])
def test_rights_of_any_file_and_folder_are_set_by_the_command_that_is_told(
    tmp_path: Path, shell: Shell, name: str
) -> None:
    folder = tmp_path / "store" / name
    folder.mkdir(parents=True)
    file = folder / "x"
    file.touch(0o600)
    folder.chmod(0o755)
    file.chmod(0o644)
    with pytest.raises(Unsafe) as raised:
        check_private_folder(folder)
    assert shell.words(advised(raised.value.next)) == ["chmod", "700", str(folder)]
    with pytest.raises(Unsafe) as raised:
        read_private(file, Disk())
    assert shell.words(advised(raised.value.next)) == ["chmod", "600", str(file)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("name", [*PRINTABLE[:-1], *UNPRINTABLE])
def test_a_file_is_taken_back_by_the_command_that_is_told(tmp_path: Path, shell: Shell, name: str) -> None:
    file = tmp_path / name
    file.touch(0o600)
    os.chown(file, 4711, 4711)
    with pytest.raises(Unsafe) as raised:
        read_private(file, Disk())
    assert shell.words(advised(raised.value.next)) == ["sudo", "-u", "#4711", "smily-tui"]


def test_a_server_writes_no_shell_text_into_the_advised_command(
    server: BentServer, person: Person, shell: Shell
) -> None:
    from tests.support.bent_server import Reply

    person.connect()
    scope = "x;touch${IFS}PWNED;# rentals_read"
    asks = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    server.bend_api = lambda path, reply: Reply(403, b"", asks) if "bookings" in path else reply
    told = person.run("api", "bookings")
    assert told.returncode == 5
    words = shell.words(advised(told.stderr.strip().splitlines()[-1]))
    assert words == ["smily-tui", "connect", "--plain", "--scope", "rentals_read"]


@pytest.mark.parametrize(
    "scope",
    ["x;touch${IFS}PWNED;#", "$(touch)", "it's", "-rf", "*", "100%s", "~root", "public,x", "Public", "a7"],
)
def test_a_permission_that_no_catalogue_would_name_is_in_no_command(scope: str) -> None:
    header = clean(f'Bearer scope="{scope}"')
    refused = refusal(Response(403, {"www-authenticate": header}, b""), ("GET", "/api/v3/nothing"))
    assert refused is not None
    assert "smily-tui" not in refused.next


def written_by_hand() -> Iterator[str]:
    """Each place of the program where a value is put right into the text of a command."""
    for path in sorted(PROGRAM.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                text = "".join(
                    str(each.value) if isinstance(each, ast.Constant) else "{}" for each in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            else:
                continue
            if WRITTEN.search(text):
                yield f"{path.relative_to(PROGRAM)}:{node.lineno}: {text}"


def test_no_sentence_of_the_program_writes_a_value_into_a_command_by_itself() -> None:
    assert list(written_by_hand()) == []
