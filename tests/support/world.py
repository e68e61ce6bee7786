"""A store, a server's state by the sandbox's own rules, and a wire between them that can be cut."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from smily_tui.clock import Instant
from smily_tui.oauth import errors as oauth
from smily_tui.origin import Origin
from smily_tui.sandbox.grants import Grants
from smily_tui.sandbox.state import State
from smily_tui.secret import Secret
from smily_tui.system import Machine
from smily_tui.text import Clean
from smily_tui.tokens.context import Environment
from smily_tui.tokens.errors import AuthorizationRevoked
from smily_tui.tokens.exchange import exchange
from smily_tui.tokens.protocol import refresh
from smily_tui.tokens.requirement import TokenRequirement
from smily_tui.vault.home import Home
from smily_tui.vault.journal import Answer
from smily_tui.vault.model import Address, Authorization, Credentials
from smily_tui.vault.spill import Spill
from smily_tui.vault.store import Slot, Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from smily_tui.oauth.requests import Fields
    from smily_tui.vault.disk import Disk

SERVER = Origin("http://127.0.0.1:1")
FORCE = TokenRequirement(force=True)


class World:
    """A store, a server's state, and a wire between them that can be cut.

    Attributes:
        wire: carries each token request; `post`, until a test puts something of its own there.
    """

    def __init__(
        self,
        folder: Path,
        rotation: str = "on-use",
        *,
        disk: Disk | None = None,
        state: State | None = None,
        address: Address | None = None,
    ) -> None:
        """A new world with one account; with `state` and `address`: what is left of another world."""
        self.wall = 1_795_500_000.0
        self.state = state or State(rotation=rotation, seed=1)  # type: ignore[arg-type]
        self.state.now = lambda: self.wall
        self.grants = Grants(self.state)
        self.home = Home.at(folder)
        self.store = Store(self.home, disk)
        self.store.spill = Spill(self.home.state, self.store.disk, [folder / "rescue"])
        self.posts = 0
        self.wire: Callable[[str, Fields, float], Answer] = self.post
        self.script: list[str] = []
        self.steps: list[str] = []
        self.environment = Environment(
            clock=self,
            machine=Machine("here", Clean("desk")),
            caller=Clean("tests"),
            post=self._send,
            is_accepted=self._is_accepted,
            block_signals=lambda: self.steps.append("hold"),
            report=self.steps.append,
        )
        if address is None:
            client = self.state.client
            secret = Secret(client.client_secret)
            self.store.save_credentials("app", Credentials(client.client_id, secret, SERVER))
            address = self.exchange()
        self.address = address
        self.posts = 0

    def exchange(self) -> Address:
        """The owner says yes, and the code is exchanged."""
        code = Secret(self.state.grant(4711, ("public",)))
        return exchange(self.environment, self.store, "app", code, ["public"]).address

    def now(self) -> Instant:
        return Instant(self.wall)

    def _send(self, server: str, fields: Fields, seconds: float) -> Answer:
        return self.wire(server, fields, seconds)

    def post(self, _server: str, fields: Fields, _seconds: float) -> Answer:
        """One request; the script says what goes wrong with it."""
        self.posts += 1
        fault = self.script.pop(0) if self.script else "fine"
        if fault == "offline":
            raise oauth.Offline("Cannot reach it.")
        revealed = {n: v.reveal() if isinstance(v, Secret) else v for n, v in fields}
        if fault == "cut before":
            raise oauth.NoAnswer("Cut.")
        response = self.grants.answer_token_request(revealed)
        if fault == "cut after":
            raise oauth.NoAnswer("Cut.")
        if fault == "5xx after":
            return Answer(503, b"")
        answer = json.dumps(response.content).encode()
        if fault.startswith("cut at "):
            raise oauth.NoAnswer("Cut.").after(response.status, answer[: int(fault.removeprefix("cut at "))])
        return Answer(response.status, answer)

    def _is_accepted(self, _server: str, token: Secret) -> bool:
        return self.use(token)

    def use(self, token: Secret) -> bool:
        """What the API says to an access token."""
        pair = self.state.by_access(token.reveal())
        if pair is None:
            return False
        self.state.present(pair)
        return not pair.revoked and not pair.expired(self.wall)

    @property
    def slot(self) -> Slot:
        return self.store.slot(self.address)

    def stored(self) -> Authorization:
        return self.slot.require()

    def refresh(self, requirement: TokenRequirement = FORCE) -> bool:
        return refresh(self.environment, self.slot, requirement)

    def is_alive(self) -> bool:
        """The verdict: can a working access token still be had?"""
        self.script = []
        try:
            self.refresh()
        except AuthorizationRevoked:
            return False
        return self.use(self.stored().current.access)
