"""What mends a code that could not be exchanged, and the words that lead there."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING

from smily_tui.messages import connect as say
from smily_tui.oauth.errors import (
    ClientRefused,
    GrantRefused,
    NotTrusted,
    OAuthFailure,
    Offline,
    ServerRefused,
)
from smily_tui.tokens.errors import Cancelled, InDoubt, NoCredentials
from smily_tui.vault.errors import VaultError

if TYPE_CHECKING:
    from smily_tui.errors import SmilyError


class Mend(Enum):
    """What the person can do."""

    CREDENTIALS = auto()
    """Enter Client ID and Client Secret again."""
    LINK = auto()
    """Open the link that is shown now: the code was that of another one."""
    NEW_CODE = auto()
    """Get a new code."""
    SAME_CODE = auto()
    """Send the same code again: it may still be good."""
    NOTHING = auto()
    """The code is used up, and what came for it is kept or lost: the error says which."""


def mended_by(error: SmilyError, *, other_client: bool) -> Mend:
    """What mends that error; `other_client` is whether another application's link was shown lately."""
    if isinstance(error, ClientRefused | NoCredentials):
        return Mend.CREDENTIALS
    if isinstance(error, GrantRefused):
        return Mend.LINK if other_client else Mend.NEW_CODE
    if isinstance(error, OAuthFailure | InDoubt | Cancelled | VaultError):
        return Mend.SAME_CODE
    return Mend.NOTHING


def told(error: SmilyError, mend: Mend) -> SmilyError:
    """The error with the words that fit the page."""
    if mend is Mend.LINK:
        return error.saying(next=say.ENTER_OPENS)
    if mend is Mend.CREDENTIALS:
        return error.saying(kept=say.CODE_GOOD)
    if mend is Mend.SAME_CODE:
        return error.saying(kept=_kept(error), next=f"{error.next} {say.CODE_STAYS}")
    return error


def _kept(error: SmilyError) -> str:
    """What became of the code; empty where the error says it."""
    if isinstance(error, VaultError | Offline | NotTrusted):
        return say.CODE_NOT_SENT
    return say.CODE_GOOD if isinstance(error, ServerRefused) else ""
