"""The wizard leads to what mends an error, and knows what else can be done with a link and an account."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest
from textual.widgets import Button, Input

from smily_tui.demo import DemoInfo
from smily_tui.messages.connect import DEMO_BEGINS, owner_message
from smily_tui.oauth import errors as oauth
from smily_tui.oauth.scopes import PRESETS
from smily_tui.origin import Origin
from smily_tui.text import Clean
from smily_tui.tokens import errors as refresh
from smily_tui.tui.app import SmilyApp
from smily_tui.tui.flow import IdentityRemarks, Recovery, recovery_for, with_recovery
from smily_tui.tui.pages.permissions import ScopeList
from smily_tui.tui.screens.dashboard import DashboardScreen
from smily_tui.tui.screens.wizard import Start, WizardScreen
from smily_tui.vault.disk import Disk
from smily_tui.vault.errors import DiskFull
from smily_tui.vault.model import Address
from tests.support.records import replaced
from tests.support.tui import scenes, trouble_scenes, wizard_scenes
from tests.support.tui.all_scenes import SCENES
from tests.support.tui.scenes import app_over, grid, is_at, make_world, running, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

    from smily_tui.errors import SmilyError
    from smily_tui.secret import Secret

SIZE = (80, 24)


def says(shown: str, words: str) -> bool:
    """Whether words stand on the screen, however the lines break."""
    return words in " ".join(shown.replace("▌", " ").split())


# -- errors -----------------------------------------------------------------------------------------------

STAYS = ("offline", "not-trusted", "no-answer", "rate-limit", "server-fault", "no-json", "disk-full")
CLEARED = ("refused", "expired", "damaged", "answer-lost", "used-here", "denied", "own-link")


@pytest.mark.parametrize("name", [*STAYS, *CLEARED])
async def test_the_code_stays_where_it_may_still_be_good(tmp_path: Path, name: str) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await SCENES[f"wizard-authorize-{name}"][1](pilot)
        code = scenes.wizard(pilot).query_one("#code", Input)
        await settled(pilot, lambda: code.has_focus and bool(scenes.wizard(pilot).query("ErrorCard.-open")))
        assert bool(code.value) is (name in STAYS)
        stays = says(grid(world.app), "Press Enter to send the code again.")
        assert stays is (name in STAYS)


async def test_a_code_of_another_application_leads_to_the_link_and_enter_opens_it(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await trouble_scenes.other_client(pilot)
        assert says(grid(world.app), "Most likely it belongs to the previous link")
        assert is_at(pilot, "#code"), "a paste goes there"
        await pilot.press("enter")
        await settled(pilot, lambda: "Asked your browser" in grid(world.app))
        assert is_at(pilot, "#code")


async def test_wrong_credentials_lead_to_the_secret_and_the_code_is_still_there(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await SCENES["wizard-client-refused"][1](pilot)
        await settled(pilot, lambda: is_at(pilot, "#client-secret"))
        assert says(grid(world.app), "The code is still good.")
        await pilot.press("enter", "enter")
        await settled(pilot, lambda: is_at(pilot, "#code"))
        assert scenes.wizard(pilot).query_one("#code", Input).value == trouble_scenes.CODE


class FullDisk(Disk):
    """No room left."""

    def write(self, descriptor: int, data: bytes) -> int:
        """Go back without saving."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


