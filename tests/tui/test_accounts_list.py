"""The list of the dashboard: counters, columns, sorting, selecting, undoing, messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from textual.color import Color
from textual.widgets import Digits, Input

from smily_tui.tui.arrangement import COUNTERS, URGENCY, Only, Order
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.dialogs import CopyQuestion, ExportDialog, MessageLogScreen, NameDialog, Question
from smily_tui.tui.widgets.account_detail import AccountDetail
from smily_tui.tui.widgets.bars import LifeBar
from smily_tui.tui.widgets.columns import columns_within
from smily_tui.tui.widgets.counters import Counters
from smily_tui.tui.widgets.next_steps import NextSteps
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.tui.widgets.token_bar import TokenBar
from smily_tui.vault.model import Address, State
from smily_tui.vault.settings import ORDERS
from tests.support.tui import scenes
from tests.support.tui.layout import ALL_SIZES
from tests.support.tui.scenes import World, app_over, fill, grid, make_world, prefer, running, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.secret import Secret

SIZE = (120, 36)


def screen_of(world: World) -> DashboardScreen:
    assert isinstance(world.app.screen, DashboardScreen)
    return world.app.screen


def listed(world: World) -> list[str]:
    """The accounts of the list, by address."""
    return [account.address.account for account in screen_of(world).query_one(AccountTable).accounts]


async def click_on(pilot: Pilot[None], world: World, text: str, row: int) -> None:
    """Click on a text in that row of the screen."""
    line = grid(world.app).splitlines()[row]
    await pilot.click(offset=(line.index(text) + 1, row))
    await pilot.pause()


# -- counters --------------------------------------------------------------------------------------------


def test_every_state_is_counted_by_a_counter_and_has_its_colour() -> None:
    assert set(URGENCY) == set(State)
    assert {urgency.only for urgency in URGENCY.values()} == set(COUNTERS) == set(Only) - {Only.ALL}


@pytest.mark.parametrize(
    ("text", "account"),
    [("valid", "villa-rosa"), ("expiring", "chalet"), ("expired", "casa-azul"), ("attention", "old-mill")],
)
async def test_a_click_on_a_counter_filters_and_another_one_ends_that(
    text: str, account: str, tmp_path: Path
) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await click_on(pilot, world, text, 0)
        assert listed(world) == [account]
        assert "1 of 4 accounts" in grid(world.app)
        await click_on(pilot, world, text, 0)
        assert len(listed(world)) == 4


async def test_the_filter_key_skips_what_there_is_nothing_of(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    world.stored.forget(Address("demo-app", "chalet"))
    async with running(world, SIZE) as pilot:
        kinds = []
        for _ in range(4):
            await pilot.press("f")
            kinds.append(screen_of(world).pane.arrangement.only)
        assert kinds == [Only.NEEDS_ATTENTION, Only.EXPIRED, Only.VALID, Only.ALL]


async def test_the_counters_follow_the_clock_and_the_clock_that_is_set_back(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        for seconds, text in ((251, "✗ 2 expired"), (-251, "✗ 1 expired"), (8000, "✗ 3 expired")):
            world.clock.wall += seconds
            screen_of(world).pane.tick()
            await settled(pilot, lambda text=text: text in grid(world.app))  # type: ignore[misc]


@pytest.mark.parametrize("size", ALL_SIZES)
async def test_the_counters_fit_every_size_with_large_numbers(size: tuple[int, int], tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    fill(world, 1200)
    async with running(world, size) as pilot:
        await settled(pilot, lambda: len(screen_of(world).pane.accounts) == 1204)
        counters = screen_of(world).query_one(Counters)
        await settled(pilot, lambda: len(str(counters.render())) <= counters.size.width)
        first = grid(world.app).splitlines()[0]
        assert all(f"{counter.glyph} " in first for counter in COUNTERS.values())


# -- columns ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", range(30, 200))
def test_the_columns_fit_and_none_goes_where_there_is_more_room(width: int) -> None:
    columns = columns_within(width)
    assert sum(column.width + 2 for column in columns) <= max(width, 48)
    heads = [column.head for column in columns]
    assert set(heads) <= {column.head for column in columns_within(width + 1)}
    assert heads[:2] == ["", "Account"]


async def test_with_room_there_are_number_app_life_permissions_and_refresh(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (200, 60)) as pilot:
        await pilot.pause()
        (row,) = (line for line in grid(world.app).splitlines() if "✓  Villa Rosa" in line)
        for text in ("4711", "Demo app", "valid", "1:12:44", "━━━━", "bookings_read +1", "05:12"):
            assert text in row
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        (row,) = (line for line in grid(world.app).splitlines() if "✓  Villa Rosa" in line)
        assert "1:12:44" in row
        assert "4711" not in row


@pytest.mark.parametrize("account", ["villa-rosa", "chalet", "casa-azul"])
async def test_digits_and_life_bar_have_the_colour_of_the_state(account: str, tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        screen_of(world).pane.go_to(Address("demo-app", account))
        await pilot.pause()
        chosen = screen_of(world).pane.chosen
        assert chosen is not None
        colour = URGENCY[chosen.state(world.clock.now())].colour
        expected = Color.parse(world.app.theme_variables[colour])
        assert screen_of(world).query_one("AccountDetail LifeBar", LifeBar).styles.color == expected
        assert screen_of(world).query_one(Digits).styles.color == expected


async def test_an_account_that_needs_its_owner_shows_what_to_do_instead_of_a_clock(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        screen_of(world).pane.go_to(Address("demo-app", "old-mill"))
        await pilot.pause()
        detail = screen_of(world).query_one(AccountDetail)
        assert not detail.query_one(Digits).display
        assert not detail.query_one(LifeBar).display
        assert "Press u to ask the owner again." in grid(world.app)


# -- sorting ---------------------------------------------------------------------------------------------


def test_the_settings_know_every_order() -> None:
    assert tuple(order.value for order in Order) == ORDERS


async def test_a_click_on_a_head_sorts_and_the_order_is_remembered(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await click_on(pilot, world, "Left", 2)
        assert listed(world) == ["old-mill", "casa-azul", "chalet", "villa-rosa"]
        assert "Left ▼" in grid(world.app)
        assert "sorted by time left" in grid(world.app)
        await click_on(pilot, world, "Number", 2)
        assert listed(world) == ["villa-rosa", "chalet", "casa-azul", "old-mill"]
        await click_on(pilot, world, "sorted by", 1)
        assert screen_of(world).pane.arrangement.order is Order.APP
        await world.app.workers.wait_for_complete()
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE):
        assert screen_of(world).pane.arrangement.order is Order.APP


async def test_the_least_time_first_is_taken_from_the_settings(tmp_path: Path) -> None:
    prefer(tmp_path, '[tui]\norder = "time left"\n')
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE):
        assert listed(world) == ["old-mill", "casa-azul", "chalet", "villa-rosa"]


# -- moving and selecting --------------------------------------------------------------------------------


async def test_letters_move_as_arrows_do(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        table = screen_of(world).query_one(AccountTable)
        for key, row in (("j", 1), ("j", 2), ("k", 1), ("G", 3), ("g", 0)):
            await pilot.press(key)
            assert table.cursor_row == row


async def test_selected_accounts_are_marked_counted_and_cleared(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await pilot.press("space", "down", "space")
        assert "2 selected" in grid(world.app)
        assert [line[:3] for line in grid(world.app).splitlines()[3:7]] == [" ●✗", "  !", " ●▲", "  ✓"]
        await pilot.press("slash", *"villa")
        assert "2 selected" in grid(world.app), "also while a search hides them"
        await pilot.press("escape", "escape")
        assert "selected" not in grid(world.app)


async def test_selected_accounts_are_forgotten_and_come_back_together(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await pilot.press("space", "space", "d")
        await settled(pilot, lambda: isinstance(world.app.screen, Question))
        assert "Forget 2 accounts (Casa Azul & Jardín, Chalet [Alpes])?" in grid(world.app)
        await pilot.press("shift+tab", "enter")
        await settled(pilot, lambda: len(world.stored.accounts()) == 2)
        await settled(pilot, lambda: "Press z to undo." in grid(world.app))
        assert "selected" not in grid(world.app)
        await pilot.press("z")
        await settled(pilot, lambda: len(listed(world)) == 4)
        await settled(pilot, lambda: "Restored 2 accounts" in grid(world.app))


async def test_selected_accounts_are_exported_into_a_file_each(tmp_path: Path) -> None:
    world = make_world(tmp_path / "smily", accounts=True)
    for number in range(2):
        record = scenes.authorization(f"Zoë {number}", 5000 + number, 7000)
        world.store.slot(Address("demo-app", f"zoe-{number}")).save(record)
    folder = tmp_path / "out"
    folder.mkdir()
    async with running(world, SIZE) as pilot:
        await pilot.press("end", "space", "k", "space", "x")
        await settled(pilot, lambda: isinstance(world.app.screen, ExportDialog))
        assert not world.app.screen.query_one("#copy_export").display
        world.app.screen.query_one(Input).value = str(folder)
        await pilot.press("enter", "enter")
        await settled(pilot, lambda: "Saved 2 files" in grid(world.app))
    assert sorted(path.name for path in folder.iterdir()) == ["zoe-0.env", "zoe-1.env"]


# -- undoing ---------------------------------------------------------------------------------------------


async def test_a_new_name_is_undone_by_the_key_in_its_message(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await pilot.press("end", "e")
        await settled(pilot, lambda: isinstance(world.app.screen, NameDialog))
        world.app.screen.query_one(Input).value = "Villa Nord"
        await pilot.press("enter")
        message = "Renamed Villa Rosa to Villa Nord. Press z to undo."
        await settled(pilot, lambda: message in grid(world.app))
        await pilot.press("z")
        await settled(pilot, lambda: world.stored.find("villa-rosa").label == "Villa Rosa")
        await pilot.press("z")
        await settled(pilot, lambda: "Nothing to undo." in grid(world.app))


async def test_restoring_asks_nothing_and_names_the_account(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    world.stored.forget(Address("demo-app", "villa-rosa"))
    async with running(world, SIZE) as pilot:
        await pilot.press("U")
        await settled(pilot, lambda: "Restored Villa Rosa. Press z to undo." in grid(world.app))
        await pilot.press("z")
        await settled(pilot, lambda: "Forgot Villa Rosa." in grid(world.app))


# -- messages --------------------------------------------------------------------------------------------


async def test_a_message_goes_at_the_next_key_and_the_log_has_it(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        world.app.messages_fade = True
        line = screen_of(world).query_one(StatusLine)
        now = [100.0]
        line.now = lambda: now[0]
        line.say("First remark.")
        await pilot.press("down")
        assert "First remark." in grid(world.app), "that key was typed before it was read"
        now[0] += 2
        await pilot.press("down")
        assert "First remark." not in grid(world.app)
        line.say("Second remark.")
        await pilot.press("L")
        await settled(pilot, lambda: isinstance(world.app.screen, MessageLogScreen))
        told = grid(world.app)
        assert told.index("Second remark.") < told.index("First remark.")
        await pilot.click("MessageLogScreen Button")
        await settled(pilot, lambda: not isinstance(world.app.screen, MessageLogScreen))


async def test_a_message_fades_and_an_error_waits_for_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smily_tui.tui.widgets.status_line.FADES_AFTER", 0.05)
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        world.app.messages_fade = True
        line = screen_of(world).query_one(StatusLine)
        line.say("A remark.")
        await settled(pilot, lambda: "A remark." not in grid(world.app))


# -- tokens in clear -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "letter"), [("v", "a"), ("V", "b")])
async def test_one_token_is_shown_on_a_line_of_its_own_and_counts_down(
    key: str, letter: str, tmp_path: Path
) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (80, 24)) as pilot:
        await pilot.press("end", key)
        token = scenes.token(letter, "4711").reveal()
        assert any(line.strip() == token for line in grid(world.app).splitlines())
        assert scenes.token("b" if letter == "a" else "a", "4711").reveal()[:12] not in grid(world.app)
        assert re.search(r"hides in 0:(30|29)", grid(world.app)), "a second may have passed"
        await pilot.press("up")
        await pilot.pause()
        assert not screen_of(world).query_one(TokenBar).display
        assert token[:12] not in grid(world.app)


async def test_a_copied_token_is_taken_out_of_the_clipboard_by_undo(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    copied: list[str | Secret] = []
    world.app = app_over(world.stored, copied)
    async with running(world, SIZE) as pilot:
        await pilot.press("end", "c")
        await settled(pilot, lambda: isinstance(world.app.screen, CopyQuestion))
        await pilot.press("enter")
        await settled(pilot, lambda: bool(copied) and "Copied." in grid(world.app))
        await pilot.press("z")
        await settled(pilot, lambda: "The clipboard was cleared." in grid(world.app))


# -- nothing stored --------------------------------------------------------------------------------------


async def test_an_empty_dashboard_shows_next_steps_and_none_of_the_keys_for_accounts(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    for account in world.stored.accounts():
        world.stored.forget(account.address)
    async with running(world, (80, 24)) as pilot:
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        shown = grid(world.app)
        for text in ("Press a to connect one.", "Press Q to connect many", "4 accounts in the trash", "demo"):
            assert text in shown
        assert "Refresh" not in shown
        assert "Account ▼" not in shown
        await pilot.click("#next-restore")
        await settled(pilot, lambda: len(listed(world)) == 1)
        assert not screen_of(world).query_one(NextSteps).display
        assert screen_of(world).query_one(AccountTable).has_focus


async def test_tokens_that_expire_before_a_persons_eyes_are_named(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    fill(world, 60)
    async with running(world, SIZE) as pilot:
        await settled(pilot, lambda: len(screen_of(world).pane.accounts) == 64)
        pane, now = screen_of(world).pane, world.stored.clock.now()
        lasting = sorted(
            (account.left(now), account.label)
            for account in pane.accounts
            if account.state(now) in (State.VALID, State.EXPIRING)
        )
        world.clock.wall += lasting[0][0] + 1
        pane.tick()
        key = "Press R to refresh"
        await settled(
            pilot, lambda: f"The access token of {lasting[0][1]} expired. {key} it." in grid(world.app)
        )
        world.clock.wall += lasting[-1][0]
        pane.tick()
        await settled(
            pilot, lambda: f"{len(lasting) - 1} access tokens expired. {key} them." in grid(world.app)
        )
