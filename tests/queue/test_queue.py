"""The queue: rows from any text, a file that is whole or the old one, and never the wrong account."""

from __future__ import annotations

import csv
import dataclasses
import io
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.clock import Instant
from smily_tui.messages import queue as say
from smily_tui.oauth.scopes import PRESETS
from smily_tui.queue.file import QueueFile
from smily_tui.queue.queue import MOST_ROWS, Queue, Row, RowState, Verdict, judged
from smily_tui.queue.reading import LARGEST, Found, read_bytes, read_text, sort_out
from smily_tui.queue.today import COLUMNS, Entry, armed, as_csv, defused, today
from smily_tui.text import Clean, Untrusted, clean
from smily_tui.vault.errors import Damaged, VaultError
from smily_tui.vault.home import Home
from smily_tui.vault.model import Account, Address
from tests.support.records import replaced
from tests.support.tui.scenes import NOW, authorization

if TYPE_CHECKING:
    from pathlib import Path

LABELS = st.text(min_size=1, max_size=60).map(lambda text: clean(text, 80)).filter(bool)
NUMBERS = st.integers(1, 999_999_999_999)
ROWS = st.builds(
    Row,
    label=LABELS,
    account_id=st.none() | NUMBERS,
    scopes=st.sampled_from([(), ("public",), ("public", "bookings_read"), ("public", "pigeons")]),
    state=st.sampled_from(RowState),
    since=st.floats(0, 4e9),
    words=st.text(max_size=50).map(clean),
)


def account(label: str, number: int | None, *, at: float = NOW) -> Account:
    record = replaced(authorization(label, number or 0, 7000), account_id=number, authorized_at=at)
    return Account.of(Address("app", "one"), record, Clean(""), refused=False, in_doubt=False)


def rows(found: Found) -> list[tuple[str, int | None, tuple[str, ...]]]:
    assert found.problems == ()
    return [(row.label, row.account_id, row.scopes) for _, row in found.rows]


# -- reading -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Villa Rosa", [("Villa Rosa", None, ())]),
        ("Villa Rosa, 4711", [("Villa Rosa", 4711, ())]),
        ("4711", [("Account 4711", 4711, ())]),
        (",4711", [("Account 4711", 4711, ())]),
        ("R;1;rentals_read bookings_read", [("R", 1, ("public", "bookings_read", "rentals_read"))]),
        ("Rosa\t4711\t", [("Rosa", 4711, ())]),
        ('"Rosa, Mme",4711', [("Rosa, Mme", 4711, ())]),
        ("account_id,label\n4711,Rosa\n", [("Rosa", 4711, ())]),
        ("Nom;Note;Numéro\nRosa;x;4711\n", [("Rosa", 4711, ())]),
        ("\ufefflabel,scopes\r\nRosa,bookings\r\n\r\n", [
            ("Rosa", None, PRESETS["bookings"])
        ]),
        ("a\n\n \nb", [("a", None, ()), ("b", None, ())]),
        ("'=Rosa,1", [("=Rosa", 1, ())]),
        ("'t Zand,1", [("'t Zand", 1, ())]),
        ("\x1b[31mRed\x1b[0m\u202e,1", [("Red", 1, ())]),
        ("", []),
    ],
)  # fmt: skip
def test_lines_are_read_as_they_are_meant(
    text: str, expected: list[tuple[str, int | None, tuple[str, ...]]]
) -> None:
    assert rows(read_text(Untrusted(text))) == expected
    assert rows(read_bytes(text.encode())) == expected


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"Rosa,4711\nMill,47x14\n", 2, "“47x14” is not an account number. Use digits only."),
        (b"Rosa,0\n", 1, "“0” is not an account number"),
        (b"Rosa,-1\n", 1, "“-1” is not an account number"),
        (b"Rosa,4711,a\\b\n", 1, "is not a valid permission name"),
        (b"a,1,public,x\n", 1, "4 fields, but at most 3 are expected."),
        (b"a,1\nb,2\n\"c\nd\n", 3, "Not a table row: unexpected end of data."),
        (b"a\nb\n\x81c\n", 3, "not UTF-8 (byte 0x81)"),
        (b"a\nR\xc3\xa9gine\nM\xfcller\n", 3, "not UTF-8 (byte 0xfc)"),
        (b"\xff\xfea", 1, "The file is UTF-16, but cut or damaged. Save it as UTF-8."),
        (b"PK\x03\x04 and so on", 1, "The file is a workbook. Save it as CSV."),
        (b"Rosa,471.000\n", 1, "“471.000” is not an account number"),
        (b"a\n" + b"b" * 5000, 2, "A field has more than 4096 characters."),
        (b"a\n" * (MOST_ROWS + 1), MOST_ROWS + 1, f"More than {MOST_ROWS} rows. Split the list."),
        (b"x" * (LARGEST + 1), 1, "The file has more than 1024 KiB."),
        (b"\x1b[31m\xe2\x80\xae,\n", 1, "Add a name or an account number."),
        (b"a\n" + b"\"" + b"q" * 200_000 + b"\"", 2, "A field has more than 4096 characters."),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named_by_its_line(data: bytes, line: int, words: str) -> None:
    (problem,) = read_bytes(data).problems
    assert problem.line == line
    assert words in problem.words


