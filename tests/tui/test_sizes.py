"""What a change of the terminal's size does: nothing is lost, and the room there is is used."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from textual.events import Resize
from textual.geometry import Size
from textual.widgets import Input

from smily_tui.desktop.qr import drawings
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.link_dialogs import SCAN, WORDS_HEIGHT, QrPicture
from smily_tui.tui.screens.wizard import WizardScreen
from smily_tui.tui.widgets.bars import StepLine
from tests.support.tui import scenes
from tests.support.tui.all_scenes import SCENES
from tests.support.tui.layout import ALL_SIZES, findings
from tests.support.tui.pictures import GOLDEN
from tests.support.tui.scenes import grid, make_world, running, settled

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.tui.app import SmilyApp

CORNERS = ((60, 16), (80, 24), (120, 36), (200, 60))


@pytest.mark.parametrize(
    "name", ["wizard-authorize", "wizard-qr", "wizard-help", "dashboard-find", "dashboard-forget"]
)
async def test_a_terminal_that_is_too_small_says_so_and_nothing_is_lost(name: str, tmp_path: Path) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, (80, 24)) as pilot:
        await go(pilot)
        await pilot.pause()
        before, focused = grid(world.app), world.app.screen.focused
        for width, height in ((39, 24), (80, 9), (20, 5)):
            await pilot.resize_terminal(width, height)
            sentence = f"smily-tui needs 40x10. This terminal is {width}x{height}. Nothing is lost."
            await settled(pilot, partial(says, world.app, sentence))
        await pilot.resize_terminal(80, 24)
        await settled(pilot, lambda: grid(world.app) == before)
        assert world.app.screen.focused is focused


def says(app: SmilyApp, sentence: str) -> bool:
    """Whether the screen shows a sentence and nothing else."""
    return " ".join(grid(app).split()) == sentence


@pytest.mark.parametrize("name", ["dashboard", "dashboard-forget", "queue-other-account", "wizard-done"])
async def test_a_window_that_is_dragged_comes_to_rest(name: str, tmp_path: Path) -> None:
    """Word of two sizes stands in the screen's queue, and something between them that keeps them apart."""
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, (80, 24)) as pilot:
        await go(pilot)
        app = world.app
        laid_out: list[object] = []
        app.screen.screen_layout_refresh_signal.subscribe(app.screen, laid_out.append)
        for size in (Size(100, 30), Size(120, 36)):
            app.post_message(Resize(size, size))
            app.screen.post_message(Resize(size, size))
            app.screen.call_later(lambda: None)
        await settled(pilot, partial(shows, app, (GOLDEN / f"{name}-120x36.txt").read_text("utf-8")))
        assert len(laid_out) < 20


def shows(app: SmilyApp, golden: str) -> bool:
    """Whether the screen shows this."""
    return grid(app) == golden


async def test_what_is_typed_outlives_any_size(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (200, 60)) as pilot:
        await scenes.authorize(pilot)
        typed = ""
        for size, char in zip((*ALL_SIZES, (30, 8), (80, 24)), "c0de1234567890", strict=True):
            await pilot.resize_terminal(*size)
            await pilot.press(char)
            typed += char
        code = world.app.screen.query_one("#code", Input)
        assert code.value == typed
        assert code.has_focus
        assert world.app.screen.query_one("#client-secret", Input).value == scenes.CLIENT_SECRET.reveal()


@pytest.mark.parametrize("size", CORNERS)
async def test_the_field_for_the_code_is_in_sight_and_its_error_is_near(
    size: tuple[int, int], tmp_path: Path
) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, size) as pilot:
        await SCENES["wizard-authorize-refused"][1](pilot)
        code, page = (world.app.screen.query_one(each) for each in ("#code", "#authorize"))
        error = world.app.screen.query_one("#authorize ErrorCard")
        await settled(pilot, lambda: page.region.contains_region(code.region))
        await settled(pilot, lambda: error.region.y - code.region.y == 1)


