"""The server and the person of these tests do what the others rely on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.bent_server import BentServer
    from tests.support.person import Person


@pytest.mark.parametrize("server", ["immediate", "on-use"], indirect=True)
def test_an_honest_server_is_used_to_the_end(server: BentServer, person: Person) -> None:
    connected = person.connect()
    assert (connected.returncode, connected.stdout.split()[-1]) == (0, "app/villa-rosa"), connected.stderr
    before = person.run("token").stdout
    assert person.run("refresh").returncode == 0
    after = person.run("token").stdout
    assert before != after
    assert after.strip() in server.live.values()
    assert person.holds_a_live_token()
    assert [fields["grant_type"] for fields in server.posts] == ["authorization_code", "refresh_token"]


def test_who_is_revoked_is_told(server: BentServer, person: Person) -> None:
    person.connect()
    server.revoke_all()
    assert person.run("refresh").returncode == 4
    assert not person.holds_a_live_token()
