"""Reader of pasted or dropped lists of accounts: encodings, CSV headers, and rows; errors name their line."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from smily_tui.oauth.scopes import PRESETS, expand, find, is_valid_name
from smily_tui.queue.queue import LONGEST_LABEL, MOST_ROWS, NOTHING, Row, name_key
from smily_tui.queue.today import armed
from smily_tui.text import Clean, Untrusted, clean, unmarked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from smily_tui.vault.model import Account


MOST_COLUMNS: Final = 200
LABEL, NUMBER, SCOPES = _ORDER = "name", "account number", "permissions"
_WORDS: Final = {
    "account": "account accounts compte comptes konto kontos cuenta cuentas conto conti smily bookingsync",
    "number": (
        "id ids identifier identifiant identifikation kennung identificador identificativo identificatore "
        "number numbers num numero numeros numeri nummer nummern nr nro no n"
    ),
    "name": (
        "label name names nom noms libelle intitule title titre titel bezeichnung nombre nombres titulo nome "
        "nomi titolo denominazione"
    ),
    "business": (
        "business company agency societe entreprise agence etablissement raison sociale firma firmen "
        "unternehmen agentur empresa agencia razon social azienda societa agenzia ragione"
    ),
    "owner": (
        "owner owners customer customers client clients host hosts proprietaire proprietaires hote hotes "
        "bailleur eigentumer besitzer inhaber kunde kunden gastgeber vermieter propietario cliente clientes "
        "clienti anfitrion titular proprietario proprietari"
    ),
    "scopes": (
        "scope scopes permission permissions rights autorisation autorisations droit droits berechtigung "
        "berechtigungen recht rechte permiso permisos derecho derechos permesso permessi autorizzazione "
        "autorizzazioni"
    ),
    "little": "the of de du des d la le les l del della dell dello di da do der die das el los o",
}
_ACCOUNT, _NUMBER, _NAME, _BUSINESS, _OWNER, _SCOPES, _LITTLE = (
    frozenset(vocabulary.split()) for vocabulary in _WORDS.values()
)
_KNOWN: Final = _ACCOUNT | _NUMBER | _NAME | _BUSINESS | _OWNER | _SCOPES
_DIGITS = re.compile(r"\W*\d[\d\W]*")


@dataclass(frozen=True)
class Header:
    """Header line of a list.

    Attributes:
        order: what each column is; empty for one that is not used.
        used: the names of the columns that are used, each with what it is.
        unused: the names of the others.
    """

    order: tuple[str, ...]
    used: tuple[tuple[Clean, str], ...]
    unused: tuple[Clean, ...]


def read_header(cells: Sequence[str]) -> Header | None:
    """Read a header; None where no column has a known name, or a cell is a number.

    Of two columns of one kind that with the more exact name is used.
    """
    if len(cells) > MOST_COLUMNS or any(looks_like_a_number(cell) for cell in cells):
        return None
    ranked = [_kind(cell) for cell in cells]
    order = [""] * len(cells)
    for kind in (LABEL, NUMBER, SCOPES):
        ranks = [rank for column, rank in ranked if column == kind]
        if ranks:
            order[ranked.index((kind, max(ranks)))] = kind
    if not any(order):
        return None
    names = [clean(cell, 60) for cell in cells]
    used = tuple((name, kind) for name, kind in zip(names, order, strict=True) if kind)
    unused = tuple(name for name, kind in zip(names, order, strict=True) if name and not kind)
    return Header(tuple(order), used, unused)


def looks_like_a_number(cell: str) -> bool:
    """Return whether a cell has digits and no letters."""
    return _DIGITS.fullmatch(cell) is not None


def _kind(name: str) -> tuple[str, int]:
    """Return the kind of a column by its name, with a rank by how exact the name is."""
    parts = _words(name)
    if not parts:
        return "", 0
    if parts & _SCOPES:
        return (SCOPES, 0) if parts <= _SCOPES | _ACCOUNT else ("", 0)
    if parts & _NUMBER:
        return (NUMBER, len(parts)) if parts <= _NUMBER | _ACCOUNT else ("", 0)
    if parts <= _ACCOUNT | _NAME | _BUSINESS | _OWNER:
        return LABEL, 3 * bool(parts & _NAME) + 2 * bool(parts & (_ACCOUNT | _BUSINESS)) - bool(
            parts & _OWNER
        )
    return "", 0


def _words(name: str) -> frozenset[str]:
    """Split a name into words without accents, case and punctuation; compounds of known words, too."""
    # before the case is folded: accountId is two words
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    plain = "".join(char for char in unicodedata.normalize("NFKD", apart) if not unicodedata.combining(char))
    compounds = set(re.findall(r"[^\W_]+", plain.casefold())) - _LITTLE
    return frozenset(part for word in compounds for part in _parts(word))


def _parts(word: str) -> tuple[str, ...]:
    """Split two known words in one, such as `kontonummer`."""
    cuts = ((word[:at], word[at:]) for at in range(2, len(word) - 1))
    return (word,) if word in _KNOWN else next((both for both in cuts if _KNOWN.issuperset(both)), (word,))


LONGEST_CELL: Final = 4096
_SEPARATORS: Final = ("\t", ";", ",", "|")
# separates nothing: no keyboard and no spreadsheet writes it
_NONE: Final = "\x1f"
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # of Excel and of LibreOffice
_SEP_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)

Line = tuple[int, list[str]]


class CannotRead(ValueError):
    """Error in a list, with its line."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line


