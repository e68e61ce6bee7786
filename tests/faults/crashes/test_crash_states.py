"""G6: every state in which a crash may leave the disk is readable, and loses nothing that was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.crashes import checks
from tests.faults.crashes.mutants import MUTANTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.faults.conftest import Figure

SCENES = {
    "a refresh": checks.refresh_crashes,
    "a code exchange": checks.exchange_crashes,
    "naming": checks.name_crashes,
    "forgetting and restoring": checks.trash_crashes,
    "storing an app": checks.settings_crashes,
}


ROTATIONS = ("on-use", "immediate")
COMPARED = ("written in place", "no fsync of files", "no fsync of folders")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scene", SCENES)
def test_every_state_after_a_crash_is_readable_and_complete(
    tmp_path: Path, scene: str, *, full: bool, figure: Figure
) -> None:
    check: Callable[[Path, str], checks.Survey] = SCENES[scene]
    states = 0
    for rotation in ROTATIONS:
        survey = check(tmp_path / rotation, rotation)
        assert survey.wrong == []
        assert survey.states > 5
        states += survey.states
    others = _compared(tmp_path) if full and scene == "a refresh" else {}
    figure("G6", f"wrong states of the disk after a power cut during {scene}", f"0 of {states}", **others)


def _compared(folder: Path) -> dict[str, str]:
    """The same refresh over other ways of writing: how many of the states are wrong."""
    found = {}
    for mutant in MUTANTS:
        if mutant.name in COMPARED:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(checks, "ENOUGH", 10**9)
                mutant.break_it(patch)
                survey = mutant.check(folder / mutant.name, "immediate")
            found[mutant.name] = f"{len(survey.wrong)} of {survey.states}"
    assert len(found) == len(COMPARED)
    return found
