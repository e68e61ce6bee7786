"""A protected store: every secret is encrypted, nothing is lost on the way, no file passes for another."""

from __future__ import annotations

import errno
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.secret import Secret
from smily_tui.vault.conversion import AtRest
from smily_tui.vault.disk import Disk, durable_replace, locked
from smily_tui.vault.encryption import Stage
from smily_tui.vault.errors import (
    Damaged,
    HalfDone,
    KeyMissing,
    Locked,
    NotSealed,
    ProtectionLost,
    SealBroken,
)
from smily_tui.vault.model import Address
from smily_tui.vault.spill import Spill
from tests.support.filled import (
    ANSWER,
    CANARY,
    EVERYWHERE,
    FORGOTTEN,
    IN_DOUBT,
    ODD,
    PIECE,
    everything,
    fill,
    in_clear,
    record,
    store_at,
)
from tests.support.keyrings import FORGETS, TELLS, StandIn
from tests.support.records import replaced

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from smily_tui.vault.store import Store

PLAIN = Address("app", "plain")
TARGET = Address("app", "villa-rosa")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The home's folder."""
    return tmp_path / "home"


@pytest.fixture
def store(folder: Path, stand_in: StandIn) -> Store:
    """A store in clear, beside a keyring that works."""
    return fill(folder)


def test_protect_leaves_no_secret_in_clear_and_loses_none(store: Store, folder: Path) -> None:
    before = everything(store)
    assert len(in_clear(folder)) > 10
    count = AtRest(store).protect()
    assert in_clear(folder) == []
    again = store_at(folder)
    assert everything(again) == before
    assert again.protection.now.stage is Stage.SEALED
    assert count == 2 + len(EVERYWHERE) + 2 + 2 + 1 + 2, (
        "applications, accounts, journals, aside, kept, trash"
    )
    assert AtRest(again).protect() == 0, "there is nothing left to do"


def test_unprotect_brings_back_the_very_bytes(store: Store, folder: Path) -> None:
    def contents() -> dict[str, bytes]:
        return {
            str(path): path.read_bytes()
            for path in folder.rglob("*")
            if path.suffix != ".lock" and path.is_file() and path.name != "protection.json"
        }

    before = contents()
    AtRest(store).protect()
    assert AtRest(store_at(folder)).unprotect() > 0
    after = contents()
    assert after.keys() == before.keys()
    same = [name for name in before if not name.endswith(".next") or "torn" not in name]
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert store_at(folder).protection.now.stage is Stage.PLAIN
    assert AtRest(store_at(folder)).unprotect() == 0


def test_a_store_that_was_never_protected_knows_no_keyring(store: Store, folder: Path) -> None:
    assert AtRest(store).unprotect() == 0
    assert not (folder / "state" / "protection.json").exists()


def test_a_store_protected_twice_has_one_key(store: Store, folder: Path, stand_in: StandIn) -> None:
    AtRest(store).protect()
    AtRest(store).unprotect()
    AtRest(store_at(folder)).protect()
    assert stand_in.entries.read_text().count(":") == 1


def test_everything_written_to_a_protected_store_is_sealed(store: Store, folder: Path) -> None:
    written: list[bytes] = []

    class Watching(Disk):
        def write(self, descriptor: int, data: bytes) -> int:
            written.append(data)
            return super().write(descriptor, data)

    AtRest(store).protect()
    store.disk = Watching()
    store.spill = Spill(store.home.state, store.disk, [folder / "rescue"])
    store.slot(PLAIN).save(replaced(record(1), generation=2))
    found = store.credentials("app")
    assert found is not None
    store.save_credentials("app", replaced(found, client_secret=Secret(f"{CANARY}-new")))
    store.slot(PLAIN).spill(record(3))
    journal = store.slot(PLAIN).journal()
    journal.open({"grant": "refresh_token", "generation": 3, "salvaged": f"{CANARY}-salvaged"})
    journal.record(PIECE, whole=False)
    torn = store.slot(PLAIN).journal().read()
    assert torn is not None
    assert torn.arrived == PIECE, "what can be salvaged from a piece can be salvaged from a sealed one"
    journal.record(ANSWER)
    entry = store.slot(PLAIN).journal().read()
    assert entry is not None
    assert entry.answer == ANSWER
    assert len(written) >= 6
    assert not any(CANARY.encode() in each for each in written)
    assert in_clear(folder) == []


