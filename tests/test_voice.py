"""Voice of the program: sentences that people read are short, and use one word for one thing.

Strings of the interface, the command line's help, screens and documents are collected and held against a
list of patterns. A place that is not in `PLACES` yet is not read.
"""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import pytest

from smily_tui.cli.parser import COMMANDS
from tests.support.processes import clean_environment, run_program

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PLACES = (
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "docs",
    "smily_tui/accounts.py",
    "smily_tui/applications.py",
    "smily_tui/batch.py",
    "smily_tui/cli",
    "smily_tui/clock.py",
    "smily_tui/demo.py",
    "smily_tui/desktop",
    "smily_tui/doctor.py",
    "smily_tui/errors.py",
    "smily_tui/export.py",
    "smily_tui/messages",
    "smily_tui/oauth",
    "smily_tui/origin.py",
    "smily_tui/plain",
    "smily_tui/queue",
    "smily_tui/sandbox",
    "smily_tui/system",
    "smily_tui/testing",
    "smily_tui/tokens",
    "smily_tui/tui",
    "smily_tui/vault",
    "smily_tui/wire",
)
"""Modules, golden screens (.txt) and documents (.md), or folders of them."""

LONGEST = 24  # words of a sentence
USUAL = 14  # words that half of all sentences stay below

BETTER = {
    r"\bsay(?:s|ing)? (?:yes|no)\b|\bsaid (?:yes|no)\b|owner's yes": "approve, decline",
    r"\brenew": "refresh",
    r"\bmend": "fix",
    r"\bor else\b|; else\b": "otherwise, or a sentence of its own",
    r"\bas far as\b": "leave it out",
    r"\ba wish\b": "a task",
    r"\bleave it\b|\bleft as (?:it|they)\b": "is not changed",
    r", too(?=[.,;:)]|$)": "as well, also",
    r"\bnobody\b|\bno one\b": "say what there is",
    r"\bis understood to\b": "the verb itself",
    r"\bthat which\b|\bwhose\b": "a sentence of its own",
    r"\bnone of\b": "no, not",
    r"\b(?:nothing was|is|was) said\b": "no … yet",
    r"\bany ?more\b": "no longer",
    r"\ball the same\b": "still",
    r"\b(?:is|are) wanted\b": "expected, required",
    r"\bneed not\b": "does not have to",
    r"\bfor you alone\b|\byours alone\b": "readable only by you",
    r"(?<!there )\b(?:is|are) no (?!longer\b)[a-z]": "is not a",
    r"\bholds? (?:a|an|no|some)\b": "has, contains",
    r"\bgoes on after\b|\bat will\b|\bonce more\b(?= took)": "plain words",
    r"\bneeds? you\b|\bgiven away\b|\bunclear\b": "needs authorization, handed over, unconfirmed",
    r"\bapplications?\b(?!/|\.json|\.x-|\.vnd)": "app",
    r"\bredirect address": "redirect URI",
    r"\bledger\b": "history",
    r"\b(?:veil|mask)(?:s|ed)?\b": "redact, hide",
    r"\bhelper\b": "worker",
    r"\btoolkit\b": "Textual",
    r"\bplease report\b": "say where",
    r"[a-z)”}]; [a-z{“]": "two sentences",
    r"(?:^|[.;,] )(?:[a-z]|esc|Enter|\{[a-z_…]+\}) "
    r"(?:asks|refreshes|renews|finds|shows|sorts|brings|hides|ends|tries)\b": "Press …",
}
"""Patterns, in any case, and what to write instead."""

EXCEPTIONS = {
    "Applications in terminal may access": "a setting of iTerm2",
    "Accounts may be called “Application”": "a name",
    "The provided authorization grant is invalid": "what Doorkeeper answers",
    "default-src 'none'": "a header",
    "applications_read applications_write": "names of scopes and resources",
    "`applications` must be a table": "name of a table in config.toml",
    "applications.{…}.server": "name of a table in config.toml",
    "/partners/applications": "address of a page",
    "l’application": "French",
    "notre application": "French",
}
"""Parts of texts that may stay, and why."""

