"""Each variable that the program, its libraries or Python read, set to nonsense: never a bug.

Left out: what Python itself refuses before the program begins (PYTHONHOME, PYTHONHASHSEED, an unknown
PYTHONIOENCODING), proxies and certificates, and the toolkit's own TEXTUAL_*, which have tests of their own.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.bent_server import BentServer
from tests.support.person import Person
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTRACT: Final = range(8)
NONSENSE: Final = {
    "empty": b"",
    "huge": b"9" * 100_000,
    "below a file": b"/dev/null/x",
    "a number": b"5",
    "no UTF-8": b"\xff\xfe/\xe9",
    "steers a terminal": b"a\x1b]0;title\x07\n\x1b[31mb",
}
COMMANDS: Final = (["token"], ["doctor"], ["connect", "--plain", "--yes", "--app", "app"])
DECIDING: Final = ("SMILY_TUI_HOME", "SMILY_TUI_SERVER")  # they may name another store, or a wrong server
VARIABLES: Final = {
    "ours": ("SMILY_TUI_KEYRING", "SMILY_TUI_GROUP", "BROWSER", "EDITOR", "VISUAL", "PAGER", "SHELL", "PATH"),
    "user": ("HOME", "USER", "LOGNAME", "HOSTNAME", "PWD", "TZ", "SSH_CONNECTION", "WSL_DISTRO_NAME"),
    "folders": (
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "XDG_RUNTIME_DIR",
        "XDG_DATA_HOME",
        "TMPDIR",
        "TEMP",
        "TMP",
    ),
    "terminal": (
        "COLUMNS",
        "LINES",
        "TERM",
        "TERM_PROGRAM",
        "COLORTERM",
        "NO_COLOR",
        "FORCE_COLOR",
        "TMUX",
        "STY",
    ),
    "language": ("LANG", "LC_ALL", "LC_CTYPE", "LANGUAGE", "LOCPATH", "UNICODE_VERSION", "INSIDE_EMACS"),
    "desktop": (
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "XAUTHORITY",
        "XDG_CURRENT_DESKTOP",
        "DBUS_SESSION_BUS_ADDRESS",
    ),
    "libraries": (
        "XAUTHORITY",
        "DBUS_SYSTEM_BUS_ADDRESS",
        "PYTHON_KEYRING_BACKEND",
        "ESCDELAY",
        "TTY_COMPATIBLE",
    ),
    "Python": ("PYTHONPYCACHEPREFIX", "PYTHONOPTIMIZE", "PYTHONUNBUFFERED", "PYTHONBREAKPOINT"),
}


@pytest.fixture(scope="module")
def holder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """A person with an account."""
    with BentServer() as server:
        person = Person(tmp_path_factory.mktemp("holder"), server)
        assert person.connect().returncode == 0
        yield person


def _run(
    person: Person, changed: dict[bytes, bytes], command: list[str], here: Path
) -> subprocess.CompletedProcess[bytes]:
    environ = {os.fsencode(name): os.fsencode(value) for name, value in person.environ.items()}
    return subprocess.run(
        [*PROGRAM, *command],
        env=environ | changed,
        input=f"{person.server.code()}\n".encode(),
        cwd=here,
        capture_output=True,
        timeout=120,
        check=False,
    )


def _is_named(ended: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether it ended as the contract says, in words that cannot steer a terminal."""
    words = ended.stderr.decode()
    steers = "\x1b" in words or b"\x1b" in ended.stdout
    return (
        ended.returncode in CONTRACT
        and not any(bad in words for bad in ("A bug", "Traceback"))
        and not steers
    )


@pytest.mark.parametrize("group", VARIABLES)
@pytest.mark.parametrize("kind", NONSENSE)
def test_variables_of_nonsense(holder: Person, tmp_path: Path, group: str, kind: str) -> None:
    changed = {name.encode(): NONSENSE[kind] for name in VARIABLES[group]}
    turn = list(VARIABLES).index(group) + list(NONSENSE).index(kind)
    for command in (["accounts"], COMMANDS[turn % len(COMMANDS)]):
        ended = _run(holder, changed, command, tmp_path)
        assert _is_named(ended), (command, ended)
        assert ended.returncode == 0, (command, ended)


@pytest.mark.parametrize("kind", NONSENSE)
def test_another_store_or_server_of_nonsense(holder: Person, tmp_path: Path, kind: str) -> None:
    usual = {b"HOME": os.fsencode(tmp_path)}
    for name in DECIDING:
        for command in (["accounts"], ["token"], COMMANDS[-1]):
            ended = _run(holder, usual | {name.encode(): NONSENSE[kind]}, command, tmp_path)
            assert _is_named(ended), (name, command, ended)


@pytest.mark.parametrize("variable", ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"])
@pytest.mark.parametrize(
    "value", [b"/dev/null/x", b"/" + b"x" * 5000, b"/dev/null/\xff\xe9", b"/dev/null/\x1b[31m"]
)
def test_a_home_that_cannot_be(holder: Person, tmp_path: Path, variable: str, value: bytes) -> None:
    usual = {b"SMILY_TUI_HOME": b"", b"HOME": os.fsencode(tmp_path)}
    for command in (["accounts"], COMMANDS[-1]):
        ended = _run(holder, usual | {variable.encode(): value}, command, tmp_path)
        assert _is_named(ended), (command, ended)
        needed = command != ["accounts"] or variable != "XDG_CONFIG_HOME"
        assert ended.returncode == (7 if needed else 0), (command, ended)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COLUMNS", "9" * 50_000), ("COLUMNS", "30000"), ("COLUMNS", "nonsense"), ("LINES", "9" * 50_000),
        ("LINES", "30000"), ("COLORTERM", "\x1b"), ("ESCDELAY", "x"), ("UNICODE_VERSION", "/dev/null"),
        ("NO_COLOR", "\udcff"), ("TERM_PROGRAM", "9" * 50_000), ("XDG_RUNTIME_DIR", "/dev/null/x"),
    ],
)  # fmt: skip
def test_the_full_screen_starts_and_ends(holder: Person, variable: str, value: str) -> None:
    with Terminal(PROGRAM, holder.environ | {variable: value}, columns=100) as terminal:
        terminal.wait_for("Villa Rosa")
        terminal.press("q")
        assert terminal.exit_code() == 0
    assert "bug" not in terminal.raw
