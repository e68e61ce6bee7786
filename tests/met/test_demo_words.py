"""The demo's words: what was ordered is told first, and where there is no browser, the way without one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from textual.events import Key

from smily_tui.accounts import Accounts
from smily_tui.demo import TROUBLES, DemoInfo, Ordered
from smily_tui.desktop.browser import Opened
from smily_tui.messages.connect import DEMO_BEGINS, DEMO_ENDS
from smily_tui.oauth.errors import Offline
from smily_tui.plain.console import Console
from smily_tui.sandbox.faults import FAULTS
from smily_tui.sandbox.owner import Owner
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.link_dialogs import ConsentDialog
from smily_tui.tui.screens.queue_row import QueueRowScreen
from smily_tui.vault.home import Home
from smily_tui.vault.store import Store
from tests.support.scripted import Scripted
from tests.support.tui.demo_scenes import at_the_link, the_page
from tests.support.tui.pilot import click, until
from tests.support.tui.scenes import Frozen, World, grid, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from textual.pilot import Pilot

SIZE = (100, 36)
SECONDS = {"slow": 6.0, "offline": 3.0}
ASKED = "You asked for this: "
TOLD = {
    "expired-code": "the code is 11 minutes old. The server rejected this code.",
    "denied": "the owner declined. The owner declined: the page shows “access_denied”.",
    "wrong-secret": "the server has a different Client Secret. The server doesn't know this app",
    "slow": "the answer takes eight seconds. Still checking the code",
    "offline": "the server is offline for twenty seconds. Cannot reach 127.0.0.1",
    "cut": "the server acted, but its answer got lost. The server rejected",
    "revoked": "the owners removed the app. The server no longer accepts this account's refresh token",
    "missing-scope": "the code lacks “public”. Its name isn't known: /api/v3/me needs",
    "rate-limit": "that API request hit the rate limit. The account is saved, but its name isn't known",
}
BEFORE_THE_PAGE = ("denied", "missing-scope")
ONE_THAT_IS_CONNECTED = ("revoked",)
NO_BROWSER = "No graphical browser on this machine: copy the link."
INSTEAD = "No browser here. Press F8 to answer as the owner."


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[World]:
    """The demo on a machine without a browser."""
    with Sandbox(Options()) as sandbox:

        def order(what: dict[str, Any]) -> None:
            sandbox.state.faults.order(what["fault"], SECONDS.get(what["fault"]))

        found, home = sandbox.listening, Home.at(tmp_path)
        stored = Accounts(home, server=found.server)
        owner = Owner(found.server)
        info = DemoInfo(found.client_id, found.client_secret, found.server, order=order, owner=owner)
        app = SmilyApp(stored, demo=info, open_link=lambda _: Opened(asked=False, words=NO_BROWSER))
        yield World(stored, Store(home), app, Frozen())


def words_of(world: World) -> str:
    """What the screen says, as if it had one line."""
    return " ".join(grid(world.app).replace("▌", " ").split())


def says(world: World, words: str) -> bool:
    """Whether that is to be read."""
    return words in words_of(world)


async def order(pilot: Pilot[None], world: World, fault: str) -> None:
    """Ask for an error in the palette."""
    trouble = next(each for each in TROUBLES if each.fault == fault)
    await pilot.press("ctrl+p")
    await until(pilot, lambda: bool(world.app.screen.query("CommandList")))
    await pilot.press(*("space" if char == " " else char for char in trouble.label))
    await until(pilot, lambda: says(world, f"Demo: {trouble.label}"))
    await pilot.press("enter")
    await until(pilot, lambda: says(world, f"Demo: {trouble.help}"))


async def say_yes(pilot: Pilot[None], world: World) -> None:
    """Be the owner, and authorize the account that the page suggests."""
    await the_page(pilot, world)
    await pilot.press("enter")
    await until(pilot, lambda: not isinstance(world.app.screen, ConsentDialog))


async def code_is_in_its_field(pilot: Pilot[None], world: World) -> None:
    """The page has shown a code."""
    await say_yes(pilot, world)
    await until(pilot, partial(says, world, "Press Enter to check it."))


async def at_an_account(pilot: Pilot[None], world: World) -> None:
    """The dashboard, with an account that is connected."""
    await code_is_in_its_field(pilot, world)
    await pilot.press("enter")
    await until(pilot, partial(says, world, "Connected: "))
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(world.app.screen, DashboardScreen))


async def test_it_begins_with_the_next_minute_and_ends_with_the_persons_own_app(demo: World) -> None:
    async with running(demo, SIZE) as pilot:
        await until(pilot, partial(says, demo, " ".join(DEMO_BEGINS)))
        await at_the_link(pilot, demo)
        await code_is_in_its_field(pilot, demo)
        await pilot.press("enter")
        await until(pilot, partial(says, demo, " ".join(DEMO_ENDS)))


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_was_asked_for_is_told_first(demo: World, fault: str) -> None:
    async with running(demo, SIZE) as pilot:
        await at_the_link(pilot, demo)
        if fault in BEFORE_THE_PAGE:
            await order(pilot, demo, fault)
            await say_yes(pilot, demo)
        elif fault in ONE_THAT_IS_CONNECTED:
            await at_an_account(pilot, demo)
            await order(pilot, demo, fault)
        else:
            await code_is_in_its_field(pilot, demo)
            await order(pilot, demo, fault)
        if fault != "denied":
            await pilot.press("r" if fault in ONE_THAT_IS_CONNECTED else "enter")
        await until(pilot, partial(says, demo, ASKED + TOLD[fault]))
        assert words_of(demo).count(ASKED) == 1
        await until(pilot, lambda: not demo.app.screen.workers)


async def test_a_renewal_whose_answer_was_cut_says_that_it_was_asked_for(demo: World) -> None:
    async with running(demo, SIZE) as pilot:
        await at_the_link(pilot, demo)
        await at_an_account(pilot, demo)
        await order(pilot, demo, "cut")
        await pilot.press("r")
        await until(pilot, partial(says, demo, f"✓ {ASKED}the server acted, but its answer got lost"))
        await pilot.press("r")
        await until(pilot, lambda: says(demo, "Refreshed ") and not says(demo, ASKED))


async def test_a_no_of_the_person_is_not_the_one_that_was_asked_for(demo: World) -> None:
    async with running(demo, SIZE) as pilot:
        await at_the_link(pilot, demo)
        await order(pilot, demo, "denied")
        await the_page(pilot, demo)
        await click(pilot, "#decline")
        await until(pilot, partial(says, demo, "The owner declined"))
        assert not says(demo, ASKED)


def test_line_by_line_what_was_asked_for_is_told_first_and_once() -> None:
    terminal, ordered = Scripted(), Ordered()
    console = Console(terminal, ordered)
    ordered.add(next(each for each in TROUBLES if each.fault == "offline"))
    for _ in range(2):
        console.error(Offline("Cannot reach 127.0.0.1."))
    first, *others = terminal.said.splitlines()
    assert first == f"{ASKED}the server is offline for twenty seconds. Cannot reach 127.0.0.1."
    assert "Cannot reach 127.0.0.1." in others


# -- without a browser -------------------------------------------------------------------------------------


async def test_where_no_browser_is_the_demo_says_what_to_press(demo: World) -> None:
    async with running(demo, SIZE) as pilot:
        await at_the_link(pilot, demo)
        await pilot.press("ctrl+o")
        await until(pilot, partial(says, demo, INSTEAD))
        assert not says(demo, NO_BROWSER)


async def test_the_owner_has_a_button_in_the_demo(demo: World) -> None:
    async with running(demo, SIZE) as pilot:
        await at_the_link(pilot, demo)
        assert says(demo, "Owner F8")
        await click(pilot, "#do-owner")
        await until(pilot, lambda: isinstance(demo.app.screen, ConsentDialog))


async def test_the_owners_page_opens_once(demo: World) -> None:
    async with running(demo, SIZE) as pilot:
        await at_the_link(pilot, demo)
        for _ in range(3):
            demo.app.post_message(Key("f8", None))
        await until(pilot, lambda: isinstance(demo.app.screen, ConsentDialog))
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(demo.app.screen, ConsentDialog))
        await until(pilot, lambda: not demo.app.screen.workers)
        assert not any(isinstance(each, ConsentDialog) for each in demo.app.screen_stack)


async def test_the_queue_of_the_demo_has_both(demo: World) -> None:
    async with running(demo, SIZE) as pilot:
        await at_the_link(pilot, demo)
        await at_an_account(pilot, demo)
        await pilot.press("Q", "a")
        await until(pilot, partial(says, demo, "One account per line"))
        await pilot.press("ctrl+s")
        await until(pilot, partial(says, demo, "11 added"))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo.app.screen, QueueRowScreen))
        await pilot.press("ctrl+o")
        await until(pilot, partial(says, demo, INSTEAD))
        await click(pilot, "#do-owner")
        await until(pilot, lambda: isinstance(demo.app.screen, ConsentDialog))