def decode(data: bytes) -> tuple[str, str]:
    """Return a file's text, and its encoding where that is a guess: Excel writes Windows-1252.

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
        sentence = f"The file is not UTF-8 (byte {data[error.start]:#04x}). Save it as UTF-8."
    if (
        # bytes of UTF-8 among the others: it is UTF-8, damaged; NUL: UTF-16 without its mark
        b"\0" not in data and data.decode("utf-8", "ignore").isascii()
    ):
        with contextlib.suppress(UnicodeDecodeError):
            # five bytes have no letter in Windows-1252: Python refuses them
            return data.decode("cp1252"), "Windows-1252"
    raise CannotRead(line, sentence)


def lines_of(text: str) -> Iterator[Line]:
    """Yield the cells of each line that is not empty, with its number from 1.

    Where nothing speaks for a table, each line is one cell: a name may hold a comma.

    Raises:
        CannotRead: a quoted cell does not end, or a cell is too long.
    """
    lines = _split(text)
    separator = _separator(lines)
    if named := _named(lines):
        lines[named[0]] = "\n"
    if separator == _NONE and not _is_readable(lines):
        yield from _checked((at, [line.strip()]) for at, line in enumerate(lines, start=1) if line.strip())
    else:
        yield from _checked(_cells(lines, separator))


def _split(text: str) -> list[str]:
    """Split a text into lines with their ends, by which the csv module joins a cell of several lines."""
    return list(io.StringIO(text.removeprefix("\ufeff"), newline=""))


def _named(lines: Sequence[str]) -> tuple[int, str] | None:
    """Return the separator that the first line names (`sep=;`), with the place of that line."""
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    named = _SEP_LINE.fullmatch(lines[first]) if lines else None
    return (first, named[1]) if named else None


def _separator(lines: Sequence[str]) -> str:
    """Return the separator that is named, else that by which most lines become rows of a table."""
    if named := _named(lines):
        return named[1]
    scores = {sign: _score(lines, sign) for sign in _SEPARATORS}
    best = max(scores, key=lambda sign: scores[sign])
    return best if scores[best] else _NONE


def _score(lines: Sequence[str], separator: str) -> int:
    """Count the lines that are rows of a table with that separator, or its header."""
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
    """Return whether the second cell is a number or empty: two words may be one name with a comma.

    A tab is in no name; but it may be between quotes that belong to another separator.
    """
    if len(cells) < 2:
        return False
    tabbed = separator == "\t" and not cells[0].startswith('"')
    return tabbed or not cells[1].strip() or looks_like_a_number(cells[1])


def _is_readable(lines: Sequence[str]) -> bool:
    """Return whether the quotes are those of a table."""
    try:
        return all(len(cells) == 1 for _, cells in _cells(lines, _NONE))
    except CannotRead:
        return False


def _cells(lines: Sequence[str], separator: str) -> Iterator[Line]:
    """Yield the cells of each line; a name that only begins with a quote is taken literally."""
    source = iter(lines)
    # strict: by default the csv module runs to the end of the file where an end quote is missing
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
                raise CannotRead(begins, f"Not a table row: {error}.") from None
            cells = lines[begins - 1].rstrip("\r\n").split(separator)
            # another reader: line and state of the one that raised are in the middle of a cell
            before, reader = ends, csv.reader(source, delimiter=separator, strict=True)
        if any(cell.strip() for cell in cells):
            yield begins, cells


def _checked(lines: Iterable[Line]) -> Iterator[Line]:
    for number, cells in lines:
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise CannotRead(number, f"A field has more than {LONGEST_CELL} characters.")
        yield number, cells


LARGEST: Final = 1024 * 1024
MOST_DIGITS: Final = 12
_LATE: Final = "This line names columns and must come first. Delete the lines above it."
_GROUPED = re.compile(r"\d{1,3}(?:[\s'’.,]\d{3})+")
_WITH_ZEROS = re.compile(r"(\d+)[.,]0+")
# a number that a spreadsheet was told to take for a text
_GUARDED = re.compile(r"(?:=\s*\"(.*)\"|'(.*))")


@dataclass(frozen=True)
class Problem:
    """Problem in a line, counted from 1.

    Attributes:
        words: what is wrong; empty where it is the permission.
        unknown_scope: permission that Smily's list does not have.
    """

    line: int
    words: Clean = NOTHING
    unknown_scope: Clean = NOTHING


@dataclass(frozen=True)
class Leftover:
    """Lines of a list that cannot be used, as a list that can be corrected and read again.

    Attributes:
        text: the names of the columns, and these lines.
        problems: what is wrong, by the lines of `text`.
    """

    text: Untrusted
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class Found:
    """Rows and problems of a list.

    Attributes:
        rows: in order, each with the line that it begins in.
        problems: the lines that cannot be used, and why.
        header: what the first line says of the columns; None where it is a row.
        encoding: of a file, where it was guessed: the names are to be shown before they are used.
        leftover: the lines that cannot be used; None without any, or where all of it is unusable.
    """

    rows: tuple[tuple[int, Row], ...] = ()
    problems: tuple[Problem, ...] = ()
    header: Header | None = None
    encoding: str = ""
    leftover: Leftover | None = None

    @property
    def unknown_scopes(self) -> tuple[Problem, ...]:
        """Problems that end where the person wants the permission as it is written."""
        return tuple(problem for problem in self.problems if problem.unknown_scope)


def read_bytes(data: bytes, *, any_scope: bool = False) -> Found:
    """Read the rows of a CSV file, decoded by `decode`; otherwise as `read_text`."""
    if len(data) > LARGEST:
        return _nothing(1, f"The file has more than {LARGEST // 1024} KiB. Split it.")
    try:
        text, encoding = decode(data)
    except CannotRead as error:
        return _nothing(error.line, str(error))
    return replace(read_text(Untrusted(text), any_scope=any_scope), encoding=encoding)


def _nothing(line: int, sentence: str) -> Found:
    return Found((), (Problem(line, clean(sentence)),))


def read_text(typed: Untrusted, *, any_scope: bool = False) -> Found:
    """Read the rows of a text: label, account number, permissions; the last two are optional.

    A first line that names columns says their order. Permissions that Smily's list does not have are a
    problem, unless `any_scope` takes them as they are written.
    """
    text = unmarked(typed.for_parsing())
    if len(text) > LARGEST:
        return _nothing(1, "That is too much text for one list. Split it.")
    rows: list[tuple[int, Row]] = []
    problems: list[Problem] = []
    header: Header | None = None
    begins: list[int] = []
    try:
        for line, cells in lines_of(text):
            begins.append(line)
            if len(begins) == 1 and (header := read_header(cells)):
                continue
            if len(rows) + len(problems) == MOST_ROWS:
                return _nothing(line, f"More than {MOST_ROWS} rows. Split the list.")
            row = _row(line, cells, header.order if header else _ORDER, any_scope=any_scope)
            if isinstance(row, Row):
                rows.append((line, row))
            elif _names_columns(cells):
                return _nothing(line, _LATE)  # the lines around it were read in the wrong order
            else:
                problems.append(row)
    except CannotRead as error:
        begins.append(error.line)
        problems.append(Problem(error.line, clean(error)))
    leftover = _leftover(text, begins, problems, header) if problems else None
    return Found(tuple(rows), tuple(problems), header, leftover=leftover)


def _leftover(
    text: str, begins: Sequence[int], problems: Sequence[Problem], header: Header | None
) -> Leftover:
    """Collect the lines with problems, below what says how they are to be read."""
    lines = _split(text)
    separator = _separator(lines)
    above = lines[: begins[0] - 1] if _named(lines) else []
    if header:
        above += lines[begins[0] - 1 : begins[1] - 1]
    elif separator != _NONE and not above:  # these lines alone may not tell what separates them
        above = [f"{separator.join(_ORDER)}\n"]
    ends = dict(zip(begins, [*(line - 1 for line in begins[1:]), len(lines)], strict=True))
    kept, renumbered = list(above), []
    for problem in problems:
        renumbered.append(replace(problem, line=len(kept) + 1))
        kept += lines[problem.line - 1 : ends[problem.line]]
    return Leftover(Untrusted("".join(kept)), tuple(renumbered))


def _names_columns(cells: Sequence[str]) -> bool:
    late = read_header(cells)
    return late is not None and len(late.used) > 1


def _row(line: int, cells: Sequence[str], order: Sequence[str], *, any_scope: bool) -> Row | Problem:
    """Read a row, or return the problem with its line."""
    if len(cells) > len(order) and any(cell.strip() for cell in cells[len(order) :]):
        return Problem(line, clean(f"{len(cells)} fields, but at most {len(order)} are expected."))
    values = {key: armed(clean(cell, LONGEST_CELL)) for key, cell in zip(order, cells, strict=False) if key}
    label, number, scopes = (Untrusted(values.get(key, "")) for key in _ORDER)
    return read_row(label, number, scopes, line=line, any_scope=any_scope)


def read_row(
    name: Untrusted,
    account_number: Untrusted,
    permissions: Untrusted,
    *,
    line: int = 1,
    any_scope: bool = False,
) -> Row | Problem:
    """Read a row from what was entered for it, or return the problem."""
    label, written = clean(name, LONGEST_LABEL), clean(account_number, 80)
    if not written and _whole(label):
        label, written = NOTHING, label
    number = _whole(written)
    if written and not number:
        return Problem(line, clean(f"“{written}” is not an account number. Use digits only."))
    scopes = clean(permissions, LONGEST_CELL).replace(",", " ").replace("|", " ").split()
    wrong = next((scope for scope in scopes if not is_valid_name(scope)), "")
    if wrong:
        return Problem(line, clean(f"“{wrong}” is not a valid permission name."))
    unknown = next((scope for scope in scopes if scope not in PRESETS and find(scope) is None), "")
    if unknown and not any_scope:
        return Problem(line, unknown_scope=clean(unknown))
    if not label and not number:
        return Problem(line, clean("Add a name or an account number."))
    asked = tuple(clean(scope) for scope in expand(scopes)) if scopes else ()
    return Row(label or clean(f"Account {number}"), number or None, asked)


def _whole(written: str) -> int:
    """Read an account number, also in the forms of spreadsheets: 4711.0, 4 711, ="4711".

    0 where it is none; what can be read in two ways, such as 471.000, is none.
    """
    guarded = _GUARDED.fullmatch(written)
    text = guarded[1] or guarded[2] or "" if guarded else written
    zeros = _WITH_ZEROS.fullmatch(text)
    if _GROUPED.fullmatch(text):
        text = "" if zeros else re.sub(r"\D", "", text)
    elif zeros:
        text = zeros[1]
    # isdecimal and int take the digits of every script
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else 0


@dataclass(frozen=True)
class Sorted:
    """Rows by whether they are new, each with its line.

    Attributes:
        new: those to be added.
        twice: those whose account is in the queue or in an earlier line already.
        connected: those whose account is connected already.
    """

    new: tuple[tuple[int, Row], ...] = ()
    twice: tuple[tuple[int, Row], ...] = ()
    connected: tuple[tuple[int, Row], ...] = ()


class _Known:
    """Finds the same account among thousands without comparing each with each."""

    def __init__(self) -> None:
        self._rows: dict[object, list[Row]] = {}

    def add(self, row: Row) -> None:
        for key in _keys(row):
            self._rows.setdefault(key, []).append(row)

    def has(self, row: Row) -> bool:
        return any(row.is_same(listed) for key in _keys(row) for listed in self._rows.get(key, ()))


def _keys(row: Row) -> tuple[object, ...]:
    """Return keys of which two rows for one account share at least one."""
    return (name_key(row.label), *([] if row.account_id is None else [row.account_id]))


def sort_out(rows: Iterable[tuple[int, Row]], queue: Iterable[Row], accounts: Iterable[Account]) -> Sorted:
    """Tell the new rows from those that are in the queue already, twice in the text, or connected."""
    present, connected = _Known(), _Known()
    for row in queue:
        present.add(row)
    for account in accounts:
        if not account.unreadable:
            connected.add(Row(account.label, account.account_id))
    new: list[tuple[int, Row]] = []
    twice: list[tuple[int, Row]] = []
    stored: list[tuple[int, Row]] = []
    for line, row in rows:
        if present.has(row):
            twice.append((line, row))
        else:
            (stored if connected.has(row) else new).append((line, row))
            present.add(row)
    return Sorted(tuple(new), tuple(twice), tuple(stored))
