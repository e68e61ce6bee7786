"""What CI runs ends in pytest's summary line and leaves nothing behind, whatever fails."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

CI = Path(__file__).resolve().parent.parent / ".ci" / "run"
SUMMARY = "===== 1 failed, 2 passed in 3.00s ====="
MAKE = f"""#!/bin/sh
case "$1" in
lint) echo $$ >"$STATE/pid"; [ "$LINT" = fails ] && exit 3; exec tail -f /dev/null ;;
test) until [ -s "$STATE/pid" ]; do :; done; echo '{SUMMARY}'; [ "$LINT" = fails ]; exit $(($? * 2)) ;;
esac
"""


@pytest.mark.parametrize(("lint", "code"), [("hangs", 2), ("fails", 1)])
def test_a_failure_ends_in_the_summary_and_ends_what_runs_beside(
    tmp_path: Path, lint: str, code: int
) -> None:
    make = tmp_path / "make"
    make.write_text(MAKE, "ascii")
    make.chmod(0o755)
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "STATE": str(tmp_path), "LINT": lint}
    done = subprocess.run(
        ["bash", str(CI)], env={**environ, "TMPDIR": str(tmp_path)}, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert done.stdout.splitlines()[-1] == SUMMARY
    assert {each.name for each in tmp_path.iterdir()} == {"make", "pid"}
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text("ascii")), 0)
