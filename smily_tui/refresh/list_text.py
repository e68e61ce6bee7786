"""The cells of a list: which encoding a file has, and what separates the cells of its lines."""

from __future__ import annotations

import contextlib
import csv
import io
import re
from typing import TYPE_CHECKING, Final

from smily_tui.refresh.list_header import looks_like_a_number, read_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_CELL: Final = 4096
_SEPARATORS: Final = ("\t", ";", ",", "|")
_NONE: Final = "\x1f"  # separates nothing: no keyboard and no spreadsheet writes it
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # of Excel and of LibreOffice
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

Line = tuple[int, list[str]]


class CannotRead(ValueError):
    """The text is no list from a line on."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, and its encoding where that was guessed: Excel writes Windows-1252 where it can.

    Raises:
        CannotRead: it is neither UTF-8 nor UTF-16 with its mark, and does not look like Windows-1252.
    """
    if data.startswith(_WORKBOOKS):
        raise CannotRead(1, "The file is a workbook. Save it as CSV.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16"), ""
        except UnicodeDecodeError:
            raise CannotRead(1, "The file is UTF-16, but cut or damaged. Save it as UTF-8.") from None
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        words = f"The file is not UTF-8 (byte {data[error.start]:#04x}). Save it as UTF-8."
    if (
        b"\0" not in data and data.decode("utf-8", "ignore").isascii()
    ):  # else it is UTF-8, but for a few bytes
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode("cp1252"), "Windows-1252"
    raise CannotRead(line, words)


def lines_of(text: str) -> Iterator[Line]:
    """The cells of each line that is not empty, with the line's number, counted from 1.

    Where nothing speaks for a table, each line is one cell: a name may hold a comma.

    Raises:
        CannotRead: a quoted cell does not end, or a cell is too long.
    """
    lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    named = _SEP_LINE.fullmatch(lines[first]) if lines else None
    if named:
        lines[first] = "\n"
    separator = named[1] if named else _separator(lines)
    if separator == _NONE and not _is_readable(lines):
        yield from _checked((at, [line.strip()]) for at, line in enumerate(lines, start=1) if line.strip())
    else:
        yield from _checked(_cells(lines, separator))


def _separator(lines: Sequence[str]) -> str:
    """What separates the cells: of several signs the one by which the most lines become rows of a table."""
    scores = {each: _score(lines, each) for each in _SEPARATORS}
    best = max(scores, key=lambda each: scores[each])
    return best if scores[best] else _NONE


def _score(lines: Sequence[str], separator: str) -> int:
    """How many lines are rows of a table with that separator, or name its columns."""
    if not any(separator in line for line in lines):
        return 0
    score = 0
    try:
        for number, (_, cells) in enumerate(_cells(lines, separator)):
            header = read_header(cells) if number == 0 and len(cells) > 1 else None
            score += len(header.used) * len(lines) if header else _is_row(cells, separator)
    except CannotRead:
        pass
    return score


def _is_row(cells: Sequence[str], separator: str) -> bool:
    """Whether the second cell is a number or empty: two words alone may be one name with a comma in it.

    A tab is in no name; but it may be between quotes that belong to another separator.
    """
    if len(cells) < 2:
        return False
    tabbed = separator == "\t" and not cells[0].startswith('"')
    return tabbed or not cells[1].strip() or looks_like_a_number(cells[1])


def _is_readable(lines: Sequence[str]) -> bool:
    """Whether the quotes are those of a table."""
    try:
        return all(len(cells) == 1 for _, cells in _cells(lines, _NONE))
    except CannotRead:
        return False


def _cells(lines: Sequence[str], separator: str) -> Iterator[Line]:
    """The cells of each line; one that only begins with a quote, as a name may, is taken as it stands."""
    source = iter(lines)
    before, reader = 0, csv.reader(source, delimiter=separator, strict=True)
    while True:
        begins = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            ends = before + reader.line_num
            if ends > begins:
                raise CannotRead(begins, f"Not a line of a table: {error}.") from None
            cells = lines[begins - 1].rstrip("\r\n").split(separator)
            before, reader = ends, csv.reader(source, delimiter=separator, strict=True)
        if any(cell.strip() for cell in cells):
            yield begins, cells


def _checked(lines: Iterable[Line]) -> Iterator[Line]:
    for number, cells in lines:
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise CannotRead(number, f"A field has more than {LONGEST_CELL} characters.")
        yield number, cells
