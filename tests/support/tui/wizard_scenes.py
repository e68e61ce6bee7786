"""The wizard in the states that lead on: what was found, refused, missing, or left the day before."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from smily_tui.clock import Instant
from smily_tui.messages import connect as words
from smily_tui.origin import Origin
from smily_tui.tui.flow import IdentityRemarks
from smily_tui.tui.pages.done import ApplicationName
from smily_tui.tui.screens.dialogs import Question
from smily_tui.vault.drafts import Draft
from smily_tui.vault.model import Address
from tests.support.records import replaced
from tests.support.tui import scenes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from textual.pilot import Pilot

NOW = 1_795_500_000.0  # as in scenes.py, which imports this module
SERVER = Origin("https://www.bookingsync.com")
CLIENT_ID = "a1b2c3d4e5f60718" * 4
NAME_UNKNOWN = words.NAME_UNKNOWN.format(remark="the token lacks “public”")


async def scenes_done(pilot: Pilot[None], **how: Any) -> None:
    """Step 4, with what is to be told."""
    await scenes.done(pilot, **how)


async def step_2(pilot: Pilot[None]) -> None:
    """Step 2 as it opens."""
    await scenes.application(pilot)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: scenes.wizard(pilot).query_one("#scopes").has_focus)


async def find(pilot: Pilot[None]) -> None:
    """Step 2 after a wish was typed and the recommended way ticked."""
    await step_2(pilot)
    await pilot.press("slash", *"create", "space", *"bookings", "enter", "space")


async def find_endpoint(pilot: Pilot[None]) -> None:
    """Step 2 after an endpoint was typed."""
    await step_2(pilot)
    await scenes.paste(pilot, "#filter", "GET /rentals")


async def unknown(pilot: Pilot[None]) -> None:
    """Step 2 with a name that the reference lacks, before Enter adds it."""
    await step_2(pilot)
    await scenes.paste(pilot, "#filter", "pigeons_read")


async def everything(pilot: Pilot[None]) -> None:
    """Step 2 with all permissions, and what speaks against that."""
    await step_2(pilot)
    await pilot.press("3")  # a click would leave its button lit for a moment
    await scenes.settled(pilot, lambda: "17 selected" in scenes.grid(pilot.app))  # type: ignore[arg-type]


async def second_account(pilot: Pilot[None]) -> None:
    """Step 3 for one more account, whose owner may be signed in as the one before."""
    await scenes.dashboard(pilot)
    await pilot.press("a")
    await scenes.settled(pilot, lambda: scenes.wizard(pilot).query_one("#code").has_focus)


async def account_number(pilot: Pilot[None]) -> None:
    """Step 3 with the number of an account, which is in the link now."""
    await scenes.authorize(pilot)
    await pilot.press("tab", "tab", "tab", "enter")
    await scenes.paste(pilot, "#account-id", "4711")
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: "account_id=4711" in scenes.wizard(pilot).flow.url)


async def message(pilot: Pilot[None]) -> None:
    """The message to an owner elsewhere."""
    await scenes.authorize(pilot)
    await pilot.press("f4")
    await scenes.settled(pilot, lambda: bool(pilot.app.screen.query("#message")))


async def message_french(pilot: Pilot[None]) -> None:
    """The same in French."""
    await message(pilot)
    await pilot.click("#next_language")


async def duplicate(pilot: Pilot[None]) -> None:
    """The account that was connected is stored already."""
    await second_account(pilot)
    screen = scenes.wizard(pilot)
    fresh = replaced(scenes.authorization("Villa Rosa", 4711, 7200), named=False)
    scenes.stored_of(pilot).store.slot(Address("demo-app", "new-1")).save(fresh)
    screen.run_worker(
        screen.show_account(Address("demo-app", "new-1"), IdentityRemarks()), exit_on_error=False
    )
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, Question))


# -- where one left off ------------------------------------------------------------------------------------

LINK = Draft(
    "authorize", SERVER, "Demo app", CLIENT_ID, "demo-app", ("public", "bookings_read"),
    Instant(NOW - 1500),
)  # fmt: skip
TICKS = Draft("permissions", SERVER, "Demo app", CLIENT_ID, scopes=("public", "rates_read"))


async def left_off(pilot: Pilot[None], draft: Draft = LINK) -> None:
    """The question when the wizard is opened again."""
    await scenes.dashboard_empty(pilot)
    stored = scenes.stored_of(pilot)
    if draft.application:
        stored.apps.save(draft.name, draft.client_id, scenes.CLIENT_SECRET, draft.scopes)
    stored.drafts.keep(draft)
    await pilot.press("n")
    await scenes.settled(pilot, lambda: isinstance(pilot.app.screen, Question))


async def resumed_link(pilot: Pilot[None]) -> None:
    """The same link, with its age."""
    await left_off(pilot)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: scenes.is_at(pilot, "#code"))


async def resumed_secret(pilot: Pilot[None]) -> None:
    """The Client Secret was not stored yet: it is asked for once more."""
    await left_off(pilot, TICKS)
    await pilot.press("enter")
    await scenes.settled(pilot, lambda: scenes.is_at(pilot, "#client-secret"))


# -- on demand ---------------------------------------------------------------------------------------------


async def where(pilot: Pilot[None]) -> None:
    """Step 1 with the way to the partner panel."""
    await pilot.press("ctrl+n")


async def meant(pilot: Pilot[None]) -> None:
    """Step 2 with a mistyped name."""
    await step_2(pilot)
    await scenes.paste(pilot, "#filter", "bokings_read")


async def included(pilot: Pilot[None]) -> None:
    """Step 2 with permissions that another one includes."""
    await step_2(pilot)
    await pilot.press("3")


async def new_app(pilot: Pilot[None]) -> None:
    """Step 4 with the name of an app that has just been stored."""
    await scenes.done(pilot)
    scenes.wizard(pilot).query_one(ApplicationName).ask(scenes.stored_of(pilot).apps.with_key("demo-app"))


SCENES: dict[str, tuple[bool, Callable[[Pilot[None]], Awaitable[None]]]] = {
    "wizard-where": (False, where),
    "wizard-permissions-meant": (False, meant),
    "wizard-permissions-included": (False, included),
    "wizard-done-new-app": (False, new_app),
    "wizard-permissions-find": (False, find),
    "wizard-permissions-endpoint": (False, find_endpoint),
    "wizard-permissions-unknown": (False, unknown),
    "wizard-permissions-everything": (False, everything),
    "wizard-second-account": (True, second_account),
    "wizard-account-number": (False, account_number),
    "wizard-message": (False, message),
    "wizard-message-french": (False, message_french),
    "wizard-twin": (True, duplicate),
    "wizard-left-off": (False, left_off),
    "wizard-resumed-link": (False, resumed_link),
    "wizard-resumed-secret": (False, resumed_secret),
    "wizard-done-less": (False, partial(scenes_done, asked="rates_read inbox_read")),
    "wizard-done-clock": (False, partial(scenes_done, off=430.0)),
    "wizard-done-nameless": (False, partial(scenes_done, remark=NAME_UNKNOWN)),
}
