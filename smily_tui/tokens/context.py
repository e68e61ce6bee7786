"""Environment of the protocol: store, clock, wire, signals and computer; tests pass their own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from smily_tui.text import Clean, clean
from smily_tui.vault.history import TokenUse, fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable

    from smily_tui.clock import Clock
    from smily_tui.oauth.requests import Fields, RawExchange
    from smily_tui.secret import Secret
    from smily_tui.system import Machine
    from smily_tui.vault.journal import Answer
    from smily_tui.vault.model import Address, Authorization
    from smily_tui.vault.store import Store


NOBODY: Final = Clean("")


def _in_words(outcome: str) -> str:
    """The name of an error as words: InDoubt is `in doubt`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", outcome).lower()


@dataclass(frozen=True, kw_only=True)
class TokenContext:
    """Who keeps the tokens, where, and for whom.

    Attributes:
        store: where everything is kept.
        clock: tells the time.
        machine: the computer; the tokens of another one are not renewed.
        caller: who asked for the work, for the ledger.
    """

    store: Store
    clock: Clock
    machine: Machine
    caller: Clean = NOBODY

    def note(
        self, address: Address, why: str, outcome: str, spent: Secret | None, after: Authorization
    ) -> None:
        """Add a line to an account's ledger: what a token was spent on, and what came of it."""
        rotation = TokenUse(
            at=self.clock.now().wall,
            why=clean(why),
            outcome=clean(_in_words(outcome)),
            host=self.machine.name,
            process=self.caller,
            generation=after.generation,
            spent=fingerprint(spent),
            got=fingerprint(after.current.refresh),
        )
        self.store.ledger(address).add(rotation)


@dataclass(frozen=True, kw_only=True)
class Environment(TokenContext):
    """Everything outside the protocol.

    Attributes:
        post: sends form fields to the token endpoint of a server within so many seconds.
        is_accepted: asks the API of a server whether it accepts an access token.
        hold: step 0; from then on only SIGKILL ends the process.
        tell: called with the name of each step that a waiting person may see: lock, sending.
        record: keeps what was said to the API; None: nobody wants to know.
    """

    post: Callable[[str, Fields, float], Answer]
    is_accepted: Callable[[str, Secret], bool]
    hold: Callable[[], None]
    tell: Callable[[str], None]
    record: Callable[[RawExchange], None] | None = None