@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_line(data: bytes) -> None:
    found = read_bytes(data)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert all(1 <= each.line <= lines and each.words == clean(each.words) for each in found.problems)
    for _, row in found.rows:
        assert row.label
        assert row.label == clean(row.label)


@given(st.lists(ROWS, max_size=20), st.sampled_from(",;\t"))
def test_what_a_spreadsheet_wrote_is_read_back(made: list[Row], delimiter: str) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(("label", "account id", "scopes"))
    for row in made:
        writer.writerow((defused(row.label), row.account_id or "", " ".join(row.scopes)))
    expected = [(row.label, row.account_id, row.scopes) for row in made if not _is_only_a_number(row)]
    found = read_bytes(text.getvalue().encode("utf-8-sig"), any_scope=True)
    got = [(row.label, row.account_id, row.scopes) for _, row in found.rows]
    assert [each for each in got if each[0] != f"Account {each[1]}"] == expected


def _is_only_a_number(row: Row) -> bool:
    label = row.label
    is_number = label.isascii() and label.isdecimal() and 0 < int(label) < 10**12 and len(label) <= 12
    return (row.account_id is None and is_number) or label == f"Account {row.account_id}"


def test_duplicates_are_told_apart_from_what_is_new_and_what_is_connected() -> None:
    text = "Rosa,1\nMill,2\nrosa!,\nOther,1\nChalet,3\nRosa,4\n"
    found = read_text(Untrusted(text))
    sorted_out = sort_out(found.rows, [Row(Clean("Mill (old)"), 2)], [account("Alpes", 3)])
    assert [line for line, _ in sorted_out.new] == [1, 6]
    assert [line for line, _ in sorted_out.twice] == [2, 3, 4]
    assert [line for line, _ in sorted_out.connected] == [5]


@pytest.mark.parametrize(
    ("text", "labels", "leftover", "lines"),
    [
        ("Rosa;1\nMill;4x;\nCasa;2\n", ["Rosa", "Casa"], "name;account number;permissions\nMill;4x;\n", [2]),
        ("id,Nom\n1,Rosa\n4x,Mill\n-3,Casa", ["Rosa"], "id,Nom\n4x,Mill\n-3,Casa", [2, 3]),
        ("sep=:\nRosa:1\n\nMill:4x\nCasa:2\n", ["Rosa", "Casa"], "sep=:\nMill:4x\n", [2]),
        ('a,1\n"b\nc",4x\nd,2\n', ["a", "d"], 'name,account number,permissions\n"b\nc",4x\n', [2]),
        ("Rosa,1,doves\nCasa,2,bookings", ["Casa"], "name,account number,permissions\nRosa,1,doves\n", [2]),
        ("Rosa\n\u202e\nCasa", ["Rosa", "Casa"], "\u202e\n", [1]),
        ('a,1\nb,2\n"c\nd\n', ["a", "b"], 'name,account number,permissions\n"c\nd\n', [2]),
        ("Rosa,1\n" + "x" * 5000 + "\nCasa,2\n", ["Rosa"], None, [2]),
    ],
)  # fmt: skip
def test_good_lines_are_taken_and_the_others_can_be_corrected(
    text: str, labels: list[str], leftover: str | None, lines: list[int]
) -> None:
    found = read_text(Untrusted(text))
    assert [row.label for _, row in found.rows] == labels
    assert found.leftover is not None
    assert leftover in (None, found.leftover.text.for_parsing())
    assert [problem.line for problem in found.leftover.problems] == lines


