"""The demo line by line, where there is no browser: the person answers the owner's page here."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.demo import DemoInfo
from smily_tui.messages.connect import DECLINED
from smily_tui.plain.app import Dialogue
from smily_tui.plain.link import NO_SUCH_ACCOUNT
from smily_tui.sandbox.owner import Owner
from smily_tui.sandbox.server import Options, Sandbox
from smily_tui.vault.home import Home
from tests.support.scripted import CTRL_C, Scripted, session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.plain.session import Session


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[Accounts, DemoInfo]]:
    with Sandbox(Options()) as sandbox:
        found = sandbox.listening
        stored = Accounts(Home.at(tmp_path), server=found.server)
        owner = Owner(found.server)
        yield stored, DemoInfo(found.client_id, found.client_secret, found.server, owner=owner)


def of_demo(stored: Accounts, info: DemoInfo, terminal: Scripted) -> Session:
    return dataclasses.replace(session(stored, terminal), demo=info)


def test_a_yes_connects_the_account_that_was_chosen(demo: tuple[Accounts, DemoInfo]) -> None:
    stored, info = demo
    terminal = Scripted("new", "", "", "owner", "seven", "4712", "", "quit")
    Dialogue(of_demo(stored, info, terminal)).run()
    assert "to use your account?" in terminal.said
    assert "4712 Chalet [Alpes]" in terminal.said
    assert "It will be able to: See public information" in terminal.said
    assert NO_SUCH_ACCOUNT in terminal.said
    assert "Connected: Chalet [Alpes] (account 4712)." in terminal.said


def test_yes_approves_for_the_account_that_the_page_has_chosen(demo: tuple[Accounts, DemoInfo]) -> None:
    stored, info = demo
    terminal = Scripted("new", "", "", "owner", "yes", "", "quit")
    Dialogue(of_demo(stored, info, terminal)).run()
    assert "Connected: Villa Rosa (account 4711)." in terminal.said


@pytest.mark.parametrize(("answer", "words"), [("no", DECLINED), (CTRL_C, "no: decline."), ("back", "")])
def test_without_a_yes_nothing_is_stored(demo: tuple[Accounts, DemoInfo], answer: str, words: str) -> None:
    stored, info = demo
    terminal = Scripted("new", "", "", "owner", answer, "quit")
    Dialogue(of_demo(stored, info, terminal)).run()
    assert words in terminal.said
    assert stored.accounts() == ()
