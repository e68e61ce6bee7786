"""What the screens do: with keys, pastes, secrets, labels that look like markup, and crashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Paste
from textual.widgets import Digits, Input, Static

from smily_tui.accounts import Accounts
from smily_tui.desktop.browser import Opened
from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.text import Untrusted, clean
from smily_tui.tui.actions import DASHBOARD, EVERYWHERE, WIZARD
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.pages.permissions import ScopeList
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.screens.help import HelpScreen
from smily_tui.tui.widgets.inputs import SecretInput
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.vault.home import Home
from smily_tui.vault.model import Account, Address
from smily_tui.vault.store import Store
from tests.support import bent_server as bent
from tests.support.records import replaced
from tests.support.tui import dashboard_scenes, scenes
from tests.support.tui.pilot import until
from tests.support.tui.scenes import CLIENT_SECRET, SceneAccounts, grid, make_world, running, settled

if TYPE_CHECKING:
    from pathlib import Path

SIZE = (80, 24)


async def test_a_secret_field_can_be_neither_copied_nor_cut(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    copied: list[str] = []
    world.app.copy_to_clipboard = copied.append  # type: ignore[method-assign, assignment]
    async with running(world, SIZE) as pilot:
        await scenes.application(pilot)
        field = world.app.screen.query_one("#client-secret", SecretInput)
        field.focus()
        field.action_select_all()
        await pilot.press("ctrl+c", "ctrl+x")
        assert field.value == CLIENT_SECRET.reveal()
        assert copied == []
        assert world.app.clipboard == ""
        assert CLIENT_SECRET.reveal()[:12] not in grid(world.app)


async def test_a_paste_that_begins_with_an_empty_line_arrives_once(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.paste(pilot, "#client-id", "\n\x1b[31m\u200babc\ndef\n")
        assert world.app.screen.query_one("#client-id", Input).value == "[31mabc def"


async def test_going_back_loses_no_input(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.authorize(pilot)
        await pilot.press("escape")
        await settled(pilot, lambda: world.app.screen.query_one("#scopes").has_focus)
        assert world.app.screen.query_one(ScopeList).chosen == ("public", "bookings_read")
        await pilot.press("escape")
        await settled(pilot, lambda: world.app.screen.query_one("#client-id").has_focus)
        assert world.app.screen.query_one("#client-id", Input).value == scenes.CLIENT_ID
        assert world.app.screen.query_one("#client-secret", Input).value == CLIENT_SECRET.reveal()


async def test_another_account_is_four_keystrokes_and_a_paste_away(tmp_path: Path) -> None:
    """a, ctrl+o, the paste, Enter: the code reaches the server."""
    opened: list[str] = []

    def open_link(link: str) -> Opened:
        opened.append(link)
        return Opened(asked=True, words="Asked your browser to open it.")

    with bent.BentServer() as server:
        stored = Accounts(Home.at(tmp_path), server=Origin(server.origin))
        stored.apps.save("Demo app", bent.CLIENT_ID, Secret(bent.CLIENT_SECRET), ["public"])
        one = scenes.authorization("Villa Rosa", 4711, 4364)
        here = replaced(one, server=stored.server, client_id=bent.CLIENT_ID)
        Store(Home.at(tmp_path)).slot(Address("demo-app", "villa-rosa")).save(here)
        app = SmilyApp(stored, open_link=open_link)
        async with app.run_test(size=SIZE) as pilot:
            await until(pilot, lambda: "Villa Rosa" in grid(app))
            await pilot.press("a")
            await until(pilot, lambda: bool(app.screen.query("#code:focus")))
            await pilot.press("ctrl+o")
            await until(pilot, lambda: bool(opened))
            app.post_message(Paste("Authorization code: " + "c0de" * 16))
            await pilot.press("enter")
            await until(pilot, lambda: bool(server.posts))
            await until(pilot, lambda: "Connected: Villa Rosa" in grid(app))
        assert [each["code"] for each in server.posts] == ["c0de" * 16]
        assert opened[0].startswith(f"{server.origin}/oauth/authorize?client_id=")


async def test_labels_that_look_like_markup_are_shown_as_they_are(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    address = Address("demo-app", "villa-rosa")
    stored = world.store.slot(address).read()
    assert stored is not None
    for label in ("Villa [/]", "[red]x[/red]", "[link='x']y", "[@click=app.quit]z", "a [/b] c"):
        world.store.slot(address).save(replaced(stored, label=clean(label)))
        world.app = make_world(tmp_path, accounts=False).app
        async with running(world, (120, 36)) as pilot:
            await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
            table = world.app.screen.query_one(AccountTable)
            table.go_to(address)
            await pilot.pause()
            assert grid(world.app).count(label) == 2, "in the list and in the detail"
            await pilot.press("d")
            await settled(pilot, lambda: isinstance(world.app.screen, Question))
            assert f"Forget {label}?" in grid(world.app)


async def test_the_countdown_follows_the_clock_and_not_the_ticks(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard(pilot)
        screen = world.app.screen
        assert isinstance(screen, DashboardScreen)
        world.clock.wall += 4000
        screen.pane.tick()
        assert screen.query_one(Digits).value == "0:06:04"
        world.clock.wall += 400
        screen.pane.tick()
        assert "Expired 36 s ago" in grid(world.app) or "Expired 0 min ago" in grid(world.app)


async def test_what_another_process_saves_is_shown_with_the_next_tick(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard(pilot)
        new = scenes.authorization("Finca Verde", 4720, 6000)
        world.store.slot(Address("demo-app", "finca")).save(new)
        screen = world.app.screen
        assert isinstance(screen, DashboardScreen)
        screen.pane.tick()
        await pilot.pause()
        assert "Finca Verde" in grid(world.app)
        assert "✓ 2 valid" in grid(world.app)


async def test_tokens_are_shown_on_request_only_and_hidden_again(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (160, 36)) as pilot:
        await scenes.dashboard(pilot)
        token = scenes.token("a", "4711").reveal()
        assert token not in grid(world.app)
        await pilot.press("v")
        await pilot.pause()
        assert token in grid(world.app)
        await pilot.press("v")
        await pilot.pause()
        assert token not in grid(world.app)
        await pilot.press("v", "up")
        await pilot.pause()
        assert "aaaaaaaa" not in grid(world.app), "another account is masked again"


async def test_forgetting_asks_and_the_default_is_no(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await scenes.forget(pilot)
        await settled(pilot, lambda: isinstance(world.app.screen, Question))
        await pilot.press("enter")
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        assert len(world.stored.accounts()) == 4
        await pilot.press("d")
        await settled(pilot, lambda: isinstance(world.app.screen, Question))
        await pilot.press("shift+tab", "enter")
        await settled(pilot, lambda: len(world.stored.accounts()) == 3)


@pytest.mark.parametrize("accounts", [True, False])
async def test_every_action_is_in_the_help_and_in_the_palette(tmp_path: Path, *, accounts: bool) -> None:
    world = make_world(tmp_path, accounts=accounts)
    actions = (*(DASHBOARD if accounts else WIZARD), *EVERYWHERE)
    async with running(world, (100, 50)) as pilot:
        await pilot.pause()
        screen = world.app.screen
        commands = {command.label for command in world.app.entries_on(screen)}
        await pilot.press("f1")
        await settled(pilot, lambda: isinstance(world.app.screen, HelpScreen))
        shown = grid(world.app)
        told = (str(static.render()) for static in world.app.screen.query(Static))
        columns = " ".join(" ".join(told).split())
        for action in actions:
            assert action.keys in shown
            assert action.help in columns or action.label in shown
            if screen.check_action(action.name, ()):
                assert action.label in commands
                owner = world.app if action.of_app else screen
                assert hasattr(owner, f"action_{action.name}")
        assert "Screenshot" not in commands


class DescribesItself(Exception):
    """An error that would be shown in its own words, as some of the toolkit's are."""

    def __rich__(self) -> str:
        return "c4n4ry" * 10


