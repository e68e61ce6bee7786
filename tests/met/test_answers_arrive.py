"""What arrived is kept before it is judged: an answer that holds tokens is never thrown away for its look."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.bending import assert_tokens_are_taken, bend, sent
from tests.support.bent_server import BentServer, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.person import Person


def coded(label: str, code: Callable[[bytes], bytes] = bytes) -> Callable[[Reply], Reply]:
    """Every answer in a coding."""
    return lambda reply: Reply(reply.status, code(reply.body), {"Content-Encoding": label})


def listed(person: Person) -> dict[str, Any]:
    """The only account, as `accounts --json` has it."""
    (account,) = person.accounts()
    return account


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(coded("gzip", gzip.compress), id="a proxy compresses it"),
        pytest.param(coded("utf-8"), id="its label names no compression"),
        pytest.param(coded("gzip"), id="its label lies"),
        pytest.param(lambda reply: Reply(reply.status, b"\xef\xbb\xbf" + reply.body), id="byte order mark"),
        pytest.param(lambda reply: Reply(200, reply.body.decode().encode("utf-16")), id="UTF-16"),
        pytest.param(lambda reply: Reply(403, reply.body), id="403"),
        pytest.param(lambda reply: Reply(302, reply.body, {"Location": "/login"}), id="302"),
        pytest.param(lambda reply: Reply(429, reply.body, {"Retry-After": "9"}), id="429"),
        pytest.param(lambda reply: Reply(500, reply.body), id="500"),
        pytest.param(lambda reply: Reply(200, reply.body[:-1] + b', "error": "none"}'), id="error beside"),
        pytest.param(lambda reply: Reply(200, reply.body[:-1] + b', "x": NaN, "x": 1}'), id="NaN, twice"),
        pytest.param(lambda reply: Reply(200, reply.body, {"X-Odd": "a\0b"}), id="NUL in a header"),
        pytest.param(lambda reply: Reply(200, reply.body, {"content-length": "5"}), id="two lengths"),
        pytest.param(
            lambda reply: Reply(200, reply.body, {"Transfer-Encoding": "gzip, chunked"}), id="transfer coding"
        ),
    ],
)
def test_tokens_are_taken_from_an_answer_that_looks_odd(
    server: BentServer, person: Person, change: Callable[[Reply], Reply]
) -> None:
    assert_tokens_are_taken(server, person, change)


@pytest.mark.parametrize("lifetime", ["60", " 60.0 ", "6e1"])
def test_a_lifetime_that_is_a_text_counts(server: BentServer, person: Person, lifetime: object) -> None:
    server.more = {"expires_in": lifetime}
    person.connect()
    first = person.run("token", "--min-valid", "90").stderr + person.run("accounts").stdout
    assert sent(server) >= 1, f"a token of a minute was handed out for 90 seconds: {first}"


@pytest.mark.parametrize(
    ("lifetime", "seconds"),
    [(None, 7200), (315_360_000, 30 * 86400), ("", 7200), ("soon", 7200), ("-60", 7200)],
)
def test_a_lifetime_that_is_absent_or_absurd_is_harmless(
    server: BentServer, person: Person, lifetime: object, seconds: int
) -> None:
    server.more = {"expires_in": lifetime}
    person.connect()
    stored = person.stored()
    match = re.search(rb'"lifetime": ([\d.]+)', stored)
    assert match is not None
    assert float(match[1]) == seconds
    assert person.run("token").returncode == 0
    assert sent(server) == 0


def test_an_empty_scope_is_empty(server: BentServer, person: Person) -> None:
    server.more = {"scope": ""}
    person.connect("--scope", "public", "--scope", "bookings_read")
    assert listed(person)["scopes"] == []


@pytest.mark.parametrize("length", [4097, 16 * 1024])
def test_long_tokens_are_kept_and_handed_out(server: BentServer, person: Person, length: int) -> None:
    server.token_length = length
    connected = person.connect()
    assert connected.returncode == 0, connected.stderr
    for _ in range(2):
        assert person.run("refresh").returncode == 0
    token = person.run("token").stdout.strip()
    assert len(token) == length
    assert token in server.live.values()
    assert person.run("api", "me").returncode == 0
    assert "Villa Rosa" in person.run("accounts").stdout
    assert token in person.run("export", "--format", "env").stdout
    again = person.run("token", "--rejected-stdin", stdin=f"{token}\n").stdout.strip()
    assert again in server.live.values()
    assert again != token


def test_a_token_that_is_too_long_is_named_and_costs_one_request_a_call(
    server: BentServer, person: Person
) -> None:
    person.connect()
    server.more = {"access_token": "x" * 20_000}
    for calls in (1, 2, 3):
        failed = person.run("refresh")
        assert failed.returncode == 6
        assert "longer than 16 KiB" in failed.stderr
        assert "cut" not in failed.stderr
        assert sent(server) == calls
        assert person.holds_a_live_token()
    server.more = {}
    assert person.run("refresh").returncode == 0


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param(b"\x8b\x01\x80" * 30, "compressed in an unsupported form (br)", id="brotli"),
        pytest.param(b"<p>Log in to this network</p>", "is a web page", id="a login page"),
        pytest.param(b"tokens: none", "is not JSON", id="a text"),
        pytest.param(b"x" * 70_000, "longer than 64 KiB", id="too long"),
    ],
)
def test_words_say_what_happened(server: BentServer, person: Person, body: bytes, words: str) -> None:
    person.connect()
    label = {"Content-Encoding": "br"} if b"\x8b" in body else {}
    server.bend_token = bend(lambda _: Reply(200, body, label))
    failed = person.run("refresh")
    assert (failed.returncode, failed.stdout) == (6, "")
    assert words in failed.stderr
    assert "cut" not in failed.stderr


def test_an_answer_in_brotli_is_kept_and_not_asked_for_again(server: BentServer, person: Person) -> None:
    person.connect()
    sealed = b"\x8b\x01\x80" + bytes(range(256))
    server.bend_token = bend(lambda _: Reply(200, sealed, {"Content-Encoding": "br"}))
    failed = person.run("refresh")
    assert sent(server) == 1
    kept = re.search(r"The answer is saved in (\S+)\.", failed.stderr)
    assert kept is not None, failed.stderr
    server.bend_token = lambda _, reply: reply
    assert person.run("refresh").returncode == 4
    assert sealed in person.stored(), "the repetition was written over it"


@pytest.mark.parametrize("server", ["on-use"], indirect=True)
@pytest.mark.parametrize("status", [403, 429, 500])
def test_a_page_that_is_too_long_is_told_by_its_status(
    server: BentServer, person: Person, status: int
) -> None:
    person.connect()
    page = b"<!doctype html>" + b"<p>Action Controller: Exception caught</p>" * 12_000
    server.bend_token = bend(lambda _: Reply(status, page, {"Content-Type": "text/html"}))
    failed = person.run("refresh")
    assert failed.returncode == (6 if status >= 500 else 5)
    assert str(status) in failed.stderr
    assert "64 KiB" not in failed.stderr
    server.bend_token = lambda _, reply: reply
    assert person.run("refresh").returncode == 0


@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_that_repeats_the_token_is_a_refusal(
    server: BentServer, person: Person, status: int
) -> None:
    person.connect()
    server.revoke_all()

    def echo(fields: dict[str, str], _: Reply) -> Reply:
        return Reply.of(status, {"error": "invalid_grant", "refresh_token": fields["refresh_token"]})

    server.bend_token = echo
    refused = person.run("refresh")
    assert refused.returncode == 4
    assert sent(server) == 1


@pytest.mark.parametrize(
    "form",
    [
        "access_token={access_token}&refresh_token={refresh_token}",
        "<access_token>{access_token}</access_token><refresh_token>{refresh_token}</refresh_token>",
        '{{"error": "none", "data": {{"refreshToken": "{refresh_token}"}}}}',
    ],
)
@pytest.mark.parametrize("status", [200, 403])
def test_a_refresh_token_in_another_form_is_kept_and_nothing_is_sent_again(
    server: BentServer, person: Person, form: str, status: int
) -> None:
    person.connect()
    server.bend_token = bend(lambda reply: Reply(status, form.format(**json.loads(reply.body)).encode()))
    failed = person.run("refresh")
    assert (failed.returncode, sent(server)) == (6, 1)
    assert "The answer is saved in" in failed.stderr
    assert person.holds_a_live_token()
