"""The documents are true of the program: commands, options, keys, exit codes, settings, links."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from scripts.figures import SUMMARY, TABLE, between, read_table, summary_of
from smily_tui.cli.parser import COMMANDS, EPILOG, command_named, read_options
from smily_tui.demo import TROUBLES
from smily_tui.messages.accounts import FORMATS
from smily_tui.queue.queue import RowState
from smily_tui.queue.reading import read_text
from smily_tui.records import Record
from smily_tui.sandbox.faults import EFFECTS, FAULTS
from smily_tui.text import Untrusted
from smily_tui.tui.actions import EVERYWHERE, ON_SCREENS, SCREENS
from smily_tui.tui.keys import read_keys
from smily_tui.tui.themes import AUTO, THEMES
from smily_tui.vault.model import State
from smily_tui.vault.settings import read_preferences
from tests.support.documents import DOCUMENTS, GUIDE, ROOT, Document, document, generated, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


CALLS = re.compile(
    r"(?:^|[(|;&]) *(?:[A-Z_]+=\S+ )*smily-tui (?:--home \S+ )?([a-z]+)\b(?!\.)([^|#;&)\n]*)", re.MULTILINE
)
"""Commands in code, each with its arguments."""
PAGE = pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether generated tables are written anew."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in which each line of the help is one line."""
    monkeypatch.setenv("COLUMNS", "1000")


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        read_options([*arguments, "--help"])
    return capsys.readouterr().out


def whole_commands() -> Iterator[tuple[str, str]]:
    """Commands and their actions, each with its summary."""
    for command, summary in COMMANDS.items():
        yield command, summary
        actions = getattr(command_named(command), "ACTIONS", {})
        yield from ((f"{command} {action}", text) for action, text in actions.items())


def options_of(text: str) -> dict[str, str]:
    """Options of a help text, each with its explanation."""
    return dict(re.findall(r"^  (--\S+(?: \S+)?)\n? {2,}(\S.*)$", text, re.MULTILINE))


@pytest.mark.usefixtures("wide")
def test_the_commands_and_their_options_are_those_of_the_help(
    capsys: pytest.CaptureFixture[str], update: bool
) -> None:
    options = options_of(help_of(capsys))
    common = {name: text for name, text in options.items() if name.startswith(("--server", "--home"))}
    full_screen = {name: text for name, text in options.items() if name not in common}
    parts = ["Every command takes these options:\n", options_table(common)]
    parts += ["`smily-tui` by itself takes these, and the first two go with `demo`, `connect` and `queue`:\n"]
    parts += [options_table(full_screen)]
    for command, summary in whole_commands():
        text = help_of(capsys, *command.split())
        usage = text.partition("\n")[0].removeprefix("usage: ")
        for option in ("[-h]", *(f"[{option}]" for option in common)):
            usage = usage.replace(f" {option}", "")
        parts += [
            f"### smily-tui {command}\n",
            f"{summary[0].upper()}{summary[1:]}.\n",
            f"```text\n{usage}\n```\n",
        ]
        if special := {name: text for name, text in options_of(text).items() if name not in options}:
            parts.append(options_table(special))
    written, expected = generated(document("docs/commands.md"), "commands", "\n".join(parts), update=update)
    assert written == expected


def options_table(options: Mapping[str, str]) -> str:
    return table(["option", "does"], [(f"`{name}`", text) for name, text in options.items()])


def test_the_keys_are_those_of_the_program(update: bool) -> None:
    parts = []
    for screen, actions in SCREENS.items():
        rows = [(action.keys, action.label, action.help, f"`{action.name}`") for action in actions]
        parts += [f"## {screen}\n", table(["key", "action", "does", "name"], rows)]
    written, expected = generated(document("docs/keys.md"), "keys", "\n".join(parts), update=update)
    assert written == expected
    assert set(re.findall(r"`([a-z_]+)` \|$", written, re.MULTILINE)) == {
        action.name for screen in ON_SCREENS for action in screen
    } | {action.name for action in EVERYWHERE}


