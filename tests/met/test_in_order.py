"""Keys and pastes in any order and speed do what they do one by one."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from textual.events import Key, Paste
from textual.widgets import Input

from smily_tui.tui.input import STUCK, UNDER_WAY
from smily_tui.tui.screens.dashboard import DashboardScreen
from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET
from tests.support.processes import PROGRAM
from tests.support.terminal import Terminal
from tests.support.tui import scenes
from tests.support.tui.all_scenes import SCENES
from tests.support.tui.scenes import World, grid, make_world, running, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from tests.support.person import Person

CODE = "c0de" * 16
LOOKS_EVERY = 0.02  # seconds


def pasted(text: str) -> str:
    """A paste as terminals send it."""
    return f"\x1b[200~{text}\x1b[201~"


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (120, 36)])
@pytest.mark.parametrize(
    "burst",
    [
        pytest.param(f"{CLIENT_ID}\t{CLIENT_SECRET}", id="typed"),
        pytest.param(f"{pasted(CLIENT_ID)}\t{pasted(CLIENT_SECRET)}", id="pasted"),
        pytest.param(f"{CLIENT_ID}\t{CLIENT_SECRET}\x1b[Z\t", id="there and back"),
        pytest.param(f"{CLIENT_ID}\r{CLIENT_SECRET}", id="enter instead of tab"),
        pytest.param(f"\t{CLIENT_SECRET}\x1b[Z{CLIENT_ID}\t", id="the secret first"),
    ],
)
def test_a_secret_typed_behind_a_tab_never_shows(person: Person, burst: str, size: tuple[int, int]) -> None:
    with Terminal(PROGRAM, person.environ, columns=size[0], rows=size[1]) as terminal:
        terminal.wait_for("Client ID")
        terminal.wait_for("Continue" if size[1] > 16 else "Client Secret")
        terminal.type(burst)
        terminal.wait_for("•" * 30)
        terminal.type("\r")
        terminal.wait_for("[x] public")
        terminal.press("escape")
        terminal.wait_for(CLIENT_ID[: min(40, size[0] - 24)])  # as much as the field has room for
        assert not any(CLIENT_SECRET[at : at + 12] in terminal.raw for at in range(52))
        terminal.press("ctrl+q")
        assert terminal.exit_code() == 0
    assert CLIENT_SECRET.encode() not in person.stored()


# -- bursts against the same keys one by one ---------------------------------------------------------------

KEYS = {
    "wizard-start": ("tab tab shift+tab enter a 7 b c up down space f1 end escape backspace PASTE"),
    "wizard-permissions": ("slash tab shift+tab r a space down up 1 2 f1 escape end enter PASTE"),
    "dashboard": "down up d e x h f1 escape slash 4 tab shift+tab s f space backspace PASTE",
}
CHARACTERS = {"slash": "/", "space": " "}


def event(key: str) -> Key | Paste:
    """What a terminal sends for a key."""
    if key == "PASTE":
        return Paste("Villa 47")
    return Key(key, CHARACTERS.get(key, key if len(key) == 1 else None))


def state(world: World) -> tuple[object, ...]:
    """Where the program is: screens, focus, and what stands in the fields and on the screen."""
    screens = [type(each).__name__ for each in world.app.screen_stack]
    fields = [each.value for screen in world.app.screen_stack for each in screen.query(Input)]
    return screens, getattr(world.app.focused, "id", None), fields, grid(world.app)


async def at_rest(pilot: Pilot[None], world: World, seconds: float = 0.1) -> tuple[object, ...]:
    """The state when it does not change any more, for at least so long."""
    before: tuple[object, ...] = ()
    quiet = 0
    while quiet < seconds / LOOKS_EVERY:
        now = state(world)
        quiet, before = (quiet + 1 if now == before else 0), now
        await pilot.pause(LOOKS_EVERY)
    return before


async def played(folder: Path, scene: str, keys: list[str], *, at_once: bool) -> tuple[object, ...]:
    """The state after these keys, sent at once or each when the one before it is done."""
    accounts, go = SCENES[scene]
    world = make_world(folder, accounts=accounts)
    async with running(world, (80, 24)) as pilot:
        await go(pilot)
        for field in world.app.screen.query(Input):
            field.cursor_blink = False
        await at_rest(pilot, world)
        for key in keys:
            world.app.post_message(event(key))
            if not at_once:
                await at_rest(pilot, world)
        return await at_rest(pilot, world, UNDER_WAY + 2 * STUCK)  # keys may wait so long for what is at work


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("scene", KEYS)
async def test_a_burst_of_keys_ends_where_they_end_one_by_one(tmp_path: Path, scene: str, seed: int) -> None:
    keys = random.Random(f"{scene} {seed}").choices(KEYS[scene].split(), k=14)  # noqa: S311 - the same on each run
    slow = await played(tmp_path / "slow", scene, keys, at_once=False)
    fast = await played(tmp_path / "fast", scene, keys, at_once=True)
    assert fast == slow, keys


async def test_a_second_enter_on_an_answer_does_nothing_to_what_is_below(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    for account in world.stored.accounts()[1:]:
        world.stored.forget(account.address)
    async with running(world, (80, 24)) as pilot:
        await settled(pilot, lambda: "1 account" in grid(world.app))
        dashboard = world.app.screen
        assert isinstance(dashboard, DashboardScreen)
        await pilot.press("d", "left")
        dashboard.under_way.add("so much that the list is empty before the second key's turn")
        for _ in range(2):
            world.app.post_message(event("enter"))
        await settled(pilot, lambda: "0 accounts" in grid(world.app))
        dashboard.under_way.clear()
        shown = await at_rest(pilot, world, UNDER_WAY + 2 * STUCK)
        assert shown[0] == ["Screen", "DashboardScreen"]


async def test_a_letter_that_answers_twice_does_nothing_to_what_is_below(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (80, 24)) as pilot:
        await pilot.press("c")
        await settled(pilot, lambda: "Don't ask again  d" in grid(world.app))
        for _ in range(2):
            world.app.post_message(event("d"))
        shown = await at_rest(pilot, world, UNDER_WAY + 2 * STUCK)
        assert shown[0] == ["Screen", "DashboardScreen"]
        assert world.app.copies_agreed


# -- pastes beside the field -------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["pasted", "typed"])
@pytest.mark.parametrize("focus", ["#code", ".go-on", "CollapsibleTitle", None])
@pytest.mark.parametrize("page", ["wizard-authorize", "queue-row", "wizard-authorize-other-client"])
async def test_what_is_pasted_anywhere_on_the_page_of_the_code_is_the_code(
    tmp_path: Path, page: str, focus: str | None, way: str
) -> None:
    accounts, go = SCENES[page]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, (120, 36)) as pilot:
        await go(pilot)
        screen = world.app.screen
        code = screen.query_one("#code", Input)
        await settled(pilot, lambda: code.has_focus)
        screen.set_focus(None if focus is None else screen.query("AuthorizePage " + focus).first())
        await pilot.pause()
        for one in [Paste(f"{CODE}\n")] if way == "pasted" else [Key(char, char) for char in CODE]:
            world.app.post_message(one)
        await settled(pilot, lambda: code.value == CODE)
        assert code.has_focus
        assert CODE not in [each.value for each in screen.query(Input) if each is not code]


async def test_a_code_pasted_into_the_field_for_a_number_is_the_code_and_a_number_is_not(
    tmp_path: Path,
) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (120, 36)) as pilot:
        await SCENES["wizard-account-number"][1](pilot)
        screen = scenes.wizard(pilot)
        number, code = screen.query_one("#account-id", Input), screen.query_one("#code", Input)
        number.focus()
        await settled(pilot, lambda: number.has_focus)
        world.app.post_message(Paste(CODE))
        await settled(pilot, lambda: code.value == CODE)
        assert number.value == "4711"
        number.focus()
        await settled(pilot, lambda: number.has_focus)
        number.value = ""
        world.app.post_message(Paste("4712"))
        await settled(pilot, lambda: number.value == "4712")
        assert code.value == CODE
