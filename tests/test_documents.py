"""What the documents say is true of the program."""

from __future__ import annotations

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

from smily_tui.cli.main import COMMANDS, EPILOG, _parser
from smily_tui.records import Record
from smily_tui.tui.actions import EVERYWHERE, ON_SCREENS
from smily_tui.tui.keys import read_keys
from smily_tui.tui.themes import THEMES
from smily_tui.vault.settings import read_preferences

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit):
        _parser(arguments).parse_args([*arguments, "--help"])
    return capsys.readouterr().out


def test_the_readme_names_every_command_and_no_other() -> None:
    listed = set(re.findall(r"^\| `smily-tui ([a-z]+)", README, re.MULTILINE))
    spoken = set(re.findall(r"smily-tui (?:--home \S+ )?([a-z]+)\b(?!\.)", README))
    installed = {"smily-tui", "pip", "pipx", "uv", "uvx"}
    assert listed == set(COMMANDS)
    assert spoken - installed <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_names_only_options_that_the_command_has(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `smily-tui {command}"))
    helped = help_of(capsys, command)
    for option in re.findall(r"--[a-z-]+", row):
        assert option in helped


def test_the_readme_names_the_exit_codes_of_the_help() -> None:
    in_readme = set(re.findall(r"^\| (\d) \|", README, re.MULTILINE))
    assert in_readme == set(re.findall(r"\b(\d) [a-z]", EPILOG))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_points_to_is_there(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text("utf-8")):
        assert (document.parent / target).is_file(), target


def test_every_task_that_a_document_names_is_there() -> None:
    tasks = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for document in DOCUMENTS:
        assert set(re.findall(r"`make ([a-z-]+)", document.read_text("utf-8"))) <= tasks


def test_the_security_page_explains_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = {re.split(r"[<>=~!;\[ ]", each)[0] for each in project["dependencies"]}
    section = (ROOT / "SECURITY.md").read_text("utf-8").partition("## What it rests on")[2]
    assert set(re.findall(r"^\| `([a-z0-9-]+)`", section, re.MULTILINE)) == wanted


def test_the_readmes_settings_can_be_used_and_its_actions_are_all_there_are() -> None:
    section = README.partition("## Looks and keys")[2].partition("\n## ")[0]
    preferences = read_preferences(Record(tomllib.loads(section.split("```")[1].removeprefix("toml"))))
    assert preferences.ignored == ()
    assert set(re.findall(r"smily-(?:dark|light|[a-z]+)\b", section.split("```")[1])) - {"smily-tui"} == {
        theme.name for theme in THEMES
    }
    keys, unusable = read_keys(preferences.keys)
    assert len(keys) == 2
    assert unusable == ()
    named = section.partition("The actions: ")[2].partition(".\n")[0]
    assert set(re.findall(r"`([a-z_]+)`", named)) == {
        each.name for screen in ON_SCREENS for each in screen
    } | {each.name for each in EVERYWHERE}


@pytest.mark.parametrize("picture", sorted((ROOT / "screenshots").glob("*.svg")), ids=lambda path: path.stem)
def test_a_picture_loads_nothing(picture: Path) -> None:
    svg = picture.read_text("utf-8")
    assert not re.findall(r"url\((?!#)|@import|<image|<script|href=", svg)


SHELL_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELL_BLOCKS = [
    pytest.param(block, id=f"{document.name}-{number}")
    for document in DOCUMENTS
    for number, block in enumerate(SHELL_BLOCK.findall(document.read_text("utf-8")))
]
PROGRAMS = {"make", "pip", "pipx", "smily-tui", "curl", "echo"}


@pytest.mark.parametrize("block", SHELL_BLOCKS)
def test_a_shell_block_can_be_pasted_into_a_shell(block: str) -> None:
    """Every line is a command of a program that a reader has; answers and addresses stand elsewhere."""
    lines = [shlex.split(line, comments=True) for line in block.replace("\\\n", " ").splitlines() if line]
    assert {words[0] for words in lines if "=" not in words[0]} <= PROGRAMS
    assert subprocess.run(["sh", "-n"], input=block, text=True, check=False).returncode == 0
