"""The wizard and the plain mode say the same; a sentence that changes on one side changes on both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input, Static

from smily_tui.messages import connect as words
from smily_tui.messages.accounts import ACTION_TEXTS
from smily_tui.secret import Secret
from smily_tui.tui.actions import DASHBOARD
from smily_tui.tui.pages.done import DonePage, Storage
from smily_tui.tui.pages.page import Page
from tests.support.scripted import Scripted, session
from tests.support.tui.scenes import make_world, running, wizard

if TYPE_CHECKING:
    from pathlib import Path

PAGES = {
    "application": (
        words.APPLICATION_QUESTION, words.CREDENTIALS_NEEDED, words.NOT_SENT,
        words.CLIENT_ID_HINT, words.STORAGE_HINT,
        *words.CREDENTIALS_PLACE,
    ),
    "permissions": (words.SCOPES_QUESTION, words.SCOPES_HINT),
    "authorize": (words.OPEN_LINK, words.PASTE_CODE, words.CODE_HINT),
    "done": (words.ACCOUNT_QUESTION, words.SIGNED_IN_HINT),
}  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
async def test_the_pages_of_the_wizard_say_it_alike(page: str, tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    account = world.stored.accounts()[0]
    async with running(world, (120, 36)) as pilot:
        await pilot.press("n")
        await pilot.pause()
        screen = wizard(pilot)
        await screen.add_pages()
        screen.query_one(DonePage).show(account, "", Storage(Secret(""), "", ""), world.clock.now())
        shown = " ".join(str(each.content) for each in screen.query_one(f"#{page}", Page).query(Static))
        shown += " ".join(each.placeholder for each in screen.query(Input))
    for sentence in PAGES[page]:
        assert sentence in shown


def test_the_dashboard_and_the_menus_have_their_words_in_common(tmp_path: Path) -> None:
    from smily_tui.plain.account import open_account
    from smily_tui.plain.console import Leave

    world = make_world(tmp_path, accounts=True)
    terminal = Scripted("?", "quit")
    with pytest.raises(Leave):
        open_account(session(world.stored, terminal), world.stored.accounts()[0].address)
    in_dashboard = {each.name: each.help for each in DASHBOARD}
    for name in ("refresh", "copy", "export", "again", "rename", "history", "forget"):
        assert in_dashboard[name] == ACTION_TEXTS[name].help
        assert ACTION_TEXTS[name].help in terminal.said
