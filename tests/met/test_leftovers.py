"""What is left in a store by a kill is swept; what is no number of seconds is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.bent_server import BentServer
    from tests.support.person import Person

HALVES = [
    "config.toml",
    "state/protection.json",
    "state/tokens",
    "state/wizard.draft",
    "state/app/application.json",
    "state/app/codes.json",
    "state/app/codes.tokens",
    "state/app/villa-rosa.tokens",
    "state/app/new-0a1b2c3d.next",
]


@pytest.mark.parametrize("name", HALVES)
def test_what_a_killed_write_left_is_swept(server: BentServer, person: Person, name: str) -> None:
    person.connect()
    place = person.home / name
    half = place.with_name(f".{place.name}.0a1b2c3d4e5f.tmp")
    half.write_bytes(b"a half of a secret")
    half.chmod(0o600)
    person.run("accounts")
    person.connect("--scope", "rates_read")
    assert not half.exists()
    assert person.run("refresh").returncode == 0


@pytest.mark.parametrize("seconds", ["nan", "inf", "-inf", "-1", "-0.5", "1e999"])
def test_a_need_that_is_no_number_of_seconds_is_refused(
    server: BentServer, person: Person, seconds: str
) -> None:
    person.connect()
    ended = person.run("token", f"--min-valid={seconds}")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(server.posts) == 1
