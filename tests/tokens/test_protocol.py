"""The refresh protocol over a real store, against the sandbox's own rules; faults come from the wire."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.accounts import Accounts
from smily_tui.clock import Instant
from smily_tui.oauth import errors as oauth
from smily_tui.secret import Secret
from smily_tui.system import here
from smily_tui.text import Clean, Untrusted
from smily_tui.tokens import protocol
from smily_tui.tokens.errors import AuthorizationLost, AuthorizationRevoked, InDoubt, NoCredentials
from smily_tui.tokens.exchange import exchange
from smily_tui.tokens.requirement import Decision, TokenRequirement, decide
from smily_tui.vault.disk import Disk, write_new
from smily_tui.vault.errors import DiskFull, NoSuchAccount
from smily_tui.vault.format import encode_file
from smily_tui.vault.journal import ROOM, Answer
from smily_tui.vault.model import Address, Authorization
from tests.support.disks import FailingDisk
from tests.support.records import replaced, with_tokens
from tests.support.world import FORCE, SERVER, World

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.oauth.requests import Fields


@pytest.fixture(params=["on-use", "immediate"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return World(tmp_path, request.param)


def test_an_exchange_stores_what_the_server_gave(world: World) -> None:
    found = world.stored()
    assert world.use(found.current.access)
    assert (found.generation, found.named, found.used, found.refreshed) == (1, False, False, None)
    assert found.current.scopes == ("public",)
    assert not world.slot.path("next").exists()


def test_a_refresh_saves_the_new_pair_and_keeps_the_one_before(world: World) -> None:
    old = world.stored()
    assert world.refresh()
    new = world.stored()
    assert new.generation == 2
    assert new.previous == old.current.refresh
    assert new.current.refresh != old.current.refresh
    assert world.use(new.current.access)
    assert world.steps == ["hold", "sending", "lock", "hold", "sending"]


def test_a_used_code_is_refused_and_stores_nothing(world: World) -> None:
    spent = Secret(next(iter(world.state.codes)))
    with pytest.raises(oauth.GrantRefused, match="It was used here at"):
        exchange(world.environment, world.store, "app", spent, ["public"])
    assert world.store.addresses() == [world.address]


def test_a_wrong_secret_keeps_the_code_and_the_tokens(world: World) -> None:
    good = world.store.credentials("app")
    assert good is not None
    world.store.save_credentials("app", replaced(good, client_secret=Secret("wrong" * 8)))
    code = Secret(world.state.grant(4712, ("public",)))
    with pytest.raises(oauth.ClientRefused):
        exchange(world.environment, world.store, "app", code, ["public"])
    before = world.stored()
    with pytest.raises(oauth.ClientRefused):
        world.refresh()
    assert world.stored() == before
    world.store.save_credentials("app", good)
    exchange(world.environment, world.store, "app", code, ["public"])
    assert world.is_alive()


def test_tokens_are_never_sent_to_another_server_or_client(world: World) -> None:
    good = world.store.credentials("app")
    assert good is not None
    for changed in ({"server": "http://127.0.0.1:2"}, {"client_id": "other"}):
        world.store.save_credentials("app", replaced(good, **changed))
        with pytest.raises(NoCredentials):
            world.refresh()
    assert world.posts == 0


def test_a_full_disk_is_found_before_anything_is_sent(world: World) -> None:
    import errno

    before = world.stored()
    for call in ("write", "fsync", "replace"):
        world.store.disk = FailingDisk(call, 1, errno.ENOSPC)
        with pytest.raises(DiskFull):
            world.refresh()
        world.store.disk = Disk()
    assert world.posts == 0
    assert world.stored() == before
    assert world.is_alive()


def test_a_save_that_fails_leaves_the_tokens_in_the_journal_and_the_next_call_adopts_them(
    world: World,
) -> None:
    import errno

    class FullAfterAnswer(Disk):
        answered = False

        def replace(self, source: Path, target: Path) -> None:
            if target.suffix == ".tokens":
                raise OSError(errno.ENOSPC, "No space left on device")
            super().replace(source, target)

    from smily_tui.tokens.errors import KeptInJournal

    world.store.disk = FullAfterAnswer()
    with pytest.raises(KeptInJournal) as raised:
        world.refresh()
    assert raised.value.exit_code == 7
    world.store.disk = Disk()
    posts = world.posts
    assert not world.refresh(TokenRequirement()), "the adopted token needs no refresh"
    assert world.posts == posts, "no request was needed"
    assert world.stored().generation == 2
    assert world.use(world.stored().current.access)


def test_an_exchange_that_could_not_be_saved_becomes_an_account_later(world: World) -> None:
    import errno

    class NoTokens(Disk):
        def replace(self, source: Path, target: Path) -> None:
            if target.suffix == ".tokens":
                raise OSError(errno.EROFS, "Read-only file system")
            super().replace(source, target)

    from smily_tui.tokens.errors import KeptInJournal

    stored = Accounts(world.home)
    assert len(stored.accounts()) == 1
    world.store.disk = NoTokens()
    code = Secret(world.state.grant(4712, ("public",)))
    with pytest.raises(KeptInJournal):
        exchange(world.environment, world.store, "app", code, ["public"])
    found = stored.accounts()
    assert len(found) == 2, "the answer was in the journal"
    assert all(world.use(stored.tokens(account.address).access) for account in found)
    assert not world.store.unfinished_exchanges()


def test_an_exchange_without_any_answer_leaves_nothing_that_is_worked_on_again(world: World) -> None:
    world.script = ["cut after", "cut before", "cut before"]
    with pytest.raises(InDoubt):
        world.exchange()
    (orphan,) = world.store.unfinished_exchanges()
    Accounts(world.home).accounts()
    assert world.store.unfinished_exchanges() == []
    assert orphan.read() is None


@pytest.mark.parametrize(
    ("body", "kept"),
    [(b"<p>Welcome", False), (b"<p>refresh_token=" + b"a1b2" * 16, True), (b"\x8b\x01\x80" * 20, True)],
)
def test_an_exchange_whose_answer_makes_no_sense_is_kept_where_it_may_hold_a_token(
    world: World, body: bytes, *, kept: bool
) -> None:
    """Nothing in it can be used now; a person may find something."""
    environment = dataclasses.replace(world.environment, post=lambda *_: Answer(200, body))
    code = Secret(world.state.grant(4712, ("public",)))
    with pytest.raises(InDoubt):
        exchange(environment, world.store, "app", code, ["public"])
    unfinished = [slot.address for slot in world.store.unfinished_exchanges()]
    assert len(Accounts(world.home).accounts()) == 1
    assert [slot.address for slot in world.store.unfinished_exchanges()] == (unfinished if kept else [])


def test_an_exchange_that_another_process_is_at_is_left_alone(world: World) -> None:
    """Even without a lock, whose file may have been deleted."""
    address = Address("app", "new-0000")
    intent = {"grant": "authorization_code", "generation": 1, "asked": [], "at": [1.0, "", 0.0]}
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        by = {"pid": other.pid, "began": here.began(other.pid)}
        write_new(
            world.store.slot(address).path("next"), encode_file("journal", intent | by) + bytes(ROOM), Disk()
        )
        Accounts(world.home).accounts()
        assert [slot.address for slot in world.store.unfinished_exchanges()] == [address]
        other.communicate(b"\n")
    Accounts(world.home).accounts()
    assert world.store.unfinished_exchanges() == []


@pytest.mark.parametrize("fault", ["offline", "cut before"])
def test_what_did_not_reach_the_server_is_repeated(world: World, fault: str) -> None:
    world.script = [fault, fault]
    assert world.refresh()
    assert world.posts == 3
    assert world.use(world.stored().current.access)


def test_nothing_sent_leaves_no_trace(world: World) -> None:
    before = world.stored()
    world.script = ["offline"] * 3
    with pytest.raises(oauth.Offline):
        world.refresh()
    assert world.stored() == before
    assert not world.slot.path("next").exists()


@pytest.mark.parametrize("fault", ["cut after", "5xx after"])
def test_a_lost_answer_is_asked_for_again(tmp_path: Path, fault: str) -> None:
    world = World(tmp_path, "on-use")
    world.script = [fault]
    assert world.refresh()
    assert world.use(world.stored().current.access)


def test_a_lost_answer_with_immediate_rotation_is_named_as_an_interrupted_refresh(tmp_path: Path) -> None:
    world = World(tmp_path, "immediate")
    before = world.stored()
    world.script = ["cut after"]
    with pytest.raises(AuthorizationLost, match="refresh interrupted at"):
        world.refresh()
    assert world.stored() == before, "an error never writes"
    account = world.slot.account()
    assert account is not None
    assert account.refused
    assert "interrupted" in account.trouble


def test_doubt_that_stays_is_remembered_for_the_next_process(tmp_path: Path) -> None:
    world = World(tmp_path, "immediate")
    world.script = ["cut after", "cut before", "cut before"]
    with pytest.raises(InDoubt):
        world.refresh()
    account = world.slot.account()
    assert account is not None
    assert account.in_doubt
    with pytest.raises(AuthorizationLost):
        world.refresh()


@pytest.mark.parametrize(
    "no",
    [
        Answer(429, b""),
        Answer(302, b""),
        Answer(401, b'{"error":"invalid_client"}'),
        oauth.NotTrusted("Another certificate."),
    ],
)
def test_a_no_that_is_about_a_repetition_alone_leaves_the_first_request_in_doubt(
    tmp_path: Path, no: Answer | oauth.NotTrusted
) -> None:
    world = World(tmp_path, "immediate")
    world.script = ["cut after"]

    def post(*request: Any) -> Answer:
        if world.script:
            return world.environment.post(*request)
        if isinstance(no, oauth.NotTrusted):
            raise no
        return no

    environment = dataclasses.replace(world.environment, post=post)
    with pytest.raises(InDoubt):
        protocol.refresh(environment, world.slot, FORCE)
    assert world.slot.journal().read() is not None
    with pytest.raises(AuthorizationLost):
        world.refresh()


def test_a_doubt_is_not_forgotten_where_the_older_token_then_meets_another_no(tmp_path: Path) -> None:
    """The current one was used up by a request without an answer, and asking for the older is too much."""
    world = World(tmp_path, "immediate")
    assert world.refresh()
    current = world.stored()
    assert not current.used
    world.script = ["cut after"]

    def post(server: str, request: Fields, *rest: Any) -> Answer:
        asked = dict(request)["refresh_token"]
        return (
            world.environment.post(server, request, *rest)
            if asked == current.current.refresh
            else Answer(429, b"")
        )

    with pytest.raises(oauth.RateLimited):
        protocol.refresh(dataclasses.replace(world.environment, post=post), world.slot, FORCE)
    assert world.posts > 2
    account = world.slot.account()
    assert account is not None
    assert account.in_doubt
    with pytest.raises(AuthorizationLost, match="refresh interrupted at"):
        world.refresh()


def test_an_authorization_that_the_owner_ended_needs_a_person_and_deletes_nothing(world: World) -> None:
    before = world.stored()
    for pair in world.state.pairs:
        pair.revoked = True
    with pytest.raises(AuthorizationRevoked) as raised:
        world.refresh()
    assert not isinstance(raised.value, AuthorizationLost)
    assert raised.value.exit_code == 4
    assert world.stored() == before


def test_an_answer_without_a_refresh_token_keeps_the_old_one(world: World) -> None:
    import json

    old = world.stored().current.refresh
    body = {"access_token": "n" * 64, "token_type": "bearer", "expires_in": 7200}
    environment = dataclasses.replace(
        world.environment, post=lambda *_: Answer(200, json.dumps(body).encode())
    )
    protocol.refresh(environment, world.slot, FORCE)
    assert world.stored().current.refresh == old
    assert world.stored().current.scopes == ("public",)


def test_an_unknown_account_is_named(world: World) -> None:
    with pytest.raises(NoSuchAccount):
        protocol.refresh(world.environment, world.store.slot(Address("app", "nobody")), FORCE)


def test_a_stored_token_pasted_as_a_code_is_recognised(world: World) -> None:
    from smily_tui.oauth.errors import PasteRefused
    from smily_tui.oauth.paste import read_pasted_code
    from smily_tui.vault.model import Application

    client = world.state.client.client_id
    context = Accounts(world.home).paste_context(Application("app", Clean("App"), client, (), SERVER))
    for token in (world.stored().current.access, world.stored().current.refresh):
        with pytest.raises(PasteRefused):
            read_pasted_code(Untrusted(token.reveal()), context)


# -- when to refresh -----------------------------------------------------------------------------------


def at(world: World, *, left: float, refreshed: float | None) -> Authorization:
    """The account with that many seconds left, refreshed so long ago."""
    stored = world.stored()
    sent = Instant(world.wall - stored.current.lifetime + left)
    moment = None if refreshed is None else Instant(world.wall - refreshed)
    return replaced(with_tokens(stored, sent=sent), refreshed=moment)


@pytest.mark.parametrize(
    ("left", "refreshed", "need", "decision"),
    [
        (7000, None, TokenRequirement(), Decision.USE),
        (300, None, TokenRequirement(), Decision.USE),
        (299, None, TokenRequirement(), Decision.REFRESH),
        (299, 4000.0, TokenRequirement(), Decision.REFRESH),
        (-5, None, TokenRequirement(), Decision.REFRESH),
        (100, 20.0, TokenRequirement(), Decision.USE),
        (-5, 20.0, TokenRequirement(), Decision.ASK),
        (-5, 61.0, TokenRequirement(), Decision.REFRESH),
        (-5, -5000.0, TokenRequirement(), Decision.ASK),
        (7000, 1.0, FORCE, Decision.REFRESH),
        (7000, 1.0, TokenRequirement(force=True, seen=0), Decision.USE),
        (7000, 1.0, TokenRequirement(force=True, seen=1), Decision.REFRESH),
        (-5, 3.0, TokenRequirement(began=Instant(1_795_500_000.0 - 3.5)), Decision.USE),
        (-5, 3.0, TokenRequirement(began=Instant(1_795_500_000.0 - 1)), Decision.ASK),
        (7000, None, TokenRequirement(rejected=Secret("another")), Decision.USE),
    ],
)
def test_when_new_tokens_are_needed(
    tmp_path: Path, left: float, refreshed: float | None, need: TokenRequirement, decision: Decision
) -> None:
    world = World(tmp_path)
    assert decide(at(world, left=left, refreshed=refreshed), need, world.now()) is decision


def test_the_stored_token_that_the_api_refused_is_renewed(world: World) -> None:
    refused = world.stored().current.access
    assert world.refresh(TokenRequirement(rejected=refused))
    assert not world.refresh(TokenRequirement(rejected=refused)), (
        "the second script that saw the 401 uses the new one"
    )
    assert world.posts == 1


def test_within_a_minute_only_a_401_leads_to_another_refresh(world: World) -> None:
    world.refresh()
    store, stored = world.store, world.stored()
    jumped = with_tokens(stored, lifetime=1.0)
    store.slot(world.address).save(jumped)
    world.wall += 5
    assert not world.refresh(TokenRequirement()), (
        "the server still accepts it: the clock or the lifetime is odd"
    )
    world.state.pairs[-1].lifetime = 1
    assert world.refresh(TokenRequirement()), "the server said 401"


def test_a_note_is_about_one_generation_only(world: World) -> None:
    from smily_tui.vault.store import Note

    world.slot.write_note(Note(0, world.wall, Clean("old news"), refused=True))
    account = world.slot.account()
    assert account is not None
    assert not account.refused
    assert account.trouble == ""


def test_a_limit_leaves_the_tokens_alone_and_says_until_when(world: World) -> None:
    before = world.stored()
    limited = Answer(429, b"", world.wall + 38)
    environment = dataclasses.replace(world.environment, post=lambda *_: limited)
    with pytest.raises(oauth.RateLimited) as raised:
        protocol.refresh(environment, world.slot, TokenRequirement(force=True))
    assert raised.value.again_at == world.wall + 38
    assert "The limit is lifted at" in raised.value.what
    note = world.slot.read_note()
    assert note is not None
    assert note.words == "The server got too many requests (429).", "it may be read days later"
    assert world.stored() == before
    assert world.refresh()
