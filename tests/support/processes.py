"""The program as processes: the sandbox with its request log, and commands in a clean environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

import pytest

from tests.support.polling import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.support.browser import Owner

FOR_THE_TESTS = ("PYTHONPATH", "COVERAGE_PROCESS_CONFIG")
"""What processes of the program need: another checkout's code, and the measurement of its coverage."""
PROGRAM = (sys.executable, "-P", "-m", "smily_tui")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def clean_environment(folder: Path) -> dict[str, str]:
    """An environment with nothing of this machine's user: own home, no proxy, no display, no settings."""
    return {
        **{name: os.environ[name] for name in FOR_THE_TESTS if name in os.environ},
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "SMILY_TUI_HOME": str(folder / "smily"),
        "PYTHONWARNINGS": "error",
    }


def descendants(pid: int) -> list[int]:
    """The processes that a process started, whichever of its threads did, and those that they started."""
    children: list[int] = []
    for thread in _entries(Path(f"/proc/{pid}/task")):
        children += map(int, _read(thread / "children").split())
    return children + [later for child in children for later in descendants(child)]


def workers_of(pid: int) -> list[int]:
    """The processes that refresh for a process."""
    commands = {child: _read(Path(f"/proc/{child}/cmdline")) for child in descendants(pid)}
    return [child for child, command in commands.items() if b"smily_tui.tokens.worker" in command]


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except (FileNotFoundError, ProcessLookupError):  # it has ended
        return []


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


class SandboxProcess:
    """`smily-tui sandbox` as a process; its request log is collected."""

    def __init__(self, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, "sandbox", *arguments],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise AssertionError("the sandbox did not start: " + "\n".join(self.log))
        self.found: dict[str, str] = json.loads(line)
        self.server = self.found["server"]
        self.client_id = self.found["client_id"]
        self.client_secret = self.found["client_secret"]

    def _collect(self) -> None:
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line.strip())

    def token_requests(self, grant: str) -> int:
        """How many token requests with this grant type the log has; all of them only after `stop`."""
        return sum(f"grant_type={grant}" in line for line in self.log)

    def stop(self) -> int:
        """End it as a service manager would; all its log lines are there afterwards."""
        self._process.terminate()
        code = self._process.wait(timeout=PATIENCE)
        self._reader.join(timeout=PATIENCE)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop()


def run_program(
    environ: Mapping[str, str], *arguments: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a smily-tui command to its end."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environ,
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def connect_plain(
    environ: dict[str, str], owner: Owner, account: str, lines: list[str], *arguments: str
) -> tuple[int, str, str]:
    """`connect --plain` without a terminal, with a person at the browser."""
    process = subprocess.Popen(
        [*PROGRAM, "connect", "--plain", *arguments],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    for line in lines:
        process.stdin.write(line + "\n")
    process.stdin.flush()
    link = process.stdout.readline().strip()
    owner.sign_out()
    code = owner.approve(link, account)
    rest, errors = process.communicate(code + "\n", timeout=PATIENCE)
    return process.returncode, rest, errors


HOLD = """
import sys
from pathlib import Path
from smily_tui.vault.disk import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
