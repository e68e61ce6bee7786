"""The looks that a person chooses: no colours, ASCII, and what the settings say of them."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.color import Color
from textual.widgets import Input

from smily_tui.desktop import clipboard
from smily_tui.tui.arrangement import URGENCY
from smily_tui.tui.ascii import in_ascii
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.themes import AUTO, THEMES
from smily_tui.vault.model import State
from tests.support.disks import FailingDisk
from tests.support.tui.all_scenes import SCENES
from tests.support.tui.contrast import ENOUGH, contrast, texts
from tests.support.tui.scenes import grid, make_world, prefer, running, settled

if TYPE_CHECKING:
    from pathlib import Path

    from rich.color import Color as RichColor
    from textual.theme import Theme

SIZE = (80, 24)


@pytest.mark.parametrize("no_colour", [False, True])
@pytest.mark.parametrize(
    "name", ["wizard-permissions", "wizard-authorize", "dashboard", "dashboard-forget", "palette"]
)
async def test_the_plain_look_uses_the_terminals_own_two_colours_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, no_colour: bool
) -> None:
    """So its contrast is the terminal's, whatever that is; what is chosen is reversed."""
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    else:
        prefer(tmp_path, '[tui]\ntheme = "smily-mono"\n')
    accounts, go = SCENES[name]
    world = make_world(tmp_path, accounts=accounts)
    async with running(world, SIZE) as pilot:
        await go(pilot)
        styles = [style for _, style in texts(world.app)]
        assert all(_is_own(style.color) and _is_own(style.bgcolor) and not style.dim for style in styles)
        assert any(style.reverse or (style.bold and style.underline) for style in styles), "what is chosen"


def _is_own(colour: RichColor | None) -> bool:
    return colour is None or colour.is_default


async def test_in_ascii_each_sign_has_one_that_is_as_wide(tmp_path: Path) -> None:
    text = "✓ ✗ ▶ ■□ ●●4711 “Villa” Jardín — … │┃━─╭╮ 漢字 e\u0301 🔎"
    assert in_ascii(text) == '+ x > #. **4711 "Villa" Jardin - ~ |#=-++ ???? e >'.ljust(cell_len(text))


async def test_ascii_comes_from_the_settings_or_the_command_line(tmp_path: Path) -> None:
    assert not make_world(tmp_path, accounts=False).app.in_ascii
    prefer(tmp_path, "[tui]\nascii = true\n")
    assert make_world(tmp_path, accounts=False).app.in_ascii


async def test_a_theme_chosen_in_the_palette_is_remembered(tmp_path: Path) -> None:
    prefer(tmp_path, "# mine\n")
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        assert world.app.theme == AUTO
        await pilot.press("ctrl+p")
        await settled(pilot, lambda: bool(world.app.screen.query("CommandList")))
        await pilot.press(*"theme")
        await settled(pilot, lambda: "Choose the colours" in grid(world.app))
        await pilot.press("down", "enter")
        await settled(pilot, lambda: all(theme.name in grid(world.app) for theme in THEMES))
        listed = grid(world.app)
        assert "nord" not in listed, "the toolkit's own are not offered: nobody measured them"
        await pilot.press(*"projector")
        await settled(pilot, lambda: "smily-dark" not in grid(world.app))
        await pilot.press("down", "enter")
        await settled(pilot, lambda: world.app.theme == "smily-projector")
        await world.app.workers.wait_for_complete()
    assert 'theme = "smily-projector"' in (tmp_path / "config.toml").read_text()
    assert "# mine" in (tmp_path / "config.toml").read_text()
    assert make_world(tmp_path, accounts=True).app.theme == "smily-projector"


async def test_a_theme_that_cannot_be_remembered_is_told(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        world.app.remember_themes()
        world.store.disk = FailingDisk("write", 1, errno.ENOSPC)
        world.app.theme = "smily-light"
        await settled(pilot, lambda: "The theme was not saved. The disk is full" in grid(world.app))
        assert not world.app.screen.query("Toast")


@pytest.mark.parametrize("way", clipboard.WAYS)
async def test_the_clipboard_is_the_one_that_the_settings_say(tmp_path: Path, way: str) -> None:
    assert make_world(tmp_path, accounts=False).app.outer_clipboard.way == "auto"
    prefer(tmp_path, f'[tui]\nclipboard = "{way}"\n')
    assert make_world(tmp_path, accounts=False).app.outer_clipboard.way == way


@pytest.mark.parametrize("level", ["none", "basic", "full"])
async def test_animation_is_as_the_settings_say(tmp_path: Path, level: str) -> None:
    prefer(tmp_path, f'[tui]\nanimation = "{level}"\n')
    assert make_world(tmp_path, accounts=False).app.animation_level == level


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[tui]\ntheme = "pink"', "[tui] theme = “pink”: it can be smily-auto, smily-dark"),
        ("[tui]\ntheme = 3", "theme in [tui] must be text in quotes"),
        ('[tui]\nanimation = "wild"', "it can be none, basic, full"),
        ('[tui]\nclipboard = "glue"', "it can be auto, system, osc52, off"),
        ("tui = 3", "tui must be a table"),
        ("[tui", "is not valid"),
        ('[keys]\nfly = "f5"', "[keys] fly = “f5”: unknown action"),
        ('[keys]\nrefresh = "hyper+x"', "unknown key"),
        ('[keys]\nrefresh = "c"', "already used for Copy"),
        ('[keys]\nrefresh = "enter"', "reserved for moving"),
        ('[keys]\ncopy_link = "y"', "single characters are typed into fields"),
    ],
)
async def test_settings_that_cannot_be_used_are_named_and_do_no_harm(
    tmp_path: Path, text: str, words: str
) -> None:
    prefer(tmp_path, text + "\n")
    world = make_world(tmp_path, accounts=False)
    async with running(world, (120, 36)) as pilot:
        await settled(pilot, lambda: "Ignored in config.toml" in grid(world.app))
        assert words in " ".join(grid(world.app).split())


COLOURED = [theme for theme in THEMES if not theme.ansi]
STATES = ("valid", "expiring", "expired", "attention", "elsewhere", "busy")


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
def test_states_and_focus_can_be_read_on_every_ground(theme: Theme) -> None:
    colours = theme.to_color_system().generate() | theme.variables
    grounds = [colours[name] for name in ("background", "surface", "panel", "focus")]
    for name in ("foreground", "text-muted", "primary"):
        assert all(ratio(colours[name], ground) >= ENOUGH for ground in grounds), name
    for name in (*STATES, "text-success", "text-warning", "text-error"):
        assert all(ratio(colours[name], ground) >= ENOUGH for ground in grounds[:3]), name
    assert ratio(colours["on-primary"], colours["primary"]) >= ENOUGH
    assert {URGENCY[state].colour for state in State} <= set(STATES)


def ratio(text: str, ground: str) -> float:
    return contrast(Style(color=text, bgcolor=ground))


@pytest.mark.parametrize("theme", COLOURED, ids=lambda theme: theme.name)
async def test_a_field_with_the_focus_has_a_bar_and_a_ground_that_no_other_has(
    theme: Theme, tmp_path: Path
) -> None:
    prefer(tmp_path, f'[tui]\ntheme = "{theme.name}"\n')
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await pilot.pause()
        colours = world.app.theme_variables
        fields = {field.has_focus: field.styles for field in world.app.screen.query(Input)}
        focused, idle = fields[True], fields[False]
        assert focused.border_left[1] == Color.parse(colours["primary"])
        assert idle.border_left[1] == Color.parse(colours["rule"])
        assert focused.background == Color.parse(colours["focus"]) != idle.background
