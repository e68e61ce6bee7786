"""Changing a TOML text: what was there is there byte for byte but for the change, or nothing is changed."""

from __future__ import annotations

import difflib
import re
import tomllib
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from smily_tui.vault.toml_text import NotChangeable, with_fields, without_table
from tests.support.sampling import examples

FIRST = 'client_id = "c1"\nserver = "https://a.example"\n'
SHAPES = {
    "empty": "",
    "tables": f'[applications.first]\n{FIRST}[tui]\ntheme = "a"\n',
    "dotted": 'applications.first.client_id = "c1"\ntui.theme = "a"\n',
    "dotted, then a table": 'applications.first.client_id = "c1"\n[tui]\ntheme = "a"\n',
    "dotted in a table": '[applications]\nfirst.client_id = "c1"\n[tui]\ntheme = "a" # mine\n',
    "inline": 'applications = { first = { client_id = "c1" } } # mine\ntui = { theme = "a" }\n',
    "inline below": '[applications]\nfirst = { client_id = "c1" }\n\n[tui]\ntheme = "a"\n',
    "out of order": '[applications.a]\nx = 1\n[tui]\ntheme = "a"\n[applications.first]\nclient_id = "c1"\n',
    "quoted": '["applications"."first"]\n"client_id" = "c1"\n[\'tui\']\n\'theme\' = "a"\n',
    "no end of line": '[tui]\ntheme = "a" # the last',
    "odd blanks": '  [ tui ]  # x\n\n\ttheme="a"   # y\n\n\n# end\n',
    "a text that looks like a table": 'x = """\n[tui]\ntheme = "b"\n"""\n[tui]\ntheme = "a"\n',
    "not a number": 'x = nan\ny = [1.50, inf]\n[tui]\ntheme = "a"\n',
    "dates": 'born = 1979-05-27T07:32:00-08:00\n[tui]\ntheme = "a"\n',
    "tables in a list": '[[other]]\nx = 1\n[[other]]\nx = 2\n[tui]\ntheme = "a"\n',
    "comments only": "# nothing\n# here\n",
    "a flag instead of a name": "[tui]\ntheme = false # mine\n",
    "dotted and a table below": 'applications.first.client_id = "c1"\n\n[applications.third]\nx = 3\n',
}
CHANGES: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "a theme": (("tui",), {"theme": "b"}),
    "a new key": (("tui",), {"theme": "a", "ascii": True}),
    "an application": (("applications", "second"), {"name": 'Ha"us', "scopes": ["public", "rates_read"]}),
    "a field": (("applications", "first"), {"client_id": "c2", "name": "Häuser"}),
}


def intended(text: str, path: tuple[str, ...], fields: dict[str, Any]) -> dict[str, Any]:
    data = tomllib.loads(text, parse_float=str)
    table = data
    for part in path:
        table = table.setdefault(part, {})
    table.update(fields)
    return data


def changed_well(text: str, path: tuple[str, ...], fields: dict[str, Any]) -> str:
    """Change a text, and see that nothing else was."""
    changed = with_fields(text, path, fields)
    assert tomllib.loads(changed, parse_float=str) == intended(text, path, fields)
    gone = [
        line[2:] for line in difflib.ndiff(text.splitlines(), changed.splitlines()) if line.startswith("- ")
    ]
    kept_comments = [line for line in gone if "#" in line and line.split("#", 1)[1] not in changed]
    assert kept_comments == []
    assert len(gone) <= len(fields)
    return changed


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_that_people_write_takes_every_change(shape: str, change: str, ending: str) -> None:
    path, fields = CHANGES[change]
    text = SHAPES[shape].replace("\n", ending)
    changed = changed_well(text, path, fields)
    if "\n" in text:
        assert ("\r\n" in changed) == (ending == "\r\n")
        assert bool(re.search(r"(?<!\r)\n", changed)) == (ending == "\n")


@pytest.mark.parametrize("shape", SHAPES)
def test_one_change_after_the_other_is_taken(shape: str) -> None:
    text = SHAPES[shape]
    for path, fields in (*CHANGES.values(), *reversed(CHANGES.values())):
        text = changed_well(text, path, fields)


