"""What arrives is kept: pieces of answers, tokens that fit nowhere, a ledger; one token, one holder."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.oauth import errors as oauth
from smily_tui.system import Machine, Process, caller, here, this_machine
from smily_tui.text import Clean
from smily_tui.tokens.errors import AuthorizationLost, HandedOver, InDoubt, KeptElsewhere, OtherMachine
from smily_tui.tokens.handover import probe_rotation
from smily_tui.tokens.recovery import recover
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.disk import locked
from smily_tui.vault.errors import Locked, NoSuchAccount
from smily_tui.vault.spill import Spill
from tests.support.connected import connected
from tests.support.processes import HOLD
from tests.support.records import replaced
from tests.support.world import FORCE, World

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.oauth.requests import Fields
    from smily_tui.vault.journal import Answer


@pytest.fixture(params=["on-use", "immediate"])
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """What it rescues lies where the system says, so that every program over its home finds it."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "rescue"))
    made = World(tmp_path, request.param)
    made.store.spill = Spill(made.home.state, made.store.disk)
    return made


# -- pieces of answers ---------------------------------------------------------------------------------


def _where_the_refresh_token_ends(world: World) -> int:
    """How many bytes of an answer hold the whole refresh token, its closing quotation mark included."""
    seen: list[bytes] = []

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        answer = world.post(server, fields, seconds)
        seen.append(answer.body)
        return answer

    world.wire = post
    world.refresh()
    world.wire = world.post
    token = world.stored().current.refresh.reveal().encode()
    return seen[-1].index(token) + len(token) + 1


def test_an_answer_that_was_cut_after_the_refresh_token_is_used_at_once(world: World) -> None:
    end = _where_the_refresh_token_ends(world)
    world.posts, world.script = 0, [f"cut at {end}"]
    assert world.refresh()
    assert world.posts == 2
    assert world.use(world.stored().current.access)
    assert not world.slot.path("next").exists()


def test_a_piece_without_the_whole_refresh_token_is_no_token(tmp_path: Path) -> None:
    world = World(tmp_path, "immediate")
    end = _where_the_refresh_token_ends(world)
    world.script = [f"cut at {end - 1}"]
    with pytest.raises(AuthorizationLost):
        world.refresh()


def test_an_exchange_that_was_cut_after_the_refresh_token_makes_an_account(world: World) -> None:
    end = _where_the_refresh_token_ends(world)
    world.script = [f"cut at {end}"]
    address = world.exchange()
    stored = world.store.slot(address).read()
    assert stored is not None
    assert stored.generation == 2
    assert stored.current.scopes == ("public",)
    assert world.use(stored.current.access)


def test_an_exchange_that_is_cut_again_and_again_is_finished_later(world: World) -> None:
    """The first piece becomes an account without an access token, which the next request renews."""
    end = _where_the_refresh_token_ends(world)
    world.script = [f"cut at {end}", "offline", "offline", "offline"]
    with pytest.raises(oauth.Offline):
        world.exchange()
    fresh = next(each for each in world.store.addresses() if each != world.address)
    stored = world.store.slot(fresh).read()
    assert stored is not None
    assert not stored.current.access
    world.address = fresh
    assert world.refresh(TokenRequirement(min_valid=0.0)), "there is nothing to give out yet"
    assert world.use(world.stored().current.access)


# -- nowhere to save -----------------------------------------------------------------------------------


def _unwritable_after_the_answer(world: World) -> None:
    """From the answer on, nothing in the store can be written; a folder elsewhere can."""

    def post(server: str, fields: Fields, seconds: float) -> Answer:
        answer = world.post(server, fields, seconds)
        real = world.store.disk.open

        def refused(path: Path, flags: int, mode: int = 0o600) -> int:
            if path.is_relative_to(world.home.state) and flags & (os.O_WRONLY | os.O_CREAT):
                raise OSError(5, "Input/output error")
            return real(path, flags, mode)

        world.store.disk.open = refused  # type: ignore[method-assign]
        return answer

    world.wire = post


def _mended(world: World) -> None:
    del world.store.disk.open
    world.wire = world.post