# its last column has the words that are not used
_GLOSSARY = re.compile(r"^## Glossary$.*?(?=^## )", re.DOTALL | re.MULTILINE)
_PROSE = re.compile(r"[A-Za-z’']+[,;:.]? [A-Za-z{“(]")
# regular expressions, code, style sheets
_NO_PROSE = re.compile(r"\\[bswd]|\(\?|\[\^|^\s*(?:import|from) |application/|\{[^}…]*: [^}]*;")


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield texts with their places: strings of a module, lines of a screen, paragraphs of a document."""
    name = path.relative_to(ROOT)
    if path.suffix == ".py":
        for line, text in strings(ast.parse(path.read_text("utf-8"))):
            if _PROSE.search(text) and not _NO_PROSE.search(text):
                yield f"{name}:{line}", text
        return
    content = path.read_text("utf-8")
    if path.suffix == ".md":
        yield from document_texts(str(name), content)
        return
    for line, text in enumerate(content.splitlines(), 1):
        yield f"{name}:{line}", text


def document_texts(name: str, content: str) -> Iterator[tuple[str, str]]:
    """Yield paragraphs, points of lists, and what stands in cells of tables; code becomes CODE."""
    content = _GLOSSARY.sub("", content)
    content = re.sub(r"<!--.*?-->", "", content, flags=re.DOTALL)
    content = re.sub(r"```.*?```", "", content, flags=re.DOTALL)
    content = re.sub(r"`[^`]*`", "CODE", content)
    for paragraph in re.split(r"\n{2,}|\n(?=[*#|] )", content):
        text = " ".join(paragraph.split())
        if text.startswith("|"):
            # a cell has room for a list, not for sentences
            yield from ((name, part.strip()) for part in re.split(r"[|;]", text) if part.strip())
        elif text:
            yield name, text.lstrip("*# ")


def strings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the strings of a module with their lines, but no docstrings; values in them become {…}."""
    skipped = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            skipped.update(map(id, node.values))
            yield node.lineno, "".join(map(part, node.values))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def part(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "{…}"


@functools.cache
def read() -> tuple[tuple[str, str], ...]:
    """Every text of the places."""
    paths = (path for place in PLACES for path in ([ROOT / place], sorted((ROOT / place).rglob("*.*"))))
    files = [path for group in paths for path in group if path.suffix in {".py", ".txt", ".md"}]
    return tuple(text for path in files for text in texts(path))


def is_excepted(text: str) -> bool:
    return any(words in text for words in EXCEPTIONS)


def findings(place: str, text: str) -> Iterator[str]:
    for pattern, better in BETTER.items():
        if (match := re.search(pattern, text, re.IGNORECASE)) and not is_excepted(text):
            yield f"{place}: “{match[0].strip()}” in “{text.strip()}”: {better}"


def sentences(text: str) -> Iterator[list[str]]:
    """Yield the words of each sentence."""
    for sentence in re.split(r"(?<=[.!?])\s+|\n{2,}", text):
        if re.search(r"[.!?]$", sentence.strip()):
            yield sentence.split()


def test_every_place_is_there() -> None:
    assert [place for place in PLACES if not (ROOT / place).exists()] == []


@pytest.mark.parametrize(
    "text",
    [
        "A browser that is signed in says yes without asking.",
        "Expired 12 min ago; r renews it",
        "Mend that line in an editor.",
        "Or else it is from an older page.",
        "4 of 5 accounts, as far as is stored here.",
        "Programs that keep a history keep it, too.",
        "Nobody waits.",
        "The next owner is understood to say no.",
        "None of the accounts is like that.",
        "Nothing was said yet.",
        "That is no number of an account.",
        "Which application is asking?",
        "Kept for you alone, not encrypted.",
        "u asks the owner again",
        "Its redirect address must be another one.",
    ],
)
def test_a_sentence_of_another_voice_is_found(text: str) -> None:
    assert list(findings("here", text))


def test_no_text_has_a_pattern_of_the_list() -> None:
    assert [finding for place, text in read() for finding in findings(place, text)] == []


def test_sentences_are_short() -> None:
    lengths = [(len(words), place, " ".join(words)) for place, text in read() for words in sentences(text)]
    too_long = [entry for entry in lengths if entry[0] > LONGEST and not is_excepted(entry[2])]
    assert too_long == []
    assert median(length for length, _, _ in lengths) < USUAL


def test_each_exception_is_needed() -> None:
    """An exception that no text has any more is deleted."""
    assert [words for words in EXCEPTIONS if not any(words in text for _, text in read())] == []


ACTIONS = (
    "apps list", "apps rename", "apps permissions", "apps new-secret", "apps remove", "apps restore",
    "queue run", "queue add", "queue list", "queue remove", "queue clear",
)  # fmt: skip


@pytest.mark.parametrize("command", ["", *COMMANDS, *ACTIONS])
def test_help_has_no_pattern_of_the_list(command: str, tmp_path: Path) -> None:
    arguments = [*command.split(), "--help"]
    shown = run_program(clean_environment(tmp_path) | {"COLUMNS": "200"}, *arguments).stdout
    assert "usage: smily-tui" in shown
    assert list(findings("--help", " ".join(shown.split()))) == []
