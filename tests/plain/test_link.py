"""The link of step 3 in plain mode: a message to the owner, another account's link, where one left off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.messages.connect import owner_message
from smily_tui.plain.connect import Connecting, Start
from smily_tui.plain.console import Leave
from smily_tui.vault.store import Store
from tests.support.connected import connected
from tests.support.scripted import CTRL_C, Scripted, session, talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.sandbox.server import Sandbox
    from smily_tui.vault.model import Address

World = tuple["Sandbox", "Accounts", "Address"]
LEFT_OFF = "You were connecting App: step 3 of 4, Authorize.\nContinue where you left off? [yes]: "


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with connected(tmp_path / "smily") as found:
        yield found


def link_of(stored: Accounts, account_id: int | None = None) -> str:
    (application,) = stored.apps.all()
    return stored.authorization_url(application, application.scopes, account_id)


def test_the_message_is_said_in_both_languages(world: World) -> None:
    _, stored, _ = world
    said = talk(stored, "a", "message", "french", "back", "quit")
    (application,) = stored.apps.all()
    for language in ("en", "fr"):
        assert owner_message(language, application.name, type(application.name)(""), link_of(stored)) in said


def test_the_number_of_an_account_makes_another_link(world: World) -> None:
    _, stored, _ = world
    said = talk(stored, "a", "number", "47b", "number", "4712", "number", "none", "back", "quit")
    assert "Account numbers have digits only." in said
    assert said.count(f"\n{link_of(stored, 4712)}\n") == 1
    assert said.count(f"\n{link_of(stored)}\n") == 2


@pytest.mark.parametrize("leave", ["back", CTRL_C])
def test_who_leaves_the_question_for_the_number_is_at_the_code_again(world: World, leave: str) -> None:
    sandbox, stored, _ = world
    code = lambda _: sandbox.state.grant(4712, ("public",))  # noqa: E731
    said = talk(stored, "a", "number", leave, code, "", "quit")
    assert said.count("Step 3 of 4") == 1
    assert said.count(f"\n{link_of(stored)}\n") == 1, "the link is the same, and so is its age"
    assert "Connected: Chalet [Alpes]" in said


@pytest.mark.parametrize("leave", ["back", CTRL_C])
def test_who_leaves_the_question_whether_to_try_again_keeps_the_account(world: World, leave: str) -> None:
    sandbox, stored, _ = world
    code = lambda _: sandbox.state.grant(4712, ("public",))  # noqa: E731
    said = talk(stored, "a", code, "no", leave, "quit")
    assert "Step 2" not in said
    assert "\nChalet [Alpes]: valid until " in said
    assert len(stored.accounts()) == 2


def test_an_application_without_a_secret_is_asked_for_again_under_its_name(world: World) -> None:
    """As one that the server refuses: its name is offered, and its server stays."""
    sandbox, stored, address = world
    anywhere = Accounts(stored.home)
    client, (application,) = sandbox.state.client, stored.apps.all()

    def code(_: str) -> str:
        return sandbox.state.grant(4712, ("public",))

    def without_secret(said: str) -> str:
        Store(stored.home).application_path(address.application).unlink()
        return code(said)

    said = talk(
        anywhere, "a", without_secret, "", client.client_id, client.client_secret, "", code, "", "quit"
    )  # fmt: skip
    assert "The Client Secret of app is not stored here." in said
    assert "Name (optional) [App]: " in said
    assert "Connected: Chalet [Alpes]" in said
    assert anywhere.apps.all() == (application,)


def test_who_leaves_before_the_secret_is_stored_again_goes_on_at_the_same_server(world: World) -> None:
    sandbox, stored, address = world
    anywhere = Accounts(stored.home)
    client, (application,) = sandbox.state.client, stored.apps.all()
    code = sandbox.state.grant(4712, ("public",))
    Store(stored.home).application_path(address.application).unlink()
    typed = ("", client.client_id, client.client_secret)
    connecting = Connecting(session(anywhere, Scripted(code, *typed, "quit")), Start(application))
    with pytest.raises(Leave):
        connecting.run()
    said = talk(anywhere, "yes", *typed, "", code, "", "quit")
    assert "Connected: Chalet [Alpes]" in said
    assert anywhere.apps.all() == (application,)


def test_who_leaves_at_the_link_goes_on_there_or_starts_over(world: World) -> None:
    _, stored, _ = world
    talk(stored, "a", "quit")
    assert LEFT_OFF in talk(stored, "yes", "quit")
    said = talk(stored, "no", "back", "quit")
    assert LEFT_OFF in said
    assert "Step 1 of 4" in said
    assert "You were connecting" not in talk(stored, "quit")


def test_connecting_ends_what_was_left_off(world: World) -> None:
    sandbox, stored, _ = world
    talk(stored, "a", "quit")
    code = lambda _: sandbox.state.grant(4712, ("public",))  # noqa: E731
    assert "Connected: Chalet [Alpes]" in talk(stored, "yes", code, "yes", "quit")
    assert stored.drafts.find() is None


def test_what_was_not_given_is_told(world: World) -> None:
    sandbox, stored, _ = world
    (application,) = stored.apps.all()
    secret = stored.apps.client_secret(application.key)
    assert secret is not None
    stored.apps.save(application.name, application.client_id, secret, ["public", "rates_read"])
    code = lambda _: sandbox.state.grant(4712, ("public",))  # noqa: E731
    assert "Not granted: rates_read. Type again to ask again." in talk(stored, "a", code, "yes", "quit")
