"""Examples of docs/testing.md, run as a reader would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from smily_tui.sandbox.faults import FAULTS
from smily_tui.testing import sandbox

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "testing.md").read_text("utf-8")
EXAMPLE, OPTIONS = re.findall(r"^```python\n(.*?)^```", DOCUMENT, re.MULTILINE | re.DOTALL)


def run_pytest(folder: Path) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    # pytest-asyncio 1.x warns where its loop scope is not set, which a reader of the example may not have
    options = ["-q", "-o", "filterwarnings=error", "-p", "no:asyncio", "-p", "no:cacheprovider"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_example_passes_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "test_refresh.py").write_text(EXAMPLE, "utf-8")
    done = run_pytest(tmp_path)
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout


def test_options_of_the_reader_reach_the_sandbox(tmp_path: Path) -> None:
    test = "\n\ndef test_options(smily):\n    assert smily.authorize().expires_in == 60\n"
    (tmp_path / "conftest.py").write_text('pytest_plugins = ["smily_tui.testing.fixtures"]\n', "utf-8")
    (tmp_path / "test_options.py").write_text(OPTIONS + test, "utf-8")
    done = run_pytest(tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_fixture_is_unknown_where_nobody_asked_for_it(tmp_path: Path) -> None:
    (tmp_path / "test_refresh.py").write_text(EXAMPLE.replace("pytest_plugins", "unused"), "utf-8")
    assert "fixture 'smily' not found" in run_pytest(tmp_path).stdout


def test_the_sandbox_needs_no_pytest() -> None:
    probe = "import sys, smily_tui.testing; sys.exit('pytest' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_the_example_has_ten_lines_of_test() -> None:
    test = EXAMPLE.partition("def ")[2]
    assert len(test.splitlines()) <= 10


def test_the_document_names_every_fault() -> None:
    section = DOCUMENT.partition("| fault | does |")[2].partition("## ")[0]
    assert set(re.findall(r"^\| `([a-z-]+)`", section, re.MULTILINE)) == set(FAULTS)


def test_the_document_names_what_a_running_sandbox_has() -> None:
    section = DOCUMENT.partition("| name | does |")[2].partition("\n\n")[0]
    named = set(re.findall(r"`([a-z_]+)[`(]", "".join(re.findall(r"^\|[^|]*\|", section, re.MULTILINE))))
    with sandbox() as smily:
        assert named == {name for name in dir(smily) if not name.startswith("_")}
