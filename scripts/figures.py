"""Write the figures of the fault laboratory into the README, between two marks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

README: Final = Path(__file__).resolve().parent.parent / "README.md"
BEGIN: Final = "<!-- figures: written by `make faults` -->\n"
END: Final = "<!-- end of the figures -->\n"


def main(source: Path) -> None:
    """Replace the table in the README by one of the rows in `source`, a JSON object per line."""
    rows = [json.loads(line) for line in source.read_text("utf-8").splitlines()]
    if not rows or not all(row["full"] for row in rows):
        sys.exit("These are not the figures of the whole laboratory: make faults")
    before, _, old = README.read_text("utf-8").partition(BEGIN)
    _, _, after = old.partition(END)
    README.write_text(before + BEGIN + _table(rows) + END + after, "utf-8")


def _table(rows: list[dict[str, Any]]) -> str:
    """Write one row per figure, in the order of their numbers."""
    lines = ["| what is counted | smily-tui | the same test over others |", "| --- | --- | --- |"]
    for row in sorted(rows, key=lambda row: (_number(row["id"]), row["id"], row["what"])):
        peers = "; ".join(f"{name}: {figure}" for name, figure in row["others"].items())
        lines.append(f"| {row['what']} | {row['ours']} | {peers or '–'} |")
    return "\n".join(lines) + "\n"


def _number(goal: str) -> int:
    return int("".join(char for char in goal if char.isdigit()) or 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
