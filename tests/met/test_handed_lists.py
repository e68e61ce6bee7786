"""Lists that people hand over, and those that they get: M11, cases 60, 61, 63 and 64."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.refresh.today import Entry, as_csv
from smily_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

FORMULAS: Final = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def cells_as_read(text: str, separator: str) -> list[str]:
    """All cells that a spreadsheet finds which separates them by `separator`."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator)
    return [cell for line in reader for cell in line]


def entry(label: str, result: str = "connected") -> Entry:
    return Entry(clean(label), 7, clean(label), 0.0, (clean("public"),), (), clean(result))


# -- written -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "label",
    [
        "Villa;=HYPERLINK(A1)",
        "=1+1",
        "a,=b",
        "a|=b",
        'a";=b',
        '";=b',
        "  =1",
        "\u00a0=1",
        "＝1",
        "'=1",
        "a';=b",
    ],
)
def test_no_cell_begins_a_formula_whatever_separates_them(label: str, separator: str) -> None:
    cells = cells_as_read(as_csv([entry(label, label)]), separator)
    assert [cell for cell in cells if cell.lstrip().startswith(FORMULAS)] == []


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4), st.sampled_from([",", ";", "\t", "|"]))
def test_no_text_begins_a_formula_whatever_separates_them(labels: Sequence[str], separator: str) -> None:
    cells = cells_as_read(as_csv([entry(label) for label in labels]), separator)
    assert [cell for cell in cells if cell.lstrip().startswith(FORMULAS)] == []


def test_every_cell_is_quoted() -> None:
    first, second = as_csv([entry("Villa; Rosa")]).removeprefix("\ufeff").splitlines()
    assert first == '"label","account_id","application","time","scopes","not_given","result"'
    assert second.startswith('"Villa; Rosa","7","Villa; Rosa","')
