"""A plain run takes a sample of long tables, which misses no test; a thorough one takes all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOM = "tests/hostile/canaries"
TABLE = f"{ROOM}/test_canaries.py::test_no_command_prints_a_secret"


def collected(*arguments: str) -> list[str]:
    """Return the tests that a run with these arguments takes."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if "::" in line]


def test_a_sample_has_the_first_case_of_each_table_and_what_is_named_runs_whole() -> None:
    everything, sample = collected(ROOM, "--thorough"), collected(ROOM)
    assert set(sample) < set(everything)
    first = {case.partition("[")[0]: case for case in reversed(everything)}
    assert set(first.values()) <= set(sample)
    assert collected(TABLE) == [case for case in everything if case.startswith(TABLE)]
