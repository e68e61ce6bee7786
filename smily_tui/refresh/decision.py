"""Whether an account needs new tokens: refresh on need, late, and never twice within a minute for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from smily_tui.clock import Instant
    from smily_tui.secret import Secret
    from smily_tui.vault.model import Authorization

MIN_VALID: Final = 300.0
BETWEEN_REFRESHES: Final = 60.0
AT_ONCE: Final = 1.0


@dataclass(frozen=True)
class Need:
    """What a caller asks for.

    Attributes:
        min_valid: seconds that the access token should still be good for.
        rejected: the access token that the API refused; None where none was.
        force: renew although it is still good, because a person asked.
        seen: the generation that the caller saw; a newer one satisfies a forced refresh.
        began: when the caller began; what a sibling got since then, or a second before, is fresh.
        here: this computer becomes the holder of tokens that another one obtained.
    """

    min_valid: float = MIN_VALID
    rejected: Secret | None = None
    force: bool = False
    seen: int | None = None
    began: Instant | None = None
    here: bool = False

    def why(self) -> str:
        """The reason in a few words, for the ledger."""
        if self.rejected is not None:
            return "the API refused the access token"
        return "asked for" if self.force else f"less than {self.min_valid:.0f} s left"


class Decision(Enum):
    """What to do."""

    USE = "use"
    ASK = "ask"
    RENEW = "renew"


def decide(stored: Authorization, need: Need, now: Instant, *, dead: bool = False) -> Decision:
    """USE the stored token, RENEW it, or ASK the API first whether it is really expired.

    One that is known to be `dead` is never used: only the server can tell that it was a mistake.

    A token that looks expired within what may be a minute of a refresh points to an odd lifetime or a
    clock that was set; one that seems to come from the future certainly does. Then only the API's own 401
    is reason for another refresh.
    """
    if dead or need.rejected == stored.current.access:
        return Decision.RENEW
    if need.force:
        overtaken = need.seen is not None and stored.generation > need.seen
        return Decision.USE if overtaken else Decision.RENEW
    if not stored.current.access:
        return Decision.RENEW
    age = now.since(stored.current.sent)
    left = stored.current.lifetime - age
    if age < -BETWEEN_REFRESHES:
        return Decision.ASK
    if left > 0 and (left >= need.min_valid or not stored.current.refresh):
        return Decision.USE
    if stored.refreshed is None or now.certainly_since(stored.refreshed) >= BETWEEN_REFRESHES:
        return Decision.RENEW
    overtaken = need.began is not None and need.began.since(stored.refreshed) <= AT_ONCE
    return Decision.USE if left > 0 or overtaken else Decision.ASK
