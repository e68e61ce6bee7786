"""Index of a large store: it saves reading, and is believed in nothing but that nothing has changed."""

from __future__ import annotations

import errno
import json
import os
import shutil
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.accounts import MOST_UNINDEXED, Accounts
from smily_tui.clock import SystemClock
from smily_tui.records import encode
from smily_tui.text import Clean
from smily_tui.vault.conversion import AtRest
from smily_tui.vault.errors import VaultError
from smily_tui.vault.format import encode_file, with_header
from smily_tui.vault.home import Home
from smily_tui.vault.index import BLOCK, KIND, SCHEMA, drop_index, read_index, write_index
from smily_tui.vault.model import AUTHORIZATION_KIND, Account, Address
from smily_tui.vault.store import Note, Store
from tests.support.disks import Died, DyingDisk, FailingDisk
from tests.support.records import replaced
from tests.support.scanner import Canary, Scanner
from tests.support.tui.scenes import authorization

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


VILLA, CASA, GONE = (Address("app", name) for name in ("villa", "casa", "gone"))
LARGE: Final = MOST_UNINDEXED + BLOCK  # more than one block


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three accounts, indexed; of one the last refresh failed."""
    store = filled(tmp_path / "home")
    index(store)
    return store


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, bytes]:
    """As `store`, for many examples, with the content of the index."""
    store = filled(tmp_path_factory.mktemp("home"))
    index(store)
    return store, store.index_path.read_bytes()


def filled(folder: Path) -> Store:
    store = Store(Home.at(folder))
    for number, address in enumerate((VILLA, CASA, GONE)):
        save(store, address, str(address.account).capitalize(), 4711 + number)
    store.slot(CASA).write_note(Note(1, 0.0, Clean("The server is asleep."), refused=True))
    return store


def save(store: Store, address: Address, label: str, number: int) -> None:
    store.make_folder(address.application)
    store.slot(address).save(authorization(label, number, 3600))


def index(store: Store) -> None:
    write_index(store, Accounts(store.home).accounts())


def listed(store: Store) -> tuple[Account, ...]:
    return Accounts(store.home).accounts()


def afresh(store: Store) -> tuple[Account, ...]:
    """What is listed where there is no index."""
    drop_index(store)
    return listed(store)


def test_what_is_indexed_is_what_the_files_say(store: Store) -> None:
    by_address = {account.address: account for account in Accounts(store.home).accounts()}
    assert read_index(store) == by_address
    assert by_address == {account.address: account for account in afresh(store)}
    assert by_address[CASA].trouble == "The server is asleep."


def test_it_holds_no_token(store: Store) -> None:
    tokens = [Accounts(store.home).tokens(address) for address in (VILLA, CASA)]
    secrets = [secret.reveal() for pair in tokens for secret in (pair.access, pair.refresh)]
    canaries = [Canary(f"token {number}", secret) for number, secret in enumerate(secrets)]
    assert Scanner(*canaries).hits(store.index_path.read_bytes()) == []


CHANGES: dict[str, Callable[[Store], object]] = {
    "saved": lambda store: save(store, VILLA, "Villa", 9),
    "renamed": lambda store: Accounts(store.home).rename(VILLA, "Villa Rosa"),
    "added": lambda store: save(store, Address("app", "new"), "New", 9),
    "of another app": lambda store: save(store, Address("another", "villa"), "Villa", 9),
    "forgotten": lambda store: Accounts(store.home).forget(GONE),
    "with a note": lambda store: store.slot(VILLA).write_note(Note(1, 0.0, Clean("No."), refused=True)),
    "without its note": lambda store: store.slot(CASA).drop_note(),
    "with a journal": lambda store: encode_journal(store, VILLA),
    "cut short": lambda store: os.truncate(store.slot(VILLA).path(), 100),
    "open to others": lambda store: store.slot(VILLA).path().chmod(0o644),
    "with a second name": lambda store: os.link(store.slot(VILLA).path(), store.home.state / "second"),
    "in a folder open to others": lambda store: store.application_folder("app").chmod(0o755),
    "deleted": lambda store: store.slot(VILLA).path().unlink(),
    "all deleted": lambda store: shutil.rmtree(store.application_folder("app")),
    "changed in its place": lambda store: overwrite(store, VILLA),
}


def test_what_is_deleted_while_it_is_listed_is_not_listed(store: Store) -> None:
    names = store.names()
    shutil.rmtree(store.application_folder("app"))
    surveyed = dict(store.survey(names))
    assert set(surveyed) == {VILLA, CASA, GONE}
    assert [store.slot(address).account(seen) for address, seen in surveyed.items()] == [None] * 3


def encode_journal(store: Store, address: Address) -> None:
    path = store.slot(address).path("next")
    path.write_bytes(b"a journal")
    path.chmod(0o600)


def overwrite(store: Store, address: Address) -> None:
    """Write another label of the same length into the file itself, as no save does."""
    path = store.slot(address).path()
    record = replaced(store.slot(address).require(), label=Clean("Vilma"))
    content = encode_file(AUTHORIZATION_KIND, encode(record))
    with path.open("r+b") as file:
        assert len(file.read()) == len(content)
        file.seek(0)
        file.write(content)


@pytest.mark.parametrize("change", CHANGES)
def test_what_has_changed_since_is_read_from_its_file(store: Store, change: str) -> None:
    CHANGES[change](store)
    shown = listed(store)
    assert shown == afresh(store)


def test_a_large_store_is_indexed_when_it_is_first_listed(tmp_path: Path) -> None:
    store = large(tmp_path)
    first = listed(store)
    assert len(read_index(store)) == len(first) == LARGE
    assert listed(store) == first


def test_of_one_that_lacks_blocks_the_others_are_used(tmp_path: Path) -> None:
    store = large(tmp_path)
    first = listed(store)
    store.index_path.write_bytes(b"".join(store.index_path.read_bytes().splitlines(keepends=True)[:2]))
    assert len(read_index(store)) == BLOCK
    assert listed(store) == first


def large(folder: Path) -> Store:
    store = Store(Home.at(folder))
    store.make_folder("app")
    for number in range(LARGE):
        path = store.slot(Address("app", f"home-{number:04}")).path()
        record = encode(authorization(f"Home {number:04}", number + 1, 3600))
        path.write_bytes(encode_file(AUTHORIZATION_KIND, record))
        path.chmod(0o600)
    return store


def test_a_small_store_has_none(tmp_path: Path) -> None:
    store = filled(tmp_path)
    assert len(listed(store)) == 3
    assert not store.index_path.exists()


def test_an_account_that_is_gone_is_named_in_it_no_more(store: Store) -> None:
    Accounts(store.home).forget(GONE)
    listed(store)
    assert set(read_index(store)) == {VILLA, CASA}


def test_a_trash_that_was_emptied_leaves_no_name_in_it(store: Store) -> None:
    accounts = Accounts(store.home)
    accounts.forget(GONE)
    assert accounts.empty_trash() == 1
    assert not store.index_path.exists()


def test_an_account_that_cannot_be_read_is_tried_at_each_start(store: Store) -> None:
    os.truncate(store.slot(VILLA).path(), 100)
    index(store)
    assert set(read_index(store)) == {CASA, GONE}


def test_one_that_others_may_read_is_not_read(store: Store) -> None:
    assert store.index_path.stat().st_mode & 0o777 == 0o600
    store.index_path.chmod(0o644)
    assert read_index(store) == {}
    assert listed(store) == afresh(store)


@given(st.floats(0, 1, exclude_max=True), st.integers(1, 255), st.booleans())
def test_a_damaged_one_is_as_good_as_none(
    indexed: tuple[Store, bytes], place: float, bits: int, cut: bool
) -> None:
    store, content = indexed[0], bytearray(indexed[1])
    at = int(place * len(content))
    content[at] ^= bits
    store.index_path.write_bytes(bytes(content[:at] if cut else content))
    assert read_index(store) == {}
    assert len(listed(store)) == 3


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(VALUES, max_size=4), st.sampled_from(Account._fields))
def test_whatever_stands_in_it_only_accounts_come_out(
    indexed: tuple[Store, bytes], values: list[object], field: str
) -> None:
    """Whoever may write it may write a checksum as well."""
    store, content = indexed
    store.index_path.write_bytes(content)
    count, columns = block(store)
    column = columns[field]
    changes = [columns | {field: other} for other in ([values, None], [*column[:-1], [values, None]], values)]
    for changed in (*([count, change] for change in changes), [count, values], values):
        forge(store, changed)
        accounts = listed(store)
        assert {account.address for account in accounts} == {VILLA, CASA, GONE}
        assert all(account.state(SystemClock().now()).word for account in accounts)


def block(store: Store) -> list[Any]:
    """The one block of a small index."""
    (_, content) = store.index_path.read_bytes().splitlines()
    decoded: list[Any] = json.loads(content)
    return decoded


def forge(store: Store, content: object) -> None:
    store.index_path.write_bytes(with_header(SCHEMA, KIND, json.dumps(content).encode() + b"\n"))


@pytest.mark.parametrize("count", [-1, 0, 2, 4, 10**12, True, None, "3"])
def test_one_that_has_another_number_of_accounts_than_it_says_is_as_good_as_none(
    store: Store, count: object
) -> None:
    forge(store, [count, block(store)[1]])
    assert read_index(store) == {}
    assert len(listed(store)) == 3


def test_one_without_a_field_is_as_good_as_none(store: Store) -> None:
    count, columns = block(store)
    del columns["mark"]
    forge(store, [count, columns])
    assert read_index(store) == {}


def test_text_in_it_is_cleaned(store: Store) -> None:
    content = store.index_path.read_bytes().partition(b"\n")[2]
    forged = content.replace(b'"Villa"', b'"\\u001b[31mVilla\\u202e"')
    assert forged != content
    store.index_path.write_bytes(with_header(SCHEMA, KIND, forged))
    assert read_index(store)[VILLA].label == "Villa"


def test_one_of_another_form_is_made_anew(store: Store) -> None:
    content = store.index_path.read_bytes().partition(b"\n")[2]
    for schema, kind in ((SCHEMA + 1, KIND), (SCHEMA, "codes")):
        store.index_path.write_bytes(with_header(schema, kind, content))
        assert read_index(store) == {}


# -- encryption ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stand_in")
def test_an_encrypted_store_has_none(store: Store) -> None:
    AtRest(store).protect()
    assert not store.index_path.exists()
    index(store)
    assert not store.index_path.exists()
    AtRest(store).unprotect()
    index(store)
    assert set(read_index(store)) == {VILLA, CASA, GONE}


@pytest.mark.usefixtures("stand_in")
def test_one_that_was_put_beside_an_encrypted_store_is_not_read(store: Store) -> None:
    kept = store.index_path.read_bytes()
    AtRest(store).protect()
    store.index_path.write_bytes(kept)
    store.index_path.chmod(0o600)
    assert read_index(store) == {}


def test_none_is_written_while_the_store_is_being_encrypted(store: Store) -> None:
    drop_index(store)
    with store.protection_lock():
        index(Store(store.home))
    assert not store.index_path.exists()


# -- disks that fail -------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES])
@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_one_that_cannot_be_written_costs_nothing(tmp_path: Path, call: str, code: int) -> None:
    store = filled(tmp_path)
    before = listed(store)
    write_index(Store(store.home, FailingDisk(call, 1, code)), before)
    assert listed(store) == before
    assert not list(store.home.state.glob("*index*"))


def test_a_kill_leaves_the_old_one_or_the_new_one(store: Store) -> None:
    before, store.disk = read_index(store), DyingDisk()
    save(Store(store.home), Address("app", "new"), "New", 9)
    after = Accounts(store.home).accounts()
    for calls in range(10):
        store.disk.left = calls
        try:
            write_index(store, after)
        except Died:
            assert read_index(Store(store.home)) == before
        else:
            break
    assert len(read_index(Store(store.home))) == len(before) + 1
    Accounts(store.home).accounts()
    assert not list(store.home.state.glob(".*.tmp"))


def test_a_trash_is_emptied_where_the_index_cannot_be_deleted(tmp_path: Path) -> None:
    store = filled(tmp_path)
    store.index_path.mkdir()
    with pytest.raises(VaultError):
        drop_index(store)
    assert Accounts(store.home).empty_trash() == 0
    assert len(listed(store)) == 3
