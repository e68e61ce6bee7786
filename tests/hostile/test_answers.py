"""Thousands of malformed answers: each ends in success or in a named error, and no stored token changes."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpcore
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from smily_tui.oauth.api import identify
from smily_tui.oauth.http import Transport
from smily_tui.oauth.token_response import read_token_response
from smily_tui.secret import Secret
from smily_tui.tokens import protocol
from smily_tui.tokens.exchange import exchange
from smily_tui.tokens.recovery import salvage
from smily_tui.vault.disk import Disk
from smily_tui.vault.journal import Answer
from tests.hostile.judging import MOST_NAMES, Tally
from tests.support.bodies import (
    ACCESS,
    ACCOUNTS,
    ECHO,
    ME,
    REFRESH,
    STATUSES,
    TOKENS,
    accounts_bodies,
    broken,
    me_bodies,
    token_bodies,
)
from tests.support.listening import Listener, sends
from tests.support.sampling import examples
from tests.support.scripted_transport import ScriptedTransport
from tests.support.world import FORCE, World

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from smily_tui.oauth.requests import Fields

SEED: Final = 20_260_111
MUTATIONS: Final = examples(500)
EXAMPLES: Final = examples(300)

# -- what Hypothesis makes up --------------------------------------------------------------------------

any_text = st.text(st.characters(exclude_categories=()), max_size=40)  # with lone surrogates
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**25), 10**25),
    st.floats(),
    any_text,
    st.sampled_from([ACCESS, REFRESH, ECHO, "", "invalid_grant", "invalid_client", "x" * 5000]),
)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3)
)


def objects(good: dict[str, Any], *more: str) -> st.SearchStrategy[bytes]:
    """The good answer with any of its fields, and of `more`, replaced by anything; or anything at all."""
    replaced = st.fixed_dictionaries({}, optional=dict.fromkeys((*good, *more), values))
    likely = replaced.map(lambda changes: json.dumps({**good, **changes}).encode())
    return likely | values.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=200)


def entries(good: dict[str, Any], name: str) -> st.SearchStrategy[bytes]:
    """The good answer with the fields of its one entry replaced."""
    entry: dict[str, Any] = good[name][0]
    replaced = st.fixed_dictionaries({}, optional=dict.fromkeys(entry, values))
    return replaced.map(lambda changes: json.dumps({**good, name: [{**entry, **changes}]}).encode())


def mutations(whole: bytes, source: random.Random) -> Iterator[bytes]:
    """The real answer with a few bytes changed, taken away, doubled or put in."""
    for _ in range(MUTATIONS):
        body = bytearray(whole)
        for _ in range(source.randint(1, 4)):
            at = source.randrange(len(body))
            match source.randrange(5):
                case 0:
                    body[at] = source.randrange(256)
                case 1:
                    body[at] ^= 1 << source.randrange(8)
                case 2:
                    del body[at : at + source.randint(1, 9)]
                case 3:
                    body[at:at] = body[at : at + source.randint(1, 40)]
                case _:
                    body[at:at] = source.choice((b'"', b"\\", b"\0", b"{", b"[", b",", b"1e999", b"\xff"))
            body = body or bytearray(b"x")
        yield bytes(body)


def made_up(bodies: st.SearchStrategy[bytes], judge: Callable[[int, bytes], object]) -> None:
    """Judge what Hypothesis makes up, the same each time."""

    @settings(
        derandomize=True,
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(status=st.sampled_from((200, 200, 200, *STATUSES)), body=bodies)
    def run(status: int, body: bytes) -> None:
        judge(status, body)

    run()


# -- the token endpoint --------------------------------------------------------------------------------


class QuickDisk(Disk):
    """Waits for no disk: these answers are about what is written, not about power that fails."""

    def fsync(self, descriptor: int) -> None:
        """Do nothing."""


class TokenEndpoint:
    """A stored account, and a token endpoint that answers whatever it is told to."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.world.store.disk = QuickDisk()
        self.tally = Tally()
        self.answer = Answer(0, b"")
        self.environment = dataclasses.replace(self.world.environment, post=self._post)
        self.path = self.world.store.slot(self.world.address).path()

    def _post(self, _server: str, _fields: Fields, _seconds: float) -> Answer:
        return self.answer

    def secrets(self) -> list[str]:
        current = self.world.stored().current
        secret = self.world.state.client.client_secret
        return [secret, current.access.reveal(), current.refresh.reveal(), ACCESS, REFRESH]

    def _told(self, status: int, body: bytes) -> None:
        """What the server says next; it knows what the request carried."""
        self.answer = Answer(status, body.replace(ECHO.encode(), self.secrets()[2].encode()))

    def refresh(self, status: int, body: bytes, label: str = "made up", *, then_real: bool = False) -> None:
        """One refresh; afterwards, with `then_real`, another one that a real server answers."""
        self._told(status, body)
        label = f"{label}, {status}, refresh"
        before, stored, world = self.path.read_bytes(), self.world.stored(), self.world
        if self.tally.judge(
            label, lambda: protocol.refresh(self.environment, world.slot, FORCE), self.secrets()
        ):
            self.tally.require(f"{label}: taken, but no tokens were in it", self._is_what_is_stored())
            world.slot.save(stored)
        self.tally.require(f"{label}: the stored tokens changed", self.path.read_bytes() == before)
        if then_real:
            self.tally.require(
                f"{label}: no way back", world.refresh() and world.use(world.stored().current.access)
            )
        else:
            world.slot.journal().close()

    def exchange(self, status: int, body: bytes, label: str) -> None:
        """One code exchange, beside the stored account."""
        self._told(status, body)
        world, label = self.world, f"{label}, {status}, exchange"
        before = self.path.read_bytes()
        code = Secret("c0de" * 16)
        taken = self.tally.judge(
            label,
            lambda: exchange(self.environment, world.store, "app", code, ["public"]),
            [*self.secrets(), "c0de" * 16],
        )
        new = [each for each in world.store.addresses() if each != world.address]
        # a refresh token in an answer that is no use otherwise is kept: it may be a good one
        expected = taken or salvage(self.answer) is not None
        self.tally.require(f"{label}: {len(new)} accounts are new", len(new) == expected)
        self.tally.require(f"{label}: the other account changed", self.path.read_bytes() == before)
        for slot in (*map(world.store.slot, new), *world.store.unfinished_exchanges()):
            slot.forget(world.wall)

    def _is_what_is_stored(self) -> bool:
        """Whether the answer is a token response by a plain reading, and its tokens are what is stored."""
        body = self.answer.body
        text = body.decode(json.detect_encoding(body), "replace")
        decoder = json.JSONDecoder(parse_int=lambda digits: int(digits[:20]))
        fields: dict[str, Any] = {}
        for at in (match.start() for match in re.finditer("{", text)):  # a pair within other text is one, too
            with contextlib.suppress(ValueError):
                fields = fields or decoder.raw_decode(text, at)[0]
        current = self.world.stored().current
        kept = fields.get("refresh_token") in (None, "", current.refresh.reveal())
        return fields["access_token"] == current.access.reveal() and kept


