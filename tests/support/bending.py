"""What a test does to the answers of a token endpoint, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.support.bent_server import BentServer, Reply

if TYPE_CHECKING:
    from tests.support.person import Person

Change = Callable[[Reply], Reply]


def bend(change: Change, grant: str = "refresh_token") -> Callable[[dict[str, str], Reply], Reply]:
    """Change the answers with tokens to requests with that grant."""
    return lambda fields, reply: change(reply) if fields["grant_type"] == grant else reply


def sent(server: BentServer, grant: str = "refresh_token") -> int:
    """How many requests with that grant there were."""
    return sum(fields["grant_type"] == grant for fields in server.posts)


def assert_tokens_are_taken(server: BentServer, person: Person, change: Change) -> None:
    """Connect and refresh against changed answers: both give tokens that live, with one request each."""

    def tokens_only(reply: Reply) -> Reply:
        return change(reply) if b"access_token" in reply.body else reply

    server.bend_token = bend(tokens_only, "authorization_code")
    connected = person.connect()
    assert connected.returncode == 0, connected.stderr
    server.bend_token = bend(tokens_only)
    refreshed = person.run("refresh")
    assert refreshed.returncode == 0, refreshed.stderr
    assert (sent(server, "authorization_code"), sent(server)) == (1, 1)
    assert person.run("token").stdout.strip() in server.live.values()
    assert person.holds_a_live_token()
