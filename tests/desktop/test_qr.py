"""A drawn QR code holds the modules of the code, with a light border around them."""

from __future__ import annotations

import re

import pytest
import segno

from smily_tui.desktop.qr import BORDERS, Drawing, drawings, fitting

LINK = (
    "https://www.bookingsync.com/oauth/authorize?client_id=" + "a1b2c3d4e5f60718" * 4 + "&redirect_uri="
    "urn:ietf:wg:oauth:2.0:oob&response_type=code&scope=public%20bookings_read%20rentals_read"
)  # fmt: skip


def modules(drawing: Drawing) -> list[list[bool]]:
    """What a camera sees of a drawing in half blocks."""
    return [[cell[half] for cell in row] for row in drawing.rows for half in (0, 1)]


@pytest.mark.parametrize("link", ["http://127.0.0.1:4567/a", LINK, LINK + "%20rates_read" * 10])
@pytest.mark.parametrize("border", BORDERS)
def test_half_blocks_hold_every_module_of_the_code(link: str, border: int) -> None:
    drawing = drawings(link)[BORDERS.index(border)]
    wanted = [
        [bool(module) for module in row] for row in segno.make_qr(link, error="l").matrix_iter(border=border)
    ]
    seen = modules(drawing)
    assert seen[: len(wanted)] == wanted
    assert not any(any(row) for row in seen[len(wanted) :]), "a last half row is light"
    assert (drawing.width, drawing.height) == (len(wanted[0]), (len(wanted) + 1) // 2)


def test_in_ascii_a_module_takes_two_cells_and_no_sign() -> None:
    drawing = drawings(LINK, ascii=True)[0]
    wanted = [
        [bool(module) for module in row] for row in segno.make_qr(LINK, error="l").matrix_iter(border=4)
    ]
    assert [[upper for upper, _ in row[::2]] for row in drawing.rows] == wanted
    assert all(upper == lower for row in drawing.rows for upper, lower in row)
    assert drawing.in_escapes().isascii()


def test_the_best_drawing_that_fits_is_taken() -> None:
    wide, narrow = drawings(LINK)
    assert fitting(LINK, wide.width, wide.height) == wide
    assert fitting(LINK, wide.width, wide.height - 1) == narrow
    assert fitting(LINK, narrow.width, narrow.height - 1) is None
    assert fitting(LINK, narrow.width, None) == narrow, "text can scroll"
    assert fitting(LINK, narrow.width - 1, None) is None


def test_as_text_each_row_ends_with_the_terminals_own_colours() -> None:
    drawing = drawings(LINK)[0]
    rows = drawing.in_escapes().split("\n")
    assert len(rows) == drawing.height
    for row in rows:
        assert row.endswith("\x1b[0m")
        assert len(re.sub(r"\x1b\[[0-9;]*m", "", row)) == drawing.width
