"""G24: what older programs wrote is read; what newer ones wrote is left alone; nothing is lost in silence.

`schema-1/` holds what the program wrote before schema 2: an account of generation 2 and the journal of a
refresh that ended between the server's answer and the save.
"""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.errors import SmilyError
from smily_tui.records import encode
from smily_tui.system import Machine
from smily_tui.text import Clean
from smily_tui.tokens.recovery import recover
from smily_tui.vault.disk import Disk, make_folder
from smily_tui.vault.errors import Damaged, Newer
from smily_tui.vault.format import SCHEMA, decode_file, encode_file
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.spill import Spill
from smily_tui.vault.store import Store

if TYPE_CHECKING:
    from tests.faults.conftest import Figure

OLD = Path(__file__).with_name("schema-1")
ADDRESS = Address("app", "villa-rosa")
HERE = Machine("here", Clean("desk"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store as the older program left it."""
    home = Home.at(tmp_path)
    folder = home.state / "app"
    make_folder(folder, Disk())
    for file in OLD.iterdir():
        shutil.copyfile(file, folder / file.name)
        (folder / file.name).chmod(0o600)
    found = Store(home)
    found.spill = Spill(home.state, found.disk, [tmp_path / "rescue"])
    return found


def test_an_older_account_is_read_and_its_file_stays_as_it_is(store: Store) -> None:
    before = store.slot(ADDRESS).path().read_bytes()
    assert before.startswith(b"smily-tui 1 ")
    found = store.slot(ADDRESS).read()
    assert found is not None
    assert (found.generation, found.machine, found.handed_over) == (2, Machine("", Clean("")), None)
    assert store.credentials("app") is not None
    assert store.slot(ADDRESS).read_note() is not None
    assert len(store.spent_codes("app")) == 1
    assert store.slot(ADDRESS).path().read_bytes() == before


def test_an_older_journal_is_put_in_place_and_saved_in_the_present_schema(store: Store) -> None:
    old = store.slot(ADDRESS).read()
    assert old is not None
    entry = store.slot(ADDRESS).journal().read()
    assert entry is not None
    assert entry.answer is not None
    fields = json.loads(entry.answer.body)
    with store.slot(ADDRESS).lock() as held:
        found = recover(store.slot(ADDRESS), held, HERE)
    assert found.authorization is not None
    assert found.authorization.generation == 3
    assert found.authorization.current.refresh.reveal() == fields["refresh_token"]
    assert found.authorization.previous == old.current.refresh
    assert store.slot(ADDRESS).path().read_bytes().startswith(b"smily-tui %d " % SCHEMA)
    assert store.slot(ADDRESS).read() == found.authorization


def test_what_a_newer_program_wrote_is_refused_and_left_alone(store: Store) -> None:
    newer = _as_schema(store.slot(ADDRESS).path().read_bytes(), SCHEMA + 1)
    store.slot(ADDRESS).path().write_bytes(newer)
    with pytest.raises(Newer) as raised, store.slot(ADDRESS).lock() as held:
        recover(store.slot(ADDRESS), held, HERE)
    assert "Update smily-tui" in raised.value.next
    assert store.slot(ADDRESS).path().read_bytes() == newer
    account = store.slot(ADDRESS).account()
    assert account is not None
    assert account.unreadable


def test_a_newer_journal_is_refused_and_left_alone(store: Store) -> None:
    path = store.slot(ADDRESS).path("next")
    newer = _as_schema(path.read_bytes(), SCHEMA + 1)
    path.write_bytes(newer)
    with pytest.raises(Newer), store.slot(ADDRESS).lock() as held:
        recover(store.slot(ADDRESS), held, HERE)
    assert path.read_bytes() == newer


def test_unknown_fields_are_saved_again(store: Store) -> None:
    found = store.slot(ADDRESS).read()
    assert found is not None
    unknown: dict[str, Any] = {"colour": "red", "nested": {"a": [1, None]}}
    path = store.slot(ADDRESS).path()
    path.write_bytes(encode_file("authorization", encode(found) | unknown))
    read = store.slot(ADDRESS).read()
    assert read is not None
    store.slot(ADDRESS).save(read)
    content = decode_file("authorization", path.read_bytes(), path)
    assert {name: content.raw()[name] for name in unknown} == unknown


def test_a_file_cut_anywhere_is_never_taken_for_a_whole_one(store: Store, figure: Figure) -> None:
    cuts = 0
    for name, kind in (
        ("villa-rosa.tokens", "authorization"),
        ("application.json", "application"),
        ("villa-rosa.note", "note"),
        ("codes.json", "codes"),
    ):
        data = (OLD / name).read_bytes()
        for length in range(len(data)):
            with pytest.raises(Damaged):
                decode_file(kind, data[:length], OLD / name)
            cuts += 1
    figure("G24", "files cut at every byte that were taken for whole", f"0 of {cuts}")


def test_a_journal_cut_anywhere_is_never_misread(store: Store) -> None:
    """Cut in the intent it is damaged; cut in the answer it is known to be torn; the tokens stay."""
    path = store.slot(ADDRESS).path("next")
    data = path.read_bytes()
    whole = store.slot(ADDRESS).journal().read()
    assert whole is not None
    tokens = store.slot(ADDRESS).path().read_bytes()
    for length in range(len(data)):
        path.write_bytes(data[:length])
        try:
            entry = store.slot(ADDRESS).journal().read()
        except SmilyError as error:
            assert isinstance(error, Damaged)  # noqa: PT017 - either end is right
            continue
        assert entry is not None
        assert entry.intent == whole.intent
        assert entry.answer is None
    assert store.slot(ADDRESS).path().read_bytes() == tokens


def _as_schema(data: bytes, schema: int) -> bytes:
    """The same file as if written with another schema, its checksum in order."""
    line, _, rest = data.partition(b"\n")
    name, _, kind, length, _ = line.split(b" ")
    head = b" ".join([name, str(schema).encode(), kind, length])
    body = rest[: int(length)]
    return head + b" %08x\n" % zlib.crc32(head + body) + rest
