"""G6: every state in which a crash may leave the disk is readable, and loses nothing that was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.crashes import checks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.conftest import Figure

SCENES = {
    "a refresh": checks.refresh_crashes,
    "a code exchange": checks.exchange_crashes,
    "naming": checks.name_crashes,
    "forgetting and restoring": checks.trash_crashes,
    "storing an application": checks.settings_crashes,
}


@pytest.mark.parametrize("rotation", ["on-use", "immediate"])
@pytest.mark.parametrize("scene", SCENES)
def test_every_state_after_a_crash_is_readable_and_complete(
    tmp_path: Path, scene: str, rotation: str, figure: Figure
) -> None:
    check: Callable[[Path, str], checks.Survey] = SCENES[scene]
    survey = check(tmp_path, rotation)
    assert survey.wrong == []
    assert survey.states > 5
    figure("G6a", f"disk states after a power cut during {scene}, {rotation}", f"0 wrong of {survey.states}")
