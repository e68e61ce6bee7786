"""Structure of the program: arrows between rooms, no circle of modules, short class chains, docstrings."""

from __future__ import annotations

import ast
import functools
import re
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "smily_tui"


def module_name(path: Path) -> str:
    """Dotted name of a module's file."""
    named = path.parent if path.name == "__init__.py" else path.with_suffix("")
    return ".".join(named.relative_to(ROOT).parts)


MODULES = {module_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@functools.cache  # not when the tests are collected, which each worker does
def trees() -> dict[str, ast.Module]:
    """Return the syntax tree of each module."""
    return {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}


GROUND = {
    "__init__", "clock", "digest", "errors", "json_output", "origin", "records", "secret", "signals",
    "system", "text",
}  # fmt: skip
CORE = {"ground", "oauth", "vault", "tokens", "wire", "queue", "desktop"}
ASKED = CORE | {"accounts", "api_call", "applications", "batch", "export", "demo", "doctor", "messages"}
ASKED |= {"sandbox", "undo"}
ARROWS = {
    "ground": set(),
    "oauth": {"ground"},
    "vault": {"ground", "oauth"},
    "wire": {"ground", "oauth"},
    "desktop": {"ground"},
    "sandbox": {"ground", "oauth"},
    "testing": {"ground", "oauth", "sandbox"},
    "tokens": {"ground", "oauth", "vault", "wire"},
    "queue": {"ground", "oauth", "vault"},
    "applications": {"ground", "oauth", "vault", "tokens"},
    "accounts": CORE | {"applications"},
    "batch": CORE | {"accounts", "applications"},
    "export": CORE | {"accounts", "applications"},
    "api_call": CORE | {"accounts", "applications"},
    "messages": CORE | {"api_call", "batch", "export"},
    "undo": CORE | {"accounts", "messages"},
    "demo": {"ground", "messages", "sandbox"},
    "doctor": CORE | {"accounts", "applications"},
    "plain": ASKED,
    "tui": ASKED,
    "cli": ASKED | {"plain", "tui"},
    "__main__": {"cli"},
}
NAMED_BY_FRAMEWORK = re.compile(r"compose|render|on_\w+|action_\w+|add_arguments|run|_\w+")
LONGEST_CHAIN = 4
LONGEST_LINE = 110
ALMOST_EMPTY, SMALL, MOST_SMALL = 5, 50, 20


def room(module: str) -> str:
    """Room of a module: a folder, a module beside the folders, or the ground below all of them."""
    name = module.split(".")[1] if "." in module else "__init__"
    return "ground" if name in GROUND else name


def imports(module: str) -> Iterator[str]:
    """Modules of ours that a module imports anywhere, for type checking or inside a function, too."""
    for node in ast.walk(trees()[module]):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            names = [name if name in MODULES else str(node.module) for name in names]
        else:
            continue
        yield from (name for name in names if name in MODULES and name != module)


def test_arrows_between_rooms_point_one_way() -> None:
    assert [
        f"{module} imports {name}"
        for module in MODULES
        for name in imports(module)
        if room(name) not in ARROWS[room(module)] | {room(module)}
    ] == []


ONLY_HERE = {
    "ctypes", "fcntl", "grp", "msvcrt", "pwd", "resource", "termios", "winreg",
    "os.O_CLOEXEC", "os.O_DIRECTORY", "os.O_NOFOLLOW", "os.O_NONBLOCK", "os.fchmod", "os.fork", "os.fsync",
    "os.geteuid", "os.getuid", "os.killpg", "os.pwrite", "os.setsid", "os.sysconf",
    "signal.SIGALRM", "signal.SIGHUP", "signal.SIGKILL", "signal.pthread_sigmask", "signal.setitimer",
    "start_new_session", "sys.platform",
}  # fmt: skip
FOR_TYPES = {("smily_tui.tui.app", "sys.platform"), ("smily_tui.tui.driver", "sys.platform")}


def names_used(tree: ast.Module) -> Iterator[str]:
    """Modules, attributes of modules and keywords that a module names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.keyword):
            yield str(node.arg)


def test_what_differs_between_systems_is_in_one_room() -> None:
    outside = {name: tree for name, tree in trees().items() if not name.startswith("smily_tui.system")}
    assert {
        (module, name) for module, tree in outside.items() for name in names_used(tree) if name in ONLY_HERE
    } == FOR_TYPES


def test_no_modules_import_each_other_in_a_circle() -> None:
    TopologicalSorter({module: set(imports(module)) for module in MODULES}).prepare()


def imported_twice(tree: ast.Module) -> Iterator[str]:
    """Modules that are imported at the top of a module, and again below it for type checking."""
    at_run_time = {node.module: node for node in tree.body if isinstance(node, ast.ImportFrom)}
    blocks = (node.body for node in tree.body if isinstance(node, ast.If))
    for again in (node for block in blocks for node in block if isinstance(node, ast.ImportFrom)):
        if (first := at_run_time.get(again.module)) and not any(alias.asname for alias in again.names):
            names = ", ".join(alias.name for alias in (*first.names, *again.names))
            if len(f"from {again.module} import {names}") <= LONGEST_LINE:
                yield str(again.module)


def test_a_module_is_imported_once_at_the_top() -> None:
    """What is loaded anyway costs annotations nothing; a list that fills several lines may be apart."""
    twice = {module: list(imported_twice(tree)) for module, tree in trees().items()}
    assert not {module: names for module, names in twice.items() if names}


def test_few_files_are_small() -> None:
    """A file is one noun with what belongs to it; a helper of one caller is a part of that caller's file."""
    lengths = [len(path.read_text("utf-8").splitlines()) for path in MODULES.values()]
    assert sum(ALMOST_EMPTY < length < SMALL for length in lengths) <= MOST_SMALL


def chain(name: str, bases: dict[str, list[str]]) -> list[str]:
    """Longest chain of our own classes that begins with a class."""
    if name not in bases:
        return []
    return [name, *max((chain(base, bases) for base in bases[name]), key=len, default=[])]


def test_classes_hold_rather_than_inherit() -> None:
    bases: dict[str, list[str]] = {}
    for tree in trees().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                plain = [base.value if isinstance(base, ast.Subscript) else base for base in node.bases]
                bases[node.name] = [getattr(base, "id", getattr(base, "attr", "")) for base in plain]
    too_long = [names for name in bases if len(names := chain(name, bases)) > LONGEST_CHAIN]
    assert not too_long


def public_classes(tree: ast.Module) -> Iterator[ast.ClassDef]:
    """Classes of a module that others may use."""
    return (node for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))


def test_screens_and_commands_document_what_textual_and_argparse_do_not_name() -> None:
    """Where ruff is silent (see pyproject.toml): its rule knows no exception by name."""
    undocumented = [
        f"{module}.{node.name}"
        for module, tree in trees().items()
        if room(module) in {"tui", "cli"}
        for body in [tree.body, *(node.body for node in public_classes(tree))]
        for node in body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not NAMED_BY_FRAMEWORK.fullmatch(node.name)
        and not ast.get_docstring(node)
    ]
    assert undocumented == []


def test_contributing_draws_every_room() -> None:
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    drawn = set(re.findall(r"^  (\w+)(?:/|\.py)", contributing, re.MULTILINE))
    assert {room(module) for module in MODULES} - {"ground", "__main__"} <= drawn
