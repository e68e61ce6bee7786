"""The plain mode follows the settings: which clipboard, and nothing but ASCII."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from smily_tui.accounts import Accounts
from smily_tui.desktop import clipboard
from smily_tui.plain.app import preferences
from smily_tui.secret import Secret
from smily_tui.vault.home import Home
from tests.support.dialogue import Dialogue
from tests.support.processes import PROGRAM, clean_environment
from tests.support.scripted import Scripted, session

if TYPE_CHECKING:
    from pathlib import Path


def test_a_clipboard_that_is_off_is_left_alone_and_said_to_be(tmp_path: Path) -> None:
    asked = session(Accounts(Home.at(tmp_path)), Scripted())
    off = dataclasses.replace(asked, clipboard=clipboard.Clipboard("off"))
    assert off.copy("https://example.com") == clipboard.OFF
    assert off.copy(Secret("token")) == clipboard.OFF


@pytest.mark.parametrize("settings", ["[tui]\nclipboard = 'off'\nascii = true\n", "[tui"])
def test_the_settings_are_those_of_the_full_screen(tmp_path: Path, settings: str) -> None:
    home = Home.at(tmp_path)
    home.settings.parent.mkdir(parents=True, exist_ok=True)
    home.settings.write_text(settings, "ascii")
    found = preferences(Accounts(home))
    readable = settings.endswith("\n")
    assert (found.clipboard, found.ascii) == ("off" if readable else "", readable)


def test_what_cannot_be_used_is_named(tmp_path: Path) -> None:
    with Dialogue([*PROGRAM, "--plain"], preferring(tmp_path, "ascii = 3\nclipboard = 'glue'")) as talk:
        said = talk.answer("Name (optional) [My app]: ", "quit")
        assert "Ignored in config.toml: ascii in [tui] must be true or false." in said
        assert "Ignored in config.toml: [tui] clipboard = “glue”: it can be auto, system," in said


def test_ascii_can_be_set_once_and_for_all(tmp_path: Path) -> None:
    with Dialogue([*PROGRAM, "--plain"], preferring(tmp_path, "ascii = true")) as talk:
        talk.answer("Name (optional) [My app]: ", "quit")
        assert talk.exit_code() == 0
        assert talk.raw.isascii()
        assert "?app?" not in talk.raw


def preferring(folder: Path, looks: str) -> dict[str, str]:
    """An environment whose settings say so."""
    settings = Home.at(folder / "smily").settings
    settings.parent.mkdir(parents=True)
    settings.write_text(f"[tui]\n{looks}\n", "ascii")
    return clean_environment(folder)