CELLS = st.sampled_from(["Rosa", "Mill", "4711", "47x", "", "bookings_read", "bokings_read", "0", "a\\b"])


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=12), st.sampled_from(";,\t"), st.booleans())
def test_what_is_left_over_has_the_same_problems_and_no_row(
    table: list[list[str]], separator: str, header: bool
) -> None:
    """So nothing that was refused is taken as a name when it is added again without a change."""
    lines = [["name", "id", "scopes"]] * header + table
    found = read_text(Untrusted("".join(separator.join(cells) + "\n" for cells in lines)))
    if found.leftover is not None:
        again = read_text(found.leftover.text)
        assert again.rows == ()
        assert again.problems == found.leftover.problems
        assert len(again.problems) == len(found.problems)


@pytest.mark.parametrize(
    "text", ["Rosa;4711\nNom;Numéro\nMill;4712\n", "a\n" * (MOST_ROWS + 1), "x" * (LARGEST + 1)]
)
def test_of_a_list_that_is_unusable_as_a_whole_nothing_is_taken(text: str) -> None:
    found = read_text(Untrusted(text))
    assert (found.rows, len(found.problems), found.leftover) == ((), 1, None)


# -- moving ------------------------------------------------------------------------------------------------


@given(st.lists(ROWS, max_size=12), st.data())
def test_the_next_open_row_is_the_first_behind_and_then_from_the_beginning(
    made: list[Row], data: st.DataObject
) -> None:
    queue = Queue().with_rows(made, 1.0)
    after = data.draw(st.integers(0, len(made) + 1))
    waiting = [each.number for each in queue.rows if each.is_open]
    found = queue.next_open(after)
    behind = [each for each in waiting if each > after]
    assert (found.number if found else None) == next(iter(behind or waiting), None)


def test_numbers_are_never_given_twice() -> None:
    queue = Queue().with_rows([Row(Clean("a")), Row(Clean("b"))], 1.0).without([2])
    assert [each.number for each in queue.with_rows([Row(Clean("c"))], 2.0).rows] == [1, 3]


@pytest.mark.parametrize(
    ("row", "found", "verdict"),
    [
        (Row(Clean("Rosa"), 1), account("Whatever", 1), Verdict.ITS_OWN),
        (Row(Clean("Rosa"), 1), account("Rosa", 2), Verdict.ANOTHER),
        (Row(Clean("Rosa"), 1), account("Rosa", None), Verdict.NOT_KNOWN),
        (Row(Clean("Rosa"), None), account("Rosa", None), Verdict.NOT_KNOWN),
        (Row(Clean("villa-rosa")), account("Villa Rosa", 2), Verdict.ITS_OWN),
        (Row(Clean("Mme Rossi")), account("Villa Rosa", 2), Verdict.TO_ASK),
        (Row(Clean("Mme Rossi")), account("Mme Rossi", 9), Verdict.ANOTHER),
    ],
)
def test_only_a_number_proves_whose_account_it_is(row: Row, found: Account, verdict: Verdict) -> None:
    queue = Queue().with_rows([row, Row(Clean("Chalet"), 9)], 1.0)
    assert judged(queue.rows[0], found, queue) is verdict


@pytest.mark.parametrize(
    ("entered", "state"),
    [
        (Row(Clean("Villa"), 1, number=1), RowState.FAILED),
        (Row(Clean("Rosa"), 2, number=1), RowState.LINK),
        (Row(Clean("Rosa"), 1, (Clean("public"),), number=1), RowState.LINK),
    ],
)
def test_a_row_that_is_changed_needs_a_new_link_but_for_its_name(entered: Row, state: RowState) -> None:
    queue = Queue().with_rows([Row(Clean("Rosa"), 1)], 1.0).moved(1, RowState.FAILED, 2.0, "refused")
    (row,) = queue.edited(entered, 3.0).rows
    assert (row.label, row.account_id, row.scopes) == (entered.label, entered.account_id, entered.scopes)
    assert (row.state, row.words) == (state, "refused" if state is RowState.FAILED else "")


