"""The type checker and the linter refuse text from outside wherever text is shown, until it was cleaned."""

from __future__ import annotations

import ast
import functools
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from smily_tui.text import Untrusted, clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[3]
PROGRAM: Final = ROOT / "smily_tui"
FRONTS: Final = sorted(path for room in ("tui", "plain", "cli") for path in (PROGRAM / room).rglob("*.py"))

HEAD: Final = """\
from __future__ import annotations
import sys
from rich.text import Text
from textual.app import App, SystemCommand
from textual.command import DiscoveryHit, Hit
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Collapsible, DataTable, Digits, Input, Label, OptionList, Static
from textual.widgets.option_list import Option
from smily_tui.cli.streams import tell
from smily_tui.errors import SmilyError, UsageError
from smily_tui.oauth.body import read_object
from smily_tui.records import Record
from smily_tui.plain.console import Console
from smily_tui.demo import TROUBLES
from smily_tui.text import Untrusted, clean
from smily_tui.tui.actions import EVERYWHERE, ON_SCREENS
from smily_tui.tui.screens.dialogs import NameDialog, Question
from smily_tui.tui.widgets.inputs import PasteInput
from smily_tui.tui.widgets.status_line import StatusLine
from smily_tui.tui.widgets.first_frame import TitleBar
from smily_tui.tui.pages.application import ApplicationPage
from smily_tui.tui.pages.authorize import AuthorizePage

def act() -> None: ...
def shown(text: str) -> None: ...

def sample(
    outside: Untrusted, app: App[None], screen: Screen[None], widget: Widget, static: Static, label: Label,
    button: Button, line: StatusLine, console: Console, table: DataTable[str], options: OptionList,
    record: Record, field: PasteInput, code: AuthorizePage, form: ApplicationPage,
) -> None:
"""

SHOWN: Final = (
    "Static(outside)",
    "static.update(outside)",
    "Label(outside)",
    "label.update(outside)",
    "Button(outside)",
    "button.label = outside",
    "Content(outside)",
    "Content.styled(outside, 'bold')",
    "Content.assemble(outside)",
    "Text(outside)",
    "Digits(outside)",
    "Input(outside)",
    "Input(placeholder=outside)",
    "Collapsible(title=outside)",
    "Option(outside)",
    "options.add_option(outside)",
    "table.add_row(outside)",
    "table.add_column(outside)",
    "app.notify(outside)",
    "app.notify('', title=outside)",
    "app.title = outside",
    "app.sub_title = outside",
    "screen.title = outside",
    "screen.sub_title = outside",
    "widget.border_title = outside",
    "widget.border_subtitle = outside",
    "widget.tooltip = outside",
    "app.copy_to_clipboard(outside)",
    "SystemCommand(outside, '', act)",
    "SystemCommand('', outside, act)",
    "Hit(1.0, outside, act)",
    "Hit(1.0, '', act, outside)",
    "Hit(1.0, '', act, '', outside)",
    "DiscoveryHit(outside, act)",
    "sys.stdout.write(outside)",
    "sys.stderr.write(outside)",
    "tell(outside)",
    "console.say(outside)",
    "console.ask(outside)",
    "line.say(outside)",
    "line.done(outside)",
    "line.busy(outside)",
    "TitleBar(outside)",
    "Question(outside, '', '')",
    "Question('', outside, '')",
    "NameDialog(outside)",
    "SmilyError(outside)",
    "SmilyError('', kept=outside)",
    "SmilyError('', next=outside)",
    "UsageError(outside)",
    "'' + outside",
    "''.join([outside])",
    "outside.upper()",
    "outside[:10]",
)
ENTERS: Final = (
    "read_object(b'').text('error')",
    "read_object(b'').get('error')",
    "read_object(b'')['error']",
    "record.texts('scopes')[0]",
    "record.records('accounts')[0].text('business_name')",
    "[name for name, _ in record.items()][0]",
    "field.typed",
    "code.pasted",
    "form._value('name')",
    "console.ask_unchanged('Name')",
    "console.ask_hidden('Code')",
)


