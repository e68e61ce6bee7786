"""Owner without a browser, who answers the same pages as a person at one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from smily_tui.sandbox.accounts import ACCOUNTS, FakeAccount
from smily_tui.sandbox.owner import Owner, PageUnusable

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.visitor import Visitor


def link(visitor: Visitor, **changes: str) -> str:
    return f"{visitor.server}/oauth/authorize?{urlencode(visitor.request(**changes))}"


def test_the_owner_reads_what_is_asked_and_by_whom(visitor: Visitor) -> None:
    page = Owner(visitor.server).read(link(visitor, account_id="4713"))
    assert "to use your account?" in page.question
    assert page.accounts == tuple((str(account.number), account.business_name) for account in ACCOUNTS)
    assert page.chosen == "4713"
    assert "See bookings" in page.allows


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.number)
def test_a_yes_gives_a_code_for_the_chosen_account(visitor: Visitor, account: FakeAccount) -> None:
    number = str(account.number)
    owner = Owner(visitor.server)
    code = owner.answer(owner.read(link(visitor)), number, yes=True)
    assert code is not None
    token = visitor.exchange(code.reveal()).json()["access_token"]
    assert visitor.api("accounts", token).json()["accounts"][0]["id"] == int(number)


def test_the_code_of_a_redirect_to_a_web_application_is_taken(visit: Callable[..., Visitor]) -> None:
    uri = "http://localhost:9/callback"
    visitor = visit(redirect_uris=(uri,))
    owner = Owner(visitor.server)
    page = owner.read(link(visitor, redirect_uri=uri))
    code = owner.answer(page, "4711", yes=True)
    assert code is not None
    assert visitor.exchange(code.reveal(), redirect_uri=uri).status_code == 200
    assert owner.answer(page, "4711", yes=False) is None


def test_a_no_gives_none(visitor: Visitor) -> None:
    owner = Owner(visitor.server)
    assert owner.answer(owner.read(link(visitor)), "4711", yes=False) is None


def test_a_page_that_asks_nothing_is_told_in_its_own_words(visitor: Visitor) -> None:
    with pytest.raises(PageUnusable, match="The requested scope is invalid"):
        Owner(visitor.server).read(link(visitor, scope="everything there is"))


def test_a_sandbox_that_is_gone_is_named(visitor: Visitor) -> None:
    address = link(visitor)
    with pytest.raises(PageUnusable, match="did not answer: ConnectError"):
        Owner("http://127.0.0.1:9").read(address.replace(visitor.server, "http://127.0.0.1:9"))


def test_the_owner_follows_no_redirect_to_another_server(visitor: Visitor) -> None:
    owner = Owner("http://127.0.0.1:9")
    page = owner.read(link(visitor))
    visitor.log.clear()
    with pytest.raises(PageUnusable):
        owner.answer(page, "4711", yes=True)
    assert visitor.log == []
