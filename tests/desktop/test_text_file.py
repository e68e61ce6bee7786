"""A transcript is a new file for its owner alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smily_tui.desktop.files import save_text
from smily_tui.errors import UsageError
from smily_tui.text import Untrusted

if TYPE_CHECKING:
    from pathlib import Path


def test_it_is_readable_by_its_owner_alone_and_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "elsewhere")
    second = save_text(Untrusted(str(tmp_path)), "a.md", "one\n")
    third = save_text(Untrusted(f" {tmp_path} "), "a.md", "two\n")
    assert [second.name, third.name] == ["a-2.md", "a-3.md"]
    assert second.read_text() == "one\n"
    assert second.stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "elsewhere").exists()


def test_the_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert save_text(Untrusted("~"), "a.md", "x") == tmp_path / "a.md"
    assert save_text(Untrusted(""), "b.md", "x") == tmp_path / "b.md"


@pytest.mark.parametrize("folder", ["/nowhere/at/all", "~nobody-of-that-name", "a\0b", "/dev/null"])
def test_a_folder_that_is_none_is_told(folder: str) -> None:
    with pytest.raises(UsageError, match="Cannot write into"):
        save_text(Untrusted(folder), "a.md", "x")
