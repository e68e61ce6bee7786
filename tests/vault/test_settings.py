"""config.toml: a person's comments stay, and what cannot be understood is never overwritten."""

from __future__ import annotations

import errno
import multiprocessing
import os
from typing import TYPE_CHECKING

import pytest

from smily_tui.origin import Origin
from smily_tui.text import clean
from smily_tui.vault.disk import PRIVATE_FILE, Disk
from smily_tui.vault.errors import NotWritable, SettingsNotChangeable, SettingsUnreadable
from smily_tui.vault.home import Home
from smily_tui.vault.model import Application
from smily_tui.vault.settings import Preferences, Settings

if TYPE_CHECKING:
    from pathlib import Path


def application(key: str) -> Application:
    return Application(
        key, clean(f"App {key}"), "id-" + key, ("public", "rates_read"), Origin("https://example.com")
    )


def settings(folder: Path) -> Settings:
    home = Home.at(folder)
    home.state.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Settings(home, Disk())


def test_an_application_comes_back(tmp_path: Path) -> None:
    settings(tmp_path).save_application(application("demo"))
    assert settings(tmp_path).applications() == (application("demo"),)


def test_comments_order_and_foreign_tables_stay(tmp_path: Path) -> None:
    text = (
        '# mine\n[keys]  # my keys\nquit = "q"\n\n[applications.old] # keep\nname = "Old"\n'
        'client_id = "x"\nserver = "https://example.com"\n'
    )
    (tmp_path / "config.toml").write_text(text)
    settings(tmp_path).save_application(application("new"))
    written = (tmp_path / "config.toml").read_text()
    assert written.startswith(text)
    assert [each.key for each in settings(tmp_path).applications()] == ["new", "old"]


def test_a_link_into_dotfiles_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "dotfiles.toml").write_text("# mine\n")
    (tmp_path / "config.toml").symlink_to(tmp_path / "dotfiles.toml")
    settings(tmp_path).save_application(application("demo"))
    assert (tmp_path / "config.toml").is_symlink()
    assert "demo" in (tmp_path / "dotfiles.toml").read_text()


@pytest.mark.parametrize(
    "text",
    [
        "not toml =",
        "applications = 3",
        "[applications.demo]\nname = 'x'",
        "[applications.'Not/Ok']\nclient_id='a'\nserver='b'",
        "[applications.demo]\nclient_id = 3\nserver = 'b'",
    ],
)
def test_what_cannot_be_understood_is_named_and_kept(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(SettingsUnreadable) as raised:
        settings(tmp_path).applications()
    assert "config.toml" in raised.value.what
    assert "overwritten" in raised.value.kept
    assert (tmp_path / "config.toml").read_text() == text


def _save(folder: Path, key: str) -> None:
    settings(folder).save_application(application(key))


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    settings(tmp_path)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_save, args=(tmp_path, f"app-{number}")) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [each.key for each in settings(tmp_path).applications()] == [f"app-{n}" for n in range(8)]


def test_without_a_file_nothing_is_preferred(tmp_path: Path) -> None:
    assert settings(tmp_path).preferences() == Preferences()


def test_preferences_come_from_their_tables(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[tui]\ntheme = "smily-light"\nascii = true\nanimation = "none"\n[keys]\nrefresh = "f5"\n'
    )
    assert settings(tmp_path).preferences() == Preferences(
        clean("smily-light"), True, clean("none"), {clean("refresh"): clean("f5")}
    )


