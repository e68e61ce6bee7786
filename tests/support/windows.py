"""Windows' own Python under Wine, as `make windows` has put it into .cache/windows."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / ".cache" / "windows"
PYTHON: Final = ("wine", str(FOLDER / "python" / "python.exe"))
CODE_PAGE: Final = "cp1252"
"""Encoding of pipes, unless PYTHONUTF8 is set."""
PROGRAM: Final = (*PYTHON, "-m", "smily_tui")


def environment(home: Path, server: str) -> dict[str, str]:
    """Return the variables of a person at this Windows, with the store below `home`."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(FOLDER),
        "WINEPREFIX": str(FOLDER / "prefix"),
        # Wine's own errors are shown, except those about the desktop that it does not have
        "WINEDEBUG": "-all,err+all,err-winediag,err-systray",
        "SMILY_TUI_HOME": in_windows(home),
        "SMILY_TUI_SERVER": server,
        "SMILY_TUI_KEYRING": "off",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def in_windows(path: Path) -> str:
    """Return a path as Wine's Windows has it."""
    return "Z:" + str(path).replace("/", "\\")


def start(environ: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """Start a command of the program; Wine's Python wants pipes for all three streams."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*PROGRAM, *arguments], env=environ, stdin=pipe, stdout=pipe, stderr=pipe, encoding=CODE_PAGE
    )


def run(environ: dict[str, str], *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the program to its end."""
    return finish(start(environ, *arguments), stdin)


def finish(process: subprocess.Popen[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Wait for the end of a command."""
    with process:
        output, errors = process.communicate(stdin, timeout=180)
    return subprocess.CompletedProcess(process.args, process.returncode, output, errors)
