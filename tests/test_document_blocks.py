"""A reader can run every block of the documents: in a home of their own, with a sandbox in Smily's place.

An HTML comment above a block says what is special about it: `not run: REASON`, `opens a screen: TEXT` or
`runs until stopped: TEXT`. `starts without an account` at the top of a page: its reader has stored nothing.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from smily_tui.sandbox.owner import Owner
from tests.support.documents import DOCUMENTS, Block, Document
from tests.support.processes import SandboxProcess, clean_environment, run_program
from tests.support.programs import Programs
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


SMILY = "https://www.bookingsync.com"
"""The sandbox's origin takes the place of these two in a block."""
SANDBOX = "http://127.0.0.1:4567"
VILLA_ROSA = "4711"
EMPTY_STORE = "<!-- starts without an account -->"
LINK = (
    "{server}/oauth/authorize?client_id={client_id}&redirect_uri=urn:ietf:wg:oauth:2.0:oob"
    "&response_type=code&scope=public%20bookings_read%20bookings_write%20rentals_read"
)
CHANGES_THE_MACHINE = re.compile(r"^\W*(?:apt(?:-get)?|make|pip|pipx|sudo|uv)\b", re.MULTILINE)
SECONDS = 60
"""Limit of a block."""
SCREEN_SECONDS = 60
"""Limit of a screen."""


class Reader:
    """Somebody who runs the blocks of one page, from the first to the last."""

    def __init__(self, folder: Path, sandbox: SandboxProcess) -> None:
        programs = Programs(folder / "bin")
        programs.add("smily-tui", f'#!/bin/sh\nexec "{sys.executable}" -P -m smily_tui "$@"\n')
        # curl would end with 0 where the server refuses
        (folder / ".curlrc").write_text("fail\n", "ascii")
        self._folder = folder
        self._sandbox = sandbox
        environ = clean_environment(folder)
        self.environ = environ | {
            "PATH": f"{programs.folder}:{environ['PATH']}",
            "SMILY_TUI_SERVER": sandbox.server,
            "SMILY_TUI_KEYRING": "off",
            "CLIENT_ID": sandbox.client_id,
            "CLIENT_SECRET": sandbox.client_secret,
        }
        self._output = ""

    def code(self) -> str:
        """Approve as the owner of Villa Rosa."""
        owner = Owner(self._sandbox.server)
        page = owner.read(LINK.format(server=self._sandbox.server, client_id=self._sandbox.client_id))
        code = owner.answer(page, VILLA_ROSA, yes=True)
        assert code
        return code.reveal()

    def connect(self) -> None:
        """Connect Villa Rosa."""
        entering = ["--app", "My app", "--client-id", self._sandbox.client_id, "--secret-stdin", "--yes"]
        lines = f"{self._sandbox.client_secret}\n{self.code()}\n"
        connected = run_program(self.environ, "connect", "--plain", *entering, stdin=lines)
        assert connected.stdout.endswith("my-app/villa-rosa\n"), connected.stderr

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        kind, _, text = block.remark.partition(": ")
        if block.language == "json":
            assert shape(json.loads(block.code)) == shape(json.loads(self._output))
        elif is_run(block):
            assert not CHANGES_THE_MACHINE.search(block.code), "say “not run: …” above it"
            {"opens a screen": self._see, "runs until stopped": self._start}.get(kind, self._run)(
                self._here(block.code), text
            )

    def _here(self, code: str) -> str:
        """Put the sandbox of the tests, and a free port, into a block."""
        for origin in (SMILY, SANDBOX):
            code = code.replace(origin, self._sandbox.server)
        return code.replace("--port 4567", "--port 0")

    def _run(self, code: str, _: str) -> None:
        if "$CODE" in code:
            self.environ["CODE"] = self.code()
        if "$ACCESS_TOKEN" in code:
            self.environ["ACCESS_TOKEN"] = run_program(self.environ, "token").stdout.strip()
        if "$REFRESH_TOKEN" in code:
            self.environ["REFRESH_TOKEN"] = json.loads(self._output)["refresh_token"]
        ended = subprocess.run(
            ["sh", "-ec", code], env=self.environ, cwd=self._folder, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, f"{code}\n{ended.stdout}\n{ended.stderr}"
        self._output = ended.stdout

    def _see(self, code: str, text: str) -> None:
        with Terminal(["sh", "-c", code], self.environ, limit=SCREEN_SECONDS) as terminal:
            terminal.wait_for(text)
            if "--plain" in code:
                terminal.wait_for(lambda screen: screen.rstrip().endswith(":"))
                terminal.type("quit\n")
            else:
                terminal.press("ctrl+q")
            assert terminal.exit_code() == 0

    def _start(self, code: str, text: str) -> None:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {code}"], env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip
        with process:
            assert process.stdout
            assert text in process.stdout.readline()
            process.send_signal(signal.SIGINT)


def shape(value: Any) -> Any:
    """Return the names of an object's fields, with those of the objects in it."""
    if isinstance(value, dict):
        return {name: shape(field) for name, field in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value and isinstance(value[0], dict) else None


def is_run(block: Block) -> bool:
    """Return whether the test runs a block."""
    return block.language == "sh" and not block.remark.startswith("not run")


RUNNABLE = [page for page in DOCUMENTS if any(is_run(block) for block in page.blocks)]


def absent_programs(page: Document) -> list[str]:
    """Programs of a page that are not installed here."""
    code = "\n".join(block.code for block in page.blocks if is_run(block))
    return [name for name in ("curl", "jq") if re.search(rf"\b{name} ", code) and shutil.which(name) is None]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    with SandboxProcess(environ=clean_environment(tmp_path_factory.mktemp("sandbox"))) as sandbox:
        yield sandbox


@pytest.fixture
def reader(tmp_path: Path, sandbox: SandboxProcess) -> Reader:
    return Reader(tmp_path, sandbox)


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: page.name)
def test_a_block_that_is_not_run_can_be_read_by_its_shell_or_python(page: Document) -> None:
    for block in page.blocks:
        assert block.language, f"block {block.number} has no language"
        if block.language == "sh":
            assert subprocess.run(["sh", "-n"], input=block.code, text=True, check=False).returncode == 0
        elif block.language == "python":
            ast.parse(block.code)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("page", RUNNABLE, ids=lambda page: page.name)
def test_every_block_of_a_page_can_be_run(page: Document, reader: Reader) -> None:
    if absent := absent_programs(page):
        pytest.skip(f"not installed: {', '.join(absent)}")
    if EMPTY_STORE not in page.text:
        reader.connect()
    for block in page.blocks:
        reader.follow(block)
