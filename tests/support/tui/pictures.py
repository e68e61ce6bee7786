"""The pictures in screenshots/, made of the scenes that the documents show: the same bytes on each run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual.widgets import Input, TextArea

from smily_tui.tui.themes import DARK, THEMES
from tests.support.tui.scenes import SIZES, World, settled
from tests.support.tui.tour import tour

if TYPE_CHECKING:
    from textual.pilot import Pilot


ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "screenshots"
GOLDEN = ROOT / "tests" / "tui" / "golden"
TOUR = "tour.svg"
ASCII = "ascii"
LOOKS = (*(theme.name for theme in THEMES), ASCII)
ON_TOUR = {
    "wizard-start": "1. Start: nothing is stored yet",
    "wizard-application": "2. Application: its Client ID and Client Secret",
    "wizard-permissions": "3. Permissions: tick what it may do",
    "wizard-authorize": "4. Authorize: the link for the account's owner",
    "wizard-code": "5. The code that the page showed, pasted",
    "wizard-done": "6. Done: is this the right account?",
    "dashboard": "7. The dashboard: valid, and it stays valid",
}


class Picture(NamedTuple):
    """A scene at a size, in the usual look or in another one."""

    name: str
    size: tuple[int, int] = SIZES[0]
    look: str = ""

    @property
    def file(self) -> str:
        """Its file name."""
        look = f"-{self.look.removeprefix('smily-')}" if self.look else ""
        return f"{self.name}{look}-{self.size[0]}x{self.size[1]}.svg"


PICTURED = (
    *map(Picture, ON_TOUR),
    *map(Picture, ("wizard-authorize-refused", "wizard-permissions-find", "queue", "queue-row", "slides-3")),
    *map(Picture, ("apps", "try-it", "dashboard-help")),
    Picture("wire-connected", SIZES[1]),
    *(Picture("dashboard", look=f"smily-{look}") for look in ("light", "projector", "contrast")),
)
"""The scenes that the documents show, and those of the tour."""
FONTS = '"Fira Code", "DejaVu Sans Mono", Menlo, Consolas, monospace; font-variant-ligatures: none'


def tour_of_files() -> str:
    """The tour, made of the pictures as they are stored."""
    return tour(
        [(caption, (FOLDER / Picture(name).file).read_text("utf-8")) for name, caption in ON_TOUR.items()]
    )


async def at_rest(world: World, pilot: Pilot[None]) -> None:
    """Wait until the screen stands still."""
    for field in (*world.app.screen.query(Input), *world.app.screen.query(TextArea)):
        field.cursor_blink = False  # a slow machine would see it between two blinks
    await settled(pilot, lambda: _focus_in_sight(world))
    while world.app.screen.query("Button.-active"):  # one that was pressed is lit for a moment
        await pilot.pause(0.02)


def _focus_in_sight(world: World) -> bool:
    """Whether what has the focus can be seen: the page scrolls to it a moment later."""
    focused = world.app.screen.focused
    if focused is None:
        return True
    place = world.app.screen.find_widget(focused)
    return place.region.intersection(place.clip).area > 0


async def wear(world: World, pilot: Pilot[None], look: str) -> None:
    """Show the present screen in another look."""
    app = world.app
    app.in_ascii = look == ASCII
    theme = DARK.name if look == ASCII else look
    if theme == app.theme:
        app.refresh_css()
    app.theme = theme
    await settled(pilot, lambda: app.stylesheet._variables == app.get_css_variables())
    for screen in app.screen_stack:  # those below a dialog are not drawn anew where only ASCII is switched
        for widget in screen.query("*"):
            widget.refresh()
    await pilot.pause()


def svg_of(world: World) -> str:
    """The present screen; it names fonts that may be installed, and nothing is loaded from anywhere."""
    svg = world.app.export_screenshot(title="smily-tui", simplify=True)
    svg = re.sub(r"terminal-\d+-", "terminal-", svg)
    svg = re.sub(r',\s*url\("[^"]*"\) format\("[^"]*"\)', "", svg)
    svg = re.sub(r"\s*<!--.*?-->", "", svg)
    return svg.replace("font-family: Fira Code, monospace", f"font-family: {FONTS}")
