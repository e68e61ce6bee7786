"""A program of the same toolkit that refreshes by itself, in an async or a thread worker, for comparison."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx
from textual.app import App, ComposeResult
from textual.widgets import Label

from tests.faults.killing.naive import OUT_OF_BAND, refresh


class Worker(App[None]):
    """Refreshes as soon as it is on the screen."""

    BINDINGS = [("q", "quit", "Quit")]  # noqa: RUF012 - as the toolkit wants it

    def __init__(self, kind: str, path: Path, server: str) -> None:
        super().__init__()
        self._kind, self._path, self._server = kind, path, server
        self._client: dict[str, str] = json.loads(os.environ["CLIENT"])

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield Label("Refreshing")

    def on_mount(self) -> None:
        """Start the worker."""
        if self._kind == "async":
            self.run_worker(self._refresh())
        else:
            self.run_worker(lambda: refresh(self._path, self._server, self._client, lock=""), thread=True)

    async def _refresh(self) -> None:
        stored: dict[str, Any] = json.loads(self._path.read_text("utf-8"))
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": stored["refresh_token"],
            "redirect_uri": OUT_OF_BAND,
        }
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            answer = await client.post(f"{self._server}/oauth/token", data=self._client | fields)
        self._path.write_text(json.dumps({**answer.json(), "expired": False}), "utf-8")


if __name__ == "__main__":
    Worker(sys.argv[1], Path(sys.argv[2]), sys.argv[3]).run()
