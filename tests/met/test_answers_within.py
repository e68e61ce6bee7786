"""Tokens in answers that are longer than their head says, or more than JSON, are taken at the first try."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.bending import Change, assert_tokens_are_taken, bend, sent
from tests.support.bent_server import BentServer, Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.person import Person


def length(count: Callable[[bytes], int]) -> Change:
    """The length that the head names, counted in another way."""
    return lambda reply: Reply(reply.status, reply.body, {"Content-Length": str(count(reply.body))})


def body(change: Callable[[bytes], bytes], **headers: str) -> Change:
    """Another body in an honest head."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda reply: Reply(reply.status, change(reply.body), named)


def in_letters(reply: Reply) -> Reply:
    """A server that counts characters: those of an owner's name take two bytes each."""
    text = json.dumps({**json.loads(reply.body), "owner": "Société Générale é"}, ensure_ascii=False)
    return Reply(reply.status, text.encode(), {"Content-Length": str(len(text))})


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


def chunk_too_small(data: bytes) -> bytes:
    return b"5\r\n" + data + b"\r\n0\r\n\r\n"


ODD = {
    "its length counts letters": in_letters,
    "its length is too small by one": length(lambda data: len(data) - 1),
    "its length ends before the token": length(lambda data: len(data) // 3),
    "its length is zero": length(lambda _: 0),
    "204": lambda reply: Reply(204, reply.body),
    "304": lambda reply: Reply(304, reply.body),
    "a chunk is larger than it says": body(chunk_too_small, Transfer_Encoding="chunked"),
    "a guard against scripts": body(lambda data: b")]}'\n" + data),
    "within a call": body(lambda data: b"callback(" + data + b");"),
    "within an array": body(lambda data: b"[" + data + b"]"),
    "twice": body(lambda data: data + data),
    "a comment behind it": body(lambda data: data + b"\n<!-- served in 3 ms -->"),
    "padded with NUL": body(lambda data: data + bytes(8)),
    "raw deflate, called gzip": body(raw_deflate, Content_Encoding="gzip"),
    "raw deflate, without a label": body(raw_deflate),
}


@pytest.mark.parametrize("change", ODD.values(), ids=ODD.keys())
def test_tokens_are_taken_from_more_than_the_answer_seems_to_be(
    server: BentServer, person: Person, change: Change
) -> None:
    assert_tokens_are_taken(server, person, change)


def with_token(change: Callable[[str], str]) -> Change:
    """The refresh token in another form."""

    def bent(reply: Reply) -> Reply:
        fields: dict[str, Any] = json.loads(reply.body)
        return Reply.of(200, fields | {"refresh_token": change(fields["refresh_token"])})

    return bent


@pytest.mark.parametrize("odd", ["kl9-x1", "жетон-" * 4], ids=["six letters", "Cyrillic"])
def test_a_refresh_token_that_cannot_be_used_is_kept_and_nothing_is_sent_again(
    server: BentServer, person: Person, odd: str
) -> None:
    person.connect()
    server.bend_token = bend(with_token(lambda _: odd))
    failed = person.run("refresh")
    assert (failed.returncode, sent(server)) == (6, 1)
    assert "The answer is saved in" in failed.stderr
    kept = person.stored()
    assert odd.encode() in kept or json.dumps(odd)[1:-1].encode() in kept


def test_a_refresh_token_with_blanks_is_one(server: BentServer, person: Person) -> None:
    """RFC 6749 appendix A.17 allows them."""
    person.connect()
    real: list[str] = []

    def blanks(token: str) -> str:
        real.append(token)
        return "two words " + token

    server.bend_token = bend(with_token(blanks))
    assert person.run("refresh").returncode == 0
    person.run("refresh")
    assert server.posts[-1]["refresh_token"] == "two words " + real[0]


@pytest.mark.parametrize("status", [400, 422])
def test_words_about_the_refresh_token_are_a_refusal(server: BentServer, person: Person, status: int) -> None:
    person.connect()
    refusal = {"errors": {"refresh_token": "is not valid"}, "refresh_token": ["may not be blank"]}
    server.bend_token = bend(lambda _: Reply.of(status, refusal))
    refused = person.run("refresh")
    assert (refused.returncode, sent(server)) == (5, 1)
    assert "kept in" not in refused.stderr
