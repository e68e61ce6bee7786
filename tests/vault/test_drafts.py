"""A draft: kept for a day, for its server, without a secret; a comfort that never stands in the way."""

from __future__ import annotations

import dataclasses
import stat
from typing import TYPE_CHECKING

import pytest

from smily_tui.clock import Instant
from smily_tui.origin import Origin
from smily_tui.vault.drafts import KEPT, Draft, Drafts, Unfinished
from smily_tui.vault.format import encode_file
from smily_tui.vault.home import Home
from tests.support.tui.scenes import CLIENT_ID, SERVER, Frozen

if TYPE_CHECKING:
    from pathlib import Path

DRAFT = Draft(
    "authorize", SERVER, "Demo app", CLIENT_ID, "demo-app", ("public", "pigeons"), Instant(7.0, "boot", 3.0)
)

GOOD: dict[str, object] = {
    "step": "authorize", "server": SERVER, "name": "", "client_id": "", "application": "", "scopes": [],
}  # fmt: skip
REST = {"link_made": None, "account_id": None, "at": [Frozen().wall, "", 0.0]}


@pytest.fixture
def clock() -> Frozen:
    return Frozen()


@pytest.fixture
def drafts(tmp_path: Path, clock: Frozen) -> Drafts:
    return Drafts(Home.at(tmp_path), clock, SERVER)


def path_of(tmp_path: Path) -> Path:
    return Home.at(tmp_path).state / "wizard.draft"


def test_a_draft_is_found_as_it_was_kept_and_is_private(tmp_path: Path, drafts: Drafts) -> None:
    assert drafts.find() is None
    drafts.keep(DRAFT)
    assert drafts.find() == DRAFT
    assert stat.S_IMODE(path_of(tmp_path).stat().st_mode) == 0o600
    assert stat.S_IMODE(path_of(tmp_path).parent.stat().st_mode) == 0o700


def test_the_newest_draft_counts_and_dropping_deletes_it(tmp_path: Path, drafts: Drafts) -> None:
    drafts.keep(DRAFT)
    newer = dataclasses.replace(DRAFT, step="permissions", link_made=None)
    drafts.keep(newer)
    assert drafts.find() == newer
    drafts.drop()
    drafts.drop()
    assert drafts.find() is None
    assert list(path_of(tmp_path).parent.iterdir()) == []


@pytest.mark.parametrize(("later", "found"), [(KEPT - 1, True), (KEPT, False), (-KEPT, False), (-60, True)])
def test_a_draft_lives_for_a_day_however_the_clock_was_set(
    tmp_path: Path, drafts: Drafts, clock: Frozen, later: float, *, found: bool
) -> None:
    drafts.keep(DRAFT)
    clock.wall += later
    assert (drafts.find() == DRAFT) is found
    assert path_of(tmp_path).exists() is found, "what has expired is deleted"


def test_a_draft_for_another_server_is_not_offered_and_stays(tmp_path: Path, clock: Frozen) -> None:
    Drafts(Home.at(tmp_path), clock, SERVER).keep(DRAFT)
    assert Drafts(Home.at(tmp_path), clock, Origin("http://127.0.0.1:9")).find() is None
    assert path_of(tmp_path).exists()


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"step": "done"},
        {"step": "done", "server": SERVER, "name": "", "client_id": "", "application": "", "scopes": []},
        {"step": "authorize", "server": SERVER, "name": 7, "client_id": "", "application": "", "scopes": []},
        GOOD | {"account_id": "7"},
        GOOD | {"account_id": True},
    ],
)
def test_a_draft_that_makes_no_sense_is_none(
    tmp_path: Path, drafts: Drafts, content: dict[str, object]
) -> None:
    drafts.keep(DRAFT)
    path_of(tmp_path).write_bytes(encode_file("draft", REST | content))
    assert drafts.find() is None


def test_the_same_but_for_that_makes_sense(tmp_path: Path, drafts: Drafts) -> None:
    drafts.keep(DRAFT)
    path_of(tmp_path).write_bytes(encode_file("draft", REST | GOOD))
    assert drafts.find() == Draft("authorize", SERVER, "", "", scopes=())


def test_a_draft_that_was_cut_or_is_open_to_others_is_none(tmp_path: Path, drafts: Drafts) -> None:
    drafts.keep(DRAFT)
    whole = path_of(tmp_path).read_bytes()
    path_of(tmp_path).write_bytes(whole[:-3])
    assert drafts.find() is None
    path_of(tmp_path).write_bytes(whole)
    path_of(tmp_path).chmod(0o644)
    assert drafts.find() is None


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path, clock: Frozen) -> None:
    (tmp_path / "file").write_text("")
    drafts = Drafts(Home(tmp_path, tmp_path / "file" / "state"), clock, SERVER)
    drafts.keep(DRAFT)
    assert drafts.find() is None


def test_a_draft_is_no_account_and_no_application(tmp_path: Path, drafts: Drafts) -> None:
    from smily_tui.accounts import Accounts

    drafts.keep(DRAFT)
    stored = Accounts(Home.at(tmp_path))
    assert stored.accounts() == ()
    assert stored.apps.all() == ()
    stored.apps.known_credentials()


def test_what_is_being_entered_is_written_only_when_it_changed(tmp_path: Path, drafts: Drafts) -> None:
    unfinished = Unfinished(drafts)
    unfinished.keep()
    assert drafts.find() is None
    unfinished.note(DRAFT)
    unfinished.keep()
    written = path_of(tmp_path).stat().st_ino
    unfinished.keep()
    assert path_of(tmp_path).stat().st_ino == written
    changed = dataclasses.replace(DRAFT, account_id=4711)
    unfinished.note(changed)
    unfinished.keep()
    assert drafts.find() == changed
    unfinished.drop()
    unfinished.keep()
    assert drafts.find() is None


def test_what_was_kept_and_then_erased_is_not_offered_again(drafts: Drafts) -> None:
    unfinished = Unfinished(drafts)
    unfinished.note(DRAFT)
    unfinished.keep()
    unfinished.note(None)
    unfinished.keep()
    assert drafts.find() is None


def test_nothing_entered_leaves_what_another_time_was_entered(drafts: Drafts) -> None:
    drafts.keep(DRAFT)
    unfinished = Unfinished(drafts)
    unfinished.note(None)
    unfinished.keep()
    assert drafts.find() == DRAFT


def test_the_demo_keeps_nothing() -> None:
    unfinished = Unfinished(None)
    unfinished.note(DRAFT)
    unfinished.keep()
    unfinished.drop()
