"""Dialogs: arrows, letters, y and n, a footer of their own, and no answer that nobody gave."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Any

import pytest
from textual.widgets import Button

from smily_tui.secret import Secret
from smily_tui.text import Clean
from smily_tui.tui.actions import labelled, with_letters
from smily_tui.tui.screens.base import Dialog
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.dialogs import CopyQuestion, ExportDialog, NameDialog, Question
from smily_tui.tui.widgets.bars import KeyLine
from tests.support.tui import scenes
from tests.support.tui.all_scenes import OURS, SCENES
from tests.support.tui.scenes import World, app_over, grid, make_world, prefer, running, settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from textual.pilot import Pilot
    from textual.screen import Screen


SIZE = (80, 24)


async def ask(pilot: Pilot[None], world: World, question: Question) -> list[bool | None]:
    """Put a question; the list gets the answer."""
    answers: list[bool | None] = []
    await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
    await pilot.press("down")
    world.app.push_screen(question, answers.append)
    await settled(pilot, lambda: world.app.screen is question and question.focused is not None)
    return answers


def focused(world: World) -> str:
    assert world.app.focused is not None
    return world.app.focused.id or ""


@pytest.mark.parametrize(
    ("keys", "answer"),
    [
        ("enter", False), ("escape", False), ("y", True), ("n", False), ("f", True), ("k", False),
        ("left enter", True), ("left right enter", False), ("left left enter", True), ("right enter", False),
        ("shift+tab enter", True), ("tab enter", True),
    ],
)  # fmt: skip
async def test_a_question_is_answered_by_letters_arrows_and_enter(
    tmp_path: Path, keys: str, answer: bool
) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        answers = await ask(pilot, world, Question("Forget it?", "Forget it", "Keep it"))
        await pilot.press(*keys.split())
        await settled(pilot, lambda: bool(answers))
    assert answers == [answer]


@pytest.mark.parametrize(
    ("kind", "enter", "escape"),
    [({}, False, False), ({"harmless": True}, True, False), ({"safe": True}, True, True)],
)
@pytest.mark.parametrize("key", ["enter", "escape"])
async def test_enter_gives_the_usual_answer_and_esc_the_safe_one(
    tmp_path: Path, kind: dict[str, bool], enter: bool, escape: bool, key: str
) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        answers = await ask(pilot, world, Question("Really?", "Do it", "Cancel", **kind))
        await pilot.press(key)
        await settled(pilot, lambda: bool(answers))
    assert answers == [enter if key == "enter" else escape]


@pytest.mark.parametrize(
    ("yes", "no", "asked_by", "keys"),
    [
        ("Forget it", "Keep it", "d", ["f,y", "k,n,escape"]),
        ("Copy", "Cancel", "c", ["y", "n,escape"]),
        ("Copy", "Cancel", "enter", ["c,y", "n,escape"]),
        ("Forget it", "Keep it", "f", ["i,y", "k,n,escape"]),
        ("Yes", "No", "x", ["y", "n,escape"]),
        ("Ärger", "漢字 [b]", "x", ["y", "n,escape"]),
    ],
)
def test_each_answer_has_a_letter_that_is_not_the_key_that_asked(
    yes: str, no: str, asked_by: str, keys: list[str]
) -> None:
    answers = with_letters(labelled(yes, no), safe="no", asked_by=asked_by)
    assert [action.key for action in answers] == keys


@pytest.mark.parametrize("key", ["d", "c"])
async def test_a_key_pressed_again_does_not_answer_what_it_asked(tmp_path: Path, key: str) -> None:
    world = make_world(tmp_path, accounts=True)
    copied: list[str | Secret] = []
    world.app = app_over(world.stored, copied)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard(pilot)
        await pilot.press(*key * 4)
        await settled(pilot, lambda: isinstance(world.app.screen, Dialog))
        await pilot.press(*key * 4)
        assert isinstance(world.app.screen, Dialog)
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
    assert copied == []
    assert len(world.stored.accounts()) == 4


@pytest.mark.parametrize("name", OURS)
async def test_a_dialog_shows_its_own_keys_and_each_button_its_key(name: str, tmp_path: Path) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, (100, 36)) as pilot:
        await go(pilot)
        dialog = world.app.screen
        if not isinstance(dialog, Dialog):
            pytest.skip("no dialog")
        await settled(pilot, lambda: bool(dialog.query(KeyLine)))
        await pilot.pause()
        actions = {action.name: action for _, action in world.app.actions_on(dialog)}
        in_footer = {hint.label for hint in dialog.query_one(KeyLine).hints}
        assert in_footer <= {action.label for action in actions.values()}
        for button in dialog.query(Button).filter(".acts"):
            action = actions[button.id or ""]
            assert str(button.label) == f"{action.label}  {action.keys.split()[0]}"
            assert "Refresh" not in in_footer, "which the screen below does"


@pytest.mark.parametrize(("size", "row"), [(SIZE, 23), ((120, 36), 35)])
async def test_the_keys_of_the_screen_below_are_not_offered(
    tmp_path: Path, size: tuple[int, int], row: int
) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, size) as pilot:
        await scenes.forget(pilot)
        await settled(pilot, lambda: "f Forget it  k Keep it" in grid(world.app).splitlines()[row])
        assert "Add account" not in grid(world.app)


async def test_export_has_letters_until_a_field_takes_them(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard(pilot)
        await pilot.press("x")
        await settled(pilot, lambda: isinstance(world.app.screen, ExportDialog))
        await pilot.press("tab", *"cs")
        assert isinstance(world.app.screen, ExportDialog)
        assert getattr(world.app.focused, "value", "").endswith("cs")
        await pilot.press("shift+tab", "c")
        await settled(pilot, lambda: isinstance(world.app.screen, CopyQuestion))


# -- copying ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("keys", "questions"), [("enter", 1), ("y", 1), ("n", 2), ("escape", 2)])
async def test_copying_asks_the_first_time(tmp_path: Path, keys: str, questions: int) -> None:
    world = make_world(tmp_path, accounts=True)
    copied: list[str | Secret] = []
    world.app = app_over(world.stored, copied)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard(pilot)
        await pilot.press("c")
        await settled(pilot, lambda: isinstance(world.app.screen, CopyQuestion))
        assert focused(world) == "yes"
        await pilot.press(keys)
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await pilot.press("c")
        await settled(pilot, lambda: len(copied) == 2 or isinstance(world.app.screen, CopyQuestion))
        assert isinstance(world.app.screen, CopyQuestion) is (questions == 2)
        assert bool(copied) is (questions == 1)
    assert not (tmp_path / "config.toml").exists() or "without" not in (tmp_path / "config.toml").read_text()


async def test_copying_asks_no_more_where_the_person_wants_that(tmp_path: Path) -> None:
    prefer(tmp_path, "# mine\n")
    world = make_world(tmp_path, accounts=True)
    copied: list[str | Secret] = []
    world.app = app_over(world.stored, copied)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard(pilot)
        await pilot.press("c")
        await settled(pilot, lambda: isinstance(world.app.screen, CopyQuestion))
        await pilot.press("a")
        await settled(pilot, lambda: bool(copied))
        await world.app.workers.wait_for_complete()
    written = (tmp_path / "config.toml").read_text()
    assert written.startswith("# mine\n")
    assert "copy_without_asking = true" in written
    world.app = app_over(world.stored, copied)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard(pilot)
        await pilot.press("c")
        await settled(pilot, lambda: len(copied) == 2)
    assert all(isinstance(text, Secret) for text in copied)


DIALOGS: dict[str, Callable[[], Screen[Any]]] = {
    "question": lambda: Question("Forget it?", "Yes", "No"),
    "name": lambda: NameDialog(Clean("Villa")),
    "export": lambda: ExportDialog("Villa"),
}


@pytest.mark.parametrize("steps", [0, 1, 2, 4, 8, 12, 16, 20])
@pytest.mark.parametrize("name", DIALOGS)
async def test_a_program_that_leaves_while_a_dialog_opens_leaves(
    tmp_path: Path, name: str, steps: int
) -> None:
    """As by a signal, after so many steps of the event loop: the dialog has some of its parts by then."""
    world = make_world(tmp_path, accounts=True)
    async with running(world, (80, 24)) as pilot:
        await scenes.dashboard(pilot)
        world.app.push_screen(DIALOGS[name]())
        for _ in range(steps):
            await asyncio.sleep(0)
        world.app.leave(signal.SIGTERM)
    assert world.app.return_code == 128 + signal.SIGTERM
