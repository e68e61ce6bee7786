"""The wire view opens, follows what happens, and shows neither markup nor secrets; the demo's errors."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.clock import SimulatedClock
from smily_tui.demo import DemoInfo, time_lapse
from smily_tui.messages.connect import TITLE_BADGE
from smily_tui.secret import Secret
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.wizard import WizardScreen
from smily_tui.tui.wire.log import CONNECT, REFRESH, Progress, picture
from smily_tui.tui.wire.panel import WirePanel
from tests.support.tui import scenes, wire_scenes
from tests.support.tui.scenes import CLIENT_SECRET, grid, make_world, running, settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WIDE, NARROW = (120, 36), (80, 24)


async def test_beside_the_page_typing_goes_on_and_the_next_screen_has_it_too(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, WIDE) as pilot:
        await wire_scenes.wire(pilot)
        screen = world.app.screen
        assert screen.query_one("#code").has_focus
        assert "not sent yet" in grid(world.app)
        await pilot.press("escape", "escape", "escape")
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await settled(pilot, lambda: bool(world.app.screen.query(WirePanel)))
        await pilot.press("f2")
        await settled(pilot, lambda: not world.app.screen.query(WirePanel))


async def test_in_place_of_the_page_it_closes_by_escape_and_the_focus_goes_back(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, NARROW) as pilot:
        await wire_scenes.wire(pilot)
        assert "Paste the code" not in grid(world.app)
        await pilot.press("escape")
        await settled(pilot, lambda: "Paste the code" in grid(world.app))
        assert isinstance(world.app.screen, WizardScreen)
        await settled(pilot, lambda: world.app.screen.query_one("#code").has_focus)


async def test_a_view_that_is_closed_before_it_was_seen_does_no_harm(tmp_path: Path) -> None:
    """It is closed after each number of steps of the event loop: some of its parts are composed by then."""
    world = make_world(tmp_path, accounts=True)
    async with running(world, WIDE) as pilot:
        await scenes.dashboard(pilot)
        screen = world.app.screen
        assert isinstance(screen, DashboardScreen)
        for steps in range(40):
            screen.action_wire()
            for _ in range(steps):
                await asyncio.sleep(0)
            screen.action_wire()
            world.app.wire.will_call("https://www.bookingsync.com", "me")  # what follows it is told meanwhile
            await settled(pilot, lambda: not screen.query(WirePanel))


async def test_it_follows_the_size_of_the_screen(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, WIDE) as pilot:
        await scenes.dashboard(pilot)
        await wire_scenes.opened(pilot)
        await pilot.resize_terminal(*NARROW)
        await settled(pilot, lambda: bool(world.app.screen.query("WirePanel.-page")))
        await settled(pilot, lambda: "Account ▼" not in grid(world.app))
        await pilot.resize_terminal(*WIDE)
        await settled(pilot, lambda: not world.app.screen.query("WirePanel.-page"))
        await settled(pilot, lambda: "Account ▼" in grid(world.app))
        assert len(world.app.screen.query(WirePanel)) == 1


async def test_an_answer_that_looks_like_markup_is_shown_as_it_is(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, (120, 60)) as pilot:
        await wire_scenes.wire(pilot)
        wire_scenes.log_of(world.app, ["sending", "asking"], wire_scenes.connected())
        await settled(pilot, lambda: '"business_name": "Villa [red] Rosa"' in grid(world.app))
        assert "rosa@example.com" not in grid(world.app)


def saved_transcript(folder: Path) -> str:
    (saved,) = folder.glob("smily-tui-transcript-2026-11-24.md")
    assert saved.stat().st_mode & 0o777 == 0o600
    return saved.read_text("utf-8")


async def test_a_transcript_is_saved_where_the_person_says(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, WIDE) as pilot:
        await wire_scenes.wire(pilot)
        await pilot.press("f3")
        await settled(pilot, lambda: "No requests yet." in grid(world.app))
        wire_scenes.log_of(world.app, ["sending", "asking"], wire_scenes.connected())
        for folder, words in (
            (str(tmp_path / "none"), "Cannot write into"),
            (str(tmp_path), "Saved the transcript"),
        ):
            await pilot.press("f3")
            await settled(pilot, lambda: bool(world.app.screen.query("FolderDialog Button")))
            field: Any = world.app.screen.query_one("Input")
            assert field.value in ("~", folder)
            field.value = folder
            field.focus()
            await pilot.press("enter")
            await settled(pilot, lambda words=words: words in grid(world.app))  # type: ignore[misc]
    text = saved_transcript(tmp_path)
    assert "## 3. Read the account's name" in text
    assert '--data-urlencode "client_secret=$CLIENT_SECRET"' in text
    for secret in (CLIENT_SECRET, wire_scenes.CODE, wire_scenes.ACCESS, wire_scenes.NEXT):
        assert secret.reveal()[:12] not in text


async def test_a_speaker_sees_it_large_and_calm_and_shows_no_token(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    world.app = SmilyApp(world.stored, presenter=True)
    async with world.app.run_test(size=WIDE) as pilot:
        await settled(pilot, lambda: bool(world.app.screen.query(WirePanel)))
        assert world.app.theme == "smily-projector"
        assert world.app.animation_level == "none"
        assert "██" in grid(world.app)
        await pilot.press("v")
        await settled(pilot, lambda: "stay hidden in presenter mode" in grid(world.app))
        account = world.stored.accounts()[0]
        assert world.stored.tokens(account.address).access.reveal()[:12] not in grid(world.app)


def demo(order: Callable[[dict[str, Any]], None], clock: SimulatedClock) -> DemoInfo:
    return DemoInfo("id", Secret("s"), "http://127.0.0.1:1", order=order, clock=clock)


async def test_every_error_is_in_the_palette_of_the_demo_alone(tmp_path: Path) -> None:
    world, ordered = make_world(tmp_path, accounts=True), list[dict[str, Any]]()
    async with running(world, WIDE):
        titles = {entry.label for entry in world.app.entries_on(world.app.screen)}
        assert not any(title.startswith("Demo:") for title in titles)
    world.app = SmilyApp(world.stored, demo=demo(ordered.append, SimulatedClock()))
    async with world.app.run_test(size=WIDE) as pilot:
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await pilot.press("ctrl+p")
        await settled(pilot, lambda: bool(world.app.screen.query("CommandInput")))
        await pilot.press(*"lost")
        await settled(pilot, lambda: "Demo: lost answer" in grid(world.app))
        await pilot.press("enter")
        await settled(pilot, lambda: bool(ordered))
        await settled(pilot, lambda: "Demo: The next token request succeeds" in grid(world.app))
    assert ordered == [{"fault": "cut"}]


async def test_time_lapse_runs_sixty_times_as_fast_and_then_as_usual(tmp_path: Path) -> None:
    world, ordered, clock = make_world(tmp_path, accounts=True), list[dict[str, Any]](), SimulatedClock()
    world.app = SmilyApp(world.stored, demo=demo(ordered.append, clock))
    async with world.app.run_test(size=WIDE) as pilot:
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        for speed, badge in ((60.0, f"{TITLE_BADGE}  ×60"), (1.0, TITLE_BADGE)):
            await world.app.run_action("lapse")
            assert clock.lapse.speed == speed
            await settled(pilot, lambda badge=badge: f"{badge}\n" in grid(world.app))  # type: ignore[misc]
    assert [each["lapse"][-1] for each in ordered] == [60.0, 1.0]


def test_two_hours_pass_in_two_minutes_of_the_plain_mode() -> None:
    ordered, later, clock = list[dict[str, Any]](), list[Any](), SimulatedClock()
    time_lapse(demo(ordered.append, clock).run_time, lambda _: None, lambda *call: later.append(call))
    ((seconds, end),) = later
    assert seconds * 60.0 == 7200
    end()
    assert [each["lapse"][-1] for each in ordered] == [60.0, 1.0]


@given(st.sampled_from([CONNECT, REFRESH]), st.integers(0, 9), st.integers(38, 120), st.text(max_size=40))
def test_the_picture_keeps_its_lanes_whatever_happens(
    course: Any, done: int, width: int, trouble: str
) -> None:
    shown = picture(Progress(course, done, trouble.replace("\n", " ")), width).plain.split("\n")
    assert len(shown) == len(course) + 1
    assert all(len(line) <= width for line in shown)


@pytest.mark.parametrize("module", ["smily_tui.wire.redaction", "smily_tui.tui.wire.panel", "httpx"])
def test_the_first_frame_waits_for_nothing_of_it(module: str) -> None:
    check = f"import sys, smily_tui.tui.app; sys.exit('{module}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


async def test_the_dashboard_below_does_not_speak_over_the_wizard(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, WIDE) as pilot:
        await scenes.dashboard(pilot)
        below = world.app.screen
        assert isinstance(below, DashboardScreen)
        await pilot.press("a")
        await settled(pilot, lambda: isinstance(world.app.screen, WizardScreen))
        below.pane.load()
        assert world.app.wire.plan is not None
        assert world.app.wire.plan.field("grant_type") == "authorization_code"


async def test_the_buttons_of_the_last_page_fit_beside_it(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, WIDE) as pilot:
        await scenes.done(pilot)
        await wire_scenes.opened(pilot)
        edge = world.app.screen.query_one(WirePanel).region.x
        assert all(each.region.right <= edge for each in world.app.screen.query("DonePage Button"))
