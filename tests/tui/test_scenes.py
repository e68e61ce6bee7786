"""Each scene in one run of the program: its text and picture at each size, every look, then the other sizes.

The promises are checked in this order, so that none disturbs one before it; each fails by its own name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.tui.themes import PLAIN, THEMES
from tests.support.tui import pictures, wire_scenes
from tests.support.tui.all_scenes import OURS, SCENES
from tests.support.tui.contrast import pale
from tests.support.tui.layout import ALL_SIZES, findings
from tests.support.tui.pictures import FOLDER, GOLDEN, LOOKS, PICTURED, SMALL, wear
from tests.support.tui.scenes import SIZES, grid, make_world, running, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.tui.app import SmilyApp
    from tests.support.tui.scenes import World

# One scene for each screen, page and dialog: these are seen in every theme at every size. The others show
# another state of one of them: they are seen in every look at one size, and at every size in one.
EVERY_SCREEN = {*OURS, "wizard-start", "wire", "palette"}
# What these show depends on the size at which they were opened: the wire view is a page of its own or stands
# beside the page, and a long list shows the part around the row that was chosen.
AS_OPENED = {*wire_scenes.SCENES, "dashboard-many"}


@pytest.mark.parametrize("name", SCENES)
async def test_a_scene_keeps_its_promises(
    name: str, tmp_path: Path, request: pytest.FixtureRequest, subtests: pytest.Subtests
) -> None:
    update = bool(request.config.getoption("--update-golden"))
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, SIZES[0]) as pilot:
        await go(pilot)
        for size in SIZES[:1] if name in AS_OPENED else sizes_of(name):
            if size != SIZES[0]:
                await pilot.resize_terminal(*size)
            await pictures.at_rest(world, pilot)
            with subtests.test(f"at {size[0]}x{size[1]} it shows what it shows if it begins so"):
                await it_shows_what_it_should(world, pilot, name, size, update=update)
        await pilot.resize_terminal(*SIZES[0])
        await pictures.at_rest(world, pilot)
        with subtests.test("every text can be read in every look and in ASCII"):
            await every_look_is_good(world, pilot, name)
        themes = [theme.name for theme in THEMES] if name in EVERY_SCREEN else [world.app.theme]
        for theme in themes:
            with subtests.test(f"{theme}: nothing overlaps and nothing is cut without a sign, at every size"):
                await wear(world, pilot, theme)
                await every_size_is_good(world, pilot)


@pytest.mark.parametrize("name", sorted(AS_OPENED))
async def test_a_scene_opened_on_a_large_terminal(
    name: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, SIZES[1]) as pilot:
        await go(pilot)
        await pictures.at_rest(world, pilot)
        update = bool(request.config.getoption("--update-golden"))
        await it_shows_what_it_should(world, pilot, name, SIZES[1], update=update)


def sizes_of(name: str) -> list[tuple[int, int]]:
    """The sizes that a scene is pictured at, the small one last."""
    return [size for each, size in PICTURED if each == name]


async def it_shows_what_it_should(
    world: World, pilot: Pilot[None], name: str, size: tuple[int, int], *, update: bool
) -> None:
    """The text that was read and found right, and the picture that was made of it."""
    if size != SMALL:
        the_text_is_golden(world, name, size, update=update)
    assert not (wrong := differing(world, pictures.file_of(name, size))), wrong


def the_text_is_golden(world: World, name: str, size: tuple[int, int], *, update: bool) -> None:
    """The screen as text is what was read and found right."""
    shown = grid(world.app)
    golden = GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"
    if update:
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")


def differing(world: World, file: str) -> set[str]:
    """The picture, unless it has the very bytes that the program shows now."""
    path = FOLDER / file
    same = path.exists() and path.read_text("utf-8") == pictures.svg_of(world)
    return set() if same else {f"{file} is not what the program shows: make screenshots, and look at it"}


async def every_look_is_good(world: World, pilot: Pilot[None], name: str) -> None:
    """Contrast as it is drawn, one layout for all, pictures, ASCII where it is wanted; and the way back."""
    own, before, layout = world.app.theme, grid(world.app), regions(world.app)
    found = set[str]()
    for look in LOOKS:
        await wear(world, pilot, look)
        if look == pictures.ASCII:
            await settled(pilot, lambda: grid(world.app).isascii())
        elif look != PLAIN.name:  # whose colours are the terminal's own
            found |= pale(world.app)
        if regions(world.app) != layout:
            found.add(f"{look}: the layout is another one")
        if look in pictures.looks_of(name, SIZES[0])[1:]:
            found |= differing(world, pictures.file_of(name, SIZES[0], look))
    await wear(world, pilot, own)
    await settled(pilot, lambda: grid(world.app) == before)
    assert not found, "\n".join(sorted(found))


def regions(app: SmilyApp) -> list[tuple[str, object]]:
    """Where everything is."""
    places = app.screen._compositor.full_map.items()
    return sorted((f"{type(widget).__name__} {widget.id}", place.region) for widget, place in places)


async def every_size_is_good(world: World, pilot: Pilot[None]) -> None:
    """Nothing overlaps, and nothing is cut without a sign."""
    found = []
    for size in ALL_SIZES:
        await pilot.resize_terminal(*size)
        for _ in range(20):  # what was scrolled or broken anew is drawn a moment after the size is known
            if not (wrong := findings(world.app.screen)):
                break
            await pilot.pause()
        found += [f"{size[0]}x{size[1]}: {words}" for words in wrong]
    assert not found, "\n".join(found)


def test_the_pictures_are_those_that_are_made_and_no_others() -> None:
    assert {path.name for path in FOLDER.glob("*.svg")} == pictures.files()


def test_the_tour_is_made_of_the_pictures() -> None:
    assert (FOLDER / pictures.TOUR).read_text("utf-8") == pictures.tour_of_files()
