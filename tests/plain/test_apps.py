"""Apps in the plain mode, against a real sandbox: a proven secret, removal, restoring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.connected import connected
from tests.support.scripted import talk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.accounts import Accounts
    from smily_tui.sandbox.server import Sandbox
    from smily_tui.vault.model import Address

World = tuple["Sandbox", "Accounts", "Address"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with connected(tmp_path / "smily") as parts:
        yield parts


def test_an_app_is_renamed_and_asks_for_other_permissions(world: World) -> None:
    _, stored, address = world
    words = talk(
        stored, "apps", "1", "rename", "Partner API", "permissions", "preset read-only", "", "back", "quit"
    )
    (application,) = stored.apps.all()
    assert (application.name, application.key) == ("Partner API", address.application)
    assert "rentals_read" in application.scopes
    assert f"Commands still use the short name {address.application}." in words


def test_a_secret_is_replaced_only_if_the_server_accepts_it(world: World) -> None:
    sandbox, stored, address = world
    right, pairs = sandbox.state.client.client_secret, len(sandbox.state.pairs)
    words = talk(stored, "apps", "1", "secret", "0ddba11e" * 8, "secret", right, "back", "quit")
    assert "The server refuses this Client Secret." in words
    assert "The server accepted the new Client Secret of App." in words
    secret = stored.apps.client_secret(address.application)
    assert secret is not None
    assert secret.reveal() == right
    assert len(sandbox.state.pairs) == pairs


def test_an_app_is_removed_and_restored_with_its_account(world: World) -> None:
    _, stored, address = world
    words = talk(stored, "apps", "1", "remove", "no", "remove", "yes", "apps", "restore", "yes", "quit")
    assert "Removed App and 1 account." in words
    assert "Restored App and 1 account." in words
    stored.refresh(address).wait()
