"""Folders that the system cannot name, or that somebody else has: each has words of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.processes import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.person import Person

NOBODY = 65534
UNKNOWN = ("unshare", "--user", "--map-user=12345", "--map-group=12345")  # no entry in /etc/passwd
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
needs_namespace = pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run([*UNKNOWN, "true"], check=False, stderr=subprocess.DEVNULL).returncode != 0,
    reason="the system lets nobody make a user namespace",
)


def _file(path: Path) -> None:
    path.touch()


def _open_to_all(path: Path) -> None:
    path.mkdir()
    path.chmod(0o777)


def _foreign(path: Path) -> None:
    path.mkdir(0o700)
    os.chown(path, NOBODY, NOBODY)


@pytest.mark.skipif(Path(f"/run/user/{os.geteuid()}").exists(), reason="the system has a runtime folder")
@pytest.mark.parametrize("make", [_file, _open_to_all, pytest.param(_foreign, marks=needs_root)])
@pytest.mark.parametrize("name", ["runtime-{}", "smily-tui-{}"])
def test_a_folder_that_anybody_made_in_tmp_stops_no_command(
    person: Person, tmp_path: Path, make: Callable[[Path], None], name: str
) -> None:
    person.connect()
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    make(temporary / name.format(os.geteuid()))
    person.environ["TMPDIR"] = str(temporary)
    for command in (["accounts"], ["refresh"], ["token"], ["forget", "app/villa-rosa"], ["forget", "--list"]):
        ended = person.run(*command)
        assert (ended.returncode, "bug" in ended.stderr) == (0, False), (command, ended.stderr)
    assert person.connect().returncode == 0


def test_a_rescued_file_with_a_name_of_nonsense_hides_no_account(person: Person, tmp_path: Path) -> None:
    """Whoever may write into the rescue folder may also write by accident."""
    person.connect()
    temporary = tmp_path / "tmp" / f"smily-tui-{os.geteuid()}"
    temporary.mkdir(parents=True, mode=0o700)
    for stray in (person.home / "state" / "app" / "strange name!.next", temporary / "x.app.a b.tokens"):
        stray.touch(0o600)
    ended = person.run("accounts", TMPDIR=str(temporary.parent))
    assert (ended.returncode, ended.stdout.split()[0]) == (0, "app/villa-rosa"), ended.stderr


@needs_namespace
@pytest.mark.parametrize(
    "environ", [{}, {"HOME": ""}, {"HOME": "relative"}], ids=["unset", "empty", "relative"]
)
@pytest.mark.parametrize("command", [["accounts"], ["token"], ["doctor"], ["connect", "--plain", "--yes"]])
def test_who_has_no_home_is_told_how_to_name_one(environ: dict[str, str], command: list[str]) -> None:
    ended = _as_nobody_known(environ, *command)
    assert ended.returncode == 7, ended.stderr
    assert "no home folder" in ended.stderr
    assert "--home DIR" in ended.stderr
    assert "SMILY_TUI_HOME" in ended.stderr


@needs_namespace
def test_who_has_no_home_can_name_a_folder(tmp_path: Path) -> None:
    ended = _as_nobody_known({"SMILY_TUI_KEYRING": "off"}, "--home", str(tmp_path), "accounts")
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr


def _as_nobody_known(environ: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*UNKNOWN, *PROGRAM, *arguments],
        env={"PATH": os.environ["PATH"], **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd="/",
    )


@pytest.mark.parametrize("named", ["", " ", "~no-such-user/x"])
@pytest.mark.parametrize("way", ["--home", "SMILY_TUI_HOME"])
def test_what_names_no_folder_is_refused_before_anything_is_stored(
    person: Person, tmp_path: Path, named: str, way: str
) -> None:
    """An unset variable in `--home "$STORE"` must not put secrets into the current folder."""
    here = tmp_path / "here"
    here.mkdir()
    environ = person.environ | ({} if way == "--home" else {way: named})
    ended = subprocess.run(
        [*PROGRAM, "accounts", *(["--home", named] if way == "--home" else [])],
        env=environ, cwd=here, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    if (way, named) == ("SMILY_TUI_HOME", ""):
        assert ended.returncode == 0, "an empty variable counts as none, as everywhere"
    else:
        assert ended.returncode == 2, ended.stderr
        assert way in ended.stderr
    assert not list(here.iterdir())


def test_a_relative_folder_in_a_folder_that_is_gone(person: Person, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    ended = subprocess.run(
        ["/bin/sh", "-c", f'cd {gone} && rmdir {gone} && exec "$@"', "", *PROGRAM, "--home", "x", "accounts"],
        env=person.environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (ended.returncode, "--home" in ended.stderr) == (2, True), ended.stderr
