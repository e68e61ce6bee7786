"""A store whose server is behind a proxy that cuts and bends answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smily_tui.origin import Origin
from smily_tui.secret import Secret
from smily_tui.tokens.exchange import exchange
from smily_tui.tokens.protocol import refresh
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.home import Home
from smily_tui.vault.model import Address, Credentials
from smily_tui.vault.store import Store
from tests.faults.killing.verdict import IS_ACCEPTED, real_environment

if TYPE_CHECKING:
    from pathlib import Path

    from smily_tui.sandbox.server import Sandbox
    from smily_tui.sandbox.state import Rotation
    from tests.faults.wire.cutting import CuttingProxy

ROTATIONS: tuple[Rotation, ...] = ("on-use", "immediate")


@dataclass
class Wire:
    """A store whose server is behind a proxy that cuts answers."""

    folder: Path
    sandbox: Sandbox
    proxy: CuttingProxy
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Register the application at the proxy's address."""
        self.store = Store(Home.at(self.folder))
        found = self.sandbox.listening
        self.store.save_credentials(
            "app", Credentials(found.client_id, found.client_secret, Origin(self.proxy.origin))
        )
        self.environment = real_environment()

    def connect(self) -> Address:
        """A new account."""
        return exchange(self.environment, self.store, "app", self.code(), ["public"]).address

    def code(self) -> Secret:
        """The owner says yes."""
        return Secret(self.sandbox.state.grant(4711, ("public",)))

    def lives(self, address: Address) -> bool:
        """Whether a working access token can be had."""
        refresh(self.environment, self.store.slot(address), TokenRequirement(force=True))
        stored = self.store.slot(address).read()
        assert stored is not None
        return IS_ACCEPTED(stored.server, stored.current.access)

    def last_answer(self) -> tuple[int, int]:
        """How long the last answer was, and where its refresh token ended, quotation mark included."""
        body = json.loads(self.proxy.last.partition(b"\r\n\r\n")[2])
        token = body["refresh_token"].encode()
        return len(self.proxy.last), self.proxy.last.index(token) + len(token) + 1
