"""Makes screenshots/*.svg from the program itself in frozen time; --check compares instead of writing."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from textual.widgets import Input  # noqa: E402
from tour import tour  # noqa: E402

from tests.tui.scenes import SCENES, SIZES, make_world, running, settled  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.pilot import Pilot

    from tests.tui.scenes import World

FOLDER = ROOT / "screenshots"
SMALL = (60, 16)
# What each look is shown by, beside the dark one that has all scenes.
IN_LOOKS = ("wizard-permissions", "wizard-authorize-refused", "dashboard", "dashboard-forget")
IN_SMALL = ("wizard-permissions", "dashboard", "dashboard-forget")
LOOKS = ("smily-light", "smily-projector", "smily-contrast", "smily-ansi")
ON_TOUR = {
    "wizard-start": "1. Start: nothing is stored yet",
    "wizard-application": "2. Application: its Client ID and Client Secret",
    "wizard-permissions": "3. Permissions: tick what it may do",
    "wizard-authorize": "4. Authorize: the link for the account's owner",
    "wizard-code": "5. The code that the page showed, pasted",
    "wizard-done": "6. Done: is this the right account?",
    "dashboard": "7. The dashboard: valid, and it stays valid",
}


async def pictures_of(name: str, size: tuple[int, int]) -> dict[str, str]:
    """One scene as SVG, the same bytes on each run, by the name of its file; in all looks where wanted."""
    accounts, go = SCENES[name]
    stem = f"{name}-{size[0]}x{size[1]}"
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Path(folder), accounts=accounts)
        async with running(world, size) as pilot:
            await go(pilot)
            for field in world.app.screen.query(Input):
                field.cursor_blink = False  # a slow machine would see it between two blinks
            await settled(pilot, lambda: focus_in_sight(world))
            made = {f"{stem}.svg": svg_of(world)}
            if name in IN_LOOKS and size == SIZES[0]:
                for look in LOOKS:
                    made[f"{stem}-{look.removeprefix('smily-')}.svg"] = await in_look(world, pilot, look)
                world.app.in_ascii = True
                made[f"{stem}-ascii.svg"] = await in_look(world, pilot, "smily-dark")
    return made


def focus_in_sight(world: World) -> bool:
    """Whether what has the focus can be seen: the page scrolls to it a moment later."""
    focused = world.app.screen.focused
    if focused is None:
        return True
    place = world.app.screen.find_widget(focused)
    return place.region.intersection(place.clip).area > 0


async def in_look(world: World, pilot: Pilot[None], look: str) -> str:
    """The present screen in another look."""
    world.app.theme = look
    world.app.refresh_css()
    await settled(pilot, lambda: world.app.theme_variables["background"] == background(world))
    await pilot.pause()
    return svg_of(world)


def background(world: World) -> str:
    """The background that the present theme asks for."""
    return str(world.app.get_css_variables()["background"])


def svg_of(world: World) -> str:
    """The present screen; it names fonts that may be installed, and nothing is loaded from anywhere."""
    svg = world.app.export_screenshot(title="smily-tui", simplify=True)
    svg = re.sub(r"terminal-\d+-", "terminal-", svg)
    svg = re.sub(r',\s*url\("[^"]*"\) format\("[^"]*"\)', "", svg)
    svg = re.sub(r"\s*<!--.*?-->", "", svg)
    return svg.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")


FONTS = '"Fira Code", "DejaVu Sans Mono", Menlo, Consolas, monospace; font-variant-ligatures: none'


def pictures() -> Iterator[tuple[str, str]]:
    """All pictures, and the tour made of some of them."""
    steps = {}
    for name in SCENES:
        sizes = (*SIZES, SMALL) if name in IN_SMALL else SIZES
        for size in sizes:
            made = asyncio.run(pictures_of(name, size))
            yield from made.items()
            if size == SIZES[0] and name in ON_TOUR:
                steps[name] = made[f"{name}-{size[0]}x{size[1]}.svg"]
    yield "tour.svg", tour([(caption, steps[name]) for name, caption in ON_TOUR.items()])


def main() -> int:
    """Write all pictures, or compare them with what is there."""
    FOLDER.mkdir(exist_ok=True)
    different, made = [], set()
    for name, svg in pictures():
        made.add(name)
        path = FOLDER / name
        if "--check" not in sys.argv:
            path.write_text(svg, "utf-8")
        elif not path.exists() or path.read_text("utf-8") != svg:
            different.append(f"differs: {name}")
    different += [f"nobody makes: {path.name}" for path in FOLDER.glob("*.svg") if path.name not in made]
    print("\n".join(different) or f"{len(made)} pictures")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