def test_tokens_that_the_store_cannot_take_are_kept_elsewhere_and_brought_home(world: World) -> None:
    old = world.stored()
    _unwritable_after_the_answer(world)
    with pytest.raises(KeptElsewhere) as raised:
        world.refresh()
    assert "rescue" in raised.value.kept
    assert world.stored() == old
    _mended(world)
    world.posts = 0
    assert not world.refresh(TokenRequirement()), "the kept tokens are put in place; no request is needed"
    assert world.posts == 0
    assert world.stored().generation == old.generation + 1
    assert world.use(world.stored().current.access)
    assert not list((world.home.config / "rescue").rglob("*.tokens"))


def test_an_exchange_kept_elsewhere_becomes_an_account(world: World) -> None:
    _unwritable_after_the_answer(world)
    with pytest.raises(KeptElsewhere):
        world.exchange()
    _mended(world)
    for slot in world.store.unfinished_exchanges():
        with slot.lock() as held:
            recover(slot, held, world.environment.machine)
    fresh = [each for each in world.store.addresses() if each != world.address]
    assert len(fresh) == 1
    stored = world.store.slot(fresh[0]).read()
    assert stored is not None
    assert world.use(stored.current.access)


def test_an_older_rescued_file_does_not_replace_newer_tokens(world: World) -> None:
    world.slot.spill(world.stored())
    world.refresh()
    newer = world.stored()
    assert not world.refresh(TokenRequirement())
    assert world.stored() == newer
    assert world.slot.spilled() is None


def test_a_rescued_file_of_a_twin_does_not_replace_the_new_authorization(world: World) -> None:
    """However many generations the twin had; the file is gone with the twin."""
    stored = Accounts(world.home, clock=world)
    stored.name(world.address, "Villa Rosa", replace=world.address)
    for _ in range(2):
        world.refresh()
    world.slot.spill(replaced(world.stored(), generation=9))
    world.wall += 60
    duplicate, fresh = world.address, world.exchange()
    stored.name(fresh, "Villa Rosa", replace=duplicate)
    new = world.stored()
    assert new.generation == 1
    assert world.store.slot(duplicate).spilled() is None
    assert world.is_alive()


def test_a_rescued_file_that_outlived_its_authorization_is_dropped(world: World) -> None:
    """As after a crash between the move of the new one and the deleting of that file."""
    world.slot.spill(replaced(world.stored(), generation=9))
    world.wall += 60
    world.store.slot(world.exchange()).move_to(world.slot)
    new = world.stored()
    assert not world.refresh(TokenRequirement())
    assert world.stored() == new
    assert world.slot.spilled() is None


def test_what_was_forgotten_is_not_brought_back_by_a_rescued_file_but_takes_it_along(world: World) -> None:
    newest = replaced(world.stored(), generation=9)
    world.slot.spill(newest)
    stored = Accounts(world.home, clock=world)
    stored.forget(world.address)
    assert stored.accounts() == ()
    stored.restore(world.address)
    assert world.stored() == newest


def test_an_account_that_cannot_be_read_is_forgotten_with_its_rescued_file(world: World) -> None:
    world.slot.spill(world.stored())
    world.slot.path().write_bytes(b"torn")
    stored = Accounts(world.home, clock=world)
    stored.forget(world.address)
    assert stored.accounts() == ()


# -- one token, one holder -----------------------------------------------------------------------------


def test_tokens_of_another_computer_are_used_but_not_renewed_by_mistake(world: World) -> None:
    elsewhere = replaced(world.stored(), machine=Machine("there", Clean("old laptop")))
    world.slot.save(elsewhere)
    assert not world.refresh(TokenRequirement()), "a valid access token harms nobody"
    with pytest.raises(OtherMachine, match="old laptop") as raised:
        world.refresh()
    assert "--here" in raised.value.next
    assert world.posts == 0
    assert world.refresh(TokenRequirement(force=True, here=True))
    assert world.stored().machine == world.environment.machine
    assert world.refresh()


def test_a_computer_that_is_not_known_is_no_other_one(world: World) -> None:
    unknown = replaced(world.stored(), machine=Machine("", Clean("")))
    world.slot.save(unknown)
    assert world.refresh()


