"""What the API refuses: the server's own reason, and advice that does not lead in a circle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from smily_tui.oauth.api import refusal
from smily_tui.oauth.errors import Forbidden, ScopeMissing
from smily_tui.oauth.requests import Response
from smily_tui.text import clean
from tests.support.bent_server import BentServer, Reply

if TYPE_CHECKING:
    from tests.support.person import Person

INSUFFICIENT = 'Bearer error="insufficient_scope"'
FORBIDDEN = {"errors": [{"code": "forbidden"}]}


def test_a_403_of_a_token_that_has_the_permission_leads_in_no_circle(
    server: BentServer, person: Person
) -> None:
    person.connect()
    server.bend_api = lambda _, __: Reply.of(
        403, {"errors": [{"code": "forbidden", "title": "Account suspended"}]}
    )
    ended = person.run("api", "me")
    assert (ended.returncode, ended.stdout) == (5, "")
    assert "has the permission public" in ended.stderr
    assert "Account suspended" in ended.stderr
    assert "--scope" not in ended.stderr
    assert "suspended, the app blocked" in ended.stderr


def test_connecting_does_not_say_that_a_permission_was_not_given_which_was(
    server: BentServer, person: Person
) -> None:
    server.bend_api = lambda _, __: Reply.of(403, FORBIDDEN)
    ended = person.connect()
    assert ended.returncode == 0
    assert "not given" not in ended.stderr
    assert "refuses /api/v3/me (403)" in ended.stderr


@pytest.mark.parametrize(
    ("path", "header", "granted", "kind", "advised"),
    [
        ("me", "", ("public",), Forbidden, None),
        ("rates", "", ("public",), Forbidden, None),
        ("rentals", "", ("public",), ScopeMissing, "rentals_read"),
        ("rentals", "", ("public", "rentals_read"), Forbidden, None),
        ("rentals/7", "", ("public", "rentals_write"), Forbidden, None),
        ("bookings", "", ("public",), ScopeMissing, "bookings_read"),
        ("bookings", "", ("public", "bookings_write_owned"), Forbidden, None),
        ("bookings", INSUFFICIENT, ("public", "bookings_write_owned"), ScopeMissing, "bookings_read"),
        ("bookings", f'{INSUFFICIENT}, scope="bookings_read"', ("bookings_read",), Forbidden, None),
        ("bookings", f'{INSUFFICIENT}, scope="pigeons"', ("bookings_read",), ScopeMissing, "pigeons"),
        ("inbox/messages", "", ("public",), ScopeMissing, "inbox_read"),
        ("inbox/messages", "", (), ScopeMissing, "inbox_read"),
        ("pigeons", "", ("public",), Forbidden, None),
        ("pigeons", INSUFFICIENT, ("public",), ScopeMissing, None),
    ],
)
def test_only_a_missing_permission_is_advised(
    path: str, header: str, granted: tuple[str, ...], kind: type[Exception], advised: str | None
) -> None:
    headers = {"www-authenticate": clean(header)} if header else {}
    failure = refusal(Response(403, headers, b""), ("GET", f"/api/v3/{path}"), granted=granted)
    assert failure is not None
    assert type(failure) is kind
    scope = re.search(r"--scope '?([a-z_]+)", failure.next)
    assert (scope[1] if scope else None) == advised
    assert advised not in granted


def test_a_path_that_does_not_exist_is_told(server: BentServer, person: Person) -> None:
    person.connect()
    server.bend_api = lambda _, __: Reply.of(404, {"errors": [{"code": "not_found", "title": "No rental"}]})
    ended = person.run("api", "rentals/99")
    assert (ended.returncode, ended.stdout) == (5, "")
    assert "no such path or record (404): /api/v3/rentals/99" in ended.stderr
    assert "not_found: No rental" in ended.stderr
    assert "report" not in ended.stderr


BODIES = [
    ({"errors": [{"code": "validation_failed", "field": "name", "title": "can't be blank"}]},
     "validation_failed, name: can't be blank"),
    ({"errors": [{"title": "Gone", "detail": "Sold in 2024"}]}, "Gone Sold in 2024"),
    ({"errors": [{"code": "a"}, {"code": "b"}]}, "a; b"),
    ({"errors": ["No such rental"]}, "No such rental"),
    ({"errors": {"name": ["can't be blank", "is short"]}}, "name: can't be blank, is short"),
    ({"error": "invalid_request", "error_description": "Say more"}, "invalid_request: Say more"),
    ({"error": {"code": "gone", "message": "Sold"}}, "gone: Sold"),
    ({"message": "Not today"}, "Not today"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "shown"), BODIES)
@pytest.mark.parametrize("status", [400, 402, 403, 404, 405, 409, 410, 415, 422, 451, 500, 503])
def test_the_servers_own_reason_is_shown(status: int, content: object, shown: str) -> None:
    failure = refusal(Response(status, {}, Reply.of(status, content).body), ("GET", "/api/v3/rentals"))
    assert failure is not None
    assert f"It says: “{shown}”" in failure.what
    assert str(status) in failure.what
    assert "report" not in failure.next


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>No</html>",
        b"[]",
        b'"no"',
        b'{"errors": 7}',
        b'{"errors": []}',
        b'{"errors": [[1]]}',
        b"\xff",
    ],
)
def test_a_body_that_says_nothing_is_not_quoted(body: bytes) -> None:
    failure = refusal(Response(404, {}, body), ("GET", "/api/v3/rentals"))
    assert failure is not None
    assert "It says" not in failure.what


def test_the_servers_reason_neither_steers_the_terminal_nor_repeats_a_token(
    server: BentServer, person: Person
) -> None:
    person.connect()
    token = person.run("token").stdout.strip()
    words = f"\x1b[2JNo\u202e {token} \r\nhere"
    server.bend_api = lambda _, __: Reply.of(422, {"errors": [{"code": "x", "title": words}]})
    stderr = person.run("api", "rentals").stderr
    assert token not in stderr
    assert "\x1b" not in stderr
    assert "\u202e" not in stderr


@pytest.mark.parametrize(
    ("headers", "told"), [({"Retry-After": "600"}, True), ({"X-RateLimit-Reset": "9"}, False)]
)
def test_a_server_that_is_down_says_when_it_is_back(
    server: BentServer, person: Person, headers: dict[str, str], told: bool
) -> None:
    person.connect()
    down = Reply(503, b"", headers)
    server.bend_api = lambda _, __: down
    api = person.run("api", "me")
    server.bend_token = lambda _, __: down
    refresh = person.run("refresh")
    assert (api.returncode, refresh.returncode) == (6, 6)
    for stderr in (api.stderr, refresh.stderr):
        assert ("asks you to wait until" in stderr) == told, stderr
        assert ("Try again after that" in stderr) == told, stderr


@pytest.mark.parametrize(
    ("status", "content", "words"),
    [
        (401, {"error": "Not authorized"}, "refused the app (401). It says: “Not authorized”"),
        (404, {"error": "Not found"}, "refused the request (Not found, status 404)"),
        (403, {}, "refused the request (status 403)"),
    ],
)
def test_a_refusal_of_the_token_endpoint_is_no_bug_to_report(
    server: BentServer, person: Person, status: int, content: object, words: str
) -> None:
    person.connect()
    server.bend_token = lambda _, __: Reply.of(status, content)
    ended = person.run("refresh")
    assert ended.returncode == 5
    assert words in ended.stderr
    assert "report" not in ended.stderr
    assert "tokens are untouched" in ended.stderr or "Nothing was changed" in ended.stderr
