"""Settings as people write them: kept byte for byte, or refused in words, and nothing is left half done."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import CLIENT_SECRET, BentServer

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.person import Person

FIRST = "0b" * 32


def write(person: Person, content: str | bytes) -> Path:
    person.home.mkdir(mode=0o700, exist_ok=True)
    path = person.home / "config.toml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def first(server: BentServer, shape: str) -> str:
    """Settings with one application, as people write them."""
    return shape.replace("ID", FIRST).replace("SERVER", server.origin)


FIELDS = 'client_id = "ID"\nserver = "SERVER"\n'
INLINE = '{ client_id = "ID", server = "SERVER" }'
DOTTED = [f"first.{line}\n" for line in FIELDS.splitlines()]
SHAPES = {
    "dotted": "".join(f"applications.{line}" for line in DOTTED) + 'tui.theme = "x"\n',
    "inline": f"applications = {{ first = {INLINE} }} # mine\n",
    "inline below": f"[applications]\nfirst = {INLINE}\n[tui]\nascii = true\n",
    "out of order": f"[applications.first]\n{FIELDS}[tui] # x\n[applications.first.more]\nx = 1\n",
    "dotted below": f"[applications]\n{''.join(DOTTED)}[keys]\n",
}


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["", "mark"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_second_application_leaves_the_first_as_it_was_written(
    server: BentServer, person: Person, shape: str, ending: str, mark: bytes
) -> None:
    before = mark + first(server, SHAPES[shape]).replace("\n", ending).encode()
    path = write(person, before)
    connected = person.connect(app="second")
    assert connected.returncode == 0, connected.stderr
    after = path.read_bytes()
    assert after.startswith(mark)
    lines = after.removeprefix(mark).splitlines(keepends=True)
    for line in before.removeprefix(mark).splitlines(keepends=True):
        assert line in lines or (shape == "inline" and line.split(b"}")[0] in after), line
    assert all(line.endswith(ending.encode()) for line in lines)
    assert person.connect(app="second").returncode == 0
    assert path.read_bytes() == after, "nothing new, nothing written"
    doctor = person.run("doctor")
    assert "Settings:" in doctor.stdout
    assert "2 apps" in doctor.stdout


UNREADABLE = {
    "nested": (b"x = " + b"[" * 20_000 + b"]" * 20_000, "nested too deep"),
    "digits": (b"x = " + b"1" * 5_000, "thousands of digits"),
    "latin": ('[tui]\n# Caf\xe9\ntheme = "a"\n'.encode("latin-1"), "not UTF-8 text (at line 2)"),
    "utf-16": ("[tui]\n".encode("utf-16"), "not UTF-8 text (at line 1)"),
    "huge": (b"# much\n" * 700_000, "larger than 4 MiB"),
    "no toml": (b"[tui\n", "line 1"),
    "nul": (b"x = '\0'\n", "line 1"),
}


@pytest.mark.parametrize("fault", UNREADABLE)
def test_settings_that_cannot_be_understood_are_named_and_nothing_is_stored(
    server: BentServer, person: Person, fault: str
) -> None:
    content, words = UNREADABLE[fault]
    path = write(person, content)
    ended = person.connect()
    assert (ended.returncode, ended.stdout) == (7, ""), ended.stderr
    assert "config.toml" in ended.stderr
    assert words in ended.stderr
    assert "A bug" not in ended.stderr
    assert path.read_bytes() == content
    assert server.posts == []
    assert CLIENT_SECRET.encode() not in person.stored()
    doctor = person.run("doctor")
    assert doctor.returncode == 7
    assert words in doctor.stdout


@pytest.mark.parametrize("kind", ["fifo", "folder", "device", "link to a device"])
def test_what_is_no_file_in_the_place_of_the_settings_is_named(
    server: BentServer, person: Person, kind: str
) -> None:
    path = write(person, b"")
    path.unlink()
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "device" and os.geteuid() == 0:
        os.mknod(path, 0o20600, os.makedev(1, 5))
    else:
        path.symlink_to("/dev/zero")
    for command in (["accounts"], ["doctor"], ["connect", "--plain", "--yes"]):
        ended = person.run(*command, stdin=f"{CLIENT_SECRET}\n")
        assert ended.returncode == (0 if command == ["accounts"] else 7), ended.stderr
    assert "config.toml is not valid: it is not a plain file" in ended.stderr
