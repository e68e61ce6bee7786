"""Print the table of all rows, each measured against its baseline in the same run.

Run: make bench, or .venv/bin/python -m benchmarks [commands|screens]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import commands, screens

MANY = 10_000
HEAD = "| measured | against (its median) | median ratio (quartiles) | at most |\n| --- | --- | --- | --- |"
GROUPS = {"commands": commands.rows, "screens": screens.rows}


def main() -> None:
    """Measure the groups that are named, or all."""
    print(HEAD)  # noqa: T201
    for name in sys.argv[1:] or GROUPS:
        with tempfile.TemporaryDirectory() as folder:
            for row in GROUPS[name](Path(folder), MANY):
                print(row, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
