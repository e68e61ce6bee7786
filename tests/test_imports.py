"""What tests share is in tests/support, so that one room's tests can move without another's."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).parent


def imported(path: Path) -> set[str]:
    """Return the modules of tests/ that a module names in its imports, by their dotted names below tests."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.removeprefix("tests.") for name in names if name.startswith("tests.")}


def test_a_test_imports_from_its_own_room_and_from_support_alone() -> None:
    wrong = set()
    for path in TESTS.rglob("*.py"):
        here = path.relative_to(TESTS)
        for name in imported(path):
            room, *inside = name.split(".")
            if room not in {here.parts[0], "support"} or any(part.startswith("test_") for part in inside):
                wrong.add(f"{here}: {name}")
    assert not wrong