def test_a_moved_account_belongs_to_its_new_address_alone(store: Store, folder: Path) -> None:
    AtRest(store).protect()
    stored = store.slot(PLAIN).read()
    store.slot(PLAIN).move_to(store.slot(TARGET))
    assert store.slot(TARGET).read() == stored
    store.disk.replace(store.slot(TARGET).path(), store.slot(PLAIN).path())
    with pytest.raises(SealBroken):
        store.slot(PLAIN).read()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_move_that_ends_anywhere_leaves_one_account_that_can_be_read(
    store: Store, folder: Path, number: int
) -> None:
    class Ends(Disk):
        left = number

        def replace(self, source: Path, target: Path) -> None:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
            super().replace(source, target)

    AtRest(store).protect()
    stored = store.slot(PLAIN).read()
    store.disk = Ends()
    with pytest.raises(KeyboardInterrupt):
        store.slot(PLAIN).move_to(store.slot(TARGET))
    after = store_at(folder)
    assert [each for each in (after.slot(PLAIN).read(), after.slot(TARGET).read()) if each] == [stored]


@pytest.mark.parametrize("taken", [True, False])
def test_what_was_forgotten_comes_back_with_its_journal_even_to_another_address(
    store: Store, folder: Path, *, taken: bool
) -> None:
    AtRest(store).protect()
    if taken:
        store.slot(FORGOTTEN).save(record(8))
    stored = Accounts(store.home)
    account = stored.restore(FORGOTTEN)
    assert (account.address != FORGOTTEN) is taken
    entry = store.slot(account.address).journal().read()
    assert entry is not None
    assert entry.answer is not None
    assert stored.tokens(account.address).access.reveal() == f"{CANARY}-access-5"
    assert in_clear(folder) == []


def test_two_accounts_whose_files_were_swapped_are_both_refused(store: Store) -> None:
    AtRest(store).protect()
    one, other = store.slot(PLAIN).path(), store.slot(IN_DOUBT).path()
    data = one.read_bytes(), other.read_bytes()
    durable_replace(one, data[1], store.disk)
    durable_replace(other, data[0], store.disk)
    for address in (PLAIN, IN_DOUBT):
        with pytest.raises(SealBroken, match="belongs elsewhere"):
            store.slot(address).read()
        account = store.slot(address).account()
        assert account is not None
        assert account.unreadable


def test_a_file_in_clear_is_refused_until_protect_takes_it_in(store: Store, folder: Path) -> None:
    planted = store.slot(PLAIN).path().read_bytes()
    AtRest(store).protect()
    durable_replace(store.slot(PLAIN).path(), planted, store.disk)
    with pytest.raises(NotSealed, match="is not encrypted"):
        store_at(folder).slot(PLAIN).read()
    assert AtRest(store_at(folder)).protect() == 1
    assert store_at(folder).slot(PLAIN).read() == record(0)


def test_a_protected_store_that_forgot_it_writes_nothing_in_clear_until_protect_mends_it(
    store: Store, folder: Path, stand_in: StandIn
) -> None:
    AtRest(store).protect()
    before = everything(store)
    (folder / "state" / "protection.json").unlink()
    with pytest.raises(ProtectionLost) as raised:
        store_at(folder).slot(PLAIN).read()
    assert "smily-tui protect" in raised.value.next
    assert AtRest(store_at(folder)).protect() == 0
    assert everything(store_at(folder)) == before
    assert stand_in.entries.read_text().count(":") == 1, "the key is the one that the files name"


def test_a_damaged_memory_of_it_is_named_with_what_mends_it(store: Store, folder: Path) -> None:
    AtRest(store).protect()
    remembered = folder / "state" / "protection.json"
    remembered.write_bytes(remembered.read_bytes()[:-4])
    with pytest.raises(Damaged) as raised:
        store_at(folder).slot(PLAIN).read()
    assert "smily-tui protect" in raised.value.next


def test_a_keyring_that_keeps_nothing_is_found_out_before_a_file_is_sealed(
    store: Store, folder: Path, stand_in: StandIn
) -> None:
    stand_in.becomes(FORGETS)
    before = in_clear(folder)
    with pytest.raises(KeyMissing):
        AtRest(store).protect()
    assert in_clear(folder) == before
    assert store_at(folder).protection.now.stage is Stage.PLAIN


