"""`make faults` writes its figures into the documents, and nothing where they are not whole."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from scripts.figures import CROWD, KILLS, README, RELIABILITY, SUMMARY, TABLE, between, main

if TYPE_CHECKING:
    from pathlib import Path

PEERS = {"naive": "8 of 9", "lock": "1 of 9"}
ROWS: list[dict[str, Any]] = [
    {"id": "G10", "what": "tokens lost", "ours": "0 of 3", "others": {}, "full": True},
    {"id": "G2", "what": CROWD, "ours": "2 requests a round, 1 failed", "others": {}, "full": True},
    {
        "id": "G1",
        "what": KILLS,
        "ours": "7 of 9",
        "others": PEERS,
        "full": True,
    },
]


class Pages:
    """Copies of the two pages, and the figures to be written into them."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "figures"
        self.readme, self.reliability = (folder / page.name for page in (README, RELIABILITY))
        for page in (README, RELIABILITY):
            shutil.copy(page, folder)

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Write these figures."""
        self.source.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
        main(self.source, self.readme, self.reliability)

    def texts(self) -> tuple[str, str]:
        """Texts of both pages."""
        return self.readme.read_text("utf-8"), self.reliability.read_text("utf-8")


@pytest.fixture
def pages(tmp_path: Path) -> Pages:
    return Pages(tmp_path)


def test_the_table_and_its_summary_are_written_and_all_else_stays(pages: Pages) -> None:
    before = pages.texts()
    pages.write(ROWS)
    readme, reliability = pages.texts()
    assert between(reliability, TABLE).splitlines()[2:] == [
        f"| {KILLS} | 7 of 9 | naive: 8 of 9; lock: 1 of 9 |",
        f"| {CROWD} | 2 requests a round, 1 failed | – |",
        "| tokens lost | 0 of 3 | – |",
    ]
    summary = between(readme, SUMMARY)
    assert "lost 7 of 9 authorizations. A simple script lost 8 of 9." in summary
    assert "they made 2 requests, and 1 failed." in summary
    unwritten = (readme.replace(summary, ""), reliability.replace(between(reliability, TABLE), ""))
    assert unwritten == (
        before[0].replace(between(before[0], SUMMARY), ""),
        before[1].replace(between(before[1], TABLE), ""),
    )


@pytest.mark.parametrize(
    "rows",
    [[], ROWS[:1], [*ROWS[:2], ROWS[2] | {"full": False}], [*ROWS[:2], ROWS[2] | {"others": {}}]],
    ids=["none", "no kills", "not all", "nothing to compare"],
)
def test_figures_that_are_not_whole_change_no_page(pages: Pages, rows: list[dict[str, Any]]) -> None:
    before = pages.texts()
    with pytest.raises(SystemExit):
        pages.write(rows)
    assert pages.texts() == before
