"""Environment of the protocol: clock, wire, signals and computer; tests pass their own."""

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
    from smily_tui.vault.model import Authorization


NOBODY: Final = Clean("")


@dataclass(frozen=True, kw_only=True)
class TokenContext:
    """Clock, computer and caller of one token operation.

    Attributes:
        clock: tells the time.
        machine: this computer; tokens that were obtained on another one are not refreshed.
        caller: program that asked for the work, for the history.
    """

    clock: Clock
    machine: Machine
    caller: Clean = NOBODY

    def token_use(self, why: str, outcome: str, spent: Secret | None, after: Authorization) -> TokenUse:
        """Return the line of the history for a use of `spent`, a refresh token; `after` is stored now."""
        return TokenUse(
            at=self.clock.now().wall,
            why=clean(why),
            outcome=clean(_as_words(outcome)),
            host=self.machine.name,
            process=self.caller,
            generation=after.generation,
            spent=fingerprint(spent),
            got=fingerprint(after.current.refresh),
        )


def _as_words(outcome: str) -> str:
    """Return the name of an error as words: InDoubt is `in doubt`."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", outcome).lower()


@dataclass(frozen=True, kw_only=True)
class Environment(TokenContext):
    """Everything outside the protocol but the store.

    Attributes:
        post: sends form fields to the token endpoint of a server, with a time limit in seconds.
        is_accepted: asks the API of a server whether it accepts an access token.
        block_signals: step 0; from then on only SIGKILL ends the process.
        report: called with the name of each step that a waiting person may see: lock, sending, asking.
        record: receives the exchanges with the API, for the wire view; None where nobody watches.
    """

    post: Callable[[str, Fields, float], Answer]
    is_accepted: Callable[[str, Secret], bool]
    block_signals: Callable[[], None]
    report: Callable[[str], None]
    record: Callable[[RawExchange], None] | None = None
