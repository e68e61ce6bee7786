"""What people met in the full screen: rows that are done, searches, buttons, and refreshes of very many."""

from __future__ import annotations

import re
import secrets
import threading
from typing import TYPE_CHECKING

import pytest
from textual.color import Color
from textual.widgets import Button, Input

from smily_tui.batch import ALIKE, AT_ONCE
from smily_tui.desktop.qr import TooLongForQr, fitting
from smily_tui.messages.accounts import lasts
from smily_tui.messages.queue import permissions
from smily_tui.oauth.scopes import CATALOGUE
from smily_tui.origin import Origin
from smily_tui.queue.queue import Queue, Row, RowState
from smily_tui.text import Clean
from smily_tui.tui.pages.permissions import ScopeList
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.screens.queue import QueueScreen
from smily_tui.tui.screens.queue_row import QueueRowScreen
from smily_tui.tui.themes import THEMES
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.bent_server import CLIENT_ID, BentServer, Reply
from tests.support.processes import PROGRAM
from tests.support.records import replaced
from tests.support.terminal import Terminal
from tests.support.tui import queue_scenes, scenes, wizard_scenes
from tests.support.tui.all_scenes import SCENES
from tests.support.tui.contrast import contrast
from tests.support.tui.pictures import ASCII, LOOKS, at_rest, wear
from tests.support.tui.scenes import World, authorization, grid, is_at, make_world, running, settled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.style import Style
    from textual.pilot import Pilot

    from tests.support.person import Person

SIZE = (80, 24)
DONE = 4


# -- a row that is done ------------------------------------------------------------------------------------


def the_row(world: World, number: int) -> Row:
    """A row of the queue as it is kept."""
    row = world.stored.queue(queue_scenes.KEY).read().find(number)
    assert row is not None
    return row


@pytest.mark.parametrize("keys", [["ctrl+o"], ["ctrl+y"], ["ctrl+g", "escape"], ["enter"]])
async def test_a_row_that_is_done_asks_and_stays_done(tmp_path: Path, keys: Sequence[str]) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await queue_scenes.at_queue(pilot, *queue_scenes.ROWS)
        await pilot.press("down", "down", "down", "u")
        await settled(pilot, lambda: isinstance(world.app.screen, Question))
        assert "Villa Rosa is already connected. Ask the owner again?" in grid(world.app)
        await pilot.press("enter")
        await settled(pilot, lambda: isinstance(world.app.screen, QueueScreen))
        await pilot.press("u")
        await settled(pilot, lambda: isinstance(world.app.screen, Question))
        await pilot.press("tab", "enter")
        await settled(pilot, lambda: isinstance(world.app.screen, QueueRowScreen))
        await pilot.press(*keys)
        await settled(pilot, lambda: isinstance(world.app.screen, QueueRowScreen))
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(world.app.screen, QueueScreen))
        await settled(pilot, lambda: "1 of 6 connected" in grid(world.app))
    assert the_row(world, DONE).state is RowState.VERIFIED


@pytest.mark.parametrize("state", RowState)
def test_a_row_that_is_done_stays_done(state: RowState) -> None:
    queue = Queue().with_rows([Row(Clean("Villa Rosa"), 7)], 1.0).moved(1, RowState.VERIFIED, 2.0)
    assert queue.moved(1, state, 3.0).rows[0].state is RowState.VERIFIED


# -- permissions -------------------------------------------------------------------------------------------


