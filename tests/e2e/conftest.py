"""Real parts for the end-to-end tests: the sandbox as a process, Debian's Chromium, a clean home."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

PROGRAM = (sys.executable, "-P", "-m", "smily_tui")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class SandboxProcess:
    """`smily-tui sandbox` as a process; its request log is collected."""

    def __init__(self, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [*PROGRAM, "sandbox", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self.found = json.loads(self._process.stdout.readline())
        self.server: str = self.found["server"]
        self.client_id: str = self.found["client_id"]
        self.client_secret: str = self.found["client_secret"]
        self.log: list[str] = []
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    def _collect(self) -> None:
        assert self._process.stderr is not None
        self.log.extend(line.strip() for line in self._process.stderr)

    def stop(self) -> int:
        """End it as a service manager would; all its log lines are there afterwards."""
        self._process.terminate()
        code = self._process.wait(timeout=20)
        self._reader.join(timeout=20)
        for stream in (self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self.stop()


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment without anything of this machine's user: own home, no proxy, no display."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "SMILY_TUI_HOME": str(tmp_path / "smily"),
        "PYTHONWARNINGS": "error",
    }


@pytest.fixture
def run(environ: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a smily-tui command to its end."""

    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*PROGRAM, *arguments],
            env=environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless; without it these tests skip by name, and fail in CI."""
    if not CHROMIUM:
        message = "Chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh private window."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


def approve(page: Page, link: str, account: str) -> str:
    """Open the link, choose an account, say yes; the code that the page shows."""
    page.goto(link)
    page.get_by_label(account).check()
    page.get_by_role("button", name="Authorize").click()
    return page.locator("#authorization_code").inner_text()
