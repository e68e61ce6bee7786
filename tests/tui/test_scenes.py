"""Each scene in one run of the program: its text at each size, every look, then the other sizes.

The promises are checked in this order, so that none disturbs one before it; each fails by its own name.
A plain run checks some looks and sizes of each scene, which its name chooses; a thorough one all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.tui.themes import THEMES
from tests.support.sampling import is_thorough, rotated, spread
from tests.support.tui import pictures, wire_scenes
from tests.support.tui.all_scenes import OURS, SCENES
from tests.support.tui.contrast import pale
from tests.support.tui.layout import ALL_SIZES, findings
from tests.support.tui.pictures import FOLDER, GOLDEN, LOOKS, PICTURED, Picture, wear
from tests.support.tui.scenes import SIZES, World, grid, make_world, running, settled

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.tui.app import SmilyApp

# One scene for each screen, page and dialog: these are seen in the usual theme at every size, and in every
# other theme at some of them. The others show another state of one of them: they are seen in every look at
# one size, and at every size in one; a plain run compares their text alone.
EVERY_SCREEN = {*OURS, "wizard-start", "wire", "palette"}
# What these show depends on the size at which they were opened: the wire view is a page of its own or stands
# beside the page, and a long list shows the part around the row that was chosen.
AS_OPENED = {*wire_scenes.SCENES, "dashboard-many"}
SMALL = (60, 16)
IN_SMALL = ("wizard-permissions", "dashboard", "dashboard-forget")
IN_OTHER_THEMES = 3  # sizes; one layout for all looks is asserted besides
THEME_NAMES = [theme.name for theme in THEMES]


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", SCENES)
async def test_a_scene_keeps_its_promises(
    name: str, tmp_path: Path, request: pytest.FixtureRequest, subtests: pytest.Subtests
) -> None:
    update = bool(request.config.getoption("--update-golden"))
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, SIZES[0]) as pilot:
        await go(pilot)
        for size in sizes_of(name):
            if size != SIZES[0]:
                await pilot.resize_terminal(*size)
            await pictures.at_rest(world, pilot)
            with subtests.test(f"at {size[0]}x{size[1]} it shows what it shows if it begins so"):
                it_shows_what_it_should(world, name, size, update=update)
        if name not in EVERY_SCREEN and not is_thorough():
            return
        await pilot.resize_terminal(*SIZES[0])
        await pictures.at_rest(world, pilot)
        with subtests.test("every text can be read in every look and in ASCII"):
            await every_look_is_good(world, pilot, rotated(LOOKS, name, 1))
        for theme, sizes in sizes_by_theme(name, world.app.theme):
            with subtests.test(f"{theme}: nothing overlaps and nothing is cut without a sign, at every size"):
                await wear(world, pilot, theme)
                await every_size_is_good(world, pilot, sizes)


@pytest.mark.sampled(1)
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
        it_shows_what_it_should(world, name, SIZES[1], update=update)


@pytest.mark.parametrize(
    "picture", [picture for picture in PICTURED if picture.look], ids=lambda picture: picture.file
)
async def test_a_scene_is_pictured_as_it_is_drawn_in_another_look(picture: Picture, tmp_path: Path) -> None:
    accounts, go = SCENES[picture.name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, picture.size) as pilot:
        await go(pilot)
        await wear(world, pilot, picture.look)
        await pictures.at_rest(world, pilot)
        it_looks_like(picture, world)


def sizes_of(name: str) -> Sequence[tuple[int, int]]:
    """Return the sizes at which the text of a scene is golden, the small one last."""
    if name in AS_OPENED:
        return SIZES[:1]
    return (*SIZES, SMALL) if name in IN_SMALL else SIZES


def sizes_by_theme(name: str, own: str) -> Iterator[tuple[str, Sequence[tuple[int, int]]]]:
    """Yield the themes in which a scene is looked at, each with the sizes."""
    if not is_thorough():
        theme = rotated(THEME_NAMES if name in EVERY_SCREEN else [own], name, 1)[0]
        yield theme, rotated(ALL_SIZES, f"{name} {theme}", 2)
        return
    yield own, ALL_SIZES
    for theme in THEME_NAMES if name in EVERY_SCREEN else ():
        yield theme, spread(ALL_SIZES, f"{name} {theme}", IN_OTHER_THEMES)


def it_shows_what_it_should(world: World, name: str, size: tuple[int, int], *, update: bool) -> None:
    """Compare the screen with the text that was read and found right, and with its picture if it has one."""
    shown = grid(world.app)
    golden = GOLDEN / f"{name}-{size[0]}x{size[1]}.txt"
    if update:
        golden.write_text(shown, "utf-8")
    assert shown == golden.read_text("utf-8")
    if (picture := Picture(name, size)) in PICTURED:
        it_looks_like(picture, world)


def it_looks_like(picture: Picture, world: World) -> None:
    """Compare the screen with its picture."""
    stored = (FOLDER / picture.file).read_text("utf-8")
    assert pictures.svg_of(world) == stored, "make screenshots, and look at it"


async def every_look_is_good(world: World, pilot: Pilot[None], looks: Sequence[str]) -> None:
    """Contrast as it is drawn, one layout for all, ASCII where it is wanted; and the way back."""
    own, before, layout = world.app.theme, grid(world.app), regions(world.app)
    wrong = set[str]()
    for look in looks:
        await wear(world, pilot, look)
        if look == pictures.ASCII:
            await settled(pilot, lambda: grid(world.app).isascii())
        elif not world.app.current_theme.ansi:  # whose colours are the terminal's own
            wrong |= pale(world.app)
        if regions(world.app) != layout:
            wrong.add(f"{look}: the layout is another one")
    await wear(world, pilot, own)
    await settled(pilot, lambda: grid(world.app) == before)
    assert not wrong, "\n".join(sorted(wrong))


def regions(app: SmilyApp) -> list[tuple[str, object]]:
    """Where everything is."""
    places = app.screen._compositor.full_map.items()
    return sorted((f"{type(widget).__name__} {widget.id}", place.region) for widget, place in places)


async def every_size_is_good(world: World, pilot: Pilot[None], sizes: Sequence[tuple[int, int]]) -> None:
    """Nothing overlaps, and nothing is cut without a sign."""
    wrong = []
    for size in sizes:
        await pilot.resize_terminal(*size)
        for _ in range(20):  # what was scrolled or broken anew is drawn a moment after the size is known
            if not (seen := findings(world.app.screen)):
                break
            await pilot.pause()
        wrong += [f"{size[0]}x{size[1]}: {words}" for words in seen]
    assert not wrong, "\n".join(wrong)


def test_the_pictures_are_those_that_are_made_and_no_others() -> None:
    made = {picture.file for picture in PICTURED}
    assert {path.name for path in FOLDER.glob("*.svg")} == {*made, pictures.TOUR}


def test_the_tour_is_made_of_the_pictures() -> None:
    assert (FOLDER / pictures.TOUR).read_text("utf-8") == pictures.tour_of_files()


def test_the_documents_show_every_picture_but_the_steps_of_the_tour() -> None:
    documents = "".join(
        path.read_text("utf-8") for path in (*pictures.ROOT.glob("*.md"), *pictures.ROOT.glob("docs/*.md"))
    )
    shown = {path.name for path in FOLDER.glob("*.svg") if f"screenshots/{path.name}" in documents}
    steps = {Picture(name).file for name in pictures.ON_TOUR}
    assert {path.name for path in FOLDER.glob("*.svg")} - shown <= steps
