"""The questions before what cannot be undone, or not easily; what means yes; what is said after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from smily_tui.vault.history import Rotation

YES: Final = frozenset({"y", "yes", "o", "oui"})
OTHER_COMPUTER: Final = (
    "The tokens of {label} were obtained on another computer ({machine}). Two "
    "computers that refresh the same tokens use up each other's. Is this the only one from now on?"
)
COPY: Final = (
    "Copy the access token? Programs that keep a history of the clipboard keep it, too. It is good "
    "until it expires; the refresh token is never copied."
)
NOT_REVOKED: Final = (
    "At Smily the authorization stays until the account's owner uninstalls the application (Apps, choose it, "
    "uninstall)."
)
RESTORE: Final = "Restore {address}, which was forgotten {at}?"
HAND_OVER: Final = """\
The refresh token of {label} is {shown}, once. Whoever has it can use the account for ever.
From then on smily-tui does not refresh this account: two holders would use up each other's token.
Hand it over?"""
TAKE_BACK: Final = """\
This is right only if the other holder never used the refresh token of {label}: else it is spent, and the
account needs a new authorization. Take it back?"""
HISTORY: Final = "Who used the refresh token of {label}?"
NO_HISTORY: Final = "Nobody yet, as far as this computer knows."
FINGERPRINTS: Final = "Tokens are told apart by a short fingerprint."


def change(rotation: Rotation) -> str:
    """Which refresh token became which, by their fingerprints."""
    same = rotation.spent in ("", rotation.got)
    return rotation.got if same else f"{rotation.spent} > {rotation.got}"
