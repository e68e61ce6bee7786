"""Words for the shells of Windows, as Microsoft's “about_Quoting_Rules” has them; no PowerShell runs here."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smily_tui.system.shells import quote_powershell
from smily_tui.text import clean

EXPRESSION = re.compile(
    r"\$\(\[char\](?P<call>::ConvertFromUtf32\()?(?P<escaped>0x[0-9a-f]+)(?(call)\)\)|\))"
)


def read(line: str) -> str:
    """Return the argument that Windows PowerShell 5.1 passes on for a word in quotes."""
    if line[0] == "'":
        inside = re.sub("(['‘’‚‛])\\1", r"\1", line[1:-1])
        return inside.replace('\\"', '"')
    if line[0] == '"':
        shown = EXPRESSION.sub(lambda match: chr(int(match["escaped"], 16)), line[1:-1])
        return re.sub("`(.)", r"\1", shown)
    return line


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("my-app/villa-rosa", "my-app/villa-rosa"),
        (r"C:\Users\Zoë\list.csv", r"C:\Users\Zoë\list.csv"),
        ("--here", "--here"),
        ("-a.b", '"-a.b"'),
        (r"C:\My files\list.csv", r'"C:\My files\list.csv"'),
        ("*S-1-5-21:(OI)(CI)F", '"*S-1-5-21:(OI)(CI)F"'),
        ("a&b|c>d<e^f;g", '"a&b|c>d<e^f;g"'),
        ("it's", '"it\'s"'),
        ("", '""'),
        ("$(calc)", "'$(calc)'"),
        ("100%PATH%", "'100%PATH%'"),
        ("`n", "'`n'"),
        ("$it's", "'$it''s'"),
        ("$it’s", "'$it’’s'"),
        ("“quoted”", "'“quoted”'"),
        ('say "x"', "'say \\\"x\\\"'"),
        ("two\nlines", '"two$([char]0xa)lines"'),
        ("\u202e$x", '"$([char]0x202e)`$x"'),
    ],
)
def test_a_word_is_written_as_both_shells_of_windows_or_powershell_read_it(word: str, written: str) -> None:
    assert quote_powershell(word) == written
    assert read(written) == word


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_each_word_of_windows_is_one_argument_without_characters_for_the_terminal(word: str) -> None:
    line = quote_powershell(word)
    assert clean(line, len(line) + 1) == line
    if '"' not in word and "`" not in word:
        assert read(line) == word


@given(st.text(alphabet="\"'‘’‚‛“”„$`%&|;<>()\\ a\n\u202e", max_size=12))
def test_nothing_in_a_word_of_windows_ends_its_quotes(word: str) -> None:
    line = quote_powershell(word)
    match line[0]:
        case "'":
            assert re.fullmatch(r"([^'‘’‚‛]|(['‘’‚‛])\2)*", line[1:-1])
        case '"':
            inside = EXPRESSION.sub("", line[1:-1])
            assert re.fullmatch(r'([^"“”„$`]|`.)*', inside)
        case _:
            assert re.fullmatch(r"-[\w-]*|[\w./:\\+][\w./:\\+-]*", line)