@pytest.mark.parametrize("kind", [RuntimeError, DescribesItself])
async def test_a_crash_shows_no_values_of_variables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: type[Exception]
) -> None:
    world = make_world(tmp_path, accounts=False)
    canary = "c4n4ry" * 10

    def crash() -> None:
        secret = canary
        raise kind(len(secret))

    async def run_and_crash() -> None:
        async with running(world, SIZE) as pilot:
            world.app.call_later(crash)
            world.app.call_later(crash)
            await pilot.pause()
            await pilot.pause()

    with pytest.raises(kind):
        await run_and_crash()
    printed = capsys.readouterr().err
    assert printed.startswith(f"smily-tui: A bug: {kind.__name__}.")
    assert "in crash" in printed
    assert canary not in printed
    assert "textual" not in printed
    assert world.app.return_code == 1


class NoNames(SceneAccounts):
    """Accounts with a bug where one gets another name."""

    def rename(self, address: Address, label: str | Untrusted) -> Account:
        raise RuntimeError("c4n4ry")


async def test_a_bug_in_a_worker_is_told_by_its_type_alone(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True, kind=NoNames)
    async with running(world, SIZE) as pilot:
        await scenes.dashboard(pilot)
        await pilot.press("e")
        await settled(pilot, lambda: bool(world.app.screen.query("NameDialog Input, Input")))
        await pilot.press("enter")
        await settled(pilot, lambda: "A bug: RuntimeError." in grid(world.app))
        assert "c4n4ry" not in grid(world.app)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 36), (200, 60)])
async def test_buttons_and_footer_fit_the_screen(tmp_path: Path, size: tuple[int, int]) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, size) as pilot:
        await scenes.authorize(pilot)
        for button in world.app.screen.query("AuthorizePage Button"):
            assert button.region.right <= size[0]


async def test_a_limit_counts_down_and_nothing_is_done_when_it_is_over(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    asked: list[object] = []
    world.stored.refresh = lambda *each: asked.append(each)  # type: ignore[method-assign, assignment]
    async with running(world, SIZE) as pilot:
        await dashboard_scenes.SCENES["dashboard-rate-limited"][1](pilot)
        await settled(pilot, lambda: "You can try again in 0:38." in grid(world.app))
        world.clock.wall += 37.5
        await settled(pilot, lambda: "You can try again in 0:01." in grid(world.app))
        world.clock.wall += 0.5
        await settled(pilot, lambda: "You can try again now." in grid(world.app))
        assert asked == []
        world.app.screen.query_one(StatusLine).done("✓ Something else.")
        world.clock.wall += 1
        await settled(pilot, lambda: "Something else." in grid(world.app))
        assert "try again" not in grid(world.app)