async def test_a_full_disk_is_found_before_the_code_is_sent(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.authorize(pilot)
        sent: list[Secret] = []
        stored = scenes.stored_of(pilot)

        def exchanged(_app: object, code: Secret, *_: object) -> Address:
            sent.append(code)
            raise oauth.Offline("x")

        stored.exchanged = exchanged
        stored.store.disk = FullDisk()
        await scenes.paste(pilot, "#code", trouble_scenes.CODE)
        await pilot.press("enter")
        await settled(pilot, lambda: says(grid(world.app), "The disk is full"))
        assert says(grid(world.app), "The code wasn't sent, so it's still good.")
        assert not sent
        stored.store.disk = Disk()
        await pilot.press("enter")
        await settled(pilot, lambda: bool(sent))


@pytest.mark.parametrize(
    ("error", "other", "recovery"),
    [
        (oauth.ClientRefused("x"), True, Recovery.CREDENTIALS),
        (refresh.NoCredentials("x"), False, Recovery.CREDENTIALS),
        (oauth.GrantRefused("x"), False, Recovery.NEW_CODE),
        (oauth.GrantRefused("x"), True, Recovery.LINK),
        (oauth.RateLimited("x"), True, Recovery.SAME_CODE),
        (oauth.Offline("x"), False, Recovery.SAME_CODE),
        (refresh.InDoubt("x"), False, Recovery.SAME_CODE),
        (refresh.Cancelled("x"), False, Recovery.SAME_CODE),
        (DiskFull("x"), False, Recovery.SAME_CODE),
        (refresh.KeptInJournal("x"), False, Recovery.NOTHING),
        (refresh.KeptNowhere("x"), False, Recovery.NOTHING),
        (refresh.WorkerFailed("x"), False, Recovery.NOTHING),
    ],
)
def test_each_error_has_a_way_on(error: SmilyError, recovery: Recovery, *, other: bool) -> None:
    assert recovery_for(error, other_client=other) is recovery
    kept = error.kept
    said = with_recovery(error, recovery)
    assert ("Press Enter to send the code again" in said.next) is (recovery is Recovery.SAME_CODE)
    if recovery is Recovery.NOTHING:
        assert said.kept == kept


def test_only_a_link_of_the_last_ten_minutes_can_be_the_wrong_one(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    stored = world.stored
    ours, other = (
        stored.apps.save(name, client_id * 16, scenes.CLIENT_SECRET, ["public"])
        for name, client_id in (("Ours", "abcd"), ("Other", "0123"))
    )
    stored.authorization_url(ours, ["public"])
    assert not stored.link_shown(ours, world.clock.now()).other_client
    stored.authorization_url(other, ["public"])
    assert stored.link_shown(ours, world.clock.now()).other_client
    world.clock.wall += 601
    assert not stored.link_shown(ours, world.clock.now()).other_client


# -- the link ----------------------------------------------------------------------------------------------


async def test_the_number_of_an_account_goes_into_the_link_and_out_of_it(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.account_number(pilot)
        assert scenes.wizard(pilot).flow.url.endswith("&account_id=4711")
        await settled(pilot, lambda: is_at(pilot, "#code"))
        await scenes.paste(pilot, "#account-id", "47a")
        await pilot.press("enter")
        await settled(pilot, lambda: "digits only" in grid(world.app))
        assert scenes.wizard(pilot).flow.url.endswith("&account_id=4711"), "what is wrong changes nothing"
        scenes.wizard(pilot).query_one("#account-id", Input).value = ""
        await pilot.press("enter")
        await settled(pilot, lambda: "account_id" not in scenes.wizard(pilot).flow.url)


@pytest.mark.parametrize("language", ["en", "fr"])
async def test_the_message_for_the_owner_is_copied_in_either_language(tmp_path: Path, language: str) -> None:
    world = make_world(tmp_path, accounts=False)
    copied: list[str | Secret] = []

    world.app = app_over(world.stored, copied)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.message(pilot)
        if language != "en":
            await pilot.press("l")
        await pilot.press("c")
        await settled(pilot, lambda: "Message: Copied." in grid(world.app))
        screen = scenes.wizard(pilot)
        assert copied == [owner_message(language, Clean(""), Clean(""), screen.flow.url)]
        assert screen.flow.url in copied[0].split("\n")  # type: ignore[union-attr]


async def test_a_private_window_is_advised_where_an_account_is_connected_already(tmp_path: Path) -> None:
    words = "Open the link in a private window"
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.second_account(pilot)
        assert words in grid(world.app)
    world = make_world(tmp_path / "other", accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.authorize(pilot)
        assert words not in grid(world.app)


# -- the account -------------------------------------------------------------------------------------------


async def test_what_was_not_given_is_asked_for_again_by_one_key(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.authorize(pilot)
        await scenes.done(pilot, asked="rates_read")
        assert "! Not granted: rates_read. Press u to ask again." in grid(world.app)
        await pilot.press("u")
        await settled(pilot, lambda: is_at(pilot, "#code"))
        link = scenes.wizard(pilot).flow.url
        assert link.endswith("scope=public%20bookings_read%20rates_read&account_id=4711")


async def test_where_all_was_given_nothing_is_asked_for_again(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.authorize(pilot)
        await scenes.done(pilot)
        await pilot.press("u")
        await pilot.pause()
        assert scenes.wizard(pilot).query_one("#do-right").has_focus
        assert "Ask again" not in grid(world.app)


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (120, 36)])
async def test_whose_account_it_is_is_seen_first_at_each_size(tmp_path: Path, size: tuple[int, int]) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, size) as pilot:
        await scenes.done(pilot, asked="rates_read", off=400.0)
        await settled(pilot, lambda: "Is this the right account?" in grid(world.app))
        assert "Connected: Villa Rosa  (account 4711)" in grid(world.app)
        assert "Another account" in grid(world.app)
        for button in world.app.screen.query("DonePage Button"):
            assert button.size.height == 1 or not button.display


# -- permissions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "name"), [("1", "read-only"), ("2", "bookings"), ("3", "everything")])
async def test_a_preset_is_a_key_away_and_a_digit_in_the_search_is_text(
    tmp_path: Path, key: str, name: str
) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.step_2(pilot)
        await pilot.press(key)
        assert world.app.screen.query_one(ScopeList).chosen == PRESETS[name]
        await pilot.press("slash", key)
        assert world.app.screen.query_one("#filter", Input).value == key
        titles = {each.label for each in world.app.entries_on(world.app.screen)}
        assert {"Preset: read only", "Preset: bookings", "Preset: everything"} <= titles
        assert "Preset: same as last time" not in titles, "there was none"


async def test_the_dashboard_is_back_after_the_wizard(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.second_account(pilot)
        assert isinstance(world.app.screen, WizardScreen)
        await pilot.press("escape")
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))


# -- what was there before stays -------------------------------------------------------------------------


async def test_wrong_account_never_forgets_one_that_was_connected_before(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (100, 36)) as pilot:
        await wizard_scenes.duplicate(pilot)
        await pilot.press("enter")  # update its tokens
        await settled(pilot, lambda: is_at(pilot, "#do-right"))
        await pilot.click("#do-wrong")
        await settled(pilot, lambda: is_at(pilot, "#code"))
        assert says(grid(world.app), "Villa Rosa was already connected. It stays, with its new tokens.")
    assert Address("demo-app", "villa-rosa") in [each.address for each in world.stored.accounts()]
    assert world.stored.forgotten() == []


async def name_that_cannot_be_kept(pilot: Pilot[None]) -> None:
    """On the last page, with a disk that is full when the name is to be saved."""
    await scenes.done(pilot)
    scenes.stored_of(pilot).full = DiskFull("The disk is full.")
    scenes.wizard(pilot).query_one("#label", Input).value = "Another"


async def test_a_name_that_cannot_be_kept_is_told_and_can_be_left(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await name_that_cannot_be_kept(pilot)
        scenes.wizard(pilot).query_one("#do-dashboard", Button).press()
        await settled(pilot, lambda: "The disk is full." in grid(world.app))
        assert isinstance(world.app.screen, WizardScreen)
        scenes.wizard(pilot).query_one("#do-dashboard", Button).press()
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))


async def test_a_name_is_kept_where_the_program_is_left_on_the_last_page(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await scenes.done(pilot)
        scenes.wizard(pilot).query_one("#label", Input).value = "Another"
        await pilot.press("ctrl+q")
        await settled(pilot, lambda: not world.app.is_running)
    assert "Another" in [each.label for each in world.stored.accounts()]


async def test_a_name_that_cannot_be_kept_holds_up_the_end_of_the_program_once(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=False)
    async with running(world, SIZE) as pilot:
        await name_that_cannot_be_kept(pilot)
        await pilot.press("ctrl+q")
        await settled(pilot, lambda: "The disk is full." in grid(world.app))
        assert world.app.is_running
        await pilot.press("ctrl+q")
        await settled(pilot, lambda: not world.app.is_running)


async def test_an_application_keeps_its_name_where_none_is_typed(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await pilot.press("n")
        await settled(pilot, lambda: is_at(pilot, "#client-id"))
        await scenes.paste(pilot, "#client-id", scenes.CLIENT_ID)
        await scenes.paste(pilot, "#client-secret", scenes.CLIENT_SECRET.reveal())
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#scopes"))
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#code"))
    assert [each.name for each in world.stored.apps.all()] == ["Demo app"]


async def test_the_account_is_seen_where_the_wire_view_stood_in_place_of_the_page(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, SIZE) as pilot:
        await wizard_scenes.second_account(pilot)
        await pilot.press("f2")
        await settled(pilot, lambda: scenes.wizard(pilot).has_class("-wire-page"))
        fresh = scenes.authorization("Sea View", 4720, 7200)
        address = Address("demo-app", "new-1")
        world.store.slot(address).save(replaced(fresh, named=False))
        await scenes.wizard(pilot).show_account(address, IdentityRemarks())
        await settled(pilot, lambda: "Connected: Sea View" in grid(world.app))
        assert is_at(pilot, "#do-right")


async def test_credentials_that_are_entered_again_stay_at_their_server(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    elsewhere = Origin("https://sandbox.example")
    world.stored.apps.save("Other app", "b" * 64, scenes.CLIENT_SECRET, ["public"], elsewhere)
    other = world.stored.apps.find("other-app")
    assert other is not None
    async with running(world, SIZE) as pilot:
        start = Start(other, other.scopes)
        world.app.call_later(lambda: world.app.push_screen(WizardScreen(world.stored, start)))
        await settled(pilot, lambda: isinstance(world.app.screen, WizardScreen) and is_at(pilot, "#code"))
        await trouble_scenes.checked(
            pilot, trouble_scenes.answering(401, trouble_scenes.CLIENT_REFUSED), "elsewhere" * 7
        )
        await settled(pilot, lambda: is_at(pilot, "#client-secret"))
        await scenes.paste(pilot, "#client-secret", "c" * 64)
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#scopes"))
        await pilot.press("enter")
        await settled(pilot, lambda: is_at(pilot, "#code"))
    found = [each.server for each in world.stored.apps.all() if each.client_id == "b" * 64]
    assert found == [elsewhere]


# -- a store that cannot be read ------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["a", "n", "u", "Q"])
async def test_settings_that_cannot_be_read_are_told_and_it_goes_on(tmp_path: Path, key: str) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (120, 36)) as pilot:
        (tmp_path / "config.toml").write_text("no = [toml\n")
        await pilot.press("end", key)
        if key == "n":
            await settled(pilot, lambda: is_at(pilot, "#client-id"))
            await scenes.paste(pilot, "#client-id", scenes.CLIENT_ID)
            await scenes.paste(pilot, "#client-secret", scenes.CLIENT_SECRET.reveal())
            await pilot.press("enter")
        await settled(pilot, lambda: says(grid(world.app), "is not valid: Invalid value"))
        assert world.app.return_code is None


async def test_a_store_that_others_can_read_is_told_at_the_start(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    (tmp_path / "state").chmod(0o755)
    async with world.app.run_test(size=(120, 36)) as pilot:
        await settled(pilot, lambda: isinstance(world.app.screen, DashboardScreen))
        await settled(pilot, lambda: says(grid(world.app), "chmod"))


@pytest.mark.parametrize("width", [60, 64])
async def test_the_first_words_of_the_demo_are_seen_whole_where_they_are_wrapped(
    width: int, tmp_path: Path
) -> None:
    world = make_world(tmp_path, accounts=False)
    demo = DemoInfo(scenes.CLIENT_ID, scenes.CLIENT_SECRET, "http://127.0.0.1:1")
    world.app = SmilyApp(world.stored, demo=demo)
    async with world.app.run_test(size=(width, 20)) as pilot:
        await settled(pilot, lambda: says(grid(world.app), " ".join(DEMO_BEGINS)))
