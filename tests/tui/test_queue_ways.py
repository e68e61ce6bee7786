"""The queue off the straight way: waiting, going back, finding, entering rows, the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest
from textual.events import Paste
from textual.widgets import Button, Input

from smily_tui.accounts import Accounts
from smily_tui.demo import DemoInfo
from smily_tui.messages import queue as say
from smily_tui.messages.connect import NO_BROWSER, TITLE_BADGE
from smily_tui.queue.queue import RowState
from smily_tui.sandbox.owner import Owner
from smily_tui.secret import Secret
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.flow import IdentityRemarks
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.dialogs import FolderDialog, Question, TodayScreen
from smily_tui.tui.screens.help import HelpScreen
from smily_tui.tui.screens.link_dialogs import IN_FIELD, ConsentDialog
from smily_tui.tui.screens.queue import QueueScreen
from smily_tui.tui.screens.queue_entry import AddRowsScreen, EditRowScreen, PasteArea
from smily_tui.tui.screens.queue_row import QueueRowScreen
from smily_tui.tui.widgets.queue_table import QueueTable
from smily_tui.tui.widgets.tables import AccountTable
from tests.support.tui.pilot import click, paste, until
from tests.support.tui.queue import (
    KEY,
    PUBLIC,
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
from tests.support.tui.scenes import Frozen, World, grid

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.sandbox.server import Sandbox

__all__ = ["sandbox", "world"]  # the fixtures

SIZE = (80, 24)


def row_screen(world: World) -> QueueRowScreen:
    return cast("QueueRowScreen", world.app.screen)


def chosen(world: World) -> str:
    """The row of the list under the cursor."""
    row = world.app.screen.query_one(QueueTable).chosen
    return "" if row is None else row.label


# -- while an account waits for its place ------------------------------------------------------------------


async def test_while_an_account_waits_for_its_place_its_row_stays_and_is_the_one_that_is_marked(
    sandbox: Sandbox, world: World
) -> None:
    duplicate = world.stored.name(connect(sandbox, world, 4711), "Villa Rosa").address
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_row(pilot)
        await paste(pilot, sandbox.state.grant(4711, PUBLIC))
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, Question))
        with world.store.slot(duplicate).lock():  # as a refresh of that account in another program holds it
            await pilot.press("enter")
            await until(pilot, lambda: says(pilot, "Saving the account"))
            await pilot.press("f9", "escape", "ctrl+y")
            await click(pilot, "#do-copy")
            await pilot.press("f1")  # keys are handled in their order: once the help is there, all have been
            await until(pilot, lambda: shows(pilot, HelpScreen))
            await pilot.press("escape")
            await until(pilot, lambda: not shows(pilot, HelpScreen))
            assert says(pilot, "Row 1 of 2")
            assert states(world) == ["checking", "to do"]
        await until(pilot, lambda: states(world) == ["connected", "to do"])
        await until(pilot, lambda: says(pilot, "Row 2 of 2") and code(pilot).has_focus)


async def test_a_click_on_copy_while_a_code_is_checked_does_nothing(sandbox: Sandbox, world: World) -> None:
    put(world, ("Villa Rosa", 4711))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_row(pilot)
        await paste(pilot, sandbox.state.grant(4711, PUBLIC))
        copy = world.app.screen.query_one("#do-copy", Button)
        await pilot.press("enter")
        await until(pilot, lambda: states(world) == ["checking"])
        copy.press()
        await pilot.pause()
        assert states(world) != ["link sent"]
        await until(pilot, lambda: states(world) == ["connected"] and shows(pilot, QueueScreen))


async def test_a_clock_that_is_off_is_told_with_the_row(sandbox: Sandbox, world: World) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712))
    account = world.stored.account(connect(sandbox, world, 4711))
    assert account is not None
    async with world.app.run_test(size=SIZE) as pilot:
        await at_row(pilot)
        screen, off = row_screen(world), IdentityRemarks(clock="This computer's clock is 7 min fast.")
        screen.run_worker(screen.file_account(screen.row, account, off), exit_on_error=False)
        await until(pilot, lambda: says(pilot, "Next: Chalet. ! This computer's clock is 7 min fast."))


async def test_a_refused_application_keeps_code_and_row_and_names_the_way(
    sandbox: Sandbox, world: World
) -> None:
    put(world, ("Villa Rosa", 4711))
    found = sandbox.listening
    world.stored.apps.save("Demo app", found.client_id, Secret("0f" * 32), ["public"])
    async with world.app.run_test(size=(80, 30)) as pilot:
        await at_row(pilot)
        granted = sandbox.state.grant(4711, PUBLIC)
        await paste(pilot, granted)
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot, "Go back to the accounts and press n (New app)"))
        assert states(world) == ["link sent"]
        assert code(pilot).value == granted
        world.stored.apps.save("Demo app", found.client_id, found.client_secret, ["public"])
        await pilot.press("enter")
        await until(pilot, lambda: states(world) == ["connected"] and shows(pilot, QueueScreen))


# -- going on and back -------------------------------------------------------------------------------------


async def test_the_accounts_show_what_the_queue_connected(sandbox: Sandbox, world: World) -> None:
    put(world, ("Villa Rosa", 4711))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_row(pilot)
        await paste(pilot, sandbox.state.grant(4711, PUBLIC))
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, QueueScreen) and states(world) == ["connected"])
        await pilot.press("escape")
        await until(pilot, lambda: shows(pilot, DashboardScreen))
        table = world.app.screen.query_one(AccountTable)
        await until(pilot, lambda: [each.label for each in table.accounts] == ["Villa Rosa"])


async def test_next_on_the_only_row_that_waits_stays_there(world: World) -> None:
    put(world, ("Villa Rosa", 4711))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_row(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: says(pilot, say.ONLY_ONE))
        assert shows(pilot, QueueRowScreen)


async def test_next_where_no_row_waits_goes_back_and_says_so(world: World) -> None:
    put(world, ("Villa Rosa", 4711))
    world.stored.queue(KEY).change(lambda queue: queue.moved(1, RowState.FAILED, 2.0, "no"))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_row(pilot)
        await pilot.press("f9")
        await until(pilot, lambda: shows(pilot, QueueScreen) and says(pilot, say.NONE_OPEN))


async def test_esc_leaves_the_cursor_at_the_row_that_was_open_last(world: World) -> None:
    put(world, *((f"Flat {number}", number) for number in range(1, 10)))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await until(pilot, lambda: not world.app.screen.workers)
        await pilot.press(*["down"] * 5, "enter")
        await until(pilot, lambda: shows(pilot, QueueRowScreen) and code(pilot).has_focus)
        await pilot.press("escape")
        await until(pilot, lambda: shows(pilot, QueueScreen))
        await pilot.pause()  # the list is read again meanwhile, and the cursor stays
        assert chosen(world) == "Flat 6"
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, QueueRowScreen) and code(pilot).has_focus)
        await pilot.press("f9")
        await until(pilot, lambda: says(pilot, "Row 7 of 9"))
        await pilot.press("escape")
        await until(pilot, lambda: shows(pilot, QueueScreen) and chosen(world) == "Flat 7")


async def test_a_search_that_finds_nothing_says_so(world: World) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await pilot.press("slash", *"zzz")
        await until(pilot, lambda: says(pilot, say.NOT_FOUND))
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert shows(pilot, QueueScreen)
        assert not says(pilot, "Nothing left to do")


async def test_down_leads_from_the_search_into_the_list(world: World) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await pilot.press("slash", *"cha", "down")
        await until(pilot, lambda: world.app.screen.query_one(QueueTable).has_focus)
        assert chosen(world) == "Chalet"


async def test_a_click_chooses_a_row_and_another_one_opens_it(world: World) -> None:
    put(world, ("Villa Rosa", 4711), ("Chalet", 4712))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await until(pilot, lambda: not world.app.screen.workers)
        await click(pilot, QueueTable, (3, 2))
        await until(pilot, lambda: chosen(world) == "Chalet")
        assert shows(pilot, QueueScreen)
        await click(pilot, QueueTable, (3, 2))
        await until(pilot, lambda: shows(pilot, QueueRowScreen) and says(pilot, "Row 2 of 2"))


async def test_of_thousands_of_rows_a_resize_draws_those_in_sight(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, *((f"Flat {number}", number) for number in range(1, 3001)))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await until(pilot, lambda: not world.app.screen.workers)
        table = world.app.screen.query_one(QueueTable)
        await pilot.press("end")
        await until(pilot, lambda: "Flat 3000" in grid(world.app))
        drawn, cells = set(), table.cells

        def counted(row: int) -> object:
            drawn.add(row)
            return cells(row)

        monkeypatch.setattr(table, "cells", counted)
        await pilot.resize_terminal(90, 30)
        await until(pilot, lambda: table.size.width > 80)
        assert "Flat 3000" in grid(world.app)
        assert 0 < len(drawn) < 60


# -- enter does the next thing -----------------------------------------------------------------------------


async def test_enter_on_an_empty_queue_adds_rows(world: World) -> None:
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, AddRowsScreen))


async def test_enter_on_a_connected_row_leads_to_the_next_one_to_do(world: World) -> None:
    put(world, ("Villa Rosa", 4711), ("Casa", 4713), ("Chalet", 4712))
    file = world.stored.queue(KEY)
    for row in file.read().rows[:2]:
        file.move(row, RowState.VERIFIED)
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await until(pilot, lambda: not world.app.screen.workers)
        await pilot.press("home", "enter")
        await until(pilot, lambda: says(pilot, "Villa Rosa is already connected. Next: Chalet."))
        assert chosen(world) == "Chalet"
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, QueueRowScreen) and says(pilot, "Row 3 of 3"))


async def test_enter_on_a_queue_that_is_done_says_how_to_ask_again(world: World) -> None:
    put(world, ("Villa Rosa", 4711))
    file = world.stored.queue(KEY)
    file.move(file.read().rows[0], RowState.VERIFIED)
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot, "Press u to ask the owner again."))
        assert shows(pilot, QueueScreen)


# -- changing a row ----------------------------------------------------------------------------------------


async def test_a_row_is_changed_unless_another_one_is_for_its_account(world: World) -> None:
    put(world, ("Vila Rosa", 4710), ("Chalet", 4712))
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        await until(pilot, lambda: not world.app.screen.workers)
        await pilot.press("e")
        await until(pilot, lambda: shows(pilot, EditRowScreen))
        for name, text in (("label", "Villa Rosa"), ("number", "4712"), ("scopes", "bokings_read")):
            world.app.screen.query_one(f"#{name}", Input).value = text
        await pilot.press("ctrl+s")
        await until(pilot, lambda: shows(pilot, Question) and says(pilot, "Did you mean “bookings_read”?"))
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, EditRowScreen) and says(pilot, "✗ “bokings_read” isn't"))
        world.app.screen.query_one("#scopes", Input).value = "bookings_read"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: says(pilot, "✗ Chalet (account 4712) is in the queue already."))
        world.app.screen.query_one("#number", Input).value = "4711"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: shows(pilot, QueueScreen) and says(pilot, "Saved Villa Rosa."))
    row = world.stored.queue(KEY).read().rows[0]
    assert (row.label, row.account_id, row.scopes) == ("Villa Rosa", 4711, ("public", "bookings_read"))


# -- entering ----------------------------------------------------------------------------------------------


async def entering(pilot: Pilot[None]) -> PasteArea:
    """The dialog for rows; its field for lines."""
    await at_queue(pilot)
    await pilot.press("a")
    await until(pilot, lambda: shows(pilot, AddRowsScreen))
    return pilot.app.screen.query_one(PasteArea)


async def test_lines_and_a_file_together_are_refused(world: World, tmp_path: Path) -> None:
    file = tmp_path / "owners.csv"
    file.write_text("Casa,4713\n")
    async with world.app.run_test(size=SIZE) as pilot:
        area = await entering(pilot)
        area.post_message(Paste("Villa Rosa,4711"))
        world.app.screen.query_one("#file", Input).value = str(file)
        await until(pilot, lambda: "Villa" in area.text)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: says(pilot, say.BOTH))
        area.text = ""
        await pilot.press("ctrl+s")
        await until(pilot, lambda: shows(pilot, QueueScreen) and says(pilot, "1 added."))
    assert [each.label for each in world.stored.queue(KEY).read().rows] == ["Casa"]


async def test_a_paste_takes_the_place_of_what_is_selected(world: World) -> None:
    async with world.app.run_test(size=SIZE) as pilot:
        area = await entering(pilot)
        area.post_message(Paste("Villa Rosa\nChalet\n"))
        await until(pilot, lambda: "Chalet" in area.text)
        area.select_all()
        area.post_message(Paste("Casa\n"))
        await until(pilot, lambda: "Casa" in area.text)
        assert area.text == "Casa\n"
        await pilot.press(*"Mill")
        assert area.text == "Casa\nMill"


@pytest.mark.parametrize("folder", [False, True])
async def test_the_help_of_todays_list_tells_what_esc_does_there(world: World, *, folder: bool) -> None:
    async with world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        world.app.push_screen(FolderDialog() if folder else TodayScreen([]))
        await until(pilot, lambda: shows(pilot, FolderDialog if folder else TodayScreen))
        await pilot.press("f1")
        await until(pilot, lambda: shows(pilot, HelpScreen))
        assert says(pilot, "Go back without saving." if folder else "without saving")
        assert not says(pilot, "Keep the current name")
        assert not says(pilot, "Close without copying")


# -- the demo ----------------------------------------------------------------------------------------------


async def test_in_the_demo_a_row_is_done_without_a_browser_and_the_badge_stays(
    sandbox: Sandbox, world: World
) -> None:
    put(world, ("Villa Rosa", 4711))
    found = sandbox.listening
    demo = DemoInfo(found.client_id, found.client_secret, found.server, owner=Owner(found.server))
    stored = Accounts(world.stored.home, server=found.server)
    demo_world = World(stored, world.store, SmilyApp(stored, demo=demo), Frozen())
    async with demo_world.app.run_test(size=SIZE) as pilot:
        await at_queue(pilot)
        assert TITLE_BADGE in grid(demo_world.app)
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, QueueRowScreen) and code(pilot).has_focus)
        await until(pilot, lambda: says(pilot, NO_BROWSER.format(key="F8")))
        assert TITLE_BADGE in grid(demo_world.app)
        await pilot.press("f8")
        await until(pilot, lambda: shows(pilot, ConsentDialog))
        await pilot.pause()
        await pilot.press("enter")
        await until(pilot, lambda: says(pilot, IN_FIELD))
        assert states(world) == ["link sent"]
        await pilot.press("enter")
        await until(pilot, lambda: states(world) == ["connected"] and shows(pilot, QueueScreen))
