"""The dialogue over a real store and a real sandbox: what goes wrong on the way, and what is said then."""

from __future__ import annotations

import dataclasses
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from smily_tui.batch import AT_ONCE
from smily_tui.desktop.clipboard import CLEARED, Clipboard, Copied
from smily_tui.plain.app import Dialogue
from smily_tui.system import this_machine
from smily_tui.text import Clean
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.connected import add_refused, connected, let_expire
from tests.support.limited import limited
from tests.support.records import replaced
from tests.support.scripted import Scripted, session, talk
from tests.support.tui.scenes import authorization

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.accounts import Accounts
    from smily_tui.sandbox.server import Sandbox
    from smily_tui.secret import Secret
    from smily_tui.vault.trash import Forgotten

World = tuple["Sandbox", "Accounts", Address]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with connected(tmp_path / "smily") as found:
        found[1].identify(found[2]).wait()
        yield found


def test_one_more_account_takes_two_answers(world: World) -> None:
    sandbox, stored, _ = world
    said = talk(stored, "add", lambda _: sandbox.state.grant(4712, ("public",)), "yes", "quit")
    assert "Connected: Chalet [Alpes] (account 4712)." in said
    assert "2 accounts.\n1 Chalet [Alpes]: valid, 2 h left\n2 Villa Rosa: valid" in said


def test_an_application_that_the_server_refuses_is_asked_for_again(world: World) -> None:
    sandbox, stored, _ = world
    client = sandbox.state.client
    wrong, right = "f" * 64, client.client_secret
    code = sandbox.state.grant(4712, ("public",))
    first, second = ("new", "", client.client_id, wrong), ("", client.client_id, right)
    said = talk(stored, *first, "", code, *second, "", code, "", "quit")
    assert "The server doesn't know this app" in said
    assert said.count("Step 1 of 4: Your app.") == 2
    assert "Connected: Chalet [Alpes]" in said


def test_a_refused_code_is_told_and_asked_for_again(world: World) -> None:
    sandbox, stored, _ = world
    said = talk(stored, "a", "e" * 43, "link", lambda _: sandbox.state.grant(4712, ("public",)), "", "quit")
    assert "The server rejected this code. Possible causes: it was used already" in said
    assert "Connected: Chalet [Alpes]" in said


def test_going_back_step_by_step_stores_nothing(world: World) -> None:
    _, stored, _ = world
    said = talk(stored, "new", "Other", "0" * 64, "1" * 64, "back", "back", "", "quit")
    assert [each.name for each in stored.apps.all()] == ["App"]
    assert said.count("Step 1 of 4") == 2


def test_back_from_the_link_leads_to_the_permissions_with_what_was_entered(world: World) -> None:
    sandbox, stored, _ = world
    client = sandbox.state.client
    code = lambda _: sandbox.state.grant(4712, ("public", "rentals_read"))  # noqa: E731
    said = talk(
        stored, "new", "", client.client_id, client.client_secret, "", "back", "26", "", code, "", "quit"
    )  # fmt: skip
    assert said.count("Step 1 of 4") == 1
    assert said.count("Step 2 of 4") == 2
    assert "scope=public%20rentals_read\n" in said
    assert "Connected: Chalet [Alpes]" in said


def test_the_same_account_keeps_its_place_or_gets_a_second_one(world: World) -> None:
    sandbox, stored, address = world
    code = lambda _: sandbox.state.grant(4711, ("public",))  # noqa: E731
    talk(stored, "a", code, "yes", "yes", "quit")
    assert [each.address for each in stored.accounts()] == [address]
    talk(stored, "a", code, "no", "yes", "quit")
    assert len(stored.accounts()) == 2


def test_a_refresh_that_fails_is_told_in_the_words_of_its_error(world: World) -> None:
    sandbox, stored, address = world
    let_expire(Store(stored.home), address, sandbox)
    said = talk(stored, "quit")
    assert "1 Villa Rosa: expired " in said
    for pair in sandbox.state.pairs:
        pair.revoked = True
    said = talk(stored, "1", "refresh", "back", "refresh all due", "", "quit")
    assert "Nothing was deleted. The old tokens are still stored." in said
    assert "1 account, 1 needs attention.\n1 Villa Rosa: needs authorization\n" in said
    assert "Nothing to refresh" in said, "what is refused is not tried again"


