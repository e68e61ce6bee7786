"""A server that has had enough, and a store of accounts that have expired there."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from smily_tui.accounts import Accounts
from smily_tui.secret import Secret
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address
from smily_tui.vault.store import Store
from tests.support.records import replaced
from tests.support.tui.scenes import authorization

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def limited(folder: Path, accounts: int) -> Iterator[tuple[Accounts, list[str]]]:
    """The store below `folder`, and a line for each request that the server refused with 429."""
    asked: list[str] = []

    class TooMany(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(429)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), TooMany) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = Home.at(folder)
        stored = Accounts(home, server=f"http://127.0.0.1:{server.server_port}")
        stored.apps.save("Demo app", "a" * 64, Secret("5" * 64), ["public"])
        store = Store(home)
        for number in range(accounts):
            record = authorization(f"Home {number}", number, -60.0)
            ours = replaced(record, client_id="a" * 64, server=stored.server)
            store.slot(Address("demo-app", f"home-{number}")).save(ours)
        yield stored, asked
        server.shutdown()
