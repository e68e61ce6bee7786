"""A connected account, and a scanner that knows every secret of it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from smily_tui.sandbox.server import Options, Sandbox
from tests.support.connected import connected
from tests.support.processes import clean_environment, run_program
from tests.support.scanner import Canary, Scanner

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from smily_tui.accounts import Accounts
    from smily_tui.vault.model import Address


@dataclasses.dataclass
class Scene:
    """A connected account, the commands over it, and a scanner that knows every secret of it so far."""

    folder: Path
    sandbox: Sandbox
    stored: Accounts
    address: Address
    log: list[str]

    def __post_init__(self) -> None:
        """The environment of its commands."""
        self.environ = clean_environment(self.folder) | {"SMILY_TUI_SERVER": self.sandbox.listening.server}

    def scanner(self, *more: str) -> Scanner:
        """Knows the client secret, every code and every token that the server has given out."""
        state = self.sandbox.state
        found = [Canary("client secret", state.client.client_secret)]
        found += [Canary("code", code) for code in state.codes]
        found += [Canary("access token", pair.access) for pair in state.pairs]
        found += [Canary("refresh token", pair.refresh) for pair in state.pairs if pair.refresh]
        return Scanner(*found, *(Canary("typed secret", each) for each in more))

    def run(self, *arguments: str, stdin: str = "") -> str:
        """What a command says, on both streams."""
        done = run_program(self.environ, *arguments, stdin=stdin)
        return done.stdout + done.stderr

    def code(self) -> str:
        """The owner says yes."""
        return self.sandbox.state.grant(4712, ("public",))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    log: list[str] = []
    with connected(tmp_path / "smily", Options(), log.append) as (sandbox, stored, address):
        yield Scene(tmp_path, sandbox, stored, address, log)