def refused(folder: Path, lines: Sequence[str]) -> set[str]:
    """The lines that the checker refuses."""
    sample = folder / "sample.py"
    sample.write_text(HEAD + "".join(f"    {line}\n" for line in lines))
    before = HEAD.count("\n") + 1
    command = (sys.executable, "-m", "mypy", "--cache-dir", os.devnull, str(sample))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=170, check=False)
    found = re.findall(rf"^{re.escape(str(sample))}:(\d+): error:", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return {lines[int(number) - before] for number in found}


def test_text_from_outside_is_refused_where_it_would_be_shown_until_it_is_cleaned(tmp_path: Path) -> None:
    outside = [*SHOWN, *(f"shown({source})" for source in ENTERS)]
    cleaned = [line.replace("outside", "clean(outside)") for line in SHOWN]
    cleaned += [f"shown(clean({source}))" for source in ENTERS]
    assert refused(tmp_path, [*outside, *cleaned]) == set(outside)


def test_the_linter_refuses_print_which_takes_anything() -> None:
    """The one sink that no type can guard; nowhere in the program is it allowed."""
    command = (
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--select",
        "T20",
        "--output-format",
        "concise",
    )
    for path, source in ((None, "print(1)\n"), (PROGRAM, None)):
        where = "-" if path is None else str(path)
        done = subprocess.run([*command, where], input=source, capture_output=True, text=True, check=False)
        assert ("T201" in done.stdout) is (path is None)
    assert [path for path in PROGRAM.rglob("*.py") if "noqa: T201" in path.read_text("utf-8")] == []


def test_an_f_string_cannot_show_it_either() -> None:
    """The checker lets an f-string take anything: then our own words stand there, and nothing of the text."""
    hostile = Untrusted("\x1b]0;evil\x07 secret")
    for shown in (
        f"{hostile}",
        f"{hostile!r}",
        f"{hostile:>40}",
        str(hostile),
        repr([hostile]),
        f"{(hostile,)}",
    ):
        assert "(text from outside)" in shown
        assert "evil" not in shown
    assert clean(hostile) == "secret"
    assert clean(Untrusted("Villa [b]Rosa[/b]")) == "Villa [b]Rosa[/b]"


# -- never as markup -----------------------------------------------------------------------------------

PARSE_MARKUP: Final = frozenset({"Static", "Label", "Button", "Option", "Checkbox", "RadioButton", "notify"})
CHANGE_LATER: Final = frozenset({"Static", "Label"})  # even an empty one may be given another text


@functools.cache  # not when the tests are collected, which each worker does
def trees() -> dict[Path, ast.Module]:
    """Return the syntax tree of each module of the front ends."""
    return {path: ast.parse(path.read_text("utf-8")) for path in FRONTS}


@functools.cache
def safe_calls() -> set[str]:
    """Return the names of what makes no plain text."""
    return {"Content", "Text", "styled", "assemble", "join"} | {
        node.name
        for tree in trees().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and getattr(node.returns, "id", "") in {"Content", "Text"}
    }


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _is_content(node: ast.expr, tree: ast.AST) -> bool:
    """Whether it is no plain text: made by one of the safe calls, here or where the variable is set."""
    if isinstance(node, ast.Call):
        return _name(node) in safe_calls()
    if not isinstance(node, ast.Name):
        return False
    values = [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Assign) and any(getattr(one, "id", "") == node.id for one in each.targets)
    ]
    return bool(values) and all(isinstance(each, ast.Call) and _name(each) in safe_calls() for each in values)


def _markup(tree: ast.AST) -> Iterator[int]:
    """The lines where a text that is not written right there would be read as markup."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or _name(call) not in PARSE_MARKUP:
            continue
        if any(each.arg == "markup" and getattr(each.value, "value", 1) is False for each in call.keywords):
            continue
        text = call.args[0] if call.args else ast.Constant("")
        written = isinstance(text, ast.Constant) and "[" not in str(text.value)
        if not (_is_content(text, tree) or (written and _name(call) not in CHANGE_LATER)):
            yield call.lineno


@pytest.mark.parametrize(
    "source",
    [
        "Static(name)",
        "Static('')",
        "Label(f'{name}')",
        "app.notify(words)",
        "Button('[b]Go')",
        "Button(a, markup=True)",
        "row = name\nStatic(row)",
        "row = Content(name)\nrow = name\nStatic(row)",
    ],
)
def test_the_walk_finds_markup(source: str) -> None:
    assert list(_markup(ast.parse(source)))


@pytest.mark.parametrize("path", FRONTS, ids=lambda path: str(path.relative_to(PROGRAM)))
def test_no_front_end_has_a_text_parsed_as_markup(path: Path) -> None:
    assert list(_markup(trees()[path])) == []


def test_nothing_asks_for_markup() -> None:
    for path in FRONTS:
        source = path.read_text("utf-8")
        assert "from_markup" not in source, path
        assert "markup=True" not in source, path
