"""What the fault laboratory shares: whether the whole of it runs, and where its figures go."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path


class Figure(Protocol):
    """Notes one row of what was measured."""

    def __call__(self, goal: str, what: str, ours: str, /, **others: str) -> None:
        """Note `ours` beside what the `others` came to, by their names."""


@pytest.fixture
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the whole laboratory was asked for."""
    return bool(request.config.getoption("--faults"))


@pytest.fixture
def figure(request: pytest.FixtureRequest, full: bool) -> Figure:
    """Notes a row in the file that --figures names; without it the row is only printed."""
    path: Path | None = request.config.getoption("--figures")

    def note(goal: str, what: str, ours: str, /, **others: str) -> None:
        row = {"id": goal, "what": what, "ours": ours, "others": others, "full": full}
        line = json.dumps(row, ensure_ascii=False)
        print(line)  # noqa: T201 - pytest shows it where the test fails or -s is given
        if path is not None:
            with path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")

    return note