def test_all_that_are_due_are_refreshed_with_a_line_each(world: World) -> None:
    sandbox, stored, _ = world
    talk(stored, "a", lambda _: sandbox.state.grant(4712, ("public",)), "yes", "quit")
    for each in stored.accounts():
        let_expire(Store(stored.home), each.address, sandbox)
    said = talk(stored, "r", "quit")
    assert "Refreshing 2.\n" in said
    assert "Refreshed Chalet [Alpes], valid for 2 h.\nRefreshed Villa Rosa" in said
    assert "\n2 accounts refreshed.\n" in said


def test_what_was_authorized_today_is_listed_and_saved(world: World, tmp_path: Path) -> None:
    sandbox, stored, _ = world
    said = talk(
        stored, "today", "yes", str(tmp_path), "a", lambda _: sandbox.state.grant(4712, ("public",)), "yes",
        "today", "no", "quit",
    )  # fmt: skip
    assert re.search(r"Authorized today: 1\.\n\d\d:\d\d Villa Rosa \(account 4711\): connected", said)
    assert re.search(
        r"Authorized today: 2\.\n\d\d:\d\d Chalet \[Alpes\] \(account 4712\): .*\n(.*\n)*\d\d:\d\d Villa",
        said,
    )
    (saved,) = tmp_path.glob("smily-tui-authorized-*.csv")
    assert f"Saved to {saved}\n" in said
    assert "Villa Rosa" in saved.read_text("utf-8-sig")
    assert "Chalet" not in saved.read_text("utf-8-sig")


@pytest.mark.skipif(not this_machine().mark, reason="this computer has no identity, as in a bare container")
def test_tokens_of_another_computer_are_refreshed_after_a_question_only(world: World) -> None:
    _, stored, address = world
    store = Store(stored.home)
    found = store.slot(address).read()
    assert found is not None
    far = replaced(found, machine=replaced(found.machine, mark="f" * 16))
    store.slot(address).save(far)
    said = talk(stored, "1", "refresh", "no", "quit")
    assert "come from another computer" in said
    assert f"\nHeld by another computer: {far.machine.name}.\n" in talk(stored, "1", "details", "quit")
    assert store.slot(address).read() == far
    assert "Refreshed " in talk(stored, "1", "refresh", "yes", "quit")


def test_an_account_that_cannot_be_read_can_be_told_and_forgotten(world: World) -> None:
    _, stored, address = world
    path = Store(stored.home).slot(address).path()
    path.write_bytes(path.read_bytes()[:-5])
    said = talk(stored, "1", "?", "details", "refresh", "forget", "yes", "quit")
    assert "1 villa-rosa: unreadable" in said
    assert "is damaged" in said
    assert "The file wasn't changed.\nRestore it from a backup.\nOr type forget to move it" in said
    assert "Not a choice." in said
    assert "Forgot villa-rosa." in said


def test_of_many_accounts_some_are_said_and_each_is_found_by_its_name(world: World) -> None:
    _, stored, _ = world
    store = Store(stored.home)
    for number in range(30):
        record = replaced(authorization(f"Flat {number:02}", number, 60), server=stored.server)
        store.slot(Address("app", f"flat-{number:02}")).save(record)
    said = talk(stored, "flat 2", "flat 29", "back", "4711", "back", "zzz", "quit")
    assert "And 11 more. Type part of a name to find one." in said
    assert "21 Flat 20: " in said
    assert "Flat 29, action: " in said
    assert "Villa Rosa, action: " in said
    assert "Not a choice." in said


def test_the_clipboard_is_cleared_when_the_person_leaves(world: World) -> None:
    _, stored, _ = world
    cleared: list[Secret] = []
    terminal = Scripted("1", "copy", "yes", "quit")
    clipboard = Clipboard(write=lambda _: Copied(True, "Copied.", False), clear=cleared.append)
    Dialogue(dataclasses.replace(session(stored, terminal), clipboard=clipboard)).run()
    (account,) = stored.accounts()
    assert "Access token: Copied. It will be cleared in 30 s." in terminal.said
    assert cleared == [stored.tokens(account.address).access]
    assert terminal.said.endswith(f"{CLEARED}\nBye.\n")