def test_a_preference_of_a_wrong_type_is_named_and_the_others_count(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[tui]\ntheme = 3\nascii = true\n[keys]\nrefresh = ["f5"]\n')
    found = settings(tmp_path).preferences()
    assert found.theme == ""
    assert found.ascii
    assert found.keys == {}
    assert found.ignored == (
        "theme in [tui] must be text in quotes",
        "refresh in [keys] must be text in quotes",
    )


@pytest.mark.parametrize(
    ("name", "choices"), [("animation", "none, basic, full"), ("clipboard", "auto, system, osc52, off")]
)
def test_a_preference_that_is_not_there_to_be_chosen_is_named(
    tmp_path: Path, name: str, choices: str
) -> None:
    (tmp_path / "config.toml").write_text(f'[tui]\n{name} = "glue"\n')
    found = settings(tmp_path).preferences()
    assert found == Preferences(ignored=(clean(f"[tui] {name} = “glue”: it can be {choices}"),))


def test_a_theme_is_remembered_and_comments_stay(tmp_path: Path) -> None:
    text = "# mine\n[tui] # looks\nascii = true # an old terminal\n"
    (tmp_path / "config.toml").write_text(text)
    settings(tmp_path).save_theme("smily-light")
    assert (tmp_path / "config.toml").read_text() == text + 'theme = "smily-light"\n'
    settings(tmp_path).save_theme("smily-dark")
    assert (tmp_path / "config.toml").read_text() == text + 'theme = "smily-dark"\n'


def test_a_theme_is_remembered_where_nothing_is_stored_yet(tmp_path: Path) -> None:
    Settings(Home.at(tmp_path / "new"), Disk()).save_theme("smily-light")
    assert settings(tmp_path / "new").preferences().theme == "smily-light"


def test_a_theme_is_not_remembered_in_a_file_that_cannot_be_understood(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[tui")
    with pytest.raises(SettingsUnreadable):
        settings(tmp_path).save_theme("smily-light")
    assert (tmp_path / "config.toml").read_text() == "[tui"


class BesideAnEditor(Disk):
    """While a change is written, an editor saves the same file: `times` times, with a line more each."""

    def __init__(self, path: Path, times: int) -> None:
        self.path = path
        self.times = times

    def fsync(self, descriptor: int) -> None:
        super().fsync(descriptor)
        if self.times and self.path.exists():
            self.times -= 1
            with self.path.open("a", encoding="utf-8") as file:
                file.write("# from the editor\n")


@pytest.mark.parametrize("times", [1, 2, 4])
def test_what_an_editor_saves_during_a_change_stays(tmp_path: Path, times: int) -> None:
    settings(tmp_path).save_application(application("demo"))
    home = Home.at(tmp_path)
    beside = Settings(home, BesideAnEditor(home.settings, times))
    beside.save_theme("smily-light")
    assert beside.preferences().theme == "smily-light"
    assert beside.applications() == (application("demo"),)
    assert home.settings.read_text("utf-8").count("# from the editor\n") == times


def test_settings_that_never_stand_still_are_named_and_left_alone(tmp_path: Path) -> None:
    settings(tmp_path).save_application(application("demo"))
    home = Home.at(tmp_path)
    with pytest.raises(SettingsNotChangeable, match="is changing"):
        Settings(home, BesideAnEditor(home.settings, 1000)).save_theme("smily-light")
    assert settings(tmp_path).preferences() == Preferences()
    assert [path.name for path in home.config.iterdir() if path.name.endswith(".tmp")] == []


@pytest.mark.parametrize("folder", ["config", "dotfiles"])
def test_settings_that_cannot_be_saved_are_told_before_they_have_to_be(tmp_path: Path, folder: str) -> None:
    """As on NixOS, where config.toml is a link to a file that nobody may change."""

    class Closed(Disk):
        def open(self, path: Path, flags: int, mode: int = PRIVATE_FILE) -> int:
            if flags & os.O_CREAT and path.parent.name == folder:
                raise OSError(errno.EROFS, "Read-only file system")
            return super().open(path, flags, mode)

    home = Home(tmp_path / "config", tmp_path / "state")
    home.config.mkdir()
    (tmp_path / "dotfiles").mkdir()
    home.settings.symlink_to(tmp_path / "dotfiles" / "config.toml")
    stored = Settings(home, Disk())
    stored.save_application(application("demo"))
    if folder == "config":
        home.settings.unlink()
        (tmp_path / "dotfiles" / "config.toml").replace(home.settings)
    closed = Settings(home, Closed())
    closed.check(application("demo"))
    with pytest.raises(NotWritable, match="Read-only file system"):
        closed.check(application("other"))


def test_settings_that_a_person_made_read_only_are_not_changed(tmp_path: Path) -> None:
    settings(tmp_path).save_application(application("demo"))
    home = Home.at(tmp_path)
    home.settings.chmod(0o444)
    before = home.settings.read_bytes()
    settings(tmp_path).check(application("demo"))
    settings(tmp_path).save_application(application("demo"))  # as it is
    with pytest.raises(NotWritable, match="is read-only"):
        settings(tmp_path).check(application("other"))
    with pytest.raises(NotWritable, match="is read-only"):
        settings(tmp_path).save_theme("smily-light")
    assert home.settings.read_bytes() == before
