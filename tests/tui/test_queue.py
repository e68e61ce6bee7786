"""The authorization queue against a real server: few keys a row, and never the wrong account."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, cast

import pytest
from textual.events import Paste
from textual.widgets import Input

from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.text import Clean
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.dialogs import FolderDialog, Question, TodayScreen
from smily_tui.tui.screens.queue import QueueScreen
from smily_tui.tui.screens.queue_entry import AddRowsScreen, PasteArea
from smily_tui.tui.screens.queue_row import QueueRowScreen
from tests.support.scanner import Canary, Scanner
from tests.support.tui.pilot import paste, until
from tests.support.tui.queue import (
    KEY,
    PUBLIC,
    at_dashboard,
    at_queue,
    at_row,
    code,
    connect,
    put,
    sandbox,
    says,
    shows,
    states,
    world,
)
from tests.support.tui.scenes import World, app_over, grid

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.sandbox.server import Sandbox

__all__ = ["sandbox", "world"]  # the fixtures


def labels(world: World) -> list[str]:
    """Names in the queue, as the disk has it."""
    return [row.label for row in world.stored.queue(KEY).read().rows]


async def test_a_row_costs_enter_paste_enter(sandbox: Sandbox, world: World) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet [Alpes]", 4712), ("Casa Azul", 4713))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        for done, number in enumerate((4711, 4712, 4713), start=1):
            keys = 0
            assert f"account {number}" in grid(world.app)
            assert f"account_id={number}" in cast("QueueRowScreen", world.app.screen).flow.url
            await pilot.press("enter")
            keys += 1
            await until(pilot, lambda: "Asked your browser" in grid(world.app))
            assert states(world)[done - 1] == "link sent"
            await paste(pilot, sandbox.state.grant(number, PUBLIC))
            keys += 1
            await pilot.press("enter")
            keys += 1
            await until(pilot, lambda done=done: states(world).count("connected") == done)  # type: ignore[misc]
            await until(pilot, lambda: not shows(pilot, QueueRowScreen) or code(pilot).has_focus)
            assert keys <= 4
        await until(pilot, lambda: shows(pilot, QueueScreen) and "The queue is done." in grid(world.app))
    kept = (world.stored.home.state / f"{KEY}.queue").read_bytes()
    tokens = {each.address: world.stored.tokens(each.address) for each in world.stored.accounts()}
    canaries = [Canary(f"{address} access", pair.access.reveal()) for address, pair in tokens.items()]
    canaries += [Canary(f"code {code.account}", code.value) for code in sandbox.state.codes.values()]
    canaries.append(Canary("secret", sandbox.listening.client_secret.reveal()))
    assert Scanner(*canaries).hits(kept) == []
    assert {each.label for each in world.stored.accounts()} == {"Villa Rosa", "Chalet [Alpes]", "Casa Azul"}
    assert [each.named for each in world.stored.accounts()] == [True] * 3


@pytest.mark.parametrize("keep", [True, False])
async def test_a_code_of_another_account_is_never_filed_under_the_row(
    sandbox: Sandbox, world: World, *, keep: bool
) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        await paste(pilot, sandbox.state.grant(4712, PUBLIC))
        await pilot.press("enter")
        question = "This code is for Chalet [Alpes] (account 4712), not Villa Rosa (account 4711)"
        await until(pilot, lambda: says(pilot, question))
        await pilot.press(*(["enter"] if keep else ["tab", "enter"]))
        if keep:
            await until(pilot, lambda: says(pilot, "has its own row"))
            assert states(world) == ["wrong account", "connected"]
            assert [each.label for each in world.stored.accounts()] == ["Chalet [Alpes]"]
        else:
            await until(pilot, lambda: says(pilot, "Discarded"))
            assert states(world) == ["wrong account", "to do"]
            assert world.stored.accounts() == ()
        await paste(pilot, sandbox.state.grant(4711, PUBLIC))
        await pilot.press("enter")
        await until(pilot, lambda: states(world)[0] == "connected")


@pytest.mark.parametrize("same", [True, False])
async def test_without_a_number_a_name_that_does_not_fit_is_asked_about(
    sandbox: Sandbox, world: World, *, same: bool
) -> None:
    put(world, ("Frau Rossi", None))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        await paste(pilot, sandbox.state.grant(4711, PUBLIC))
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot, "Is it the same account?"))
        await pilot.press(*(["shift+tab", "enter"] if same else ["enter"]))
        if same:
            await until(pilot, lambda: states(world) == ["connected"])
            assert [each.label for each in world.stored.accounts()] == ["Frau Rossi"]
        else:
            await until(pilot, lambda: says(pilot, "Save as Villa Rosa"))
            await pilot.press("enter")
            await until(pilot, lambda: [each.label for each in world.stored.accounts()] == ["Villa Rosa"])
            assert states(world) == ["wrong account"]


async def test_what_was_not_given_is_told_at_the_row(sandbox: Sandbox, world: World) -> None:
    row = Row(Clean("Villa Rosa"), 4711, (Clean("public"), Clean("rentals_read")))
    world.stored.queue(KEY).change(lambda queue: queue.with_rows([row], 1.0))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        await paste(pilot, sandbox.state.grant(4711, PUBLIC))
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, QueueScreen) and says(pilot, "✓ not granted: rentals_read"))


async def test_a_refused_code_is_told_and_the_row_can_be_tried_again(sandbox: Sandbox, world: World) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        await paste(pilot, "e" * 43)
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot, "rejected this code"))
        assert states(world) == ["failed", "to do"]
        await paste(pilot, sandbox.state.grant(4711, PUBLIC))
        await pilot.press("enter")
        await until(pilot, lambda: states(world)[0] == "connected")
        await until(pilot, lambda: "Row 2 of 2" in grid(world.app))


async def test_the_queue_is_there_after_quitting_and_in_another_program(
    sandbox: Sandbox, world: World
) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712), ("Casa", 4713))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: "Row 2 of 3" in grid(world.app))
        await pilot.press("ctrl+y")
        await until(pilot, lambda: "Copied." in grid(world.app))
    again = app_over(world.stored)
    assert states(world) == ["to do", "link sent", "to do"]
    async with again.run_test(size=(80, 24)) as pilot:
        await at_queue(pilot)
        await until(pilot, lambda: "… link sent" in grid(again))


async def test_good_lines_are_added_at_once_and_bad_ones_stay_in_the_editor(
    sandbox: Sandbox, world: World
) -> None:
    put(world, ("Villa Rosa", 4711))
    world.stored.name(connect(sandbox, world, 4712), "Chalet")
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_queue(pilot)
        await pilot.press("a")
        await until(pilot, lambda: shows(pilot, AddRowsScreen))
        lines = (
            "Label;Account ID;Scopes\nRosa again;4711;\nCasa;4713;bookings_read\nMill;47x14;\nChalet;4712;\n"
        )
        assert world.app.screen.focused is not None
        world.app.screen.focused.post_message(Paste(lines))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: says(pilot, "Chalet (account 4712), line 5"))
        await pilot.press("enter")
        added = "1 added. Skipped duplicate: Rosa again (account 4711), line 2."
        await until(pilot, lambda: says(pilot, added) and says(pilot, "✗ Line 2: “47x14”"))
        area = world.app.screen.query_one(PasteArea)
        assert area.text == "Label;Account ID;Scopes\nMill;47x14;"
        assert labels(world) == ["Villa Rosa", "Casa"]
        area.text = area.text.replace("47x14", "4714")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: shows(pilot, QueueScreen) and says(pilot, "2 added."))
    rows = world.stored.queue(KEY).read().rows
    assert [(each.label, each.account_id, each.scopes) for each in rows] == [
        ("Villa Rosa", 4711, ()), ("Casa", 4713, ("public", "bookings_read")), ("Mill", 4714, ()),
    ]  # fmt: skip


@pytest.mark.parametrize("anyway", [True, False])
async def test_a_permission_that_smily_does_not_have_is_asked_about(world: World, *, anyway: bool) -> None:
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_queue(pilot)
        await pilot.press("a")
        await until(pilot, lambda: shows(pilot, AddRowsScreen))
        area = world.app.screen.query_one(PasteArea)
        area.text = "Rosa;4711;bookings_read\nCasa;4713;bokings_read\n"
        await pilot.press("ctrl+s")
        remark = "Line 2: “bokings_read” isn't in Smily's list. Did you mean “bookings_read”?"
        await until(pilot, lambda: shows(pilot, Question) and says(pilot, remark))
        await pilot.press(*(["shift+tab", "enter"] if anyway else ["enter"]))
        await until(pilot, lambda: labels(world) == (["Rosa", "Casa"] if anyway else ["Rosa"]))
        if anyway:
            await until(pilot, lambda: shows(pilot, QueueScreen) and says(pilot, "2 added."))
        else:
            await until(pilot, lambda: says(pilot, f"✗ {remark}") and says(pilot, "✓ 1 added."))
            assert area.text == "name;account number;permissions\nCasa;4713;bokings_read"


async def test_a_csv_file_of_thousands_comes_onto_the_list(world: World, tmp_path: Path) -> None:
    file = tmp_path / "owners.csv"
    file.write_bytes(
        b"\xef\xbb\xbfname,id\r\n" + b"".join(b"Fl\xc3\xa4t %d,%d\r\n" % (n, n) for n in range(1, 4001))
    )
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_queue(pilot)
        await pilot.press("a")
        await until(pilot, lambda: shows(pilot, AddRowsScreen))
        file_field = world.app.screen.query_one("#file", Input)
        file_field.focus()
        await until(pilot, lambda: file_field.has_focus)
        await paste(pilot, str(file))
        await pilot.press("enter")
        await until(pilot, lambda: "4000 added." in grid(world.app))
        await pilot.press("slash", *"3999")
        await until(pilot, lambda: "Flät 3999" in grid(world.app))
        await pilot.press("enter", "enter")
        await until(pilot, lambda: shows(pilot, QueueRowScreen))
        assert "Flät 3999  account 3999" in grid(world.app)
        assert "Row 3999 of 4000" in grid(world.app)


async def test_todays_list_is_saved_as_csv_without_secrets(
    sandbox: Sandbox, world: World, tmp_path: Path
) -> None:
    put(world, ("=cmd|' /C calc'!A0", 4711))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        await paste(pilot, sandbox.state.grant(4711, PUBLIC))
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, QueueScreen))
        await pilot.press("T")
        await until(pilot, lambda: shows(pilot, TodayScreen))
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, FolderDialog))
        world.app.screen.query_one(Input).value = str(tmp_path)
        await pilot.press("enter")
        await until(pilot, lambda: "Saved today's list" in grid(world.app))
    (path,) = (each for each in tmp_path.iterdir() if each.suffix == ".csv")  # noqa: ASYNC240
    text = path.read_text("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["label"] == "'=cmd|' /C calc'!A0"
    assert (row["account_id"], row["application"], row["result"]) == ("4711", "Demo app", "connected")
    (account,) = world.stored.accounts()
    tokens = world.stored.tokens(account.address)
    for secret in (tokens.access, tokens.refresh, sandbox.listening.client_secret):
        assert secret.reveal() not in text


async def test_a_row_in_code_when_the_program_ended_is_looked_up(sandbox: Sandbox, world: World) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712))

    def sent(queue: Queue) -> Queue:
        return queue.moved(1, RowState.CODE, 1.0).moved(2, RowState.CODE, 1.0)

    world.stored.queue(KEY).change(sent)
    connect(sandbox, world, 4711)
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_queue(pilot)
        await until(pilot, lambda: states(world) == ["connected", "checking"])


@pytest.mark.parametrize("anew", [True, False])
async def test_a_damaged_list_is_put_aside_only_if_the_person_says_so(world: World, *, anew: bool) -> None:
    put(world, ("Villa Rosa", 4711))
    path = world.stored.home.state / f"{KEY}.queue"
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_dashboard(pilot)
        await pilot.press("Q")
        await until(pilot, lambda: says(pilot, "is damaged"))
        await pilot.press(*(["shift+tab", "enter"] if anew else ["enter"]))
        await until(pilot, lambda: shows(pilot, QueueScreen if anew else DashboardScreen))
        assert path.exists() is not anew
        assert path.with_name(f"{KEY}.queue.damaged").exists() is anew
        if anew:
            await until(pilot, lambda: says(pilot, "The queue is empty."))


async def test_a_list_that_cannot_be_saved_sends_no_code(sandbox: Sandbox, world: World) -> None:
    put(world, ("Villa Rosa", 4711))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await at_row(pilot)
        code_value = sandbox.state.grant(4711, PUBLIC)
        await paste(pilot, code_value)
        path = world.stored.home.state / f"{KEY}.queue"
        path.write_bytes(b"")
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot, "is not a smily-tui file"))
        assert not sandbox.state.codes[code_value].used
