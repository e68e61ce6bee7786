"""Lists that people hand over, and those that they get: M11, cases 60, 61, 63 and 64."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.queue.queue import Row
from smily_tui.queue.reading import Found, read_bytes, read_text
from smily_tui.queue.today import Entry, as_csv, defused
from smily_tui.text import Untrusted, clean

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


# -- read --------------------------------------------------------------------------------------------------

ROSA: Final = [("Villa Rosa", 4711)]


def rows(found: Found) -> list[tuple[str, int | None]]:
    assert found.problems == ()
    return [(row.label, row.account_id) for _, row in found.rows]


@pytest.mark.parametrize(
    "name",
    [
        "Numéro de compte", "N° de compte", "Nº de compte", "No de compte", "Compte n°", "№ compte",
        "N° compte", "numero", "Identifiant du compte", "ID compte", "Kontonummer", "Konto-Nr.", "Konto Nr",
        "KontoNr", "Nummer", "Konto-ID", "Número de cuenta", "Nro. de cuenta", "N.º de cuenta",
        "Identificador de la cuenta", "ID cuenta", "Numero account", "Numero dell'account", "Numero di conto",
        "ID account", "N. conto",
        "Account number", "ACCOUNT_ID", "account-id", "accountId", "AccountID", "accountid", "Account No.",
        "Smily ID", "id", "\ufeffID",
    ],
)  # fmt: skip
@pytest.mark.parametrize("label", ["Nom", "Name", "Account name"])
def test_the_number_is_known_in_five_languages_and_in_any_order(name: str, label: str) -> None:
    for text in (f"{label};{name}\nVilla Rosa;4711\n", f"{name};{label}\n4711;Villa Rosa\n"):
        found = read_text(Untrusted(text))
        assert rows(found) == ROSA
        assert found.header is not None
        assert found.header.unused == ()


@pytest.mark.parametrize(
    "name",
    [
        "Nom", "Nom du compte", "Raison sociale", "Propriétaire", "Société", "Nom du propriétaire", "Compte",
        "Name", "Kontoname", "Kontobezeichnung", "Eigentümer", "Firma", "Konto", "Nombre",
        "Nombre de la cuenta", "Razón social", "Propietario", "Empresa", "Nome", "Nome dell'account",
        "Ragione sociale",
        "Proprietario", "Customer", "Account name", "account_name", "accountName", "businessname", "Owner",
        "LABEL", "Account",
    ],
)  # fmt: skip
def test_the_name_is_known_in_five_languages(name: str) -> None:
    assert rows(read_text(Untrusted(f"Account ID,{name}\n4711,Villa Rosa\n"))) == ROSA
    assert rows(read_text(Untrusted(f"email\t{name}\tid\na@b.example\tVilla Rosa\t4711\n"))) == ROSA


@pytest.mark.parametrize("name", ["Scopes", "Permissions", "Autorisations", "Berechtigungen", "Permisos"])
def test_permissions_are_known_in_five_languages(name: str) -> None:
    found = read_text(Untrusted(f"{name};Nom\nbookings_read;Villa Rosa\n"))
    assert [row.scopes for _, row in found.rows] == [("public", "bookings_read")]


def test_a_column_that_is_not_understood_is_named() -> None:
    found = read_text(Untrusted("email;Nom;Téléphone;Numéro de compte\na@b.example;Villa Rosa;+33 1;4711\n"))
    assert rows(found) == ROSA
    assert found.header is not None
    assert found.header.unused == ("email", "Téléphone")
    assert found.header.used == (("Nom", "name"), ("Numéro de compte", "account number"))


def test_of_two_columns_of_a_kind_the_more_exact_one_is_used_and_the_other_named() -> None:
    found = read_text(Untrusted("ID;Owner;Account ID;Account name\n1;Ana;4711;Villa Rosa\n"))
    assert rows(found) == ROSA
    assert found.header is not None
    assert found.header.unused == ("ID", "Owner")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sep=;\nlabel;account id\nVilla Rosa;4711\n", ROSA),
        ("SEP=,\r\nVilla Rosa,4711\r\n", ROSA),
        ("\ufeffsep=|\nVilla Rosa|4711\n", ROSA),
        ('"sep=;"\nVilla Rosa;4711\n', ROSA),
        ("Villa Rosa|4711\n", ROSA),
        ("Villa Rosa\t4711", ROSA),
        ("Villa Rosa\t\nNid, le\t12\n", [("Villa Rosa", None), ("Nid, le", 12)]),
        ('"Villa; Rosa",7\n', [("Villa; Rosa", 7)]),
        ('"Villa, Rosa";7\n', [("Villa, Rosa", 7)]),
        ('"Villa\tRosa";7\n', [("Villa Rosa", 7)]),
        ("Villa, Rosa;7\nNid;8\n", [("Villa, Rosa", 7), ("Nid", 8)]),
        ("Dupont, Marie\nMartin, Jean\n", [("Dupont, Marie", None), ("Martin, Jean", None)]),
        ("Dupont; Marie\nMartin\n", [("Dupont; Marie", None), ("Martin", None)]),
        ("Dupont, Marie, Nice\n", [("Dupont, Marie, Nice", None)]),
        ("Rosa,,bookings_read\n", [("Rosa", None)]),
        ('"Le Nid" de Nice\nRosa\n', [('"Le Nid" de Nice', None), ("Rosa", None)]),
        ('"Le Nid" de Nice,7\nRosa,8\n', [('"Le Nid" de Nice', 7), ("Rosa", 8)]),
        ('"Le Nid\nRosa\n', [('"Le Nid', None), ("Rosa", None)]),
        ('Rosa\n"Le Nid', [("Rosa", None), ('"Le Nid', None)]),
        ('"Le Nid"\n"Rosa"\n', [("Le Nid", None), ("Rosa", None)]),
        ("Account,4711\n", [("Account", 4711)]),
        ("Villa ¹\n¹\n4\u00a0711\n", [("Villa ¹", None), ("¹", None), ("Account 4711", 4711)]),
        ("\x1b[200~Villa Rosa,4711\n\x1b[201~", ROSA),
        ("[200~Villa Rosa,4711[201~\n", ROSA),
        ("\u2800\u2800,4711\n", [("Account 4711", 4711)]),
    ],
)
def test_separators_and_quotes_are_read_as_they_are_meant(
    text: str, expected: list[tuple[str, int | None]]
) -> None:
    assert rows(read_text(Untrusted(text))) == expected
    assert rows(read_bytes(text.encode())) == expected


@pytest.mark.parametrize(
    "number",
    [
        "4711",
        "4711.0",
        "4711,0",
        "4711.00",
        "4 711",
        "4\u00a0711",
        "4\u202f711",
        "4'711",
        "4.711",
        '="4711"',
        "'4711",
    ],
)
def test_a_number_is_read_as_spreadsheets_write_it(number: str) -> None:
    assert rows(read_text(Untrusted(f"Nom;Numéro\nVilla Rosa;{number}\n"))) == ROSA


@pytest.mark.parametrize(
    "number", ["471.000", "4.7", "4711.5", "4,711E+03", "-4711", "0", "0.0", "4 71", "12 000 0"]
)
def test_what_is_no_whole_number_or_can_be_read_in_two_ways_is_refused(number: str) -> None:
    (problem,) = read_text(Untrusted(f"Nom;Numéro\nVilla Rosa;{number}\n")).problems
    assert problem.line == 2
    assert "is not an account number" in problem.words


@pytest.mark.parametrize("above", ["Liste des clients 2026\n\n", "Table 1\n", "Villa Rosa;4711\n"])
def test_names_of_columns_below_the_first_line_are_told_from_a_row(above: str) -> None:
    """Numbers writes the table's name above them, and two lists may have been joined."""
    found = read_text(Untrusted(f"{above}Nom;Numéro de compte;Ville\nVilla Rosa;4711\n"))
    (problem,) = found.problems
    assert problem.line == above.count("\n") + 1
    assert problem.words.startswith("This line names columns and must come first.")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    text = "Numéro de compte;Nom\r\n4711;Régine Müller – “Œuvre”\r\n"
    found = read_bytes(text.encode(encoding))
    assert rows(found) == [("Régine Müller – “Œuvre”", 4711)]
    assert found.encoding == ("Windows-1252" if encoding == "cp1252" else "")


labels = st.text(min_size=1, max_size=30).map(lambda text: clean(f"x{text}", 80))
accounts = st.builds(Row, labels, st.none() | st.integers(1, 999_999_999_999))


@given(
    st.lists(accounts, min_size=1, max_size=12),
    st.sampled_from("\t;,|"),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.sampled_from([("Nom", "Numéro de compte"), ("name", "id"), None]),
    st.booleans(),
)
def test_what_any_spreadsheet_writes_is_read_back(
    made: list[Row], separator: str, quoting: int, encoding: str, names: tuple[str, str] | None, swapped: bool
) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, quoting=quoting)  # type: ignore[arg-type]
    swap = -1 if swapped and names else 1
    for cells in (*([names] if names else []), *((defused(row.label), row.account_id or "") for row in made)):
        writer.writerow(cells[::swap])
    found = read_bytes(text.getvalue().encode(encoding))
    assert rows(found) == [(row.label, row.account_id) for row in made]
