"""The message to an account's owner: complete in each language, whatever the names hold."""

from __future__ import annotations

import pytest

from smily_tui.messages.connect import LANGUAGES, owner_message
from smily_tui.text import Clean

LINK = "https://www.bookingsync.com/oauth/authorize?client_id=a1&scope=public%20rates_read"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_link_stands_on_a_line_of_its_own_and_both_are_named(language: str) -> None:
    message = owner_message(language, Clean("Demo app"), Clean("Villa Rosa"), LINK)
    assert LINK in message.split("\n")
    assert message.count("Demo app") == 2
    assert "Villa Rosa" in message
    assert "10 minutes" in message


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_account_without_a_name_leaves_no_gap(language: str) -> None:
    message = owner_message(language, Clean("Demo app"), Clean(""), LINK)
    assert "“”" not in message
    assert "«\u00a0\u00a0»" not in message
    assert "{" not in message
    assert "compte Smily. " in message or "Smily account. " in message


@pytest.mark.parametrize("language", LANGUAGES)
def test_braces_in_a_name_are_text(language: str) -> None:
    message = owner_message(language, Clean("{link}"), Clean("{0} {application}"), LINK)
    assert message.count(LINK) == 1
    assert "{0} {application}" in message


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_the_trade_is_in_it(language: str) -> None:
    message = owner_message(language, Clean("Demo app"), Clean("Villa Rosa"), "LINK").casefold()
    for word in ("oauth", "token", "scope", "client", "redirect", "grant"):
        assert word not in message


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_app_without_a_name_leaves_no_gap(language: str) -> None:
    message = owner_message(language, Clean(""), Clean(""), LINK)
    assert "our app" in message or "notre application" in message
    assert "“”" not in message
    assert "«\u00a0\u00a0»" not in message