def test_a_row_that_is_changed_stays_connected() -> None:
    queue = Queue().with_rows([Row(Clean("Rosa"), 1)], 1.0).moved(1, RowState.VERIFIED, 2.0)
    assert queue.edited(Row(Clean("Rosa"), 2, number=1), 3.0).rows[0].state is RowState.VERIFIED


@pytest.mark.parametrize(
    ("done", "failed", "drawn"),
    [
        (0, 0, "queue · ░░░░░░░░░░ 0 of 12 connected · App"),
        (7, 0, "queue · █████░░░░░ 7 of 12 connected · App"),
        (11, 1, "queue · █████████░ 11 of 12 connected · 1 failed · App"),
        (12, 0, "queue · ██████████ 12 of 12 connected · App"),
    ],
)
def test_the_title_shows_how_far_the_queue_is(done: int, failed: int, drawn: str) -> None:
    queue = Queue().with_rows([Row(Clean(f"Flat {n}")) for n in range(12)], 1.0)
    for number in range(1, done + failed + 1):
        queue = queue.moved(number, RowState.VERIFIED if number <= done else RowState.FAILED, 2.0)
    assert say.title(queue, "App") == drawn


@pytest.mark.parametrize(
    ("stored", "waiting", "warns"),
    [(0, 5, False), (0, 6, True), (4, 1, False), (4, 3, True), (5, 1, True), (6, 9, False)],
)
def test_the_limit_is_told_only_where_it_is_passed(stored: int, waiting: int, warns: bool) -> None:
    assert bool(say.meter(stored, waiting)) is warns


# -- keeping -----------------------------------------------------------------------------------------------


@given(st.lists(ROWS, max_size=8))
def test_a_queue_is_read_as_it_was_kept(tmp_path_factory: pytest.TempPathFactory, made: list[Row]) -> None:
    file = QueueFile(Home.at(tmp_path_factory.mktemp("home")), "app")
    kept = file.change(lambda queue: _as_made(queue.with_rows(made, 1.0), made))
    assert file.read() == (kept if made else Queue())


def _as_made(queue: Queue, made: list[Row]) -> Queue:
    """The states and words of the examples, which new rows do not have."""
    found = tuple(
        dataclasses.replace(one, number=other.number) for one, other in zip(made, queue.rows, strict=True)
    )
    return dataclasses.replace(queue, rows=found)


def path_of(folder: Path) -> Path:
    return Home.at(folder).state / "app.queue"


def test_a_file_that_is_cut_anywhere_is_told_and_stays(tmp_path: Path) -> None:
    file = QueueFile(Home.at(tmp_path), "app")
    file.change(lambda queue: queue.with_rows([Row(Clean("Rosa"), 1), Row(Clean("Chalet"), 2)], 1.0))
    whole = path_of(tmp_path).read_bytes()
    assert stat.S_IMODE(path_of(tmp_path).stat().st_mode) == 0o600
    for length in range(len(whole)):
        path_of(tmp_path).write_bytes(whole[:length])
        with pytest.raises(Damaged):
            file.change(lambda queue: queue.without([1]))
        assert path_of(tmp_path).read_bytes() == whole[:length]
    file.set_aside()
    assert file.read() == Queue()
    assert path_of(tmp_path).with_name("app.queue.damaged").exists()


def test_what_was_set_aside_before_stays_and_what_can_be_read_again_is_not_set_aside(tmp_path: Path) -> None:
    file = QueueFile(Home.at(tmp_path), "app")
    for number in range(3):
        file.change(lambda queue: queue.with_rows([Row(Clean("Rosa"))], 1.0))
        path_of(tmp_path).write_bytes(f"torn {number}".encode())
        file.set_aside()
    aside = [path_of(tmp_path).with_name(f"app.queue.damaged{end}") for end in ("", "-2", "-3")]
    assert [each.read_bytes() for each in aside] == [b"torn 0", b"torn 1", b"torn 2"]
    mended = file.change(lambda queue: queue.with_rows([Row(Clean("Chalet"))], 2.0))
    file.set_aside()
    assert file.read() == mended