async def test_the_screen_below_a_dialog_follows_the_size(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (80, 24)) as pilot:
        await scenes.forget(pilot)
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        assert world.app.screen.has_class("-narrow", "-low")
        assert not findings(world.app.screen)


async def test_the_screen_below_another_one_follows_when_it_is_back(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (80, 24)) as pilot:
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await pilot.press("n")
        await settled(pilot, lambda: isinstance(world.app.screen, WizardScreen))
        await pilot.resize_terminal(120, 36)
        await pilot.press("escape")
        await settled(pilot, lambda: world.app.screen.has_class("-wide", "-tall"))
        assert isinstance(world.app.screen, DashboardScreen)
        assert not findings(world.app.screen)


async def test_the_steps_say_what_each_is_where_there_is_room(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (120, 30)) as pilot:
        for size, rows in {(120, 30): 3, (80, 24): 3, (60, 24): 2, (60, 16): 1}.items():
            await pilot.resize_terminal(*size)
            await pilot.pause()
            assert world.app.screen.query_one(StepLine).size.height == rows
            assert "Your app" in grid(world.app)
            assert ("what it may do" in grid(world.app)) is (rows == 3)


async def test_the_diagram_stands_beside_the_link_from_110_columns(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (109, 36)) as pilot:
        await SCENES["wizard-authorize"][1](pilot)
        assert "paste the code ───" not in grid(world.app)
        await pilot.resize_terminal(110, 36)
        await settled(pilot, lambda: "paste the code ───" in grid(world.app))
        assert "GET /oauth/authorize" not in grid(world.app), "no requests without F2"
        await pilot.press("f2")
        await settled(pilot, lambda: "GET /oauth/authorize" in grid(world.app))
        assert grid(world.app).count("paste the code ───") == 1


@pytest.mark.parametrize("size", CORNERS)
async def test_the_qr_code_is_shown_whole_or_not_at_all(size: tuple[int, int], tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, size) as pilot:
        await SCENES["wizard-qr"][1](pilot)
        await pilot.pause()
        picture = world.app.screen.query_one(QrPicture)
        link = next(each for each in world.app.screen_stack if isinstance(each, WizardScreen)).flow.url
        least = drawings(link)[-1]
        if least.width <= size[0] and least.height + WORDS_HEIGHT <= size[1]:
            assert world.app.screen.region.contains_region(picture.region)
            assert picture.size.height in {each.height for each in drawings(link)}
            assert SCAN in " ".join(grid(world.app).split())
        else:
            assert not picture.display
            needed = f"needs a terminal of {least.width}x{least.height + WORDS_HEIGHT}"
            assert needed in " ".join(grid(world.app).split())


async def test_at_the_end_of_an_ssh_connection_copying_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "10.0.0.1 1 10.0.0.2 22")
    world = make_world(tmp_path, accounts=False)
    async with running(world, (80, 24)) as pilot:
        await scenes.authorize(pilot)
        buttons = [each.id for each in world.app.screen.query("#authorize .links Button") if each.display]
        assert buttons == ["do-copy", "do-text", "do-qr", "do-message", "do-open"]
        assert "You're on a remote machine. Copy this link" in grid(world.app)
        assert not findings(world.app.screen)


async def test_as_text_shows_the_link_on_one_line_and_its_qr_code(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    shown: list[str] = []

    def show(text: str, link: str = "") -> None:
        shown.append(text)

    world.app.show_plain = show  # type: ignore[method-assign]
    async with running(world, (80, 24)) as pilot:
        await scenes.authorize(pilot)
        await pilot.press("ctrl+t")
        link = scenes.wizard(pilot).flow.url
        assert link in shown[0].splitlines()
        assert drawings(link)[0].in_escapes() in shown[0], "it may be longer than the screen: text scrolls"
        await pilot.resize_terminal(50, 16)
        await pilot.press("ctrl+t")
        assert f"(The QR code needs {drawings(link)[-1].width} columns.)" in shown[1]
