"""Reads rows for the queue from lines, pasted or of a CSV file; what cannot be meant is named by its line."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.scopes import expand, is_valid_name
from smily_tui.refresh.queue import LONGEST_LABEL, MOST_ROWS, Row, name_key
from smily_tui.refresh.today import armed
from smily_tui.text import Clean, Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smily_tui.vault.account import Account

LARGEST: Final = 1024 * 1024
LONGEST_CELL: Final = 4096
MOST_PROBLEMS: Final = 20
MOST_DIGITS: Final = 12
_DELIMITERS: Final = ("\t", ";", ",")
_COLUMNS: Final = {
    "label": ("label", "name", "account", "owner", "business name", "nom", "compte"),
    "id": ("account id", "id", "number", "account number", "numero", "numéro"),
    "scopes": ("scopes", "scope", "permissions", "permission"),
}


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
    """

    rows: tuple[tuple[int, Row], ...] = ()
    problems: tuple[Problem, ...] = ()


def read_bytes(data: bytes) -> Found:
    """What a CSV file holds: UTF-8, with or without a byte order mark."""
    if len(data) > LARGEST:
        return _nothing(1, f"The file has more than {LARGEST // 1024} KiB. Split it.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _nothing(1, "The file is UTF-16. Save it as UTF-8.")
    try:
        return read_text(Untrusted(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return _nothing(line, f"The file is not UTF-8 (byte {data[error.start]:#04x}). Save it as UTF-8.")


def _nothing(line: int, words: str) -> Found:
    return Found((), (Problem(line, clean(words)),))


def read_text(typed: Untrusted) -> Found:
    """What lines hold: label, account number, permissions; the last two may be left out.

    The delimiter is the first of tab, semicolon and comma that the first line has; a first line that names
    the columns says their order.
    """
    text = typed.for_parsing()
    if len(text) > LARGEST:
        return _nothing(1, "That is too much text for one list. Split it.")
    rows: list[tuple[int, Row]] = []
    problems: list[Problem] = []
    order: Sequence[str] | None = None
    try:
        for line, cells in _lines(text.removeprefix("\ufeff")):
            if order is None:
                order = _header(cells)
                if order:
                    continue
            row = _row(cells, order or ("label", "id", "scopes"))
            if isinstance(row, Row):
                rows.append((line, row))
            else:
                problems.append(Problem(line, row))
            if len(rows) > MOST_ROWS:
                return _nothing(line, f"More than {MOST_ROWS} rows. Split the list.")
            if len(problems) == MOST_PROBLEMS:
                break
    except _CannotRead as error:
        problems.append(Problem(error.line, clean(error)))
    return Found(tuple(rows), tuple(problems))


class _CannotRead(ValueError):
    """The text is no table from a line on."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line = line


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that is not empty, with the line's number."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((each for each in _DELIMITERS if each in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        begins = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _CannotRead(begins, f"Not a line of a table: {error}.") from None
        if any(len(each) > LONGEST_CELL for each in cells):
            raise _CannotRead(begins, f"A field has more than {LONGEST_CELL} characters.")
        if any(each.strip() for each in cells):
            yield begins, cells


def _header(cells: Sequence[str]) -> Sequence[str]:
    """What each column is, where the first line says so; else nothing."""
    names = [clean(each).casefold().replace("_", " ").replace("-", " ") for each in cells]
    known = [next((key for key, called in _COLUMNS.items() if name in called), "") for name in names]
    named = [each for each in known if each]
    return known if named and names[0] and known[0] and len(named) == len(set(named)) else ()


def _row(cells: Sequence[str], order: Sequence[str]) -> Row | Clean:
    """The row that a line means, or what is wrong with it."""
    if len(cells) > len(order) and any(each.strip() for each in cells[len(order) :]):
        return clean(f"{len(cells)} fields, where at most {len(order)} are expected.")
    said = {key: armed(cell.strip()) for key, cell in zip(order, cells, strict=False) if key}
    label, number = clean(said.get("label", ""), LONGEST_LABEL), clean(said.get("id", ""), 80)
    if not number and _is_number(label):
        label, number = Clean(""), label
    if number and not _is_number(number):
        return clean(f"“{number}” is no account number: digits only.")
    scopes = clean(said.get("scopes", ""), LONGEST_CELL).replace(",", " ").replace("|", " ").split()
    wrong = next((each for each in scopes if not is_valid_name(each)), "")
    if wrong:
        return clean(f"“{wrong}” cannot be the name of a permission.")
    if not label and not number:
        return clean("Neither a name nor an account number.")
    asked = tuple(clean(each) for each in expand(scopes)) if scopes else ()
    return Row(label or clean(f"Account {number}"), int(number) if number else None, asked)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS and int(text) > 0


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
