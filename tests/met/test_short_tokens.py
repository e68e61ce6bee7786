"""A token that lives less long than a script asked for is given, with a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.bent_server import BentServer
    from tests.support.person import Person


@pytest.mark.parametrize(("lifetime", "asked", "shown"), [(7200, "99999", "2 h"), (60, "300", "s")])
def test_a_life_that_the_server_does_not_give_is_told(
    server: BentServer, person: Person, lifetime: int, asked: str, shown: str
) -> None:
    server.more = {"expires_in": lifetime}
    person.connect()
    ended = person.run("token", "--min-valid", asked)
    assert (ended.returncode, ended.stdout.strip() in server.live.values()) == (0, True)
    (line,) = ended.stderr.splitlines()
    assert shown in line
    assert f"not {asked} s" in line
    assert "don't last longer" in line


@pytest.mark.parametrize("asked", [(), ("--min-valid", "7000"), ("--min-valid", "0")])
def test_a_token_that_lives_long_enough_needs_no_word(person: Person, asked: tuple[str, ...]) -> None:
    person.connect()
    ended = person.run("token", *asked)
    assert (ended.returncode, ended.stderr) == (0, "")
