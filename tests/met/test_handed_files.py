"""Cases 60 and 62: a file is known in any spelling, and shown first where something was guessed in it."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from textual.widgets import Button, Input

from smily_tui.desktop.files import place_of, read_chosen, save_text
from smily_tui.errors import UsageError
from smily_tui.text import Untrusted
from smily_tui.tui.screens.dialogs import Question
from smily_tui.tui.screens.queue import QueueScreen
from smily_tui.tui.screens.queue_entry import AddRowsScreen
from tests.support.tui.pilot import until
from tests.support.tui.queue import KEY, at_queue, sandbox, says, shows, world

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.pilot import Pilot

    from tests.support.tui.scenes import World

__all__ = ["sandbox", "world"]  # the fixtures
NAMES: Final = (
    "list.csv", "my list.csv", "it's.csv", 'say "x".csv', "back\\slash.csv", "50%.csv", "a%20b.csv",
    "Übersicht.csv", "-x.csv", "a;b&c.csv", "#1.csv", "file:x.csv", "'quoted'.csv", "$HOME.csv",
)  # fmt: skip
SPELLINGS: Final[dict[str, Callable[[Path], str]]] = {
    "as it is": str,
    "for a shell (GNOME, Konsole)": lambda path: shlex.quote(str(path)),
    "in single quotes": lambda path: "'" + str(path).replace("'", "'\\''") + "'",
    "in double quotes": lambda path: '"' + re.sub(r'(["\\])', r"\\\1", str(path)) + '"',
    "escaped (macOS, kitty)": lambda path: re.sub(r"([^\w@%+=:,./-])", r"\\\1", str(path)),
    "as an address": lambda path: path.as_uri(),
    "as an address of this host": lambda path: path.as_uri().replace("file://", "file://localhost"),
    "as a short address": lambda path: path.as_uri().replace("file://", "file:"),
    "as a quoted address": lambda path: f"'{path.as_uri()}'",
    "with a trailing blank and line": lambda path: f" {shlex.quote(str(path))} \r\n",
    "with marks of a paste": lambda path: f"\x1b[200~{path}\x1b[201~",
    "with bare marks of a paste": lambda path: f"[200~{shlex.quote(str(path))}[201~",
    "in typographic quotes": lambda path: f"“{path}”",
    "with a byte order mark": lambda path: f"\ufeff{path}",
    "below the home": lambda path: f"~/{path.name}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_read_however_its_path_is_spelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, spelling: str
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / name
    path.write_bytes(b"Villa Rosa")
    assert read_chosen(Untrusted(SPELLINGS[spelling](path)), 100) == b"Villa Rosa"


def test_a_file_whose_own_name_has_quotes_is_preferred(tmp_path: Path) -> None:
    for name in ("'a'", "a", "b c", "b\\ c"):
        (tmp_path / name).write_text(name)
    assert read_chosen(Untrusted(f"{tmp_path}/'a'"), 100) == b"'a'"
    assert read_chosen(Untrusted(f"{tmp_path}/b\\ c"), 100) == b"b\\ c"


@pytest.mark.parametrize(
    "typed", ["", "'", '"', "file:", "~nobody-here/x", "a\0b", "file:///%00", "\\", "x" * 5000]
)
def test_what_names_no_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="Cannot read"):
        read_chosen(Untrusted(typed), 100)


@pytest.mark.parametrize("spelling", [each for each in SPELLINGS if "home" not in each])
def test_a_text_is_saved_in_a_folder_however_it_is_spelled(tmp_path: Path, spelling: str) -> None:
    folder = tmp_path / "my texts"
    folder.mkdir()
    assert save_text(Untrusted(SPELLINGS[spelling](folder)), "x.txt", "text") == folder / "x.txt"


def test_a_path_that_is_not_there_is_without_its_quotes() -> None:
    assert place_of(Untrusted("'/no/such place'")) == Path("/no/such place")
    assert place_of(Untrusted("/no/such place's")) == Path("/no/such place's")


async def add_file(pilot: Pilot[None], path: str) -> None:
    """Name a file in the dialog for rows."""
    await at_queue(pilot)
    await pilot.press("a")
    await until(pilot, lambda: shows(pilot, AddRowsScreen))
    pilot.app.screen.query_one("#file", Input).value = path
    await pilot.press("ctrl+s")


async def test_columns_that_are_not_used_are_named_before_the_list_is_taken(
    world: World, tmp_path: Path
) -> None:
    file = tmp_path / "my list.csv"
    file.write_text("Téléphone;Nom;Numéro de compte\n+33;Villa Neue;4799\n", "utf-8")
    async with world.app.run_test(size=(80, 24)) as pilot:
        await add_file(pilot, shlex.quote(str(file)))
        await until(pilot, lambda: shows(pilot, Question))
        assert says(pilot, "Ignored columns: “Téléphone”.")
        assert says(pilot, "Used: “Nom” as name, “Numéro de compte” as account number.")
        assert says(pilot, "Villa Neue (account 4799)")
        pilot.app.screen.query_one("#yes", Button).press()
        await until(pilot, lambda: shows(pilot, QueueScreen) and says(pilot, "1 added."))
    assert [(each.label, each.account_id) for each in world.stored.queue(KEY).read().rows] == [
        ("Villa Neue", 4799)
    ]


async def test_names_in_windows_1252_are_shown_before_they_are_taken(world: World, tmp_path: Path) -> None:
    file = tmp_path / "liste.csv"
    file.write_bytes("Nom;Numéro de compte\r\nMill;1\r\nRégine Müller;4799\r\n".encode("cp1252"))
    async with world.app.run_test(size=(80, 24)) as pilot:
        await add_file(pilot, str(file))
        await until(pilot, lambda: shows(pilot, Question))
        assert says(pilot, "The file isn't UTF-8. It was read as Windows-1252.")
        assert says(pilot, "Régine Müller (account 4799)")
        await pilot.press("enter")
        await until(pilot, lambda: shows(pilot, AddRowsScreen))
        assert os.fspath(file) == pilot.app.screen.query_one("#file", Input).value
    assert world.stored.queue(KEY).read().rows == ()
