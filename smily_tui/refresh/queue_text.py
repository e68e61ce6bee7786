"""Reads rows for the queue from lines, pasted or of a CSV file; what cannot be meant is named by its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.scopes import expand, is_valid_name
from smily_tui.refresh.list_header import LABEL, NUMBER, SCOPES, Header, read_header
from smily_tui.refresh.list_text import LONGEST_CELL, CannotRead, decode, lines_of
from smily_tui.refresh.queue import LONGEST_LABEL, MOST_ROWS, Row, name_key
from smily_tui.refresh.today import armed
from smily_tui.text import Clean, Untrusted, clean, unmarked

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from smily_tui.vault.model import Account

LARGEST: Final = 1024 * 1024
MOST_PROBLEMS: Final = 20
MOST_DIGITS: Final = 12
_LATE: Final = "This names columns: it must be the first line. Delete what is above it."
_GROUPED = re.compile(r"\d{1,3}(?:[\s'’.,]\d{3})+")
_WITH_ZEROS = re.compile(r"(\d+)[.,]0+")
_GUARDED = re.compile(r"(?:=\s*\"(.*)\"|'(.*))")  # a number that a spreadsheet was told to take for a text


@dataclass(frozen=True)
class Problem:
    """What is wrong with a line, counted from 1."""

    line: int
    words: Clean


@dataclass(frozen=True)
class Found:
    """What a text holds.

    Attributes:
        rows: in order, each with the line that it begins in.
        problems: what cannot be used; at most `MOST_PROBLEMS`, and where there is one, no row is to be used.
        header: what the first line says of the columns; None where it is a row.
        encoding: of a file, where it was guessed: the names are to be shown before they are used.
    """

    rows: tuple[tuple[int, Row], ...] = ()
    problems: tuple[Problem, ...] = ()
    header: Header | None = None
    encoding: str = ""


def read_bytes(data: bytes) -> Found:
    """What a CSV file holds, as `list_text.decode` reads it."""
    if len(data) > LARGEST:
        return _nothing(1, f"The file has more than {LARGEST // 1024} KiB. Split it.")
    try:
        text, encoding = decode(data)
    except CannotRead as error:
        return _nothing(error.line, str(error))
    return replace(read_text(Untrusted(text)), encoding=encoding)


def _nothing(line: int, words: str) -> Found:
    return Found((), (Problem(line, clean(words)),))


def read_text(typed: Untrusted) -> Found:
    """What lines hold: label, account number, permissions; the last two may be left out.

    A first line that names columns says their order.
    """
    text = unmarked(typed.for_parsing())
    if len(text) > LARGEST:
        return _nothing(1, "That is too much text for one list. Split it.")
    rows: list[tuple[int, Row]] = []
    problems: list[Problem] = []
    header: Header | None = None
    try:
        for count, (line, cells) in enumerate(lines_of(text)):
            if count == 0 and (header := read_header(cells)):
                continue
            row = _row(cells, header.order if header else (LABEL, NUMBER, SCOPES))
            if isinstance(row, Row):
                rows.append((line, row))
            else:
                problems.append(Problem(line, clean(_LATE) if _names_columns(cells) else row))
            if len(rows) > MOST_ROWS:
                return _nothing(line, f"More than {MOST_ROWS} rows. Split the list.")
            if len(problems) == MOST_PROBLEMS:
                break
    except CannotRead as error:
        problems.append(Problem(error.line, clean(error)))
    return Found(tuple(rows), tuple(problems), header)


def _names_columns(cells: Sequence[str]) -> bool:
    late = read_header(cells)
    return late is not None and len(late.used) > 1


def _row(cells: Sequence[str], order: Sequence[str]) -> Row | Clean:
    """The row that a line means, or what is wrong with it."""
    if len(cells) > len(order) and any(cell.strip() for cell in cells[len(order) :]):
        return clean(f"{len(cells)} fields, where at most {len(order)} are expected.")
    values = {key: armed(clean(cell, LONGEST_CELL)) for key, cell in zip(order, cells, strict=False) if key}
    label, written = clean(values.get(LABEL, ""), LONGEST_LABEL), clean(values.get(NUMBER, ""), 80)
    if not written and _whole(label):
        label, written = Clean(""), label
    number = _whole(written)
    if written and not number:
        return clean(f"“{written}” is no account number: digits only.")
    scopes = values.get(SCOPES, "").replace(",", " ").replace("|", " ").split()
    wrong = next((name for name in scopes if not is_valid_name(name)), "")
    if wrong:
        return clean(f"“{wrong}” cannot be the name of a permission.")
    if not label and not number:
        return clean("Neither a name nor an account number.")
    asked = tuple(clean(name) for name in expand(scopes)) if scopes else ()
    return Row(label or clean(f"Account {number}"), number or None, asked)


def _whole(written: str) -> int:
    """The account number that is written, also as spreadsheets do: 4711.0, 4 711, ="4711".

    0 where it is none; what can be read in two ways, such as 471.000, is none.
    """
    guarded = _GUARDED.fullmatch(written)
    text = guarded[1] or guarded[2] or "" if guarded else written
    zeros = _WITH_ZEROS.fullmatch(text)
    if _GROUPED.fullmatch(text):
        text = "" if zeros else re.sub(r"\D", "", text)
    elif zeros:
        text = zeros[1]
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0


@dataclass(frozen=True)
class Sorted:
    """Rows by whether they are new, each with its line.

    Attributes:
        new: those to be added.
        twice: those whose account is in the queue or in an earlier line already.
        connected: those whose account is connected already.
    """

    new: tuple[tuple[int, Row], ...]
    twice: tuple[tuple[int, Row], ...]
    connected: tuple[tuple[int, Row], ...]


class _Known:
    """Finds the same account among thousands without comparing each with each."""

    def __init__(self) -> None:
        self._rows: dict[object, list[Row]] = {}

    def add(self, row: Row) -> None:
        for key in _keys(row):
            self._rows.setdefault(key, []).append(row)

    def has(self, row: Row) -> bool:
        return any(row.is_same(each) for key in _keys(row) for each in self._rows.get(key, ()))


def _keys(row: Row) -> tuple[object, ...]:
    """Two rows that mean one account have one of these in common."""
    return (name_key(row.label), *([] if row.account_id is None else [row.account_id]))


def sort_out(rows: Iterable[tuple[int, Row]], queue: Iterable[Row], accounts: Iterable[Account]) -> Sorted:
    """Tell the new rows from those that are in the queue already, twice in the text, or connected."""
    known, connected = _Known(), _Known()
    for each in queue:
        known.add(each)
    for account in accounts:
        if not account.unreadable:
            connected.add(Row(account.label, account.account_id))
    new: list[tuple[int, Row]] = []
    twice: list[tuple[int, Row]] = []
    stored: list[tuple[int, Row]] = []
    for line, row in rows:
        if known.has(row):
            twice.append((line, row))
        else:
            (stored if connected.has(row) else new).append((line, row))
            known.add(row)
    return Sorted(tuple(new), tuple(twice), tuple(stored))
