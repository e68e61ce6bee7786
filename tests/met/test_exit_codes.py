"""Exit codes where output cannot be written: never 0 for stdout, and as without it for stderr."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.bent_server import BentServer
from tests.support.person import Person
from tests.support.processes import PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CODES: dict[tuple[str, ...], int] = {
    ("accounts",): 0,
    ("accounts", "--json"): 0,
    ("token",): 0,
    ("refresh",): 0,
    ("api", "me"): 0,
    ("export", "--format", "env"): 0,
    ("forget", "--list"): 0,
    ("--help",): 0,
    ("token", "--help"): 0,
    ("--version",): 0,
    ("token", "nobody"): 3,
    ("--nonsense",): 2,
    ("nonsense",): 2,
    ("api",): 2,
}


@pytest.fixture(scope="module")
def connected_person(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    with BentServer() as server:
        person = Person(tmp_path_factory.mktemp("person"), server)
        assert person.connect().returncode == 0
        yield person


def exit_code(person: Person, arguments: Sequence[str], redirection: str) -> int:
    """The exit code of a command in a shell that redirects its output."""
    command = ["sh", "-c", f'"$@" {redirection}', "sh", *PROGRAM, *arguments]
    done = subprocess.run(
        command, env=person.environ, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    return done.returncode


@pytest.mark.parametrize("arguments", CODES, ids=" ".join)
def test_words_that_cannot_be_written_change_no_exit_code(
    connected_person: Person, arguments: tuple[str, ...]
) -> None:
    for redirection in ("", "2>/dev/full", "2>&-"):
        assert exit_code(connected_person, arguments, redirection) == CODES[arguments], redirection


@pytest.mark.parametrize("arguments", [each for each in CODES if not CODES[each]], ids=" ".join)
def test_output_that_cannot_be_written_is_no_success(
    connected_person: Person, arguments: tuple[str, ...]
) -> None:
    for redirection in (">/dev/full", ">&-", ">/dev/full 2>/dev/full", ">&- 2>&-"):
        assert exit_code(connected_person, arguments, redirection) == 1, redirection
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody_reads:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=connected_person.environ,
            stdout=nobody_reads,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
