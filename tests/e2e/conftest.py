"""Fixtures of the end-to-end tests: a clean environment, the program in it, a person at a browser."""

from __future__ import annotations

import functools
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Chromium, Owner
from tests.support.processes import clean_environment, run_program

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment without anything of this machine's user."""
    return clean_environment(tmp_path)


@pytest.fixture
def run(environ: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a smily-tui command to its end, in that environment."""
    return functools.partial(run_program, environ)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chromium]:
    """Debian's Chromium; without it these tests skip by name, and fail in CI."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        message = "Chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    browser = Chromium(executable)
    yield browser
    browser.close()


@pytest.fixture
def owner(chromium: Chromium) -> Iterator[Owner]:
    """The owner of an account, at a browser that knows nobody yet."""
    with Owner(chromium) as person:
        yield person
