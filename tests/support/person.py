"""A person at a shell: the program's commands in an environment of their own, against one server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.support.bent_server import CLIENT_ID, CLIENT_SECRET, BentServer
from tests.support.processes import clean_environment, run_program

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


class Person:
    """Runs commands in `environ`, with the store below `home`."""

    def __init__(self, folder: Path, server: BentServer) -> None:
        self.server = server
        self.environ = clean_environment(folder) | {
            "SMILY_TUI_SERVER": server.origin,
            "SMILY_TUI_KEYRING": "off",
        }
        self.home = folder / "smily"

    def run(self, *arguments: str, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, with more variables if any are named."""
        return run_program(self.environ | environ, *arguments, stdin=stdin)

    def connect(
        self, *arguments: str, app: str = "app", secret: str | None = None, code: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Connect an account; enter the application where it is not stored, or a secret is given."""
        lines = [code or self.server.code()]
        entering: list[str] = []
        if secret is not None or not (self.home / "state" / app / "application.json").exists():
            lines.insert(0, secret or CLIENT_SECRET)
            entering = ["--client-id", CLIENT_ID, "--secret-stdin"]
        return self.run(
            "connect", "--plain", "--yes", "--app", app, *entering, *arguments,
            stdin="".join(f"{line}\n" for line in lines),
        )  # fmt: skip

    def accounts(self) -> list[dict[str, Any]]:
        """Accounts as `accounts --json` lists them."""
        listed = json.loads(self.run("accounts", "--json").stdout)
        assert listed["schema"] == 1
        return list(listed["accounts"])

    def stored(self) -> bytes:
        """All that is in the store, one file after the other."""
        return b"".join(path.read_bytes() for path in self.home.rglob("*") if path.is_file())

    def holds_a_live_token(self) -> bool:
        """Whether a refresh token that the server still accepts is anywhere in the store."""
        stored = self.stored()
        return any(token.encode() in stored for token in self.server.live)
