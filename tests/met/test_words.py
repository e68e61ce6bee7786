"""Sentences that said what was not so, and helps that wrote names small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.cli.parser import COMMANDS

if TYPE_CHECKING:
    from tests.support.person import Person


def test_a_store_that_never_was_protected_has_no_key_to_keep(person: Person) -> None:
    person.connect()
    ended = person.run("unprotect")
    assert ended.returncode == 0
    assert ended.stdout == "Nothing to do: the store is not encrypted.\n"


def test_an_empty_store_has_no_key_to_keep_either(person: Person) -> None:
    assert "key" not in person.run("unprotect").stdout


def test_taking_back_without_a_terminal_says_what_was_not_done(person: Person) -> None:
    person.connect()
    assert person.run("handover", "app/villa-rosa", "--yes").returncode == 0
    ended = person.run("handover", "app/villa-rosa", "--take-back")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "Nothing was taken back." in ended.stderr
    assert "Nothing was handed over." in person.run("handover", "app/villa-rosa").stderr


@pytest.mark.parametrize("command", [*COMMANDS, ""])
def test_each_help_writes_names_as_they_are_and_has_an_example(person: Person, command: str) -> None:
    shown = person.run(*([command] if command else []), "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    text = " ".join(shown.stdout.split())
    if command:
        summary = COMMANDS[command]
        assert f"{summary[0].upper()}{summary[1:]}." in text
    assert f"examples: smily-tui {command}".rstrip() in text


def test_the_summaries_keep_their_capitals(person: Person) -> None:
    assert "Send a GET request to the API." in person.run("api", "--help").stdout
    assert "Run a Smily-like OAuth server on this computer." in person.run("sandbox", "--help").stdout
    assert "curl, HTTPie or Postman." in person.run("export", "--help").stdout
