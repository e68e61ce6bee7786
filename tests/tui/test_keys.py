"""Keys, help, palette and mouse: what can be done can be found, moved to another key, and clicked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.containers import VerticalScroll
from textual.widgets import Static

from smily_tui.accounts import Accounts
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.tui.actions import OWNER
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.help import HelpScreen, grouped
from smily_tui.tui.screens.wizard import WizardScreen
from smily_tui.tui.widgets.bars import KeyLine, fitting
from smily_tui.tui.widgets.drawn import Hanging
from smily_tui.vault.home import Home
from tests.support.tui.all_scenes import OURS, SCENES
from tests.support.tui.pilot import click, paste, until
from tests.support.tui.scenes import Frozen, World, app_over, grid, make_world, prefer, running, settled

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.dom import DOMNode
    from textual.pilot import Pilot
    from textual.screen import Screen


def bound(screen: Screen[object]) -> Iterator[tuple[DOMNode, str]]:
    """Every action that a key of ours does on the screen, as its binding names it."""
    for node in (screen, *screen.query("*")):
        for each in type(node).__mro__:
            if each.__module__.startswith("smily_tui."):
                for binding in each.__dict__.get("BINDINGS", ()):
                    yield node, binding.action.removeprefix("app.")


@pytest.mark.parametrize("name", OURS)
async def test_every_key_is_in_the_help_and_every_action_in_the_palette(name: str, tmp_path: Path) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, (100, 40)) as pilot:
        await go(pilot)
        screen = world.app.screen
        known = {each.name: each for _, each in world.app.actions_on(screen)}
        offered = {command.label for command in world.app.entries_on(screen)}
        for node, action in bound(screen):
            if node.check_action(action, ()):
                assert action in known  # the owner's page, of the demo alone, is refused elsewhere
                assert known[action].label in offered or not node.is_on_screen
            else:
                assert action in known or action == OWNER[0].name
        in_footer = {hint.label for line in screen.query(KeyLine) for hint in line.hints} - {"palette"}
        assert in_footer <= {each.label for each in known.values()}
        if not isinstance(screen, HelpScreen):
            await pilot.press("f1")
            await settled(pilot, lambda: isinstance(world.app.screen, HelpScreen))
            told = " ".join(" ".join(str(each.render()) for each in world.app.screen.query(Static)).split())
            for each in known.values():
                assert each.keys in told
                assert each.help in told or each.label in told


@pytest.mark.parametrize("name", sorted(set(OURS) - {"wizard-help"}))
async def test_the_help_fits_a_small_terminal_and_says_each_thing_once(name: str, tmp_path: Path) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, (80, 24)) as pilot:
        await go(pilot)
        actions = [action for _, action in world.app.actions_on(world.app.screen)]
        await pilot.press("f1")
        await settled(pilot, lambda: isinstance(world.app.screen, HelpScreen))
        await settled(pilot, lambda: bool(world.app.screen.query_one("#left", Hanging).size.height))
        assert world.app.screen.query_one(VerticalScroll).max_scroll_y == 0, grid(world.app)
    for in_sentences in (True, False):
        for rows in grouped(actions, "account", in_sentences=in_sentences).values():
            texts = [text for _, text in rows]
            assert len(texts) == len(set(texts))


async def test_keys_move_where_the_settings_say(tmp_path: Path) -> None:
    prefer(tmp_path, '[keys]\nreveal = "f5,ctrl+r"\nquit = "f9"\ncopy_link = "f7"\n')
    world = make_world(tmp_path, accounts=True)
    async with running(world, (120, 36)) as pilot:
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await pilot.press("v")
        assert "aaaaaaaa" not in grid(world.app), "the old key does nothing"
        await pilot.press("f5")
        await settled(pilot, lambda: "aaaaaaaa" in grid(world.app))
        await pilot.press("ctrl+r")
        await settled(pilot, lambda: "aaaaaaaa" not in grid(world.app))
        assert "f5 Show token" in grid(world.app)
        await pilot.press("f1")
        await settled(pilot, lambda: "F5 ^r Show" in " ".join(grid(world.app).split()))
        await pilot.press("escape")
        await pilot.press("a")
        await settled(pilot, lambda: "Copy F7" in grid(world.app))


@pytest.mark.parametrize(
    ("name", "keys", "pieces"),
    [
        ("dashboard-empty", 'add = "f4"', ["Press F4 to connect one"]),
        ("dashboard-refused", 'again = "f4"', ["Press F4 to ask the owner"]),
        ("dashboard-expired", 'refresh = "f4"', ["Press F4 to refresh it"]),
        ("dashboard-unreadable", 'forget = "f4"\nadd = "f6"', ["press F4 to move it", "then F6 to"]),
        ("dashboard-not-found", 'show_all = "f4"', ["Press F4 to show all accounts."]),
        ("dashboard-help", 'refresh = "f4"', ["press F4. You don't need"]),
        ("dashboard-filtered", 'show_all = "f6"', ["(f: next filter, F6: all)"]),
        (
            "dashboard-partly",
            'results = "f4"\nrefresh_due = "f6"',
            ["Press F4 for the reasons", "F6 to refresh what"],
        ),
        ("dashboard-offline", 'refresh = "f4"', ["Press F4."]),
    ],
)
async def test_sentences_name_the_keys_that_were_moved(
    name: str, keys: str, pieces: list[str], tmp_path: Path
) -> None:
    prefer(tmp_path, f"[keys]\n{keys}\n")
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, (160, 45)) as pilot:
        await go(pilot)
        await settled(pilot, lambda: all(piece in told(world) for piece in pieces))


def told(world: World) -> str:
    """What the screen says, without the line breaks of its columns."""
    texts = (str(widget.render()) for widget in world.app.screen.query(Static) if widget.is_on_screen)
    return " ".join(" ".join(texts).split())


def test_the_footer_keeps_the_help_and_the_palette_and_drops_from_the_end() -> None:
    assert fitting([10, 10, 10, 5, 5], 40, kept=2) == [0, 1, 2, 3, 4]
    assert fitting([10, 10, 10, 5, 5], 39, kept=2) == [0, 1, 3, 4]
    assert fitting([10, 10, 10, 5, 5], 3, kept=2) == [3, 4]
    assert fitting([5], 40, kept=2) == [0]


# -- the whole flow, against a real server ---------------------------------------------------------------


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Options()) as running_sandbox:
        yield running_sandbox


def world_of(sandbox: Sandbox, folder: Path) -> World:
    """The program with nothing stored, for accounts of the sandbox."""
    world = make_world(folder, accounts=False)
    stored = Accounts(Home.at(folder), server=sandbox.listening.server)
    app = app_over(stored)
    return World(stored, world.store, app, Frozen())


async def test_from_a_client_id_to_tokens_with_keys_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    world = world_of(sandbox, tmp_path)
    found = sandbox.listening
    async with running(world, (80, 24)) as pilot:
        await until(pilot, lambda: world.app.screen.query_one("#client-id").has_focus)
        for text in (found.client_id, found.client_secret.reveal()):
            await paste(pilot, text)
            await pilot.press("tab")
        await pilot.press("enter")
        await until(pilot, lambda: world.app.screen.query_one("#scopes").has_focus)
        await pilot.press("down", "down", "down", "space", "enter")
        await until(pilot, lambda: world.app.screen.query_one("#code").has_focus)
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "Asked your browser" in grid(world.app))
        await paste(pilot, sandbox.state.grant(4711, ("public", "bookings_read")))
        await pilot.press("enter")
        await until(pilot, lambda: world.app.screen.query_one("#do-right").has_focus)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        account = world.stored.accounts()[0]
        assert account.account_id == 4711
        assert account.label in grid(world.app)
        await pilot.press("q")
    assert world.app.return_code == 0


async def test_from_a_client_id_to_tokens_with_the_mouse_alone(sandbox: Sandbox, tmp_path: Path) -> None:
    """Text is pasted, as the terminal's own menu does it; everything else is clicked."""
    world = world_of(sandbox, tmp_path)
    found = sandbox.listening
    async with running(world, (80, 30)) as pilot:
        await until(pilot, lambda: world.app.screen.query_one("#client-id").has_focus)
        texts = (found.client_id, found.client_secret.reveal())
        for field, text in zip(("#client-id", "#client-secret"), texts, strict=True):
            await click(pilot, field)
            await paste(pilot, text)
        await click(pilot, "#application .go-on")
        await until(pilot, lambda: world.app.screen.query_one("#scopes").is_on_screen)
        await click(pilot, "#scopes", (6, 2))
        await until(pilot, lambda: "2 selected" in grid(world.app))
        await click(pilot, "#permissions .go-back")
        await until(pilot, lambda: world.app.screen.query_one("#client-id").is_on_screen)
        await click(pilot, "#application .go-on")
        await until(pilot, lambda: "2 selected" in grid(world.app))
        await click(pilot, "#permissions .go-on")
        await until(pilot, lambda: world.app.screen.query_one("#code").is_on_screen)
        await click(pilot, "#do-open")
        await until(pilot, lambda: "Asked your browser" in grid(world.app))
        await click(pilot, "#do-qr")
        await until(pilot, lambda: not isinstance(world.app.screen, WizardScreen))
        await click(pilot, "QrScreen Button")
        await until(pilot, lambda: isinstance(world.app.screen, WizardScreen))
        await click(pilot, "#code")
        await paste(pilot, sandbox.state.grant(4711, ("public", "bookings_read")))
        await click(pilot, "#authorize .go-on")
        await until(pilot, lambda: world.app.screen.query_one("#do-dashboard").is_on_screen)
        await click(pilot, "#do-dashboard")
        await until(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        assert world.stored.accounts()[0].account_id == 4711
        await click_in_palette(pilot, "Help")
        await until(pilot, lambda: isinstance(world.app.screen, HelpScreen))
        world.app.screen.query_one("HelpScreen Button").scroll_visible(animate=False)
        await pilot.pause()
        await click(pilot, "HelpScreen Button")
        await until(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await click_in_palette(pilot, "Quit")
        await until(pilot, lambda: world.app.return_code is not None)
    assert world.app.return_code == 0


async def test_a_key_of_the_last_line_is_explained_where_the_mouse_points_and_pressed_by_a_click(
    tmp_path: Path,
) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (80, 24)) as pilot:
        line = world.app.screen.query_one(KeyLine)
        await pilot.hover(KeyLine, (1, 0))
        await settled(pilot, lambda: line.tooltip == line.hints[0].help)
        begin = grid(world.app).splitlines()[-1].index("Help")
        await pilot.hover(KeyLine, (begin, 0))
        await settled(pilot, lambda: "what this screen is for" in str(line.tooltip))
        await pilot.click(KeyLine, (begin, 0))
        await settled(pilot, lambda: isinstance(world.app.screen, HelpScreen))


async def click_in_palette(pilot: Pilot[None], name: str) -> None:
    """Open the palette at the end of the last line, and click on an entry, scrolling to it."""
    await click(pilot, KeyLine, (pilot.app.size.width - len("palette "), 0))
    await until(pilot, lambda: bool(pilot.app.screen.query("CommandList")))
    for _ in range(20):
        rows = grid(pilot.app).splitlines()  # type: ignore[arg-type]
        at = next((at for at, row in enumerate(rows) if row.strip(" ┃│").startswith(f"{name} ")), None)
        if at is not None:
            await pilot.click(offset=(6, at))
            return
        pilot.app.screen.query_one("CommandList").scroll_down(animate=False)
        await pilot.pause()
    raise AssertionError(f"{name} is not in the palette")


async def test_the_last_line_offers_the_demo_while_the_field_is_empty(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (80, 24)) as pilot:
        await settled(pilot, lambda: "^d Demo" in grid(world.app))
        await pilot.press("a")  # ctrl+d deletes to the right now
        await settled(pilot, lambda: "^d Demo" not in grid(world.app))
        await pilot.press("backspace")
        await settled(pilot, lambda: "^d Demo" in grid(world.app))