def test_one_file_that_cannot_be_read_holds_up_no_other(store: Store, folder: Path) -> None:
    path = store.slot(PLAIN).path()
    path.write_bytes(path.read_bytes()[:-3])
    with pytest.raises(HalfDone) as raised:
        AtRest(store).protect()
    assert "is damaged" in raised.value.what
    assert "smily-tui protect again" in raised.value.next
    assert in_clear(folder) == ["state/app/plain.tokens"]
    assert store_at(folder).protection.now.stage is Stage.SEALING
    store.slot(PLAIN).forget(1_795_500_001.0)
    store.trash.empty()
    AtRest(store_at(folder)).protect()
    assert in_clear(folder) == []


def test_a_full_disk_leaves_both_kinds_readable_and_the_next_call_goes_on(store: Store, folder: Path) -> None:
    before = everything(store)

    class Fails(Disk):
        left = 5

        def replace(self, source: Path, target: Path) -> None:
            self.left -= 1
            if self.left < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            super().replace(source, target)

    store.disk = Fails()
    with pytest.raises(HalfDone, match="disk is full"):
        AtRest(store).protect()
    assert everything(store_at(folder)) == before
    assert AtRest(store_at(folder)).protect() > 0
    assert in_clear(folder) == []
    assert everything(store_at(folder)) == before


@pytest.fixture
def other(folder: Path) -> Iterator[Callable[[str], None]]:
    """Another process that does one thing with the store and goes on living until the test ends."""
    started: list[subprocess.Popen[bytes]] = []

    def does(what: str) -> None:
        script = (
            f"import sys\nfrom pathlib import Path\nfrom tests.support.filled import ODD, store_at\n{what}"
        )
        script = script.replace("STORE", "store_at(Path(sys.argv[1]))")
        command = [sys.executable, "-c", script, str(folder)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == b"done\n"

    yield does
    for process in started:
        process.communicate(b"\n")


def test_a_journal_that_is_at_work_without_its_lock_is_left_alone(
    store: Store, other: Callable[[str], None]
) -> None:
    other(
        "STORE.slot(ODD).journal().open({'grant': 'refresh_token', 'generation': 2})\n"
        "print('done', flush=True); input()"
    )
    before = store.slot(ODD).path("next").read_bytes()
    with pytest.raises(HalfDone, match="without its lock"):
        AtRest(store).protect()
    assert store.slot(ODD).path("next").read_bytes() == before


def test_only_one_converts_at_a_time(store: Store, folder: Path, other: Callable[[str], None]) -> None:
    other("with STORE.protection_lock():\n    print('done', flush=True); input()")
    with pytest.raises(Locked), locked(folder / "state" / "protection.lock", patience=0.1):
        raise AssertionError("somebody else holds it")


def test_the_key_is_in_no_argument_and_no_environment(store: Store, stand_in: StandIn) -> None:
    stand_in.becomes(TELLS)
    AtRest(store).protect()
    key = store.protection.keys.get(store.protection.now.key_id)
    told = stand_in.told.read_bytes()
    assert b"keyring_process" in told
    assert key.hex().encode() not in told
    assert key.hex() in stand_in.entries.read_text()


def test_sealed_files_beside_a_switch_of_an_earlier_time_are_refused(store: Store, folder: Path) -> None:
    """Else the next refresh would write its tokens in clear, without a word."""
    AtRest(store).protect()
    AtRest(store).unprotect()
    switch = folder / "state" / "protection.json"
    earlier = switch.read_bytes()
    AtRest(store_at(folder)).protect()
    switch.write_bytes(earlier)
    again = store_at(folder)
    for look in (
        lambda: again.slot(PLAIN).read(),
        lambda: again.credentials("app"),
        again.slot(IN_DOUBT).journal().read,
    ):
        with pytest.raises(ProtectionLost) as raised:
            look()
        assert "says it is not" in raised.value.what
        assert "smily-tui protect" in raised.value.next
    AtRest(store_at(folder)).protect()
    assert store_at(folder).slot(PLAIN).read() is not None
    assert in_clear(folder) == []