def test_the_trash_gives_back_and_is_emptied(world: World) -> None:
    _, stored, address = world
    stored.forget(address)
    said = talk(stored, "back", "trash", "2", "t", "empty", "no", "t", str(address), "quit")
    assert "Not a choice." in said
    assert [each.address for each in stored.accounts()] == [address]
    stored.forget(address)
    assert "Deleted 1 account for good." in talk(stored, "back", "t", "empty", "yes", "t", "quit")


def test_the_trash_gives_back_the_one_that_was_chosen(world: World) -> None:
    _, stored, address = world
    stored.rename(address, "Older")
    older = Store(stored.home).slot(address).read()
    stored.forget(address)
    assert older is not None
    Store(stored.home).slot(address).save(replaced(older, label=Clean("Newer")))
    stored.forget(address)
    number = [b"Older" in held(each) for each in stored.forgotten()].index(True) + 1
    said = talk(stored, "back", "trash", str(number), "quit")
    assert "Restored Older" in said
    assert [each.label for each in stored.accounts()] == ["Older"]


def held(forgotten: Forgotten) -> bytes:
    return forgotten.path("tokens").read_bytes()


def test_a_store_that_cannot_be_read_is_not_called_empty(world: World) -> None:
    _, stored, _ = world
    stored.home.state.chmod(0o755)
    said = talk(stored, "villa", "back", "quit")
    assert "No accounts yet." not in said
    assert "0 accounts." not in said
    assert "Step 1 of 4" not in said
    assert "Not a choice." not in said
    assert "chmod 700" in said


def test_where_there_were_too_many_requests_no_more_are_made(tmp_path: Path) -> None:
    with limited(tmp_path, 3 * AT_ONCE) as (stored, asked):
        said = talk(stored, "r", "quit")
    assert f"{3 * AT_ONCE} failed" in said
    assert "Skipped: " in said
    assert 1 <= len(asked) <= AT_ONCE


@pytest.mark.parametrize(("answer", "failed"), [("no", ", "), ("yes", f"{3 * AT_ONCE} failed.")])
def test_after_failures_of_one_kind_it_asks_before_it_goes_on(world: World, answer: str, failed: str) -> None:
    sandbox, stored, _ = world
    add_refused(stored, sandbox, 3 * AT_ONCE)
    said = talk(stored, "r", answer, "quit")
    assert " accounts failed in a row, for the same reason: The server " in said
    assert failed in said
    assert (" skipped." in said) is (answer == "no")


LOADED = """
import pkgutil, sys
import smily_tui.cli.front, smily_tui.plain, smily_tui.messages
for room in (smily_tui.plain, smily_tui.messages):
    for each in pkgutil.iter_modules(room.__path__, room.__name__ + "."):
        __import__(each.name)
print(*sorted({name.partition(".")[0] for name, module in sys.modules.items() if module}))
"""


def test_the_plain_mode_loads_no_toolkit() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOADED], env=os.environ, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "smily_tui" in loaded
    assert not loaded & {"textual", "rich", "httpx", "starlette"}


def test_an_export_is_written_into_a_file_and_renewed_first_where_it_is_due(
    world: World, tmp_path: Path
) -> None:
    sandbox, stored, address = world
    let_expire(Store(stored.home), address, sandbox)
    folder = tmp_path / "out"
    folder.mkdir()
    said = talk(stored, "1", "export", "nothing", "x", "curl", str(folder), "", "quit")
    assert "There is no format “nothing”." in said
    assert "Refreshing Villa Rosa first." in said
    assert f"Saved to {folder / 'villa-rosa-curl.sh'}" in said
    assert f"smily-tui token {address}" in said
    text = (folder / "villa-rosa-curl.sh").read_text("utf-8")
    assert sandbox.state.pairs[-1].access in text
    assert sandbox.state.pairs[-1].access not in said