def token_tally(folder: Path) -> Tally:
    """What all answers of a token endpoint came to."""
    endpoint = TokenEndpoint(folder)
    for label, body in token_bodies().items():
        for status in STATUSES:
            endpoint.refresh(status, body, label, then_real=True)
        endpoint.exchange(200, body, label)
        endpoint.exchange(400, body, label)
    for body in mutations(json.dumps(TOKENS).encode(), random.Random(SEED)):  # noqa: S311 - no secret
        endpoint.refresh(200, body, f"mutation {body!r}")
    made_up(objects(TOKENS, "error", "error_description"), endpoint.refresh)
    return endpoint.tally


# -- the API -------------------------------------------------------------------------------------------


class Api(ScriptedTransport):
    """The real transport over a wire inside the process, to an API that answers whatever it is told to."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:1", self._answer)
        self.tally = Tally()
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.challenge = b""

    def _answer(self, request: httpcore.Request) -> httpcore.Response:
        status, body = self.answers[request.url.target.decode().rpartition("/")[2]]
        headers = [(b"Content-Type", b"application/json"), (b"WWW-Authenticate", self.challenge)]
        return httpcore.Response(status, headers=headers, content=iter([body]))

    def identify(self, name: str, status: int, body: bytes, label: str = "made up") -> None:
        """Ask whose token it is, where one of the two answers is broken."""
        body = body.replace(ECHO.encode(), ACCESS.encode())
        said = b"\x1b[2J" + ACCESS.encode() + b" is " + body[:5000].translate(None, b'\r\n"')
        self.challenge = b'Bearer error_description="' + said + b'"'
        good = {"me": (200, json.dumps(ME).encode()), "accounts": (200, json.dumps(ACCOUNTS).encode())}
        self.answers = good | {name: (status, body)}
        self.tally.judge(f"{name}, {label}, {status}", lambda: self._identify(f"{name}, {label}"), [ACCESS])

    def _identify(self, label: str) -> None:
        found = identify(self, Secret(ACCESS))
        plain = found.account_id is None or type(found.account_id) is int
        texts = (found.business_name, found.status, found.remark)
        self.tally.require(
            f"{label}: the identity is not fit to be shown", plain and all(map(_is_plain, texts))
        )


def _is_plain(text: str) -> bool:
    return len(text) <= 400 and not any(ord(char) < 32 or "\ud800" <= char <= "\udfff" for char in text)


def api_tally() -> Tally:
    """What all answers of the API came to."""
    api = Api()
    source = random.Random(SEED)  # noqa: S311 - no secret
    answers = (
        ("me", ME, me_bodies(), "accounts_applications"),
        ("accounts", ACCOUNTS, accounts_bodies(), "accounts"),
    )
    for name, good, bodies, entry in answers:
        for label, body in bodies.items():
            for status in STATUSES:
                api.identify(name, status, body, label)
        for body in mutations(json.dumps(good).encode(), source):
            api.identify(name, 200, body, f"mutation {body!r}")
        made_up(objects(good), partial(api.identify, name))
        made_up(entries(good, entry), partial(api.identify, name))
    return api.tally


# -- all of them ---------------------------------------------------------------------------------------


def test_no_answer_harms_what_is_stored_or_ends_in_more_than_a_few_named_errors(tmp_path: Path) -> None:
    token, api = token_tally(tmp_path), api_tally()
    print(f"G10, token endpoint: {token.line()}")  # noqa: T201
    print(f"G10, /me and /accounts: {api.line()}")  # noqa: T201
    print(f"G10: {token.line(api)}")  # noqa: T201
    assert token.faults == api.faults == []
    for tally, least in ((token, 2000), (api, 3000)):
        assert tally.answers >= least
        assert 0 < tally.successes < tally.answers / 2
    assert {"InDoubt", "GrantRefused", "ClientRefused", "RequestRefused"} & set(token.names)
    assert {"TokenRejected", "NotUnderstood", "ServerFault"} <= set(api.names)
    assert len(set(token.names) | set(api.names)) <= MOST_NAMES


def test_the_wire_makes_no_difference() -> None:
    """The same bodies over real HTTP: what the transport passes on is read, the rest has a name."""
    tally, now = Tally(), b""

    def answer(connection: socket.socket, listener: Listener) -> None:
        sends(now)(connection, listener)

    with Listener(answer) as server:
        for label, body in broken(TOKENS).items():
            for status in (200, 204, 400):
                now = b"HTTP/1.1 %d Odd\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body
                tally.judge(f"{label}, {status}", partial(_ask, server.origin), [ACCESS, REFRESH])
    print(f"G10, over HTTP: {tally.line()}")  # noqa: T201
    assert tally.faults == []
    assert tally.answers == len(server.received) > 150
    assert {"NotUnderstood", "GrantRefused", "RequestRefused"} <= set(tally.names)


def _ask(origin: str) -> None:
    found = Transport(origin, deadline=8.0).post_form("/oauth/token", (("code", Secret(ACCESS)),))
    read_token_response(found.status, found.body)
