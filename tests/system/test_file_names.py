"""Names on file systems that take capitals for small letters, or é for e with an accent."""

from __future__ import annotations

import contextlib
import unicodedata
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.desktop.files import read_chosen, save_text
from smily_tui.text import Untrusted
from smily_tui.vault.disk import Disk
from smily_tui.vault.model import Address
from smily_tui.vault.spill import Spill
from tests.support.connected import connect_again, connected
from tests.support.filled import everything, fill, store_at
from tests.support.mounts import mounted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VILLA = Address("app", "villa-rosa")
ACCENTED = "Été à Brač.csv"
FORMS = [unicodedata.normalize(form, ACCENTED) for form in ("NFC", "NFD")]


@pytest.fixture(params=["exfat", "ext4"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Return a folder in which “Villa” and “villa” are one file."""
    with contextlib.ExitStack() as stack:
        try:
            yield stack.enter_context(mounted(request.param, tmp_path))
        except LookupError as reason:
            pytest.skip(f"no {request.param} without capitals: {reason}")


def in_capitals(folder: Path) -> None:
    """Give everything below a folder a name in capitals, as some tools and servers do."""
    for path in sorted(folder.rglob("*"), reverse=True):
        aside = path.with_name("aside~")
        path.rename(aside)
        aside.rename(path.with_name(path.name.upper()))


def test_a_store_whose_names_came_back_in_capitals_is_read_whole(folder: Path) -> None:
    store = fill(folder)
    before, addresses = everything(store), store.addresses()
    assert addresses
    in_capitals(folder / "state")
    again = store_at(folder)
    assert again.addresses() == [address for address, _ in again.survey()] == addresses
    assert everything(again) == before
    assert {"app", "other-app"} <= again.taken_names()


def test_an_account_is_put_beside_one_whose_name_is_in_capitals(folder: Path) -> None:
    with connected(folder) as (sandbox, stored, first):
        token = stored.tokens(first).access
        in_capitals(folder / "state")
        second = connect_again(sandbox, Accounts(stored.home, server=stored.server))
        assert (first, second) == (VILLA, Address("app", "villa-rosa-2"))
        assert stored.tokens(first).access == token


def test_spilled_tokens_are_found_however_the_store_is_spelled(folder: Path, tmp_path: Path) -> None:
    (folder / "Store" / "state").mkdir(parents=True)
    kept = Spill(folder / "store" / "STATE", Disk(), [tmp_path / "spill"])
    kept.keep(VILLA, b"tokens")
    for spelling in ("Store/state", "store/state", "STORE/State"):
        spill = Spill(folder / spelling, Disk(), [tmp_path / "spill"])
        assert spill.addresses() == [VILLA]
        assert [data for _, data in spill.read(VILLA)] == [b"tokens"]


def test_stores_that_differ_by_capitals_alone_stay_two_where_they_are_two(tmp_path: Path) -> None:
    for name in ("Store", "store"):
        (tmp_path / name).mkdir()
        Spill(tmp_path / name, Disk(), [tmp_path / "spill"]).keep(VILLA, name.encode())
    for name in ("Store", "store"):
        spill = Spill(tmp_path / name, Disk(), [tmp_path / "spill"])
        assert [data for _, data in spill.read(VILLA)] == [name.encode()]


def test_an_export_is_written_beside_one_whose_name_differs_by_capitals(folder: Path) -> None:
    first = save_text(Untrusted(str(folder)), "Villa.json", "first")
    second = save_text(Untrusted(str(folder)), "villa.json", "second")
    assert second.name == "villa-2.json"
    assert (first.read_text(), second.read_text()) == ("first", "second")


@pytest.mark.parametrize("on_disk", FORMS, ids=["composed", "decomposed"])
@pytest.mark.parametrize("typed", FORMS, ids=["composed", "decomposed"])
def test_a_list_is_read_in_whichever_form_its_name_is_typed(tmp_path: Path, on_disk: str, typed: str) -> None:
    (tmp_path / on_disk).write_bytes(b"list")
    assert read_chosen(Untrusted(str(tmp_path / typed)), 10) == b"list"


def test_of_two_lists_that_differ_in_form_alone_the_one_that_is_typed_is_read(tmp_path: Path) -> None:
    for name in FORMS:
        (tmp_path / name).write_bytes(name.encode())
    for name in FORMS:
        assert read_chosen(Untrusted(str(tmp_path / name)), 100) == name.encode()
