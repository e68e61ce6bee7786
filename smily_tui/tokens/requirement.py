"""Decision between the stored access token and a refresh: what a caller asks for, and what is to be done.

It is apart from the protocol because `smily-tui token` mostly ends here, and imports no more than that.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from smily_tui.clock import Instant
    from smily_tui.secret import Secret
    from smily_tui.vault.model import Authorization

MIN_VALID: Final = 300.0  # seconds
BETWEEN_REFRESHES: Final = 60.0  # seconds
AT_ONCE: Final = 1.0  # seconds


class TokenRequirement(NamedTuple):
    """Access token that a caller asks for.

    Attributes:
        min_valid: seconds that it should still be good for.
        rejected: the access token that the API refused; None where none was.
        force: refresh although it is still good, because a person asked.
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

    def reason(self) -> str:
        """Return why a refresh is needed, in a few words for the history."""
        if self.rejected is not None:
            return "the API refused the access token"
        return "asked for" if self.force else f"less than {self.min_valid:.0f} s left"


class Decision(Enum):
    """Outcome of step 3."""

    USE = "use"
    ASK = "ask"
    REFRESH = "refresh"


def decide(
    stored: Authorization, requirement: TokenRequirement, now: Instant, *, dead: bool = False
) -> Decision:
    """Step 3: USE the stored token, REFRESH it, or ASK the API first if it is really expired.

    One that is known to be `dead` is never used: only the server can tell that it was a mistake.

    A token that looks expired within a minute of its refresh points to an odd lifetime or a clock that was
    set; one that seems to come from the future certainly does. Then only a 401 of the API is reason for
    another refresh.
    """
    if dead or requirement.rejected == stored.current.access:
        return Decision.REFRESH
    if requirement.force:
        overtaken = requirement.seen is not None and stored.generation > requirement.seen
        return Decision.USE if overtaken else Decision.REFRESH
    if not stored.current.access:
        return Decision.REFRESH
    age = now.since(stored.current.sent)
    left = stored.current.lifetime - age
    if age < -BETWEEN_REFRESHES:
        return Decision.ASK
    if left > 0 and (left >= requirement.min_valid or not stored.current.refresh):
        return Decision.USE
    if stored.refreshed is None or now.certainly_since(stored.refreshed) >= BETWEEN_REFRESHES:
        return Decision.REFRESH
    overtaken = requirement.began is not None and requirement.began.since(stored.refreshed) <= AT_ONCE
    return Decision.USE if left > 0 or overtaken else Decision.ASK