async def test_after_a_search_the_cursor_is_on_the_first_hit_and_public_stays(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.find_endpoint(pilot)
        await pilot.press("enter")
        options = world.app.screen.query_one(ScopeList)
        await settled(pilot, lambda: options.has_focus)
        assert options.pointed == "rentals_read"
        await pilot.press("space")
        await settled(pilot, lambda: options.chosen == ("public", "rentals_read"))
        await pilot.press("escape", "home", "space")
        await settled(pilot, lambda: options.pointed == "public")
        assert options.chosen == ("public", "rentals_read")


async def test_the_first_esc_ends_the_search_and_the_second_goes_back(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.find_endpoint(pilot)
        field = world.app.screen.query_one("#filter", Input)
        await pilot.press("escape")
        await settled(pilot, lambda: not field.value)
        assert is_at(pilot, "#scopes")
        await pilot.press("escape")
        await settled(pilot, lambda: is_at(pilot, "#client-id"))


@pytest.mark.parametrize("width", [30, 56, 76, 116, 4000])
def test_permissions_that_do_not_fit_are_counted(width: int) -> None:
    names = [scope.name for scope in CATALOGUE]
    line = permissions(names, width)
    assert len(line) <= width
    shown = sum(name in line.removeprefix("Permissions: ").split(" … ")[0].split(", ") for name in names)
    assert line.endswith(f"and {len(names) - shown} more") or shown in (0, len(names))


# -- buttons -----------------------------------------------------------------------------------------------

BUTTONS = (
    "dashboard-forget",
    "wizard-done",
    "wizard-message",
    "wizard-left-off",
    "queue-today",
    "demo-consent",
)


def drawn(world: World, button: Button) -> tuple[str, Style]:
    """What the button shows, and how its label is written."""
    x, y, width, _ = world.app.screen.find_widget(button).region
    strip = world.app.screen._compositor.render_strips()[y].crop(x, x + width)
    label = next(style for text, style, _ in strip if style is not None and any(map(str.isalpha, text)))
    return strip.text, label


def _is_like(style: Style, colour: str) -> bool:
    """Whether it is written on that colour, but for rounding."""
    if style.bgcolor is None:
        return False
    if style.bgcolor.triplet is None:
        return style.bgcolor == Color.parse(colour).rich_color and not style.bgcolor.is_default
    other = Color.parse(colour).rgb
    return all(abs(one - two) <= 2 for one, two in zip(style.bgcolor.triplet, other, strict=True))


@pytest.mark.parametrize("name", BUTTONS)
async def test_the_focused_button_is_the_loudest_in_every_look(tmp_path: Path, name: str) -> None:
    """Filled with the program's own colour, bold, marked at both ends; no other button is any of these."""
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    colours = {theme.name: theme.primary for theme in THEMES}
    async with running(world, SIZE) as pilot:
        await go(pilot)
        await at_rest(world, pilot)
        buttons = [each for each in world.app.screen.query(Button) if each.region]
        if not isinstance(world.app.screen.focused, Button):
            buttons[0].focus()
            await settled(pilot, lambda: buttons[0].has_focus)
        for look in LOOKS:
            await wear(world, pilot, look)
            for button in buttons:
                text, label = drawn(world, button)
                ends = "||" if look == ASCII else "▌▐"
                filled = label.reverse or _is_like(label, colours.get(look, colours["smily-dark"]))
                assert (text[0] + text[-1] == ends) is button.has_focus, (look, text)
                assert bool(filled) is button.has_focus, (look, text, label)
                assert not button.has_focus or label.bold, (look, text)
                if label.bgcolor is not None and label.bgcolor.triplet is not None:
                    assert contrast(label) >= 4.5, (look, text)


# -- a link that is too long -------------------------------------------------------------------------------


async def test_a_link_too_long_for_a_qr_code_has_words(tmp_path: Path) -> None:
    link = "https://www.bookingsync.com/oauth/authorize?scope=" + "x" * 2954
    with pytest.raises(TooLongForQr):
        fitting(link, 500, 500)
    world = make_world(tmp_path, accounts=True)
    scopes = ["public", *(f"{'long_permission' * 5}_{number}" for number in range(60))]
    world.stored.apps.save("Demo app", scenes.CLIENT_ID, scenes.CLIENT_SECRET, scopes)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.second_account(pilot)
        await pilot.press("ctrl+g")
        await settled(pilot, lambda: "The link is too long for a QR code." in grid(world.app))
        assert "Copy it, or show it as text." in " ".join(grid(world.app).split())
        assert world.app.qr_as_text(link) == "(The link is too long for a QR code.)"


# -- a refresh of very many --------------------------------------------------------------------------------


async def test_a_refresh_of_more_than_twenty_is_asked_about(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    for number in range(30):
        record = authorization(f"Home {number}", 5000 + number, -10.0)
        world.store.slot(Address("demo-app", f"home-{number}")).save(record)
    async with running(world, SIZE) as pilot:
        await pilot.press("R")
        await settled(pilot, lambda: isinstance(world.app.screen, Question))
        assert "Refresh 32 accounts? Less than a minute." in grid(world.app)
        await pilot.press("enter")
        await settled(pilot, lambda: not isinstance(world.app.screen, Question))
        assert "Press esc to stop" not in grid(world.app)
    assert not any(world.stored.history(Address("demo-app", f"home-{number}")) for number in range(30))


def test_how_long_very_many_take() -> None:
    assert lasts(857 * 0.2) == "About 3 min."
    assert lasts(59) == "Less than a minute."


def refused(fields: dict[str, str], _: Reply) -> Reply:
    """The application is not known any more; a word of the request, so that it is looked at."""
    assert fields["grant_type"] == "refresh_token"
    return Reply.of(401, {"error": "invalid_client"})


def many_due(person: Person, count: int) -> Store:
    """So many accounts of the person's application, whose tokens have run out."""
    assert person.connect().returncode == 0
    store = Store(Home.at(person.home))
    for number in range(count):
        record = authorization(f"Home {number:02}", 5000 + number, -10.0)
        record = replaced(record, server=Origin(person.server.origin), client_id=CLIENT_ID)
        store.slot(Address("app", f"home-{number}")).save(record)
    return store


@pytest.mark.parametrize(("answer", "tried"), [("enter", "skipped"), ("go on", "12 failed")])
def test_after_five_equal_failures_of_an_application_it_asks(
    person: Person, server: BentServer, answer: str, tried: str
) -> None:
    many_due(person, 12)
    server.bend_token = refused
    with Terminal(PROGRAM, person.environ, columns=120, rows=36) as terminal:
        terminal.wait_for("13 accounts")
        before = len(server.posts)
        terminal.press("R")
        terminal.wait_for("accounts failed in a row, for the same reason:")
        sent = len(server.posts) - before
        assert f"{sent} accounts failed" in terminal.text()
        assert ALIKE <= sent < ALIKE + AT_ONCE
        assert f"Refresh the other {12 - sent} anyway?" in terminal.text()
        if answer == "go on":
            terminal.press("shift+tab")
        terminal.press("enter")
        terminal.wait_for(tried)
        assert len(server.posts) - before == (sent if answer == "enter" else 12)
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def test_failures_with_successes_between_them_are_no_reason_to_ask(
    person: Person, server: BentServer
) -> None:
    many_due(person, 16)
    first = len(server.posts)

    def every_other(fields: dict[str, str], reply: Reply) -> Reply:
        if (len(server.posts) - first) % 2:
            return refused(fields, reply)
        tokens = {"access_token": secrets.token_hex(32), "refresh_token": secrets.token_hex(32)}
        return Reply.of(200, tokens | {"token_type": "bearer", "expires_in": 7200, "scope": "public"})

    server.bend_token = every_other
    with Terminal(PROGRAM, person.environ, columns=120, rows=36) as terminal:
        terminal.wait_for("17 accounts")
        terminal.press("R")
        terminal.wait_for("8 accounts refreshed, 8 failed.")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


def test_while_many_are_refreshed_the_reason_of_a_failure_and_the_time_left_are_seen(
    person: Person, server: BentServer
) -> None:
    many_due(person, 24)
    first, go_on = len(server.posts), threading.Event()

    def four_then_wait(fields: dict[str, str], reply: Reply) -> Reply:
        if len(server.posts) - first > AT_ONCE:
            go_on.wait(30)
        return refused(fields, reply)

    server.bend_token = four_then_wait
    with Terminal(PROGRAM, person.environ, columns=120, rows=36) as terminal:
        terminal.wait_for("25 accounts")
        terminal.press("R")
        terminal.wait_for("Refresh 24 accounts? Less than a minute.")
        terminal.press("shift+tab", "enter")
        shown = terminal.wait_for("4 of 24 done, 4 failed")
        assert "4 of 24 done, 4 failed (The server doesn't know this app" in " ".join(shown.split())
        assert re.search(r"Less than a minute\.|About \d+ min\.", shown)
        assert "Press esc to stop" in " ".join(shown.split())
        go_on.set()
        terminal.wait_for("accounts failed in a row")
        terminal.press("escape")
        terminal.wait_for("skipped")
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0


# -- presenting ------------------------------------------------------------------------------------------


def opened_wire(pilot: Pilot[None]) -> bool:
    """Whether the wire view is seen."""
    return bool(pilot.app.screen.query("WirePanel"))


async def test_while_presenting_each_wizard_has_the_wire_view_and_f2_toggles_what_is_seen(
    tmp_path: Path,
) -> None:
    world = make_world(tmp_path, accounts=True)
    world.app.presenter = True
    async with running(world, (120, 36)) as pilot:
        for key in "aa":
            await settled(pilot, lambda: opened_wire(pilot))
            await pilot.press(key)
            await settled(pilot, lambda: is_at(pilot, "#code"))
            await settled(pilot, lambda: opened_wire(pilot))
            await pilot.press("escape")
            await settled(pilot, lambda: not is_at(pilot, "#code"))
        await pilot.press("f2")
        await settled(pilot, lambda: not opened_wire(pilot))
        await pilot.press("f2")
        await settled(pilot, lambda: opened_wire(pilot))
