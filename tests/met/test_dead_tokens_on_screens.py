"""What the full screen and the plain mode do with a token that is known to be dead."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from smily_tui.desktop.clipboard import Clipboard, Copied
from smily_tui.plain.app import Dialogue
from smily_tui.tui.widgets.tables import AccountTable
from smily_tui.vault.model import Address
from tests.support.scripted import Scripted, session
from tests.support.tui.scenes import grid, make_world, running, settled

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.secret import Secret

DEAD = Address("demo-app", "old-mill")
REFUSED = "The server no longer accepts this account's refresh token."


async def test_the_full_screen_does_not_copy_it(tmp_path: Path) -> None:
    world = make_world(tmp_path, accounts=True)
    async with running(world, (120, 36)) as pilot:
        world.app.screen.query_one(AccountTable).go_to(DEAD)
        await pilot.press("c")
        await settled(pilot, lambda: "Authorize the account again" in grid(world.app))


@pytest.mark.parametrize("way", ["copy", "show"])
def test_the_plain_mode_neither_copies_nor_shows_it(tmp_path: Path, way: str) -> None:
    copied: list[str | Secret] = []

    def copy(text: str | Secret) -> Copied:
        copied.append(text)
        return Copied(verified=False, words="Copied.", ask_terminal=False)

    stored = make_world(tmp_path, accounts=True).stored
    terminal = Scripted(str(DEAD), way, "back", "quit")
    Dialogue(dataclasses.replace(session(stored, terminal), clipboard=Clipboard(write=copy))).run()
    assert not terminal.answers, terminal.said
    assert REFUSED in terminal.said
    assert copied == []
    assert stored.tokens(DEAD).access.reveal() not in terminal.said