def test_comments_in_a_list_stay_where_what_they_are_about_stays() -> None:
    items = '# mine\n  "public", # needed\n  # for the calendar\n  "rates_read",\n'
    text = f"[applications.first]\nscopes = [ {items}]\n"
    path = ("applications", "first")
    fields = {"scopes": ["rates_write", "public", "rates_read"]}
    changed = with_fields(text, path, fields)
    for comment in ("# mine", "# needed", "# for the calendar"):
        assert comment in changed
    read = tomllib.loads(changed)["applications"]["first"]["scopes"]
    assert read == ["public", "rates_read", "rates_write"]
    same = with_fields(text, path, {"scopes": ["public", "rates_read"]})
    assert same == text


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("# x\ntui = 3\n", ("tui",), 2),
        ("# x\n[[tui]]\ntheme = 'a'\n", ("tui",), 2),
        ("[a]\n[applications]\nsecond = 'x'\n", ("applications", "second"), 2),
    ],
)
def test_what_cannot_be_changed_safely_names_its_line(text: str, path: tuple[str, ...], line: int) -> None:
    with pytest.raises(NotChangeable) as raised:
        with_fields(text, path, {"theme": "b"})
    assert raised.value.line == line
    assert raised.value.table == ".".join(path)


KEYS = st.sampled_from(["tui", "applications", "first", "second", "theme", "keys", "x"])
SCALARS = st.one_of(
    st.booleans(), st.integers(-9, 9), st.floats(), st.text(max_size=5), st.just("# no comment"), st.dates()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=8,
)


def written(data: dict[str, object], style: st.DataObject, prefix: str = "") -> str:
    """Data as one person or another would write it."""
    plain, tables = "", ""
    for key, value in data.items():
        way = style.draw(st.sampled_from(["inline", "table", "dotted"])) if isinstance(value, dict) else ""
        comment = style.draw(st.sampled_from(["", " # mine", "   "]))
        name = style.draw(st.sampled_from([key, f'"{key}"']))
        if isinstance(value, dict) and value and way == "table":
            whole = f"{prefix}{name}"
            tables += f"{style.draw(st.sampled_from(['', chr(10)]))}[{whole}]{comment}\n"
            tables += written(value, style, f"{whole}.")
        elif isinstance(value, dict) and value and way == "dotted":
            for inner, leaf in value.items():
                plain += f"{name}.{inner} = {item(leaf)}{comment}\n"
        else:
            plain += f"{name} = {item(value)}{comment}\n"
    return plain + tables


def item(value: object) -> str:
    if isinstance(value, dict):
        table = tomlkit.inline_table()
        table.update(value)
        return table.as_string()
    if isinstance(value, list):
        return f"[{', '.join(item(each) for each in value)}]"
    return tomlkit.item(value).as_string()


@settings(deadline=None, max_examples=examples(150))
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.data(), st.sampled_from(list(CHANGES)), st.booleans())
def test_whatever_people_write_is_kept_or_the_change_is_refused(
    data: dict[str, object], style: st.DataObject, change: str, crlf: bool
) -> None:
    text = written(data, style)
    text = text.replace("\n", "\r\n") if crlf else text
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    path, fields = CHANGES[change]
    try:
        changed = with_fields(text, path, fields)
    except NotChangeable:
        return
    assert tomllib.loads(changed, parse_float=str) == intended(text, path, fields)
    assert changed.count("# mine") == text.count("# mine")


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("shape", SHAPES)
def test_a_removed_table_takes_its_own_lines_and_nothing_else(shape: str, ends: str) -> None:
    text = SHAPES[shape].replace("\n", ends)
    before = tomllib.loads(text, parse_float=str)
    changed = without_table(text, ("applications", "first"))
    after = tomllib.loads(changed, parse_float=str)
    assert "first" not in after.get("applications", {})
    before.get("applications", {}).pop("first", None)
    assert {name: value for name, value in after.items() if value} == {
        name: value for name, value in before.items() if value
    } or text == changed
    assert [line for line in text.splitlines() if line.lstrip().startswith("#")] == [
        line for line in changed.splitlines() if line.lstrip().startswith("#")
    ]


def test_comments_above_the_next_table_stay_and_those_in_the_removed_one_go() -> None:
    text = "# top\n\n[applications.first]\n# inside\nx = 1\n\n# second\n[applications.second]\nx = 2\n"
    assert without_table(text, ("applications", "first")) == (
        "# top\n\n# second\n[applications.second]\nx = 2\n"
    )