def test_a_number_is_not_given_again_after_the_last_row_is_gone(tmp_path: Path) -> None:
    """Another window may still show the row that had it."""
    file = QueueFile(Home.at(tmp_path), "app")
    file.change(lambda queue: queue.with_rows([Row(Clean("Rosa"))], 1.0))
    file.change(lambda queue: queue.without([1]))
    again = file.change(lambda queue: queue.with_rows([Row(Clean("Chalet"))], 2.0))
    assert [each.number for each in again.rows] == [2]


def test_thousands_of_rows_are_kept_and_the_longest_are_refused_in_time(tmp_path: Path) -> None:
    file = QueueFile(Home.at(tmp_path), "app")
    made = [Row(Clean(f"Flät {n}"), n) for n in range(1, MOST_ROWS + 1)]
    file.change(lambda queue: queue.with_rows(made, 1.0))
    before = file.read()
    assert len(before.rows) == MOST_ROWS
    with pytest.raises(VaultError, match="too long"):
        file.change(lambda queue: queue.with_rows([Row(Clean("鐘" * 80)) for _ in range(9000)], 2.0))
    assert file.read() == before


def test_two_programs_do_not_undo_each_others_rows(tmp_path: Path) -> None:
    one, other = (QueueFile(Home.at(tmp_path), "app") for _ in range(2))
    one.change(lambda queue: queue.with_rows([Row(Clean("a"))], 1.0))
    other.change(lambda queue: queue.with_rows([Row(Clean("b"))], 1.0))
    one.change(lambda queue: queue.moved(1, RowState.WAITING, 2.0))
    assert [(each.label, each.state) for each in other.read().rows] == [
        ("a", RowState.WAITING), ("b", RowState.LINK),
    ]  # fmt: skip


def test_two_programs_that_add_the_same_list_add_it_once(tmp_path: Path) -> None:
    found = read_text(Untrusted("Rosa;1\nMill;2\n"))
    first, second = (QueueFile(Home.at(tmp_path), "app").add(found.rows) for _ in range(2))
    assert (len(first.new), len(second.new), len(second.twice)) == (2, 0, 2)


def test_an_account_of_another_app_is_not_connected_here(tmp_path: Path) -> None:
    file = QueueFile(Home.at(tmp_path), "other")
    sorted_out = file.add(read_text(Untrusted("Rosa;1\n")).rows, [account("Rosa", 1)])
    assert len(sorted_out.new) == 1


# -- today -------------------------------------------------------------------------------------------------


def test_todays_list_has_todays_accounts_and_what_failed_today() -> None:
    stored = [account("Rosa", 1), account("Old", 2, at=NOW - 86400 * 2)]
    queue = [
        Row(Clean("Mill"), 4, number=1, state=RowState.FAILED, since=NOW, words=Clean("refused")),
        Row(Clean("Sea"), 5, number=2, state=RowState.WAITING, since=NOW),
        Row(Clean("Past"), 6, number=3, state=RowState.FAILED, since=NOW - 86400 * 2),
    ]
    found = today(stored, {"app": queue}, {"app": Clean("App")}, Instant(NOW))
    assert [(each.label, each.application, each.result) for each in found] == [
        ("Mill", "App", "not connected: refused"), ("Rosa", "App", "connected"),
    ]  # fmt: skip


@given(st.text(max_size=40))
def test_no_cell_begins_a_formula_and_each_is_read_back(cell: str) -> None:
    written = defused(cell)
    assert not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert armed(written) == cell


@given(st.lists(st.builds(
    Entry, label=LABELS, account_id=st.none() | NUMBERS, application=LABELS, at=st.floats(0, 4e9),
    scopes=st.just((Clean("public"),)), not_given=st.just(()), result=LABELS,
), max_size=6))  # fmt: skip
def test_todays_csv_holds_each_entry_in_one_line(entries: list[Entry]) -> None:
    text = as_csv(entries)
    found = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert tuple(found[0]) == COLUMNS
    assert [row[0] for row in found[1:]] == [defused(each.label) for each in entries]
    assert len(text.splitlines()) == len(entries) + 1