@pytest.mark.parametrize(
    ("name", "head", "rows"),
    [
        ("docs/demo.md", "error", [(f"Demo: {trouble.label}", trouble.help) for trouble in TROUBLES]),
        ("docs/sandbox.md", "fault", [(f"`{fault}`", EFFECTS[fault]) for fault in FAULTS]),
    ],
)
def test_the_faults_are_those_of_the_program(
    name: str, head: str, rows: list[tuple[str, str]], update: bool
) -> None:
    content = table([head, "what happens"], rows)
    written, expected = generated(document(name), "faults", content, update=update)
    assert written == expected


@pytest.mark.parametrize(
    ("name", "states"), [("docs/accounts.md", list(State)), ("docs/queue.md", list(RowState))]
)
def test_the_states_are_those_of_the_program(name: str, states: list[State | RowState]) -> None:
    rows = document(name).rows("state")
    assert {row[0] for row in rows} == {state.word for state in states}
    identifiers = {row[-1].strip("`") for row in rows}
    assert {state.identifier for state in states} <= identifiers


@PAGE
@pytest.mark.usefixtures("wide")
def test_a_page_names_only_commands_and_options_that_exist(
    page: Document, capsys: pytest.CaptureFixture[str]
) -> None:
    helps = dict.fromkeys(COMMANDS, "")
    for command, _ in whole_commands():
        helps[command.split()[0]] += help_of(capsys, *command.split())
    blocks = [block.code.replace("\\\n", " ") for block in page.blocks if block.language == "sh"]
    code = [*page.code_spans, *blocks]
    for command, options in CALLS.findall("\n".join(code)):
        assert command in COMMANDS, command
        for option in re.findall(r"(?<=\s)--[a-z-]+", options):
            assert option in helps[command], f"{command} {option}"


def test_the_exit_codes_are_those_of_the_help() -> None:
    documented = set(re.findall(r"^\| (\d) \|", document("docs/commands.md").text, re.MULTILINE))
    assert documented == set(re.findall(r"\b(\d) [a-z]", EPILOG))


def test_every_variable_of_the_program_is_explained() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "smily_tui").rglob("*.py"))
    documented = document("docs/commands.md").text
    assert set(re.findall(r"SMILY_TUI_[A-Z]+", sources)) == set(re.findall(r"SMILY_TUI_[A-Z]+", documented))


@PAGE
def test_every_link_of_a_page_leads_somewhere(page: Document) -> None:
    for link in page.links:
        if re.match(r"https?:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.path.parent / path).resolve() if path else page.path
        assert target.exists(), link
        if anchor:
            assert anchor in document(str(target.relative_to(ROOT))).anchors, link


def test_the_index_leads_to_every_page() -> None:
    linked = {link.partition("#")[0] for link in document("docs/README.md").links}
    assert {path.name for path in GUIDE.glob("*.md")} - {"README.md"} <= linked


def test_every_task_that_a_page_names_is_there() -> None:
    tasks = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for page in DOCUMENTS:
        assert set(re.findall(r"`make ([a-z-]+)", page.text)) <= tasks, page.name


def test_the_security_page_explains_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    dependencies = {re.split(r"[<>=~!;\[ ]", line)[0] for line in project["dependencies"]}
    assert set(document("SECURITY.md").codes("package")) == dependencies


@PAGE
def test_the_settings_of_a_page_can_be_used(page: Document) -> None:
    for block in page.blocks:
        if block.language == "toml":
            preferences = read_preferences(Record(tomllib.loads(block.code)))
            assert (preferences.ignored, read_keys(preferences.keys)[1]) == ((), ())


def test_the_themes_and_formats_are_all_there_are() -> None:
    assert document("docs/themes.md").codes("theme") == [AUTO, *(theme.name for theme in THEMES)]
    assert document("docs/scripts.md").codes("format") == list(FORMATS)


@PAGE
def test_the_lists_of_a_page_can_be_read(page: Document) -> None:
    for block in page.blocks:
        if block.language == "csv":
            accounts = read_text(Untrusted(block.code))
            assert accounts.rows
            assert not accounts.problems


def test_the_readme_sums_up_the_figures_of_the_laboratory() -> None:
    figures = read_table(between(document("docs/reliability.md").text, TABLE))
    assert between(document("README.md").text, SUMMARY) == summary_of(figures)


@pytest.mark.parametrize("picture", sorted((ROOT / "screenshots").glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_loads_nothing(picture: Path) -> None:
    svg = picture.read_text("utf-8")
    assert not re.findall(r"url\((?!#)|@import|<image|<script|href=", svg)
