"""Write the figures of the fault laboratory into docs/reliability.md, and sum them up in the README."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).resolve().parent.parent
README: Final = ROOT / "README.md"
RELIABILITY: Final = ROOT / "docs" / "reliability.md"
TABLE: Final = ("<!-- figures: written by `make faults` -->\n", "<!-- end of the figures -->\n")
SUMMARY: Final = ("<!-- summary: written by `make faults` -->\n", "<!-- end of the summary -->\n")
KILLS: Final = "lost by kill -9 of the front end during a refresh, immediate"
CROWD: Final = "50 processes that need a token at once"


def main(source: Path, readme: Path = README, reliability: Path = RELIABILITY) -> None:
    """Replace both by the rows in `source`, a JSON object per line."""
    rows = [json.loads(line) for line in source.read_text("utf-8").splitlines()]
    if not rows or not all(row["full"] for row in rows):
        sys.exit("These are not the figures of the whole laboratory: make faults")
    table = table_of(rows)
    sentences = summary_of(read_table(table))
    _replace(reliability, TABLE, table)
    _replace(readme, SUMMARY, sentences)


def table_of(rows: list[dict[str, Any]]) -> str:
    """Write one row per figure, in the order of their numbers."""
    lines = ["| what is counted | smily-tui | the same test over others |", "| --- | --- | --- |"]
    for row in sorted(rows, key=lambda row: (_number(row["id"]), row["id"], row["what"])):
        peers = "; ".join(f"{name}: {figure}" for name, figure in row["others"].items())
        lines.append(f"| {row['what']} | {row['ours']} | {peers or '–'} |")
    return "\n".join(lines) + "\n"


def read_table(table: str) -> dict[str, tuple[str, str]]:
    """Return our figure and those of the others, by what is counted."""
    cells = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {counted: (ours, others) for counted, ours, others in cells}


def summary_of(figures: Mapping[str, tuple[str, str]]) -> str:
    """Sum up the figures in two sentences."""
    try:
        lost, others = figures[KILLS]
        crowd, _ = figures[CROWD]
    except KeyError as missing:
        sys.exit(f"The README's summary needs this figure: {missing}")
    naive = re.search(r"naive: ([^;]+)", others)
    counts = re.match(r"(\d+ requests?) a round, (\d+) failed", crowd)
    if not (naive and counts):
        sys.exit(f"The README's summary cannot be made of: {others}; {crowd}")
    return (
        "Killing the program in your terminal in the middle of a refresh lost "
        f"{lost} authorizations. A simple script lost {naive[1]}.\n"
        f"When 50 programs asked for a token at once, they made {counts[1]}, and {counts[2]} failed.\n"
    )


def between(text: str, marks: tuple[str, str]) -> str:
    """Return the part of a text between two marks."""
    return text.partition(marks[0])[2].partition(marks[1])[0]


def _replace(page: Path, marks: tuple[str, str], part: str) -> None:
    before, _, old = page.read_text("utf-8").partition(marks[0])
    _, _, after = old.partition(marks[1])
    page.write_text(before + marks[0] + part + marks[1] + after, "utf-8")


def _number(goal: str) -> int:
    return int("".join(char for char in goal if char.isdigit()) or 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