def test_a_token_that_was_handed_over_is_not_used_here_any_more(world: World) -> None:
    stored = Accounts(world.home)
    given = stored.hand_over(world.address)
    assert given == world.stored().current.refresh
    assert world.stored().handed_over is not None
    with pytest.raises(HandedOver):
        world.refresh()
    with pytest.raises(HandedOver):
        stored.hand_over(world.address)
    assert world.posts == 0
    stored.take_back(world.address)
    assert world.refresh()


def test_a_token_that_may_be_spent_is_not_handed_over(tmp_path: Path) -> None:
    world = World(tmp_path, "immediate")
    world.script = ["cut after", "cut before", "cut before"]
    with pytest.raises(InDoubt):
        world.refresh()
    with pytest.raises(InDoubt, match="interrupted"):
        Accounts(world.home).hand_over(world.address)


def test_the_ledger_says_who_used_which_token_and_why(world: World) -> None:
    old = world.stored().current.refresh
    world.refresh()
    world.script = ["offline"] * 3
    with pytest.raises(oauth.Offline):
        world.refresh(TokenRequirement(rejected=world.stored().current.access))
    exchanged, renewed, failed = Accounts(world.home).history(world.address)
    assert (exchanged.why, exchanged.outcome) == ("a code was exchanged", "authorized")
    assert (renewed.why, renewed.outcome, renewed.host, renewed.process) == (
        "asked for", "refreshed", "desk", "tests",
    )  # fmt: skip
    assert renewed.spent == old.fingerprint()[:8]
    assert renewed.got == world.stored().current.refresh.fingerprint()[:8] == failed.spent == failed.got
    assert (failed.why, failed.outcome) == ("the API refused the access token", "offline")
    text = world.slot.path("ledger").read_text()
    assert old.reveal() not in text


def test_a_torn_line_of_the_ledger_is_passed_over_and_it_does_not_grow_for_ever(world: World) -> None:
    path = world.slot.path("ledger")
    path.write_bytes(path.read_bytes() + b'{"at": 1, "why"\n' + b"x" * 70_000 + b"\n")
    world.refresh()
    assert path.stat().st_size < 70_000
    found = Accounts(world.home).history(world.address)
    assert found[-1].outcome == "refreshed"


def test_a_refresh_that_an_older_version_noted_reads_as_one_of_today(world: World) -> None:
    world.refresh()
    path = world.slot.path("ledger")
    path.write_bytes(path.read_bytes().replace(b'"refreshed"', b'"renewed"'))
    assert b'"renewed"' in path.read_bytes()
    assert Accounts(world.home).history(world.address)[-1].outcome == "refreshed"


def test_the_probe_tells_how_a_server_rotates_and_leaves_working_tokens(world: World) -> None:
    expected = "rotates-on-use" if world.state.rotation == "on-use" else "rotates-at-once"
    assert probe_rotation(world.environment, world.slot) == expected
    assert world.use(world.stored().current.access)
    assert world.refresh()


# -- locks ---------------------------------------------------------------------------------------------


def test_a_lock_that_is_held_too_long_names_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "villa.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(Locked, match=rf"Process {holder.pid}, which took the lock \d+ s ago"):
            locked(path, patience=0.1).__enter__()
        holder.communicate()
    with locked(path, patience=0.1) as held:
        assert held.still_counts()
        path.unlink()
        assert not held.still_counts()


