"""G6: the laboratory can fail: each breakage is caught by name, and the program itself passes the checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.crashes.mutants import MUTANTS, Mutant

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.conftest import Figure


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_breakage_is_caught_and_the_program_passes(tmp_path: Path, mutant: Mutant) -> None:
    assert mutant.check(tmp_path / "sound", mutant.rotation).wrong == []
    with pytest.MonkeyPatch.context() as patch:
        mutant.break_it(patch)
        assert mutant.check(tmp_path / "broken", mutant.rotation).wrong, f"not noticed: {mutant.name}"


def test_the_breakages_are_counted(figure: Figure) -> None:
    names = {mutant.name for mutant in MUTANTS}
    assert len(names) == len(MUTANTS) >= 10
    figure("G6", "deliberate breakages of the protocol caught by name", f"{len(names)} of {len(names)}")
