"""The newer wins, always: no answer in a journal is written over, deleted or adopted twice."""

from __future__ import annotations

import dataclasses
import errno
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.oauth.errors import NoAnswer
from smily_tui.tokens import protocol
from smily_tui.tokens.errors import InDoubt
from smily_tui.tokens.handover import probe_rotation
from smily_tui.tokens.recovery import adopt
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.disk import Disk, Held
from smily_tui.vault.journal import Answer
from smily_tui.vault.model import Address, Authorization
from smily_tui.vault.spill import Spill
from smily_tui.vault.store import Slot, Store
from tests.support.world import FORCE, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from smily_tui.oauth.requests import Fields


class Killed(BaseException):
    """The process ended here."""


class SlotThatDies(Slot):
    """Ends the process at a save, with the answer in the journal."""

    def save(self, authorization: Authorization) -> None:
        raise Killed


def refresh_and_die(world: World) -> None:
    """Another process refreshes, and is killed when its answer is in the journal."""
    with pytest.raises(Killed):
        protocol.refresh(world.environment, SlotThatDies(world.store, world.address), FORCE)


@pytest.fixture(params=["immediate", "on-use"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return World(tmp_path, request.param)


# -- the rotation probe --------------------------------------------------------------------------------


class OvertakenSlot(Slot):
    """At the second lock another process has been at work just before."""

    def __init__(self, store: Store, address: Address, other_process: Callable[[], None]) -> None:
        super().__init__(store, address)
        self.other_process = other_process
        self.locks: list[float] = []

    def lock(self, patience: float = 45.0) -> AbstractContextManager[Held]:
        self.locks.append(patience)
        if len(self.locks) == 2:
            self.other_process()
        return super().lock(patience)


def test_the_probe_takes_over_what_another_process_left_in_the_journal(world: World) -> None:
    slot = OvertakenSlot(world.store, world.address, lambda: refresh_and_die(world))
    mode = probe_rotation(world.environment, slot)
    assert mode == ("rotates-at-once" if world.state.rotation == "immediate" else "rotates-on-use")
    assert world.is_alive()


def test_the_probe_shows_nothing_where_a_refresh_of_another_process_is_in_doubt(world: World) -> None:
    def refresh_without_answer() -> None:
        world.script = ["cut before"] * 3
        with pytest.raises(InDoubt):
            world.refresh()

    with pytest.raises(InDoubt, match="during the probe"):
        probe_rotation(world.environment, OvertakenSlot(world.store, world.address, refresh_without_answer))
    assert world.is_alive()


@pytest.mark.parametrize("world", ["on-use"], indirect=True)
def test_the_probe_salvages_a_cut_answer(world: World) -> None:
    world.script = ["fine", f"cut at {_where_the_token_ends(world)}"]
    assert probe_rotation(world.environment, world.slot) == "rotates-on-use"
    assert world.is_alive()


def _where_the_token_ends(world: World) -> int:
    """How much of an answer has a whole refresh token, and no more."""
    lengths: list[int] = []

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        answer = world.environment.post(server, fields, seconds)
        token = json.loads(answer.body)["refresh_token"].encode()
        lengths.append(answer.body.index(token) + len(token) + 1)
        return answer

    protocol.refresh(dataclasses.replace(world.environment, post=post), world.slot, FORCE)
    return lengths[0]


# -- journals that are newer than the tokens -----------------------------------------------------------


def _old_copy_beside_a_newer_journal(world: World) -> Path:
    """The first tokens copied away, and the fourth pair whole in the journal."""
    copy = world.slot.path().with_suffix(".copy")
    shutil.copyfile(world.slot.path(), copy)
    copy.chmod(0o600)
    world.refresh()
    world.refresh()
    refresh_and_die(world)
    return copy


def test_an_older_copy_of_the_tokens_does_not_end_a_newer_journal(world: World) -> None:
    _old_copy_beside_a_newer_journal(world).replace(world.slot.path())
    assert world.is_alive()
    assert world.stored().generation == 5


def test_a_journal_is_adopted_where_the_tokens_were_moved_away(world: World) -> None:
    copy = _old_copy_beside_a_newer_journal(world)
    world.slot.path().unlink()
    adopt(world.store.unfinished_exchanges(), world.environment.machine)
    assert world.store.addresses() == [world.address]
    assert world.stored().generation == 4
    assert world.is_alive()
    assert copy.exists()


def test_a_journal_of_the_saved_tokens_is_dropped(world: World) -> None:
    refresh_and_die(world)
    journal = world.slot.path("next")
    left = journal.read_bytes()
    world.refresh()
    before = world.stored()
    journal.write_bytes(left)
    journal.chmod(0o600)
    world.refresh(TokenRequirement())
    assert world.stored() == before
    assert not journal.exists()


def test_the_journal_of_a_twin_does_not_take_the_place_of_a_new_authorization(world: World) -> None:
    """It was refreshed after the new code was exchanged, and the process died before its journal went."""
    stored = Accounts(world.home)
    duplicate = stored.name(world.address, "Villa Rosa").address
    world.address = duplicate
    world.refresh()
    world.wall += 60
    fresh = world.exchange()
    world.wall += 60
    refresh_and_die(world)
    journal = world.store.slot(duplicate).path("next")
    left = journal.read_bytes()
    expected = world.store.slot(fresh).read()
    stored.name(fresh, "Villa Rosa", replace=duplicate)
    journal.write_bytes(left)
    journal.chmod(0o600)
    assert expected is not None
    world.refresh(TokenRequirement())
    assert world.stored().current == expected.current


def test_the_refresh_token_that_was_really_sent_stays_where_the_answer_has_none(world: World) -> None:
    """RFC 6749 section 6, after a salvaged token was spent, and a crash before the save."""
    end = _where_the_token_ends(world)
    salvaged: list[str] = []

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        token = next(value for name, value in fields if name == "refresh_token")
        if not salvaged:
            answer = world.environment.post(server, fields, seconds)
            salvaged.append(json.loads(answer.body)["refresh_token"])
            raise NoAnswer("Cut.").after(200, answer.body[:end])
        assert not isinstance(token, str)
        assert token.reveal() == salvaged[0]
        body = {"access_token": "a" * 64, "token_type": "bearer", "expires_in": 7200}
        return Answer(200, json.dumps(body).encode())

    environment = dataclasses.replace(world.environment, post=post)
    with pytest.raises(Killed):
        protocol.refresh(environment, SlotThatDies(world.store, world.address), FORCE)
    world.refresh(TokenRequirement())
    assert world.stored().current.refresh.reveal() == salvaged[0]
    assert world.stored().current.access.reveal() == "a" * 64


# -- moves ---------------------------------------------------------------------------------------------


class NoUnlinks(Disk):
    """Deletes no journal."""

    def unlink(self, path: Path) -> None:
        if path.suffix == ".next":
            raise OSError(errno.EIO, "Input/output error", str(path))
        super().unlink(path)


def test_an_account_that_got_its_name_is_not_adopted_a_second_time(world: World) -> None:
    world.store.disk = NoUnlinks()
    fresh = world.exchange()
    journal = world.store.slot(fresh).path("next")
    assert journal.exists()
    left = journal.read_bytes()
    stored = Accounts(world.home)
    named = stored.name(fresh, "Villa Blu").address
    assert not journal.exists(), "a move leaves nothing behind"
    journal.write_bytes(left)  # as an older program left it
    journal.chmod(0o600)
    assert [each.address for each in stored.accounts()] == sorted([world.address, named], key=str)
    assert not journal.exists()


def test_an_account_whose_refresh_is_in_doubt_keeps_its_address_and_lives(world: World) -> None:
    world.script = ["cut before"] * 3
    with pytest.raises(InDoubt):
        world.refresh()
    named = Accounts(world.home).name(world.address, "Villa Blu")
    assert (named.address, named.label) == (world.address, "Villa Blu")
    assert world.is_alive()


def test_a_damaged_journal_in_the_trash_does_not_keep_the_account_there(world: World) -> None:
    stored = Accounts(world.home)
    first = stored.name(world.address, "Villa Rosa").address
    journal = world.store.slot(first).path("next")
    journal.write_bytes(b"torn")
    journal.chmod(0o600)
    stored.forget(first)
    taken = stored.name(world.exchange(), "Villa Rosa").address
    assert taken == first
    restored = stored.restore(first).address
    assert restored != first
    assert world.store.slot(restored).path("next-damaged").read_bytes() == b"torn"
    world.address = restored
    assert world.is_alive()


# -- rescued files -------------------------------------------------------------------------------------


def test_rescued_tokens_are_shown_where_the_whole_state_folder_was_deleted(world: World) -> None:
    stored = world.stored()
    world.slot.spill(stored)
    shutil.rmtree(world.home.state)
    assert [slot.address for slot in world.store.unfinished_exchanges()] == [world.address]
    store = Store(world.home)
    store.spill = world.store.spill
    adopt(store.unfinished_exchanges(), world.environment.machine)
    assert store.addresses() == [world.address]
    assert store.slot(world.address).read() == stored
    assert (world.home.state / "app").stat().st_mode & 0o777 == 0o700


def test_rescued_tokens_are_found_from_an_environment_that_names_other_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And by another spelling of the path; of several copies the newest counts."""
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    link = tmp_path / "link"
    link.symlink_to(state)
    address = Address("app", "villa-rosa")
    monkeypatch.setenv("TMPDIR", "/tmp")
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "file" / "x"))
    (tmp_path / "file").write_text("no folder")
    kept = Spill(link, Disk()).keep(address, b"tokens")
    try:
        for name in ("TMPDIR", "XDG_RUNTIME_DIR"):
            monkeypatch.setenv(name, str(tmp_path))
        monkeypatch.setattr("tempfile.tempdir", None)
        for spelled in (state, link):
            spill = Spill(spelled, Disk())
            assert spill.addresses() == [address]
            assert list(spill.read(address)) == [(kept, b"tokens")]
    finally:
        Spill(state, Disk()).drop(address)
    assert not kept.exists()