def test_a_file_that_is_not_ours_is_not_written_into_by_a_lock(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("1 2 3")
    (tmp_path / "villa.lock").hardlink_to(precious)
    with locked(tmp_path / "villa.lock"):
        assert precious.read_text() == "1 2 3"


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    this = Process.this()
    assert this.is_alive()
    assert not replaced(this, began=this.began + 1).is_alive()
    assert str(os.getpid()) in caller()


def test_this_computer_differs_from_others_only() -> None:
    this = this_machine()
    assert not this.differs_from(this.mark)
    assert not this.differs_from("")
    assert Machine("a", Clean("")).differs_from("b")


def test_a_network_file_system_is_told_from_a_local_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert here.network_file_system(tmp_path) == ""
    mounts = f"/dev/sda / ext4 rw 0 0\nserver:/home {tmp_path} nfs4 rw 0 0\n"
    (tmp_path / "mounts").write_text(mounts)
    real = type(tmp_path).read_text
    monkeypatch.setattr(
        type(tmp_path),
        "read_text",
        lambda path, *more: mounts if str(path) == "/proc/self/mounts" else real(path, *more),
    )
    assert here.network_file_system(tmp_path / "deep" / "down") == "nfs4"
    assert here.network_file_system(tmp_path.parent) == ""


# -- the trash -----------------------------------------------------------------------------------------


def test_what_was_forgotten_can_be_brought_back(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    before = world.stored()
    leftover = world.slot.path().with_name(f".{world.address.account}.tokens.0.tmp")
    leftover.write_bytes(b"half a token")
    stored.forget(world.address)
    assert stored.account(world.address) is None
    assert not leftover.exists()
    assert [each.address for each in stored.forgotten()] == [world.address]
    account = stored.restore(world.address)
    assert account.address == world.address
    assert world.stored() == before
    assert stored.forgotten() == []
    with pytest.raises(NoSuchAccount):
        stored.restore(world.address)


def test_a_restored_account_never_takes_the_place_of_another(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    before = world.stored()
    stored.forget(world.address)
    world.slot.save(replaced(before, label=Clean("Another")))
    restored = stored.restore(world.address)
    assert restored.address != world.address
    assert restored.label == before.label
    assert world.stored().label == "Another"


def test_damaged_journals_are_all_kept_and_deleted_with_their_account(world: World) -> None:
    """They may hold tokens."""
    for number in range(2):
        path = world.slot.path("next")
        path.write_bytes(f"torn {number}".encode())
        path.chmod(0o600)
        with world.slot.lock() as held:
            recover(world.slot, held, world.environment.machine)
    folder = world.slot.path().parent
    aside = sorted(folder.glob(f"{world.address.account}.next-damaged*"))
    assert [each.read_bytes() for each in aside] == [b"torn 0", b"torn 1"]
    stored = Accounts(world.home, clock=world)
    stored.forget(world.address)
    assert not any(each.exists() for each in aside)
    stored.restore(world.address)
    assert all(each.exists() for each in aside)
    stored.forget(world.address)
    stored.empty_trash()
    left = [each for each in world.home.state.rglob("*") if each.is_file()]
    assert not any(b"torn" in each.read_bytes() for each in left)


def test_the_trash_is_emptied_on_request_and_after_a_month(world: World) -> None:
    stored = Accounts(world.home, clock=world)
    second = world.exchange()
    stored.forget(world.address)
    for _ in range(30):
        world.wall += 86400
        Accounts(world.home, clock=world).accounts()
    stored.forget(second)
    assert [each.address for each in stored.forgotten()] == [second]
    assert stored.empty_trash() == 1
    assert stored.forgotten() == []
    assert not any((world.home.state / ".trash").rglob("account.*"))


def test_a_forgotten_account_that_cannot_be_read_is_moved_as_it_is(world: World) -> None:
    path = world.slot.path()
    path.write_bytes(b"damaged")
    stored = Accounts(world.home, clock=world)
    stored.forget(world.address)
    stored.restore(world.address)
    assert path.read_bytes() == b"damaged"


# -- with the real helper ------------------------------------------------------------------------------


def test_the_helper_leaves_no_core_dump() -> None:
    asks = (
        "import ctypes, resource; from smily_tui.system import here; here.no_core_dump();"
        "print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True).stdout
    assert said == "0 (0, 0)\n"


def test_the_helper_probes_and_notes_who_asked(tmp_path: Path) -> None:
    with connected(tmp_path) as (_, stored, address):
        assert stored.probe_rotation(address).wait().kind == "rotates-on-use"
        stored.refresh(address, FORCE).wait()
        history = stored.history(address)
        assert [each.outcome for each in history] == ["authorized", "refreshed", "refreshed", "refreshed"]
        assert all(str(os.getpid()) in each.process for each in history)
        found = stored.account(address)
        assert found is not None
        assert found.machine == this_machine()
