"""What the tests of the screens share."""

from __future__ import annotations

import pytest

from smily_tui.desktop.terminal import TERMINALS

TERMINAL = {sign.partition("=")[0] for terminal in TERMINALS for sign in terminal.signs} - {"TERM"}
LOOKS = ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS")
REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """No switches of the caller's terminal, no SSH, UTC."""
    for name in (*LOOKS, *REMOTE, *TERMINAL):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
