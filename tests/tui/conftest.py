"""What the tests of the screens share."""

from __future__ import annotations

import pytest

LOOKS = ("NO_COLOR", "TEXTUAL_THEME", "TEXTUAL_ANIMATIONS")
REMOTE = ("SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT")


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """No switches of the caller's terminal, no SSH, UTC."""
    for name in (*LOOKS, *REMOTE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
